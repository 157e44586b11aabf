// What thunderbird.py has Thunderbird do: the functions that its windows call when a user clicks. Run by Marionette, as
// the body of an async function: args are a command of this file and its arguments.

const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
const { CalAttendee } = ChromeUtils.importESModule("resource:///modules/CalAttendee.sys.mjs");
const { CalEvent } = ChromeUtils.importESModule("resource:///modules/CalEvent.sys.mjs");
const { CardDAVUtils } = ChromeUtils.importESModule("resource:///modules/CardDAVUtils.sys.mjs");
const { DNS } = ChromeUtils.importESModule("resource:///modules/DNS.sys.mjs");
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const { setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");
const { VCardUtils } = ChromeUtils.importESModule("resource:///modules/VCardUtils.sys.mjs");

// It asks the resolver of the system for SRV, TXT and MX records of the host, and would leave the loopback for that.
DNS.lookup = async () => [];

async function loginIsSaved(location, login) {
  const isThere = async () =>
    (await Services.logins.searchLoginsAsync({ origin: location })).some(each => each.username == login);
  while (!(await isThere())) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

// calendar-creation.js: the location and the login are typed, the password when it asks for it, "Remember" is ticked.
// What it finds is subscribed to by a click, when it has saved the password.
async function findCalendars(location, login, password) {
  let found;
  try {
    found = await cal.provider.detection.detect(login, password, location, true, [], {});
  } catch (error) {
    if (error instanceof cal.provider.detection.AuthFailedError) {
      return { refused: true, names: [] };
    }
    throw error;
  }
  await loginIsSaved(location, login);
  const calendars = [...found].flatMap(([provider, each]) => (provider.type == "caldav" ? each : []));
  for (const calendar of calendars) {
    if (!calendar.getProperty("cache.always")) {
      calendar.setProperty("cache.enabled", true);
    }
    cal.manager.registerCalendar(calendar);
  }
  return { refused: false, names: calendars.map(calendar => calendar.name) };
}

// abCardDAVDialog.js
async function findAddressBooks(location, login, password) {
  let found;
  try {
    found = await CardDAVUtils.detectAddressBooks(login, password, location, false, true);
  } catch (error) {
    if (error.message == "Authorization failure") {
      return { refused: true, names: [] };
    }
    throw error;
  }
  for (const book of found) {
    book.create();
  }
  return { refused: false, names: found.map(book => book.name) };
}

function calendar() {
  return cal.manager.getCalendars().find(each => each.name == "Calendar");
}

function synchronized() {
  return new Promise((resolve, reject) => {
    const observer = {
      QueryInterface: ChromeUtils.generateQI(["calIObserver"]),
      onStartBatch() {},
      onEndBatch() {},
      onLoad() {
        calendar().removeObserver(observer);
        resolve();
      },
      onAddItem() {},
      onModifyItem() {},
      onDeleteItem() {},
      onError(_calendar, number, message) {
        calendar().removeObserver(observer);
        reject(new Error(`${number} ${message}`));
      },
      onPropertyChanged() {},
      onPropertyDeleting() {},
    };
    calendar().addObserver(observer);
    calendar().refresh();
  });
}

async function events() {
  await synchronized();
  const shown = await calendar().getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null);
  return Object.fromEntries(shown.map(each => [each.id, each.title]));
}

async function addEvent(data) {
  await calendar().addItem(new CalEvent(data));
}

async function renameEvent(uid, summary) {
  const old = await calendar().getItem(uid);
  const changed = old.clone();
  changed.title = summary;
  await calendar().modifyItem(changed, old);
}

async function deleteEvent(uid) {
  await calendar().deleteItem(await calendar().getItem(uid));
}

// The dialog for events: whoever invites is the organizer that the calendar knows; the server sends what is to be sent.
async function invite(data, addresses) {
  const item = new CalEvent(data);
  const organizer = new CalAttendee();
  organizer.id = calendar().getProperty("organizerId");
  organizer.isOrganizer = true;
  item.organizer = organizer;
  for (const address of addresses) {
    const attendee = new CalAttendee();
    attendee.id = address;
    attendee.participationStatus = "NEEDS-ACTION";
    attendee.rsvp = "TRUE";
    attendee.role = "REQ-PARTICIPANT";
    item.addAttendee(attendee);
  }
  await calendar().addItem(cal.itip.prepareSequence(item, item));
}

// What the calendar shows of a meeting.
async function meeting(uid) {
  await synchronized();
  const item = await calendar().getItem(uid);
  return (
    item && {
      title: item.title,
      start: item.startDate.getInTimezone(cal.dtz.UTC).icalString,
      status: item.status || "",
      isInvitation: calendar().getSchedulingSupport().isInvitation(item),
      answers: Object.fromEntries(item.getAttendees().map(each => [each.id, each.participationStatus])),
    }
  );
}

// The bar above an invitation: Accept, Decline.
async function respond(uid, answer) {
  const old = await calendar().getItem(uid);
  const changed = old.clone();
  const before = cal.itip.getInvitedAttendee(old, calendar());
  const attendee = before.clone();
  attendee.participationStatus = answer;
  changed.removeAttendee(before);
  changed.addAttendee(attendee);
  await calendar().modifyItem(changed, old);
}

// A drag to another time.
async function moveEvent(uid, start) {
  const old = await calendar().getItem(uid);
  const changed = old.clone();
  const duration = old.duration;
  changed.startDate = cal.createDateTime(start);
  changed.endDate = changed.startDate.clone();
  changed.endDate.addDuration(duration);
  await calendar().modifyItem(cal.itip.prepareSequence(changed, old), old);
}

// The dialog for attendees, which asks every calendar that can answer. Null: none could.
function busyTimes(address, from, to) {
  const { BUSY, BUSY_UNAVAILABLE, BUSY_TENTATIVE } = Ci.calIFreeBusyInterval;
  return new Promise(resolve => {
    cal.freeBusyService.getFreeBusyIntervals(
      address,
      cal.createDateTime(from),
      cal.createDateTime(to),
      BUSY | BUSY_UNAVAILABLE | BUSY_TENTATIVE,
      {
        onResult(operation, found) {
          if (!operation || !operation.isPending) {
            resolve(found && found.map(each => each.interval.start.getInTimezone(cal.dtz.UTC).icalString));
          }
        },
      }
    );
  });
}

function book() {
  return MailServices.ab.directories.find(each => each.dirName == "Contacts").wrappedJSObject;
}

function card(uid) {
  return book().childCards.find(each => each.UID == uid);
}

// An address book changes first itself and then the server, by its function `name`. Waits for that, and fails with it.
function hasSent(name, change) {
  const directory = book();
  return new Promise((resolve, reject) => {
    directory[name] = (...parameters) => {
      delete directory[name];
      const sent = directory[name](...parameters);
      sent.then(resolve, reject);
      return sent;
    };
    change(directory);
  });
}

async function contacts() {
  await book().syncWithServer();
  return Object.fromEntries(book().childCards.map(each => [each.UID, each.displayName]));
}

async function addContact(data) {
  let added;
  await hasSent("_sendCardToServer", directory => {
    added = directory.addCard(VCardUtils.vCardToAbCard(data));
  });
  return added.UID;
}

async function renameContact(uid, name) {
  const changed = card(uid);
  changed.displayName = name;
  await hasSent("_sendCardToServer", directory => directory.modifyCard(changed));
}

async function deleteContact(uid) {
  await hasSent("_deleteCardFromServer", directory => directory.deleteCards([card(uid)]));
}

const commands = {
  findCalendars,
  findAddressBooks,
  events,
  addEvent,
  renameEvent,
  deleteEvent,
  invite,
  meeting,
  respond,
  moveEvent,
  busyTimes,
  contacts,
  addContact,
  renameContact,
  deleteContact,
};
return commands[args[0]](...args.slice(1));
