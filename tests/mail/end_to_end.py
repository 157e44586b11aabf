#!/usr/bin/env python3
"""end_to_end.py KALENDS [NAME...]

Meetings with people outside, from CalDAV to the mail of the world and back, through a real Postfix, Dovecot and OpenLDAP
with the files of dist/mail. All cases, or those with one of the words in their names. Ends with 77 where there is no
../shared/mailstack, or no root to run it.
"""

import contextlib
import email
import email.policy
import pathlib
import re
import shutil
import sys
import tempfile
import time
import traceback
import urllib.parse
import urllib.request

import check_structure
import letters
import sockets
from letters import letter, meeting, new_uid, proven
from office import Failed, Office, Person, wait_for
from stack import HOOKS, HOP, MAILBOX_ACCOUNT, SHARED, SKIPPED, MailStack, why_not

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "durability"))
from kalends import Site  # noqa: E402

RUNS_AS = "postgres"
DORA = "dora@partner.test"
PLAIN_SECONDS = 1.0  # until a mail is in the mailbox while Kalends is down
CROWD = 500

SETTINGS = """
[ldap]
uri = ["ldap://127.0.0.1:{ldap}"]
base = "dc=firma,dc=test"
bind_dn = "cn=reader,dc=firma,dc=test"
bind_password = "reader"
mail_attributes = ["mail", "mailLocalAddress"]
[scheduling]
domains = ["firma.test"]
[mail]
route = "smtp"
server = "127.0.0.1:{submission}"
tls = "none"
user = "kalends"
password_file = "{password}"
domains = ["firma.test"]
bounces = "calendar-bounce@firma.test"
hold = "0 s"
send_timeout = "6 s"
spool = "{spool}"
spool_users = ["{account}", "postgres"]
authserv_id = "mx.firma.test"
invitations = "always"
answer_url = "https://cal.firma.test"
per_hour = 1000000
"""


class World:
    """The stack, the server, two people, and somebody outside."""

    def __init__(self, directory, binary, stack, site, gate):
        self.directory, self.stack, self.gate = directory, stack, gate
        self.office = Office(site)
        self.binary = binary
        self.anna = Person(self.office, "anna", "anna-pw", "anna.berg@firma.test", "anna@firma.test", "a.berg@firma.test",
                           "sales-lead@firma.test")
        self.bruno = Person(self.office, "bruno", "bruno-pw", "bruno@firma.test", "bruno.kern@firma.test")
        self.checked = set()

    def send(self, calendar, *recipients, sender=DORA, verdict="", **more):
        """From outside, with a good signature unless `verdict` says otherwise; returns the Message-ID when it is in the
        mailboxes."""
        verdict = proven(sender) if verdict == "" else verdict
        message, message_id = letter(sender, recipients[0], calendar, verdict=verdict, **more)
        self.stack.send(message, sender, *recipients)
        wait_for("the mail in the mailbox", lambda: self.stack.has_mail(self.user_of(recipients[0]), message_id))
        return message_id

    def user_of(self, address):
        return next(each.login for each in (self.anna, self.bruno) if address in each.addresses)

    def sunk(self, uid, method, to=DORA):
        """What has left about a meeting, each (Sunk, parsed, iCalendar)."""
        found = []
        for each in self.stack.sunk():
            message = email.message_from_bytes(each.message, policy=email.policy.default)
            part = next((part for part in message.walk() if part.get_content_type() == "text/calendar"), None)
            data = part.get_payload(decode=True).decode() if part else ""
            said = re.search(r"^METHOD:(\w+)", data, re.MULTILINE)
            if each.recipient == to and said and said[1] == method and f"UID:{uid}" in "\n".join(letters.unfolded(data)):
                found.append((each, message, data))
        return found

    def wait_for_letter(self, uid, method, to=DORA, count=1):
        return wait_for(f"{count} {method} to {to} in the world", lambda: self._as_many(uid, method, to, count))[-1]

    def _as_many(self, uid, method, to, count):
        found = self.sunk(uid, method, to)
        return found if len(found) >= count else None

    def verdicts(self, person, uid):
        return [each["verdict"] for each in person.log() if each["uid"] == uid and each["incoming"]]

    def invite(self, person, attendees, **more):
        """A meeting of `person`'s own; its UID."""
        uid = new_uid()
        people = {person.address: "ACCEPTED", **{each: "NEEDS-ACTION" for each in attendees}}
        person.put(f"{uid}.ics", meeting(uid, person.address, people, **more))
        return uid

    def wait_for_status(self, person, uid, address, code):
        wait_for(f"SCHEDULE-STATUS {code} of {address}", lambda: (person.status_of(uid, address) or "").startswith(code))

    def has_status(self, person, uid, address, code):
        return (person.status_of(uid, address) or "").startswith(code)


