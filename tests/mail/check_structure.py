#!/usr/bin/env python3
"""Checks composed messages: check_structure.py FILE_OR_FOLDER...

By Python's email package, which has nothing to do with what composed them. A message with a calendar must be
multipart/mixed(multipart/alternative(text/plain[, text/html], text/calendar), application/ics); any other
multipart/alternative(text/plain[, text/html]). Prints each offence and exits with 1 if there is one.
"""

import email
import email.policy
import html.parser
import pathlib
import re
import sys

LONGEST_LINE = 998  # RFC 5322 2.1.1
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted")
NEVER = ("Precedence", "List-Unsubscribe", "Bcc", "Return-Path", "Received", "X-Mailer")
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}
FORBIDDEN_TAGS = {"script", "iframe", "object", "embed", "form", "link", "base"}
LOADING = {"src", "srcset", "background", "poster"}


class Html(html.parser.HTMLParser):
    """Balanced tags, no script, nothing that is loaded from elsewhere when the letter is opened."""

    def __init__(self):
        super().__init__()
        self.open, self.offences = [], []

    def handle_starttag(self, tag, attrs):
        if tag in FORBIDDEN_TAGS:
            self.offences.append(f"html: <{tag}>")
        for name, value in attrs:
            value = (value or "").strip().lower()
            if name.startswith("on") or value.startswith("javascript:"):
                self.offences.append(f"html: script in {name}")
            if name in LOADING and not value.startswith("cid:"):
                self.offences.append(f"html: {name} loads {value!r}")
            if name == "style" and re.search(r"url\(|@import", value):
                self.offences.append("html: a style loads something")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.offences.append(f"html: </{tag}> closes {self.open[-1:] or 'nothing'}")
        else:
            self.open.pop()

    def handle_data(self, data):
        if self.open[-1:] == ["style"] and re.search(r"url\(|@import", data):
            self.offences.append("html: a style loads something")

    def finished(self):
        self.close()
        if self.open:
            self.offences.append(f"html: {self.open} stay open")
        return self.offences


def offences_of_page(text):
    """Of a page of the server: the same, but that it may have a form."""
    html = Html()
    html.feed(text)
    return [each for each in html.finished() if each != "html: <form>"]


def offences_of_bytes(data):
    if any(byte > 126 or (byte < 32 and byte not in b"\r\n\t") for byte in data):
        yield "bytes that are not printable ASCII"
    if re.search(rb"(?<!\r)\n|\r(?!\n)", data):
        yield "a line end that is not CRLF"
    if max(map(len, data.split(b"\r\n"))) > LONGEST_LINE:
        yield "a line of more than 998 bytes"


def offences_of_headers(message):
    for name in ONCE:
        if len(message.get_all(name, [])) != 1:
            yield f"{name}: {len(message.get_all(name, []))} times"
    for name in NEVER:
        if name in message:
            yield f"{name} is there"
    for name in ("From", "To"):
        if name in message and len(message[name].addresses) != 1:
            yield f"{name}: not one address"
    if message["Auto-Submitted"] != "auto-generated":
        yield "Auto-Submitted is not auto-generated"
    if not re.fullmatch(r"<[^<>\s]+@[^<>\s]+>", message.get("Message-ID", "")):
        yield "Message-ID is none"
    for part in message.walk():
        for defect in part.defects:
            yield f"defect: {defect!r}"
        for name, value in part.items():
            for defect in getattr(value, "defects", ()):
                yield f"{name}: {defect!r}"


def types(part):
    return [child.get_content_type() for child in part.iter_parts()]


def offences_of_texts(alternative):
    texts = [kind for kind in types(alternative) if kind != "text/calendar"]
    if texts not in (["text/plain"], ["text/plain", "text/html"]):
        yield f"texts: {texts}"
    for part in alternative.iter_parts():
        if part.get_content_disposition() is not None:
            yield f"{part.get_content_type()} has a Content-Disposition"
        if (part.get_content_charset() or "").lower() != "utf-8":
            yield f"{part.get_content_type()} is not in UTF-8"
        if part["Content-Transfer-Encoding"] not in ("base64", "quoted-printable", "7bit"):
            yield f"encoding {part['Content-Transfer-Encoding']}"
        if part.get_content_type() == "text/html":
            parser = Html()
            parser.feed(part.get_content())
            yield from parser.finished()


def offences_of_calendar(message, alternative):
    if types(message) != ["multipart/alternative", "application/ics"]:
        yield f"multipart/mixed of {types(message)}"
        return
    if types(alternative)[-1] != "text/calendar" or types(alternative).count("text/calendar") != 1:
        yield f"multipart/alternative of {types(alternative)}"
        return
    calendar, attachment = list(alternative.iter_parts())[-1], list(message.iter_parts())[1]
    data = calendar.get_payload(decode=True)
    method = calendar["Content-Type"].params.get("method")
    said = re.findall(rb"^METHOD:(.*)\r$", data, re.MULTILINE)
    if said != [(method or "").encode()]:
        yield f"METHOD is {said}, and in the header {method}"
    if not data.startswith(b"BEGIN:VCALENDAR\r\n") or re.search(rb"(?<!\r)\n|\r(?!\n)", data):
        yield "iCalendar without CRLF"
    if attachment.get_payload(decode=True) != data:
        yield "the attachment is another calendar"
    if attachment.get_content_disposition() != "attachment" or attachment.get_filename() != "invite.ics":
        yield "the attachment is none"
    if attachment["Content-Transfer-Encoding"] != "base64" or "method" in attachment["Content-Type"].params:
        yield "the attachment looks like a calendar part"


def offences(data):
    yield from offences_of_bytes(data)
    message = email.message_from_bytes(data, policy=email.policy.default)
    yield from offences_of_headers(message)
    if message.get_content_type() == "multipart/mixed":
        alternative = next(message.iter_parts())
        yield from offences_of_calendar(message, alternative)
    else:
        alternative = message
    if alternative.get_content_type() != "multipart/alternative":
        yield f"{alternative.get_content_type()} where multipart/alternative should be"
        return
    yield from offences_of_texts(alternative)


def files(arguments):
    for argument in map(pathlib.Path, arguments):
        yield from sorted(argument.glob("*.eml")) if argument.is_dir() else [argument]


def main():
    checked, failed = 0, False
    for path in files(sys.argv[1:]):
        checked += 1
        for offence in offences(path.read_bytes()):
            print(f"{path}: {offence}")
            failed = True
    if checked == 0:
        print("no message to check")
    return 1 if failed or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
