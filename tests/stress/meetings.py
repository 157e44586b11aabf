#!/usr/bin/env python3
"""tests/stress/meetings.py [--seconds N] [--clients N] [--people N] [--rooms N] [--seed N] [--stage DIR]

Many people plan many meetings at once, on a stage of its own or the one that runs in DIR: each client invites, moves,
cancels, and has the attendees of a meeting answer all at the same time. The rooms answer by themselves. Fails unless

- no room has accepted two meetings at one time,
- no answer is lost: what each attendee said last is in the own copy, the organizer's and all others',
- every request succeeded, but for 412 where somebody else was faster,
- no message is left undelivered.

KALENDS_BINARY names another program than the release build.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import dataclasses
import datetime
import pathlib
import random
import subprocess
import sys
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "compliance" / "support"))
import dav  # noqa: E402
import stage as stages  # noqa: E402

UTC_FORMAT = "%Y%m%dT%H%M%SZ"
FIRST_DAY = datetime.datetime(2031, 3, 3)
DAYS = 5
SERIES_DAYS = 4
DRAIN_SECONDS = 60
PARTSTATS = ("ACCEPTED", "TENTATIVE", "DECLINED")
BY_UID = ('<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop>'
          '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="UID">'
          '<C:text-match collation="i;octet">{}</C:text-match>'
          "</C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>")


def address(login: str) -> str:
    return f"mailto:{login}@example.com"


# ---- iCalendar

@dataclasses.dataclass
class Event:
    """One VEVENT: its lines, unfolded."""

    lines: list[str]

    def value(self, name: str) -> str:
        return next((line.partition(":")[2] for line in self.lines if line.split(":")[0].split(";")[0] == name), "")

    def partstats(self) -> dict[str, str]:
        """By address."""
        found = {}
        for line in self.lines:
            if line.startswith("ATTENDEE"):
                start, _, login = line.rpartition("mailto:")
                parameters = dict(each.partition("=")[::2] for each in start.rstrip(":").split(";")[1:])
                found["mailto:" + login.lower()] = parameters.get("PARTSTAT", "NEEDS-ACTION")
        return found

    def start(self) -> datetime.datetime:
        return datetime.datetime.strptime(self.value("DTSTART"), UTC_FORMAT)

    def end(self) -> datetime.datetime:
        return self.start() + datetime.timedelta(minutes=int(self.value("DURATION")[2:-1]))


def unfolded(data: str) -> list[str]:
    return data.replace("\r\n ", "").replace("\r\n\t", "").splitlines()


def events_in(data: str) -> list[Event]:
    events, lines = [], None
    for line in unfolded(data):
        if line == "BEGIN:VEVENT":
            lines = []
        elif line == "END:VEVENT":
            events.append(Event(lines))
            lines = None
        elif lines is not None:
            lines.append(line)
    return events


def replaced(data: str, change) -> str:
    """`data` with `change(line)` in place of each line."""
    return "".join(change(line) + "\r\n" for line in unfolded(data))


def with_partstat(data: str, login: str, partstat: str) -> str:
    def change(line: str) -> str:
        if not line.startswith("ATTENDEE") or not line.lower().endswith(address(login)):
            return line
        start, _, user = line.rpartition("mailto:")
        kept = [each for each in start.rstrip(":").split(";") if each.partition("=")[0] not in ("PARTSTAT", "RSVP")]
        return ";".join([*kept, f"PARTSTAT={partstat}"]) + ":mailto:" + user
    return replaced(data, change)


# ---- people and meetings

@dataclasses.dataclass
class Meeting:
    uid: str
    organizer: str
    attendees: list[str]
    room: str
    is_over: bool = False
    changing: threading.Lock = dataclasses.field(default_factory=threading.Lock)  # of its organizer
    answers: dict[str, str] = dataclasses.field(default_factory=dict)  # what each attendee said last

    def href(self) -> str:
        return f"/dav/calendars/{self.organizer}/calendar/{self.uid}.ics"

    def data(self, start: datetime.datetime, minutes: int, is_series: bool) -> str:
        people = "".join(f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:{address(each)}\r\n"
                         for each in [*self.attendees, self.room])
        rule = f"RRULE:FREQ=DAILY;COUNT={SERIES_DAYS}\r\n" if is_series else ""
        return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kalends//stress//EN\r\nBEGIN:VEVENT\r\n"
                f"UID:{self.uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:{start:{UTC_FORMAT}}\r\nDURATION:PT{minutes}M\r\n"
                f"{rule}SUMMARY:Meeting\r\nORGANIZER:{address(self.organizer)}\r\n"
                f"ATTENDEE;PARTSTAT=ACCEPTED:{address(self.organizer)}\r\n{people}"
                "END:VEVENT\r\nEND:VCALENDAR\r\n")


class Office:
    """The server, and what is known of what was asked of it. Each thread has connections of its own."""

    def __init__(self, server: stages.Stage, people: list[str], rooms: list[str]) -> None:
        self.server, self.people, self.rooms = server, people, rooms
        self.meetings: list[Meeting] = []
        self.counts: collections.Counter[str] = collections.Counter()
        self.wrong: list[str] = []
        self._lock = threading.Lock()
        self._connections = threading.local()

    def ask(self, login: str, expected: tuple[int, ...], method: str, path: str, *body: str, **headers: str) -> dav.Answer:
        clients = self._connections.__dict__.setdefault("clients", {})
        client = clients.setdefault(login, dav.Client(self.server.base_url, login))
        answer = client(method, path, *body, **headers)
        with self._lock:
            self.counts[f"{method} {answer.status}"] += 1
            if answer.status not in expected:
                self.wrong.append(f"{method} {path}: {answer.status} {answer.sentence()[:200]}")
        return answer

    def add(self, meeting: Meeting) -> None:
        with self._lock:
            self.meetings.append(meeting)

    def some_meeting(self, chance: random.Random) -> Meeting | None:
        with self._lock:
            there = [each for each in self.meetings if not each.is_over]
        return chance.choice(there) if there else None

    def own_copy(self, login: str, uid: str) -> str | None:
        """The path of an attendee's copy."""
        answer = self.ask(login, (207,), "REPORT", f"/dav/calendars/{login}/calendar/", BY_UID.format(uid),
                          "application/xml", Depth="1")
        found = [each.text for each in answer.xml().iter(dav.DAV + "href")] if answer.status == 207 else []
        return found[0] if found else None