def check(what, condition):
    if not condition:
        raise AssertionError(what)


def check_equal(what, found, expected):
    if found != expected:
        raise AssertionError(f"{what}: {found!r}, expected {expected!r}")


# ---- 1 to 6: what people see

def a_request_to_two_aliases_is_in_both_calendars_and_mailboxes(w):
    message = (SHARED / "samples" / "in-request.eml").read_bytes()
    verdict = f"X-Test-Verdict: {proven(DORA)}\n".encode()
    w.stack.send(verdict + message, DORA, "a.berg@firma.test", "bruno.kern@firma.test")
    uid = "9f0c11d2@partner.test"
    for person, alias in ((w.anna, "a.berg@firma.test"), (w.bruno, "bruno.kern@firma.test")):
        wait_for(f"{person.login}'s event", lambda person=person: person.data(uid))
        check_equal("PARTSTAT", person.partstat_of(uid, alias), "NEEDS-ACTION")
        check_equal("the inbox", person.inbox(uid), [("REQUEST", "")])
        check_equal("the mailbox", w.stack.has_mail(person.login, "<req-9f0c11d2@partner.test>"), 1)


def an_answer_goes_to_the_organizer_in_the_thread_of_the_request(w):
    uid = "9f0c11d2@partner.test"
    w.anna.answer(uid, "ACCEPTED")
    sunk, message, data = w.wait_for_letter(uid, "REPLY")
    check(f"the envelope: {sunk.sender}", re.fullmatch(r"calendar-bounce\+\d+-[0-9a-f]{8}@firma\.test", sunk.sender))
    check_equal("From", message["From"].addresses[0].addr_spec, "a.berg@firma.test")  # as which she was invited
    check_equal("In-Reply-To", message["In-Reply-To"], "<req-9f0c11d2@partner.test>")
    check_equal("PARTSTAT", letters.of_person(letters.components(data)[0], "a.berg@firma.test", "PARTSTAT"), "ACCEPTED")
    check_equal("others' answers", letters.of_person(letters.components(data)[0], "bruno.kern@firma.test", "PARTSTAT"), None)
    wait_for("the status", lambda: letters.of_person(w.anna.first(uid), DORA, "SCHEDULE-STATUS", "ORGANIZER") == "1.1")


def an_invitation_leaves_and_its_status_follows(w):
    w.stack.stop_postfix()
    uid = w.invite(w.anna, [DORA])
    before = w.anna.status_of(uid, DORA)
    w.stack.start_postfix()
    check(f"the status before: {before}", before.startswith("1.0"))
    w.office.command("mail", "retry")
    sunk, message, _ = w.wait_for_letter(uid, "REQUEST")
    check(f"the envelope: {sunk.sender}", re.fullmatch(r"calendar-bounce\+\d+-[0-9a-f]{8}@firma\.test", sunk.sender))
    check_equal("From", message["From"].addresses[0].addr_spec, w.anna.address)
    check_equal("To", message["To"].addresses[0].addr_spec, DORA)
    w.wait_for_status(w.anna, uid, DORA, "1.1")


def invited(w, **more):
    """Anna has invited Dora, who has the letter: the UID."""
    uid = w.invite(w.anna, [DORA], **more)
    w.wait_for_letter(uid, "REQUEST")
    return uid


