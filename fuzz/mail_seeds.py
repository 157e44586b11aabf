#!/usr/bin/env python3
"""Writes first inputs for fuzz_mail_apply into a folder: messages of all methods about each of the meetings that the
fuzzer has on file, and those of calendar files and mails from elsewhere.

    fuzz/mail_seeds.py CORPUS_DIR [FILE OR FOLDER]...
"""
import hashlib
import os
import pathlib
import re
import sys

MOST_BYTES = 20_000  # a fuzzer is slow with long inputs
HEAD = """From: {sender}\r
To: anna@firma.test\r
Message-ID: <1@partner.test>\r
Authentication-Results: mx; dmarc=pass header.from=partner.test\r
Content-Type: text/calendar; charset=UTF-8\r
\r
"""
TIMES = "DTSTART:20270302T100000Z\r\nDURATION:PT1H\r\n"
FIRST = "RECURRENCE-ID:20270304T100000Z\r\nDTSTART:20270304T120000Z\r\nDURATION:PT1H\r\n"
OTHER = "RECURRENCE-ID:20270306T100000Z\r\nDTSTART:20270306T120000Z\r\nDURATION:PT2H\r\n"
DAILY = TIMES + "RRULE:FREQ=DAILY;COUNT=12\r\nEXDATE:20270307T100000Z\r\n"
ZONED = ("DTSTART;TZID=Europe/Berlin:20270302T110000\r\nDTEND;TZID=Europe/Berlin:20270302T120000\r\n"
         "RRULE:FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270501T000000Z\r\n")
ZONE = ("BEGIN:VTIMEZONE\r\nTZID:Home\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
        "TZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n")
IN_ZONE = "DTSTART;TZID=Home:20270302T110000\r\nDTEND;TZID=Home:20270302T120000\r\n"
DAYS = "DTSTART;VALUE=DATE:20270302\r\nDTEND;VALUE=DATE:20270303\r\nRDATE;VALUE=DATE:20270310,20270311\r\n"


def event(uid, organizer, attendees, lines):
    return (f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20270110T120000Z\r\nSEQUENCE:2\r\n{lines}SUMMARY:Supper\r\n"
            f"ORGANIZER:mailto:{organizer}\r\n" + "".join(f"ATTENDEE;{each}\r\n" for each in attendees) +
            "END:VEVENT\r\n")


def calendar(method, *parts):
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:{method}\r\n" + "".join(parts) + "END:VCALENDAR\r\n"


def messages():
    """Sender and calendar."""
    for uid in "hers", "hers-daily":
        for who in "dora@partner.test", "emil+x@partner.test":
            for lines in "", TIMES, FIRST, OTHER, DAILY, TIMES + "COMMENT:late\r\nREQUEST-STATUS:2.0;Success\r\n":
                for method in "REPLY", "COUNTER", "REFRESH":
                    for said in "PARTSTAT=ACCEPTED;CN=D", 'PARTSTAT=DELEGATED;DELEGATED-TO="mailto:x@y.test"':
                        one = event(uid, "anna@firma.test", [f"{said}:mailto:{who}"], lines)
                        yield who, calendar(method, one)
            both = [event(uid, "anna@firma.test", [f"PARTSTAT=DECLINED:mailto:{who}"], each) for each in (TIMES, FIRST, OTHER)]
            yield who, calendar("REPLY", *both)
    who = "dora@partner.test"
    both = ["PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:anna@firma.test", "PARTSTAT=ACCEPTED:mailto:dora@partner.test"]
    for uid in "his", "his-daily", "his-instance", "new":
        for method in "REQUEST", "ADD", "CANCEL", "DECLINECOUNTER", "PUBLISH":
            for lines in "", TIMES, FIRST, OTHER, DAILY, ZONED, DAYS:
                yield who, calendar(method, event(uid, who, both, lines))
            yield who, calendar(method, ZONE, event(uid, who, both, IN_ZONE), event(uid, who, both, FIRST))
            yield who, calendar(method, *(event(uid, who, both, each) for each in (DAILY, FIRST, OTHER)))


def adapted(text):
    """A calendar file as an invitation of Dora's to Anna."""
    text = re.sub(r"\r?\n", "\r\n", text)
    text = re.sub(r"(?im)^METHOD:.*\r\n", "", text)
    text = re.sub(r"(?i)\r\nBEGIN:V(EVENT|TODO|JOURNAL)", "\r\nMETHOD:REQUEST\\g<0>", text, count=1)
    text = re.sub(r"(?im)^(ORGANIZER|ATTENDEE)[;:].*\r\n([ \t].*\r\n)*", "", text)
    return re.sub(r"(?i)\r\nEND:V(EVENT|TODO|JOURNAL)",
                  "\r\nORGANIZER:mailto:dora@partner.test\r\nATTENDEE:mailto:anna@firma.test\\g<0>", text)


def files(places):
    for place in map(pathlib.Path, places):
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix in (".ics", ".eml") and path.stat().st_size <= MOST_BYTES:
                yield path


def main():
    target = pathlib.Path(sys.argv[1])
    os.makedirs(target, exist_ok=True)

    def write(data):
        (target / hashlib.sha1(data).hexdigest()).write_bytes(data)

    for sender, text in messages():
        write((HEAD.format(sender=sender) + text).encode())
    for path in files(sys.argv[2:]):
        data = path.read_bytes()
        if path.suffix == ".eml":
            write(data)
            continue
        text = data.decode("utf-8", "surrogateescape")
        write((HEAD.format(sender="dora@partner.test") + adapted(text)).encode("utf-8", "surrogateescape"))


main()