def random_time(chance: random.Random) -> datetime.datetime:
    return FIRST_DAY + datetime.timedelta(days=chance.randrange(DAYS), minutes=30 * chance.randrange(16, 36))


# ---- what clients do

class Worker:
    """One client program, which acts for everybody."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.chance = office, random.Random(seed)

    def run(self, until: float) -> None:
        actions = [self.invite] * 4 + [self.move] * 3 + [self.cancel] + [self.all_answer] * 3
        while time.monotonic() < until:
            self.chance.choice(actions)()

    def invite(self) -> None:
        organizer, *attendees = self.chance.sample(self.office.people, self.chance.randint(3, 6))
        meeting = Meeting(str(uuid.uuid4()), organizer, attendees, self.chance.choice(self.office.rooms))
        data = meeting.data(random_time(self.chance), 30 * self.chance.randint(1, 4), self.chance.random() < 0.2)
        answer = self.office.ask(organizer, (201,), "PUT", meeting.href(), data, "text/calendar", If_None_Match="*")
        if answer.status == 201:
            self.office.add(meeting)

    def move(self) -> None:
        """By its organizer, whose client knows the Schedule-Tag: answers that come meanwhile do not stop it."""
        meeting = self.office.some_meeting(self.chance)
        if meeting is None or not meeting.changing.acquire(blocking=False):
            return
        try:
            if meeting.is_over:
                return
            present = self.office.ask(meeting.organizer, (200,), "GET", meeting.href())
            start = f"DTSTART:{random_time(self.chance):{UTC_FORMAT}}"
            master, *overrides = events_in(present.body.decode())
            data = replaced(present.body.decode(), lambda line: start if line.startswith("DTSTART") else line)
            if overrides:  # a series that is moved is asked for anew
                head, _, _ = data.partition("END:VEVENT\r\n")
                data = head + "END:VEVENT\r\nEND:VCALENDAR\r\n"
            self.office.ask(meeting.organizer, (204, 412), "PUT", meeting.href(), data, "text/calendar",
                            If_Schedule_Tag_Match=present.headers["Schedule-Tag"])
        finally:
            meeting.changing.release()

    def cancel(self) -> None:
        meeting = self.office.some_meeting(self.chance)
        if meeting is None or not meeting.changing.acquire(blocking=False):
            return
        try:
            if not meeting.is_over:
                meeting.is_over = True
                self.office.ask(meeting.organizer, (204,), "DELETE", meeting.href())
        finally:
            meeting.changing.release()

    def all_answer(self) -> None:
        if meeting := self.office.some_meeting(self.chance):
            everybody_answers(self.office, meeting, self.chance)


def everybody_answers(office: Office, meeting: Meeting, chance: random.Random) -> None:
    said = {login: chance.choice(PARTSTATS) for login in meeting.attendees}
    threads = [threading.Thread(target=answer_one, args=(office, meeting, login, partstat))
               for login, partstat in said.items()]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def answer_one(office: Office, meeting: Meeting, login: str, partstat: str) -> None:
    """As often as the meeting is changed meanwhile."""
    path = office.own_copy(login, meeting.uid)
    while path is not None:
        present = office.ask(login, (200,), "GET", path)
        if present.status != 200 or "STATUS:CANCELLED" in present.body.decode():
            return
        data = with_partstat(present.body.decode(), login, partstat)
        answer = office.ask(login, (204, 412), "PUT", path, data, "text/calendar",
                            If_Schedule_Tag_Match=present.headers["Schedule-Tag"])
        if answer.status != 412:
            meeting.answers[login] = partstat
            return


# ---- what must be true at the end

def exported(office: Office, login: str) -> str:
    done = subprocess.run([office.server.binary, "export", login, "--from", "calendar", "--config", office.server.config],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"kalends export {login}: {done.stderr}")
    return done.stdout.replace("\r\n", "\n").replace("\n", "\r\n")


def by_uid(data: str) -> dict[str, list[Event]]:
    found = collections.defaultdict(list)
    for event in events_in(data):
        found[event.value("UID")].append(event)
    return found


def bookings(room: str, events: list[Event]) -> list[tuple[datetime.datetime, datetime.datetime, str]]:
    """The instances of one meeting that the room has accepted."""
    instances = {}
    overrides = {each.value("RECURRENCE-ID"): each for each in events if each.value("RECURRENCE-ID")}
    for event in events:
        if event.value("RECURRENCE-ID"):
            continue
        for day in range(SERIES_DAYS if event.value("RRULE") else 1):
            later = datetime.timedelta(days=day)
            instances[f"{event.start() + later:{UTC_FORMAT}}"] = (event, event.start() + later, event.end() + later)
    instances |= {key: (each, each.start(), each.end()) for key, each in overrides.items()}
    return [(start, end, event.value("UID")) for event, start, end in instances.values()
            if event.partstats().get(address(room)) == "ACCEPTED" and event.value("STATUS") != "CANCELLED"]


def double_bookings(room: str, data: str) -> tuple[int, list[str]]:
    """How many were accepted, and those that overlap."""
    booked = sorted(each for events in by_uid(data).values() for each in bookings(room, events))
    wrong = [f"{room} is booked twice: {a[2]} until {a[1]}, {b[2]} from {b[0]}"
             for a, b in zip(booked, booked[1:]) if a[1] > b[0]]
    return len(booked), wrong


def master_of(events: list[Event]) -> Event | None:
    return next((each for each in events if not each.value("RECURRENCE-ID")), None)


def lost_answers(meetings: list[Meeting], copies: dict[str, dict[str, list[Event]]]) -> list[str]:
    wrong = []
    for meeting in meetings:
        for person in [meeting.organizer, *meeting.attendees]:
            copy = master_of(copies[person].get(meeting.uid, []))
            if copy is None:
                wrong.append(f"{person} has no copy of {meeting.uid}")
                continue
            wrong += [f"{meeting.uid}: {login} said {said}, {person} has {copy.partstats().get(address(login))}"
                      for login, said in meeting.answers.items() if copy.partstats().get(address(login)) != said]
    return wrong


def left_over(meetings: list[Meeting], copies: dict[str, dict[str, list[Event]]]) -> list[str]:
    """Copies of cancelled meetings that don't say so."""
    wrong = []
    for meeting in meetings:
        for person in meeting.attendees:
            copy = master_of(copies[person].get(meeting.uid, []))
            if copy is not None and copy.value("STATUS") != "CANCELLED":
                wrong.append(f"{person} still expects {meeting.uid}")
    return wrong