def a_proven_answer_is_in_the_organizers_event(w):
    uid = invited(w)
    w.send(meeting(uid, w.anna.address, {DORA: "ACCEPTED"}, method="REPLY"), w.anna.address)
    wait_for("the answer", lambda: w.anna.partstat_of(uid, DORA) == "ACCEPTED")
    check_equal("the inbox", w.anna.inbox(uid), [("REPLY", "")])


def who_has_no_calendar_answers_by_the_link(w):
    uid = w.invite(w.anna, [DORA])
    _, message, _ = w.wait_for_letter(uid, "REQUEST")
    for kind in ("plain", "html"):
        text = message.get_body((kind,)).get_content()
        paths = re.findall(r"https://cal\.firma\.test(/answer/[\w-]+)\?say=(\w+)", text)
        check_equal(kind, [say for _, say in paths], ["accept", "tentative", "decline"])
    url = w.office.url.rstrip("/") + paths[0][0]
    with urllib.request.urlopen(f"{url}?say=decline") as page:
        check_equal("the page", check_structure.offences_of_page(page.read().decode()), [])
    check_equal("after a look at the page", w.anna.partstat_of(uid, DORA), "NEEDS-ACTION")
    form = urllib.parse.urlencode({"do": "answer", "answer": "DECLINED", "comment": "Ich bin verreist"}).encode()
    with urllib.request.urlopen(url, form) as page:
        check("the page thanks", "Thank you." in page.read().decode())
    check_equal("the answer", w.anna.partstat_of(uid, DORA), "DECLINED")
    check_equal("the inbox", w.anna.inbox(uid), [("REPLY", "")])


def a_forged_answer_stays_mail(w):
    uid = invited(w)
    forged = ["Authentication-Results: mx.firma.test; dkim=pass header.d=partner.test; dmarc=pass header.from=partner.test",
              'Authentication-Results: "mx.firma.test"; dmarc=pass header.from=partner.test',
              "Authentication-Results: (;) mx.firma.test; dmarc=pass header.from=partner.test",
              "Authentication-Results:\r\n\tmx.firma.test; dmarc=pass header.from=partner.test"]
    for field in forged:
        message_id = w.send(meeting(uid, w.anna.address, {DORA: "DECLINED"}, method="REPLY"), w.anna.address, verdict=None,
                            header=[field])
        stored = w.stack.doveadm("fetch", "-u", "anna", "hdr", "header", "message-id", message_id)
        check("the forged field is still there", "dmarc=pass" not in stored)
    wait_for("the verdicts", lambda: w.verdicts(w.anna, uid) == ["unproven"] * len(forged))
    check_equal("PARTSTAT", w.anna.partstat_of(uid, DORA), "NEEDS-ACTION")
    check("the inbox says why", all(why for _, why in w.anna.inbox(uid)))
    entries = [each for each in w.anna.log() if each["uid"] == uid and each["verdict"] == "unproven"]
    check("the log says why", all("Authentication-Results" in each["why"] for each in entries))


def an_answer_in_the_name_of_another_stays_mail(w):
    uid = invited(w)
    reply = meeting(uid, w.anna.address, {DORA: "DECLINED"}, method="REPLY")
    w.send(reply, w.anna.address, sender="mallory@partner.test")
    w.send(reply, w.anna.address, sender="bruno@firma.test")  # from outside, whatever it proves
    wait_for("the verdicts", lambda: w.verdicts(w.anna, uid) == ["for another", "unproven"])
    check_equal("PARTSTAT", w.anna.partstat_of(uid, DORA), "NEEDS-ACTION")


