"""Invitations with python3-caldav: an organizer and two attendees, each with a client of the own. RFC 6638."""

from __future__ import annotations

import datetime
import secrets
import warnings

import caldav
import dav
import icalendar
import world
from caldav.lib import error
from icalendar import vCalAddress

UTC = datetime.timezone.utc
START = datetime.datetime(2031, 3, 3, 9, tzinfo=UTC)
ONE_HOUR = datetime.timedelta(hours=1)


def move(component: icalendar.Event, start: datetime.datetime) -> None:
    component.pop("DTSTART")
    component.add("DTSTART", start)


class Person:
    """Somebody with an account, and what the library shows of the calendar."""

    def __init__(self, test: world.ClientTest, account: world.Account) -> None:
        self.account = account
        self.address = f"mailto:{account.login}@example.com"
        self._client = caldav.DAVClient(url=account.base_url + "/dav/", username=account.login,
                                        password=account.password)
        test.addCleanup(self._client.close)
        self.principal = self._client.principal()
        self.calendar = next(each for each in self.principal.calendars() if each.get_display_name() == "Calendar")

    def event(self, uid: str) -> caldav.Event:
        return self.calendar.event_by_uid(uid)

    def answer(self, uid: str, partstat: str) -> None:
        event = self.event(uid)
        event.change_attendee_status(partstat=partstat)
        event.save()

    def partstat_of(self, uid: str, other: Person) -> str:
        return self.attendees(uid)[other.address].params["PARTSTAT"]

    def attendees(self, uid: str) -> dict[str, vCalAddress]:
        lines = self.event(uid).icalendar_component["ATTENDEE"]
        return {str(line).lower(): line for line in (lines if isinstance(lines, list) else [lines])}

    def busy(self, begin: datetime.datetime, end: datetime.datetime,
             others: list[str]) -> dict[str, tuple[str, icalendar.Calendar]]:
        """By address: the status, and the times. The library posts, but reads no schedule-response."""
        attendees = "".join(f"ATTENDEE:{each}\r\n" for each in others)
        request = ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kalends//clients//EN\r\nMETHOD:REQUEST\r\n"
                   f"BEGIN:VFREEBUSY\r\nUID:{secrets.token_hex(8)}\r\nDTSTAMP:20260101T000000Z\r\n"
                   f"DTSTART:{begin:%Y%m%dT%H%M%SZ}\r\nDTEND:{end:%Y%m%dT%H%M%SZ}\r\nORGANIZER:{self.address}\r\n"
                   f"{attendees}END:VFREEBUSY\r\nEND:VCALENDAR\r\n")
        answer = self._client.post(str(self.principal.schedule_outbox().url), request,
                                   {"Content-Type": "text/calendar; charset=utf-8"})
        found = {}
        for each in answer.tree.iter(dav.CALDAV + "response"):
            recipient = each.findtext(f"{dav.CALDAV}recipient/{dav.DAV}href")
            data = each.findtext(dav.CALDAV + "calendar-data")
            times = icalendar.Calendar.from_ical(data) if data else icalendar.Calendar()
            found[recipient] = (each.findtext(dav.CALDAV + "request-status"), times)
        return found

    def messages(self) -> list[caldav.CalendarObjectResource]:
        """What is in the inbox, which is emptied."""
        found = list(self.principal.schedule_inbox().get_items())
        for each in found:
            each.delete()
        return found

    def methods(self) -> list[str]:
        return sorted(str(each.icalendar_instance["METHOD"]) for each in self.messages())


