"""Mail and meetings as people outside send them."""

import base64
import email.utils
import itertools
import uuid

STARTED = "20260101T000000Z"
PROVEN = "dmarc=pass header.from={domain}; dkim=pass header.d={domain}"
_numbers = itertools.count(1)


def new_uid():
    return str(uuid.uuid4())


def meeting(uid, organizer, attendees, *, start="20301210T090000Z", sequence=0, method=None, more=(), organizer_line=None,
            stamp="20261121T061500Z", summary="Quarterly review"):
    """One VEVENT. `attendees`: address to PARTSTAT; without a method it is an object, else a message."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Partner//Test//EN", *([f"METHOD:{method}"] if method else []),
             "BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{stamp}", f"SEQUENCE:{sequence}", f"DTSTART:{start}", "DURATION:PT1H",
             f"SUMMARY:{summary}", organizer_line or f"ORGANIZER:mailto:{organizer}"]
    lines += [f"ATTENDEE;PARTSTAT={partstat}" + (";RSVP=TRUE" if partstat == "NEEDS-ACTION" else "") + f":mailto:{address}"
              for address, partstat in attendees.items()]
    return "\r\n".join([*lines, *more, "END:VEVENT", "END:VCALENDAR", ""])


def proven(address):
    return PROVEN.format(domain=address.rpartition("@")[2])


def letter(sender, to, calendar=None, *, verdict=None, message_id=None, method=None, header=(), subject="A meeting",
           part_type="text/calendar", text="See the calendar part."):
    """(message, Message-ID). `verdict` is what the milter says of the sender; None: nothing."""
    message_id = message_id or f"<{next(_numbers)}.{uuid.uuid4().hex[:8]}@{sender.rpartition('@')[2]}>"
    fields = [f"From: <{sender}>", f"To: <{to}>", f"Subject: {subject}", f"Date: {email.utils.formatdate()}",
              f"Message-ID: {message_id}", "MIME-Version: 1.0", *header]
    if verdict:
        fields.append(f"X-Test-Verdict: {verdict}")
    if calendar is None:
        body = ["Content-Type: text/plain; charset=UTF-8", "", text, ""]
    else:
        if method is None:
            method = calendar.partition("METHOD:")[2].partition("\r\n")[0]
        coded = base64.encodebytes(calendar.encode()).decode().splitlines()
        body = ['Content-Type: multipart/alternative; boundary="part"', "", "--part", "Content-Type: text/plain; charset=UTF-8",
                "", text, "", "--part", f"Content-Type: {part_type}; method={method}; charset=UTF-8",
                "Content-Transfer-Encoding: base64", "", *coded, "", "--part--", ""]
    return "\r\n".join(fields + body).encode(), message_id


def unfolded(data):
    return data.replace("\r\n ", "").replace("\r\n\t", "").splitlines()


def components(data):
    """The lines of each VEVENT."""
    found, lines = [], None
    for line in unfolded(data):
        if line == "BEGIN:VEVENT":
            lines = []
        elif line == "END:VEVENT":
            found.append(lines)
            lines = None
        elif lines is not None:
            lines.append(line)
    return found


def value(lines, name):
    return next((line.partition(":")[2] for line in lines if line.split(":")[0].split(";")[0] == name), "")


def of_person(lines, address, parameter, name="ATTENDEE"):
    """A parameter of somebody's line; None where he has no line, "" where it has no such parameter."""
    for line in lines:
        if line.startswith(name) and line.lower().endswith("mailto:" + address.lower()):
            start = line[: line.lower().rindex("mailto:")].rstrip(":")
            parameters = dict(each.partition("=")[::2] for each in start.split(";")[1:])
            return parameters.get(parameter, "").strip('"')
    return None


def with_partstat(data, addresses, partstat, only=lambda component: True):
    """`data` with the answer of who has one of `addresses`, in the components that `only` wants."""
    lines, result, component = unfolded(data), [], []
    for line in lines:
        component.append(line)
        if line == "END:VEVENT" or line == "END:VCALENDAR":
            wanted = only(component)
            for each in component:
                is_his = each.startswith("ATTENDEE") and any(each.lower().endswith("mailto:" + a.lower()) for a in addresses)
                if wanted and is_his:
                    start, _, address = each.rpartition("mailto:")
                    kept = [p for p in start.rstrip(":").split(";") if p.partition("=")[0] not in ("PARTSTAT", "RSVP")]
                    each = ";".join([*kept, f"PARTSTAT={partstat}"]) + ":mailto:" + address
                result.append(each)
            component = []
    return "\r\n".join(result) + "\r\n"