def only_the_organizer_moves_and_cancels(w):
    uid = new_uid()
    people = {"bruno@firma.test": "NEEDS-ACTION"}
    w.send(meeting(uid, DORA, people, method="REQUEST"), "bruno@firma.test")
    wait_for("the event", lambda: w.bruno.data(uid))
    moved = {"start": "20301211T130000Z", "sequence": 1, "stamp": "20261122T061500Z"}
    w.send(meeting(uid, "mallory@partner.test", people, method="REQUEST", **moved), "bruno@firma.test",
           sender="mallory@partner.test")
    w.send(meeting(uid, DORA, people, method="CANCEL", sequence=2), "bruno@firma.test", sender="mallory@partner.test")
    wait_for("the verdicts", lambda: w.verdicts(w.bruno, uid) == ["applied", "other organizer", "for another"])
    check_equal("DTSTART", letters.value(w.bruno.first(uid), "DTSTART"), "20301210T090000Z")
    w.send(meeting(uid, DORA, people, method="REQUEST", **moved), "bruno@firma.test")
    wait_for("the new time", lambda: letters.value(w.bruno.first(uid), "DTSTART") == "20301211T130000Z")
    w.send(meeting(uid, DORA, people, method="CANCEL", sequence=2, stamp="20261123T061500Z"), "bruno@firma.test")
    wait_for("the cancellation", lambda: letters.value(w.bruno.first(uid), "STATUS") == "CANCELLED")
    w.send(meeting(uid, DORA, people, method="REQUEST", **moved), "bruno@firma.test")  # old news
    wait_for("the last verdict", lambda: len(w.verdicts(w.bruno, uid)) == 6)
    check_equal("STATUS", letters.value(w.bruno.first(uid), "STATUS"), "CANCELLED")


def a_counter_is_shown_to_the_organizer(w):
    uid = invited(w)
    w.send(meeting(uid, w.anna.address, {DORA: "TENTATIVE"}, method="COUNTER", start="20301210T150000Z"), w.anna.address)
    wait_for("the proposal", lambda: ("COUNTER", "") in w.anna.inbox(uid))
    check_equal("DTSTART", letters.value(w.anna.first(uid), "DTSTART"), "20301210T090000Z")


def who_wants_no_invitations_by_mail_gets_none(w):
    said = {}
    for wish in ("known", "never", "always"):
        w.bruno.wishes(wish)
        said[wish] = uid = new_uid()
        stranger = f"stranger-{wish}@partner.test"
        w.send(meeting(uid, stranger, {"bruno@firma.test": "NEEDS-ACTION"}, method="REQUEST"), "bruno@firma.test",
               sender=stranger)
        wait_for("the verdict", lambda uid=uid: w.verdicts(w.bruno, uid))
    check_equal("verdicts", [w.verdicts(w.bruno, uid) for uid in said.values()], [["stranger"], ["not wanted"], ["applied"]])
    check_equal("events", [bool(w.bruno.data(uid)) for uid in said.values()], [False, False, True])
    check("the inbox says why", w.bruno.inbox(said["known"])[0][1])


# ---- 7 and 8: nothing delays or loses a mail

def mail_is_delivered_at_once_while_kalends_is_down(w):
    uid = new_uid()
    w.office.stop()
    try:
        begin = time.monotonic()
        w.send(meeting(uid, DORA, {w.anna.address: "NEEDS-ACTION"}, method="REQUEST"), w.anna.address)
        seconds = time.monotonic() - begin
    finally:
        w.office.start()
    print(f"  in the mailbox after {seconds * 1000:.0f} ms")
    check(f"delivered after {seconds:.1f} s", seconds < PLAIN_SECONDS * 2)  # a third of it is looking
    wait_for("the event", lambda: w.anna.data(uid))


def a_hook_that_fails_loses_and_delays_no_mail(w):
    for how in HOOKS:
        w.stack.set_hook(how)
        began = time.monotonic()
        uid = new_uid()
        w.send(meeting(uid, DORA, {w.anna.address: "NEEDS-ACTION"}, method="REQUEST"), w.anna.address)
        seconds = time.monotonic() - began
        print(f"  the hook {how}: in the mailbox after {seconds * 1000:.0f} ms")
        check(f"the hook {how}: {seconds:.1f} s", seconds < (6 if "hangs" in how else 3))
        if how == "well":
            wait_for("the event", lambda uid=uid: w.anna.data(uid))
    w.stack.set_hook("well")
    w.stack.remove_hook()
    try:
        w.send(meeting(new_uid(), DORA, {w.anna.address: "NEEDS-ACTION"}, method="REQUEST"), w.anna.address)
    finally:
        w.stack.restore_hook()