class Scheduling(world.ClientTest):
    def setUp(self) -> None:
        super().setUp()
        warnings.simplefilter("ignore")  # the library warns about its own future
        self.olga = Person(self, self.account)
        self.ann, self.bert = (Person(self, self.new_account()) for _ in range(2))
        self.uid = f"meeting-{secrets.token_hex(4)}@test"

    def invite(self, extra: str = "") -> caldav.Event:
        data = world.event(self.uid, "Meeting", f"{START:%Y%m%dT%H%M%SZ}", extra)
        made = self.olga.calendar.save_with_invites(data, [self.olga.address, self.ann.address, self.bert.address])
        made.load()
        return made

    def test_an_invitation_is_in_the_calendar_and_the_inbox_of_each_attendee(self) -> None:
        made = self.invite()
        self.assertEqual(self.olga.attendees(self.uid)[self.ann.address].params["SCHEDULE-STATUS"], "1.2")
        for person in (self.ann, self.bert):
            self.assertEqual(person.event(self.uid).icalendar_component["SUMMARY"], "Meeting")
            self.assertEqual(person.partstat_of(self.uid, person), "NEEDS-ACTION")
            (message,) = person.messages()
            self.assertTrue(message.is_invite_request())
        self.assertEqual(self.olga.messages(), [])
        self.assertNotEqual(made.get_property(caldav.elements.cdav.ScheduleTag()), "")

    def test_everybody_sees_who_accepts_and_who_declines(self) -> None:
        self.invite()
        self.ann.answer(self.uid, "ACCEPTED")
        self.bert.answer(self.uid, "DECLINED")
        for person in (self.olga, self.ann, self.bert):
            self.assertEqual(person.partstat_of(self.uid, self.ann), "ACCEPTED")
            self.assertEqual(person.partstat_of(self.uid, self.bert), "DECLINED")
        self.assertEqual(self.olga.methods(), ["REPLY", "REPLY"])
        self.assertEqual(self.ann.methods(), ["REQUEST"])  # others' answers are no news

    def test_a_meeting_that_is_moved_is_asked_for_again(self) -> None:
        self.invite()
        self.ann.answer(self.uid, "ACCEPTED")
        self.ann.messages()
        event = self.olga.event(self.uid)
        move(event.icalendar_component, START + ONE_HOUR)
        event.save()
        self.assertEqual(self.ann.event(self.uid).icalendar_component["DTSTART"].dt, START + ONE_HOUR)
        for person in (self.olga, self.ann):
            self.assertEqual(person.partstat_of(self.uid, self.ann), "NEEDS-ACTION")
        self.assertEqual(self.ann.methods(), ["REQUEST"])

    def test_a_new_title_leaves_the_answers(self) -> None:
        self.invite()
        self.ann.answer(self.uid, "ACCEPTED")
        event = self.olga.event(self.uid)
        event.vobject_instance.vevent.summary.value = "Lunch"
        event.save()
        self.assertEqual(self.ann.event(self.uid).icalendar_component["SUMMARY"], "Lunch")
        for person in (self.olga, self.ann, self.bert):
            self.assertEqual(person.partstat_of(self.uid, self.ann), "ACCEPTED")

    def test_a_meeting_that_the_organizer_deletes_is_cancelled(self) -> None:
        self.invite()
        self.ann.messages()
        self.olga.event(self.uid).delete()
        self.assertEqual(self.ann.event(self.uid).icalendar_component["STATUS"], "CANCELLED")
        self.assertEqual(self.ann.methods(), ["CANCEL"])
        self.ann.event(self.uid).delete()
        with self.assertRaises(error.NotFoundError):
            self.olga.event(self.uid)
        self.assertEqual(self.olga.messages(), [])

    def test_an_attendee_who_deletes_the_meeting_declines_it(self) -> None:
        self.invite()
        self.ann.event(self.uid).delete()
        for person in (self.olga, self.bert):
            self.assertEqual(person.partstat_of(self.uid, self.ann), "DECLINED")
        self.assertEqual(self.olga.methods(), ["REPLY"])

    def test_an_attendee_can_not_move_the_meeting(self) -> None:
        self.invite()
        event = self.ann.event(self.uid)
        move(event.icalendar_component, START + ONE_HOUR)
        with self.assertRaises(error.AuthorizationError):  # what it makes of any 403
            event.save()
        self.assertEqual(self.olga.event(self.uid).icalendar_component["DTSTART"].dt, START)

    def test_one_day_of_a_series_is_declined(self) -> None:
        self.invite("RRULE:FREQ=DAILY;COUNT=5\r\n")
        self.ann.answer(self.uid, "ACCEPTED")
        event = self.ann.event(self.uid)
        day = event.icalendar_component.copy()
        day.pop("RRULE")
        moved = START + datetime.timedelta(days=2)
        move(day, moved)
        day.add("RECURRENCE-ID", moved)
        line = vCalAddress(self.ann.address)
        line.params["PARTSTAT"] = "DECLINED"
        day["ATTENDEE"] = [each for each in day["ATTENDEE"] if str(each).lower() != self.ann.address] + [line]
        event.icalendar_instance.add_component(day)
        event.save()
        days = self.olga.calendar.date_search(moved, moved + ONE_HOUR, expand=True)
        line = next(each for each in days[0].icalendar_component["ATTENDEE"]
                    if str(each).lower() == self.ann.address)
        self.assertEqual(line.params["PARTSTAT"], "DECLINED")

    def test_who_is_sent_by_an_attendee_is_invited(self) -> None:
        self.invite()
        carl = Person(self, self.new_account())
        event = self.ann.event(self.uid)
        event.change_attendee_status(**{"PARTSTAT": "DELEGATED", "DELEGATED-TO": carl.address})
        event.add_attendee(carl.address, **{"DELEGATED-FROM": self.ann.address})
        event.save()
        self.assertEqual(self.olga.partstat_of(self.uid, self.ann), "DELEGATED")
        self.assertEqual(carl.methods(), ["REQUEST"])
        carl.answer(self.uid, "ACCEPTED")
        for person in (self.olga, self.ann, self.bert):
            self.assertEqual(person.partstat_of(self.uid, carl), "ACCEPTED")

    def test_what_others_plan_is_asked_for_before_inviting_them(self) -> None:
        self.invite()
        found = self.ann.busy(START - ONE_HOUR, START + 3 * ONE_HOUR, [self.olga.address, "mailto:nobody@example.com"])
        self.assertTrue(found[self.olga.address][0].startswith("2.0"))
        (busy,) = found[self.olga.address][1].walk("VFREEBUSY")
        self.assertEqual(busy["FREEBUSY"].start, START)
        self.assertTrue(found["mailto:nobody@example.com"][0].startswith("3.7"))


class AttendeeIsOrganizer(world.ClientTest):
    """Somebody who invites only oneself."""

    def test_nothing_is_sent(self) -> None:
        warnings.simplefilter("ignore")
        person = Person(self, self.account)
        person.calendar.save_with_invites(world.event("alone@test", "Alone", f"{START:%Y%m%dT%H%M%SZ}"), [person.address])
        self.assertEqual(person.messages(), [])