def judge(office: Office) -> tuple[int, list[str]]:
    """How many bookings the rooms have accepted, and what is wrong."""
    accepted, wrong = 0, []
    for room in office.rooms:
        count, doubles = double_bookings(room, exported(office, room))
        accepted += count
        wrong += doubles
    copies = {login: by_uid(exported(office, login)) for login in office.people}
    wrong += lost_answers([each for each in office.meetings if not each.is_over], copies)
    wrong += left_over([each for each in office.meetings if each.is_over], copies)
    return accepted, wrong


def settled(office: Office) -> tuple[int, list[str]]:
    """As judge(), when all messages have come: what is too much for one answer is carried in the background."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while True:
        accepted, wrong = judge(office)
        if not wrong or time.monotonic() > deadline:
            return accepted, wrong
        time.sleep(1)


def hammer(office: Office, clients: int, seconds: float, seed: int) -> None:
    until = time.monotonic() + seconds
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        for each in [pool.submit(Worker(office, seed + n).run, until) for n in range(clients)]:
            each.result()
        # Nothing moves any more: what everybody says now is what must be found.
        chance = random.Random(seed)
        live = [each for each in office.meetings if not each.is_over]
        for each in [pool.submit(everybody_answers, office, meeting, random.Random(chance.random()))
                     for meeting in live]:
            each.result()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--rooms", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--stage", metavar="DIR")
    options = parser.parse_args()
    rooms = [f"{kind}{n:02}" for kind in ("location", "resource") for n in range(1, 11)][:options.rooms]
    with stages.stage(options.stage) as server:
        for room in rooms:  # some of the stage's accept whatever comes
            subprocess.run([server.binary, "room", "change", room, "--config", server.config, "--accept", "when-free"],
                           check=True, stdout=subprocess.DEVNULL)
        office = Office(server, [f"user{n:02}" for n in range(1, options.people + 1)], rooms)
        hammer(office, options.clients, options.seconds, options.seed)
        accepted, wrong = settled(office)
    print(f"seed {options.seed}: {len(office.meetings)} meetings, {sum(each.is_over for each in office.meetings)} of them "
          f"cancelled, {accepted} bookings of rooms accepted; " +
          ", ".join(f"{name}: {count}" for name, count in sorted(office.counts.items())))
    wrong = office.wrong + wrong
    for each in wrong[:40]:
        print(f"WRONG {each}")
    print(f"{1 if not wrong else 0} passed, {len(wrong)} failed, 0 skipped")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