def a_crowd_is_delivered_while_kalends_is_down_and_applied_later(w):
    uids = [new_uid() for _ in range(CROWD)]
    before = w.stack.count("bruno")
    w.office.stop()
    began = time.monotonic()
    try:
        requests = [meeting(uid, DORA, {"bruno@firma.test": "NEEDS-ACTION"}, method="REQUEST") for uid in uids]
        mails = [letter(DORA, "bruno@firma.test", each, verdict=proven(DORA)) for each in requests]
        w.stack.send_all([text for text, _ in mails], DORA, "bruno@firma.test")
        wait_for("all mail", lambda: w.stack.count("bruno") == before + CROWD, 150)
        delivered = time.monotonic() - began
    finally:
        w.office.start()
    began = time.monotonic()
    # Where the machine is so busy that the hook does not come to an end within Dovecot's limit, the mail stays mail.
    piped = w.stack.piped()
    spooled = {uid for uid, (_, message_id) in zip(uids, mails, strict=True) if message_id in piped}
    check(f"{CROWD - len(spooled)} hooks ran into Dovecot's limit", len(spooled) >= 0.95 * CROWD)
    wait_for("all events", lambda: spooled <= w.bruno.uids(), 120)
    print(f"  {len(spooled)} of {CROWD} mails in {delivered:.0f} s, all in the calendar {time.monotonic() - began:.0f} s after the start")


# ---- 9 and 10: what can't be delivered

def a_report_is_in_the_organizers_status(w):
    uid = w.invite(w.anna, ["nobody@bounce.test", DORA])
    w.wait_for_status(w.anna, uid, "nobody@bounce.test", "5.")
    check_equal("the status", w.anna.status_of(uid, "nobody@bounce.test")[:3], "5.2")
    check_equal("the status of others", w.anna.status_of(uid, DORA)[:3], "1.1")
    told = [each["verdict"] for each in w.anna.log() if each["uid"] == uid and each["address"].startswith("nobody@")]
    check_equal("the log", told, ["sent", "failed"])
    check("the mailbox is spared", w.stack.count("anna", "from", "MAILER-DAEMON") == 0)


def a_refusal_at_once_needs_no_report(w):
    uid = w.invite(w.anna, ["x@nowhere.test"])
    w.wait_for_status(w.anna, uid, "x@nowhere.test", "5.2")
    check_equal("the log", [each["verdict"] for each in w.anna.log() if each["uid"] == uid], ["refused"])


def a_mail_server_that_is_away_gets_the_mail_later_and_once(w):
    w.stack.stop_postfix()
    try:
        uid = w.invite(w.anna, [DORA])
        waiting = wait_for("the message in the queue with a problem",
                           lambda: [each for each in w.office.queue() if each["uid"] == uid and each["problem"]])
        check_equal("tries", waiting[0]["tries"], 1)
    finally:
        w.stack.start_postfix()
    w.office.command("mail", "retry")
    w.wait_for_letter(uid, "REQUEST")
    w.wait_for_status(w.anna, uid, DORA, "1.1")
    check_equal("the queue", w.office.queue(), [])
    check_equal("letters", len(w.sunk(uid, "REQUEST")), 1)


def a_wrong_password_keeps_the_mail(w):
    password = w.directory / "password"
    w.office.stop()
    password.write_text("wrong\n")
    try:
        w.office.start()
        uid = w.invite(w.anna, [DORA])
        waiting = wait_for("the refused login in the queue",
                           lambda: [each for each in w.office.queue() if each["uid"] == uid and each["problem"]])
        check(f"the problem: {waiting[0]['problem']}", "535" in waiting[0]["problem"])
        w.office.stop()
    finally:
        password.write_text("kalends-pw\n")
        w.office.start()

    def sent():  # Dovecot lets who has had a wrong password wait, longer than mail.send_timeout is here
        w.office.command("mail", "retry")
        return w.has_status(w.anna, uid, DORA, "1.1")

    wait_for("the letter", sent)
    w.wait_for_letter(uid, "REQUEST")
    check_equal("letters", len(w.sunk(uid, "REQUEST")), 1)


def a_slow_domain_is_postfixs_business(w):
    uid = w.invite(w.anna, ["x@slow.test"])
    w.wait_for_status(w.anna, uid, "x@slow.test", "1.1")
    check_equal("the queue", w.office.queue(), [])


# ---- 11 and 12: what must not start anything, and odd cases

def mail_without_a_calendar_never_starts_the_hook(w):
    before = w.stack.starts()
    count = w.stack.count("anna")
    for _ in range(50):
        w.stack.send(letter(DORA, w.anna.address)[0], DORA, w.anna.address)
    html = letter(DORA, w.anna.address, "<p>BEGIN:VCALENDAR</p>", part_type="text/html")[0]
    large = letter(DORA, w.anna.address, "x" * 5_000_000, part_type="application/pdf")[0]
    for message in (html, large):
        w.stack.send(message, DORA, w.anna.address)
    wait_for("the mail", lambda: w.stack.count("anna") == count + 52)
    check_equal("starts of the hook", w.stack.starts() - before, 0)


def the_same_message_is_applied_once(w):
    uid, other = new_uid(), new_uid()
    request = meeting(uid, DORA, {"bruno@firma.test": "NEEDS-ACTION"}, method="REQUEST")
    message_id = w.send(request, "bruno@firma.test")
    wait_for("the event", lambda: w.bruno.data(uid))
    w.bruno.answer(uid, "ACCEPTED")
    w.send(request, "bruno@firma.test", message_id=message_id)
    w.send(request, "bruno@firma.test")  # another message that says the same
    # What the spool has after it has been read before.
    w.send(meeting(other, DORA, {"bruno@firma.test": "NEEDS-ACTION"}, method="REQUEST"), "bruno@firma.test")
    wait_for("the last", lambda: w.bruno.data(other))
    check_equal("verdicts", w.verdicts(w.bruno, uid), ["applied", "again", "nothing new"])
    check_equal("PARTSTAT", w.bruno.partstat_of(uid, "bruno@firma.test"), "ACCEPTED")
    check_equal("the inbox", w.bruno.inbox(uid), [("REQUEST", "")])
    check_equal("mails", w.stack.has_mail("bruno", message_id), 2)


def one_day_of_a_series_is_answered(w):
    uid = invited(w, more=["RRULE:FREQ=DAILY;COUNT=5"])
    reply = meeting(uid, w.anna.address, {DORA: "DECLINED"}, method="REPLY", start="20301212T090000Z",
                    more=["RECURRENCE-ID:20301212T090000Z"])
    w.send(reply, w.anna.address)

    def partstats():
        events = letters.components(w.anna.data(uid))
        return {letters.value(each, "RECURRENCE-ID"): letters.of_person(each, DORA, "PARTSTAT") for each in events}

    wait_for("the answer", lambda: len(partstats()) == 2)
    check_equal("answers", partstats(), {"": "NEEDS-ACTION", "20301212T090000Z": "DECLINED"})


def one_invited_to_one_day_has_that_day(w):
    uid = new_uid()
    w.send(meeting(uid, DORA, {"sales-lead@firma.test": "NEEDS-ACTION"}, method="REQUEST", start="20301212T090000Z",
                   more=["RECURRENCE-ID:20301212T090000Z"]), "sales-lead@firma.test")
    wait_for("the event", lambda: w.anna.data(uid))
    check_equal("RECURRENCE-ID", letters.value(w.anna.first(uid), "RECURRENCE-ID"), "20301212T090000Z")


def an_address_that_the_mail_server_can_not_take_is_said_so(w):
    uid = w.invite(w.anna, ["dörte@partner.test"])
    wait_for("the status", lambda: w.has_status(w.anna, uid, "dörte@partner.test", "5."))


def reports_and_automatic_answers_are_no_answers(w):
    uid = invited(w)
    sequence = len(w.anna.log())
    vacation, _ = letter(DORA, w.anna.address, header=["Auto-Submitted: auto-replied"], text="I am away.",
                         verdict=proven(DORA))
    w.stack.send(vacation, "", w.anna.address)
    quoted = letter(DORA, w.anna.address, meeting(uid, w.anna.address, {DORA: "ACCEPTED"}, method="REPLY"),
                    verdict=proven(DORA))[0]
    outer = (f"From: <{DORA}>\r\nTo: <{w.anna.address}>\r\nSubject: Fwd\r\nMessage-ID: <fwd-{uid}@partner.test>\r\n"
             f"X-Test-Verdict: {proven(DORA)}\r\nMIME-Version: 1.0\r\n"
             'Content-Type: multipart/mixed; boundary="outer"\r\n\r\n--outer\r\nContent-Type: message/rfc822\r\n\r\n').encode()
    w.stack.send(outer + quoted + b"\r\n--outer--\r\n", DORA, w.anna.address)
    marker = new_uid()
    w.send(meeting(marker, DORA, {w.anna.address: "NEEDS-ACTION"}, method="REQUEST"), w.anna.address)
    wait_for("what came last", lambda: w.anna.data(marker))
    check_equal("PARTSTAT", w.anna.partstat_of(uid, DORA), "NEEDS-ACTION")
    check_equal("entries in the log", len(w.anna.log()) - sequence, 1)


# ---- killed

def what_was_committed_is_sent_after_a_kill(w):
    uids = []
    for _ in range(5):
        uids.append(w.invite(w.anna, [DORA]))
        w.office.kill()
        w.office.start()
    for uid in uids:
        w.wait_for_letter(uid, "REQUEST")
        w.wait_for_status(w.anna, uid, DORA, "1.1")
    copies = {uid: [message["Message-ID"] for _, message, _ in w.sunk(uid, "REQUEST")] for uid in uids}
    print(f"  letters of each: {[len(each) for each in copies.values()]}")
    for uid, ids in copies.items():
        check(f"{uid} came {len(ids)} times as {set(ids)}", len(ids) <= 2 and len(set(ids)) == 1)


def a_kill_before_the_answer_repeats_the_same_message(w):
    w.gate.swallowed.clear()
    w.gate.swallows = True
    uid = w.invite(w.anna, [DORA])
    try:
        check("the gate held the answer", w.gate.swallowed.wait(20))
        w.office.kill()
    finally:
        w.gate.swallows = False
        if w.office.server.process.poll() is not None:
            w.office.start()
    w.wait_for_letter(uid, "REQUEST", count=2)
    w.wait_for_status(w.anna, uid, DORA, "1.1")
    ids = [message["Message-ID"] for _, message, _ in w.sunk(uid, "REQUEST")]
    check(f"Message-IDs: {ids}", len(ids) == 2 and len(set(ids)) == 1)


def mail_leaves_by_sendmail_too(w):
    program = w.directory / "sendmail"
    program.write_text(f'#!/bin/sh\nexec /usr/sbin/sendmail -C "{w.stack.state}/postfix/etc" "$@"\n')
    program.chmod(0o755)
    config = w.directory / "sendmail.toml"
    config.write_text(f'[mail]\nroute = "sendmail"\nsendmail = "{program}"\naddress = "calendar@firma.test"\n')
    server, w.office.server = w.office.server, type("", (), {"config": config})
    try:
        said = w.office.command("mail", "test", "probe@partner.test")
    finally:
        w.office.server = server
    check(said, "taken" in said)
    wait_for("the probe", lambda: [each for each in w.stack.sunk() if each.recipient == "probe@partner.test"])


# ---- at the end

def every_letter_has_the_right_shape(w):
    sunk = w.stack.sunk()
    offences = [f"{each.recipient}: {offence}" for each in sunk for offence in check_structure.offences(each.message)]
    print(f"  {len(sunk)} letters looked at")
    check("\n".join(offences[:20]), not offences and sunk)


def nothing_is_left_in_the_spool(w):
    wait_for("an empty spool", lambda: not list((w.directory / "spool" / "new").iterdir()))
    check_equal("failed", list((w.directory / "spool" / "failed").iterdir()), [])


CASES = [
    a_request_to_two_aliases_is_in_both_calendars_and_mailboxes,
    an_answer_goes_to_the_organizer_in_the_thread_of_the_request,
    an_invitation_leaves_and_its_status_follows,
    a_proven_answer_is_in_the_organizers_event,
    who_has_no_calendar_answers_by_the_link,
    a_forged_answer_stays_mail,
    an_answer_in_the_name_of_another_stays_mail,
    only_the_organizer_moves_and_cancels,
    a_counter_is_shown_to_the_organizer,
    who_wants_no_invitations_by_mail_gets_none,
    mail_is_delivered_at_once_while_kalends_is_down,
    a_hook_that_fails_loses_and_delays_no_mail,
    a_report_is_in_the_organizers_status,
    a_refusal_at_once_needs_no_report,
    a_mail_server_that_is_away_gets_the_mail_later_and_once,
    a_wrong_password_keeps_the_mail,
    a_slow_domain_is_postfixs_business,
    mail_without_a_calendar_never_starts_the_hook,
    the_same_message_is_applied_once,
    one_day_of_a_series_is_answered,
    one_invited_to_one_day_has_that_day,
    an_address_that_the_mail_server_can_not_take_is_said_so,
    reports_and_automatic_answers_are_no_answers,
    what_was_committed_is_sent_after_a_kill,
    a_kill_before_the_answer_repeats_the_same_message,
    mail_leaves_by_sendmail_too,
    a_crowd_is_delivered_while_kalends_is_down_and_applied_later,
    every_letter_has_the_right_shape,
    nothing_is_left_in_the_spool,
]


def run(world, case):
    """Whether it went well; says how."""
    name = case.__name__.replace("_", " ")
    begin = time.monotonic()
    try:
        case(world)
    except Exception as error:  # whatever it is, the other cases say more
        print(f"FAILED {name}, {time.monotonic() - begin:.1f} s: {error}")
        if not isinstance(error, AssertionError):
            traceback.print_exc(file=sys.stdout)
        return False
    print(f"ok {name}, {time.monotonic() - begin:.1f} s", flush=True)
    return True


@contextlib.contextmanager
def a_world(binary, more="", **how):
    """`more` settings of [mail], and `how` the mail stack is to be."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="kalends-mail-"))
    directory.chmod(0o755)
    spool = directory / "spool"
    password = directory / "password"
    password.write_text("kalends-pw\n")
    shutil.chown(password, RUNS_AS)
    program = directory / "kalends"  # the accounts of the mail system can't see a home folder's
    shutil.copy(binary, program)
    try:
        with MailStack(directory, program, spool, RUNS_AS, **how) as stack:
            gate = sockets.Gate(stack.port(587))
            settings = (SETTINGS + more).format(ldap=stack.port(389), submission=gate.port, password=password, spool=spool,
                                                account=MAILBOX_ACCOUNT, hop=stack.port(HOP), lmtp=stack.port(24))
            with Site(program, settings) as site:
                site.start_database()
                world = World(directory, program, stack, site, gate)
                world.office.start()
                wait_for("the people of the directory",
                         lambda: world.office.command("mail", "log", "bruno", expected=(0, 1)) is not None)
                try:
                    yield world
                finally:
                    world.office.stop()
                    print_troubles(site.log())
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def print_troubles(log):
    """What the sanitizers have found, if anything."""
    at = min((log.find(word) for word in ("ERROR: AddressSanitizer", "runtime error:", "ERROR: LeakSanitizer")
              if word in log), default=-1)
    if at >= 0:
        raise Failed(log[at:at + 4000])


def main(all_cases, **how):
    """Of a program with these cases: its exit code. `how`: of a_world()."""
    if reason := why_not():
        print(f"skipped: {reason}")
        return SKIPPED
    binary, words = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    cases = [each for each in all_cases if not words or any(word in each.__name__ for word in words)]
    begin = time.monotonic()
    with a_world(binary, **how) as world:
        print(f"up after {time.monotonic() - begin:.0f} s", flush=True)
        failed = [case for case in cases if not run(world, case)]
        if failed:
            print("--- the server\n" + world.office.site.log()[-5000:])
            print("--- what came and went\n" + "\n".join(map(str, world.anna.log()[-20:])))
            print("--- the mail system\n" + world.stack.logs()[-5000:])
    print(f"{len(cases) - len(failed)} passed, {len(failed)} failed, 0 skipped, {time.monotonic() - begin:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(CASES))
