#!/usr/bin/env python3
"""lmtp_hop.py KALENDS [NAME...]

People's mail on its way from Postfix through the LMTP hop of the server to Dovecot, with dist/mail/postfix/main-lmtp.cf.
All cases, or those with one of the words in their names. Ends with 77 where there is no ../shared/mailstack, or no root to
run it.
"""

import contextlib
import smtplib
import socket
import subprocess
import sys
import time

import sockets
from end_to_end import DORA, Site, check, check_equal, main, nothing_is_left_in_the_spool
from letters import letter, meeting, new_uid, proven
from office import wait_for
from stack import HOP

# Nobody but Postfix may hand over mail, and what the server itself puts into the spool is read all the same.
SETTINGS = """
lmtp_listen = "127.0.0.1:{hop}"
lmtp_next = "127.0.0.1:{lmtp}"
lmtp_clients = ["postfix"]
"""
NOBODY = 65534


def request_to(person, uid):
    return meeting(uid, DORA, {person.address: "NEEDS-ACTION"}, method="REQUEST")


def sent(w, person):
    """An invitation to somebody, in the mailbox: its UID and how long that took."""
    uid, begin = new_uid(), time.monotonic()
    w.send(request_to(person, uid), person.address)
    return uid, time.monotonic() - begin


def an_invitation_is_in_mailboxes_and_calendars(w):
    uid = new_uid()
    people = {"a.berg@firma.test": "NEEDS-ACTION", "bruno.kern@firma.test": "NEEDS-ACTION"}
    message_id = w.send(meeting(uid, DORA, people, method="REQUEST"), *people)
    for person, alias in ((w.anna, "a.berg@firma.test"), (w.bruno, "bruno.kern@firma.test")):
        wait_for(f"{person.login}'s event", lambda person=person: person.data(uid))
        check_equal("PARTSTAT", person.partstat_of(uid, alias), "NEEDS-ACTION")
        wait_for("the mailbox", lambda person=person: w.stack.has_mail(person.login, message_id) == 1)
    check_equal("the hook", w.stack.starts(), 0)


def touched(w):
    """When something was put into the spool last."""
    return (w.directory / "spool" / "tmp").stat().st_mtime_ns


def mail_without_a_calendar_is_not_spooled(w):
    before = touched(w)
    for header in ((), ("X-Of: text/calendar",)):
        w.send(None, w.anna.address, header=header)
    check_equal("the spool", touched(w), before)


def a_large_mail_arrives_as_it_is(w):
    lines = [f"..{'x' * 60}." if n % 7 else "." for n in range(200_000)]
    message, message_id = letter(DORA, w.anna.address, text="\r\n".join(lines))
    before = touched(w)
    w.stack.send(message, DORA, w.anna.address)
    wait_for("the mail in the mailbox", lambda: w.stack.has_mail("anna", message_id))
    text = w.stack.doveadm("fetch", "-u", "anna", "body", "header", "message-id", message_id)
    check("the text", text.replace("\r\n", "\n").split("\n", 1)[1].strip() == "\n".join(lines))
    check_equal("the spool", touched(w), before)


def mail_goes_to_dovecot_while_kalends_is_down(w):
    w.office.stop()
    try:
        uid, seconds = sent(w, w.anna)
    finally:
        w.office.start()
    print(f"  in the mailbox after {seconds * 1000:.0f} ms")
    check(f"delivered after {seconds:.1f} s", seconds < 3)
    after, _ = sent(w, w.anna)
    wait_for("the event of the next mail", lambda: w.anna.data(after))
    check("the invitation stayed mail", not w.anna.data(uid))


def what_becomes_of_the_copy_delays_and_loses_no_mail(w):
    tmp = w.directory / "spool" / "tmp"
    mode = tmp.stat().st_mode
    tmp.chmod(0o500)
    try:
        uid, seconds = sent(w, w.anna)
    finally:
        tmp.chmod(mode)
    check(f"delivered after {seconds:.1f} s", seconds < 3)
    check("the log says so", "lmtp.copy_failed" in w.office.site.log())
    after, _ = sent(w, w.anna)
    wait_for("the event of the next mail", lambda: w.anna.data(after))
    check("the invitation stayed mail", not w.anna.data(uid))


def mail_waits_at_postfix_while_dovecot_is_down(w):
    uids = [new_uid() for _ in range(3)]
    letters = [letter(DORA, w.bruno.address, request_to(w.bruno, uid), verdict=proven(DORA)) for uid in uids]
    w.stack.stop_dovecot()
    try:
        w.stack.send_all([message for message, _ in letters], DORA, w.bruno.address)
        wait_for("the server sees it", lambda: "lmtp.next_down" in w.office.site.log())
        check_equal("Postfix's queue", w.stack.waiting(), 3)
    finally:
        w.stack.start_dovecot()
    for uid, (_, message_id) in zip(uids, letters):
        wait_for("the mail in the mailbox", lambda message_id=message_id: w.stack.has_mail("bruno", message_id))
    wait_for("an empty queue", lambda: w.stack.waiting() == 0)
    check_equal("each once", [w.stack.has_mail("bruno", message_id) for _, message_id in letters], [1, 1, 1])
    check("none was returned", all(each.recipient != DORA for each in w.stack.sunk()))


def an_unknown_recipient_is_dovecots_business(w):
    with Hop(w) as hop:
        check_equal("MAIL", hop.docmd("MAIL", f"FROM:<{DORA}>")[0], 250)
        check_equal("somebody", hop.docmd("RCPT", f"TO:<{w.anna.address}>")[0], 250)
        code, why = hop.docmd("RCPT", "TO:<nobody.at.all@firma.test>")
        check(f"nobody: {code} {why}", code == 550 and b"5.1.1" in why)


class Hop(smtplib.LMTP):
    """A connection of root, who may always speak."""

    def __init__(self, w):
        super().__init__("127.0.0.1", w.stack.port(HOP), local_hostname="mx.firma.test")
        self.ehlo_or_helo_if_needed()


def nobody_else_may_hand_over_mail(w):
    with Hop(w) as hop:
        check("what Dovecot offers is offered", hop.has_extn("8bitmime") and hop.has_extn("pipelining"))
        check("and nothing else", not hop.has_extn("chunking") and not hop.has_extn("starttls"))
    program = ["/bin/bash", "-c", f"cat </dev/tcp/127.0.0.1/{w.stack.port(HOP)}"]
    said = subprocess.run(program, user=NOBODY, group=NOBODY, cwd="/", text=True, capture_output=True, check=True).stdout
    check(f"a stranger hears {said!r}", said.startswith("421 4.7.0"))


def who_waits_does_not_hold_up_the_end(w):
    with contextlib.closing(socket.create_connection(("127.0.0.1", w.stack.port(HOP)))) as idle:
        check("the greeting", idle.recv(100).startswith(b"220 "))
        begin = time.monotonic()
        w.office.stop()
        seconds = time.monotonic() - begin
        check("the farewell", idle.recv(100).startswith(b"421 "))
        w.office.start()
    check(f"stopped after {seconds:.1f} s", seconds < 10)


class Anonymous(Site):
    """A site whose settings do not say which account the server becomes."""

    def write_config(self, name):
        path = super().write_config(name)
        path.write_text(path.read_text().replace('user = "postgres"\n', ""))
        return path


def what_the_server_stores_itself_is_read(w):
    port = sockets.free_base((HOP,)) + HOP
    spool = w.directory / "other"
    settings = f'[mail]\nspool = "{spool}"\nspool_users = []\nlmtp_listen = "127.0.0.1:{port}"\n'
    with Anonymous(w.binary, settings) as site:
        site.start_server()
        message, _ = letter(DORA, w.anna.address, request_to(w.anna, new_uid()))
        with smtplib.LMTP("127.0.0.1", port, local_hostname="mx.firma.test") as end:
            for to in ("x@firma.test", "y@firma.test"):  # smtplib reads one answer for both
                end.sendmail(DORA, to, message)
        wait_for("an empty spool", lambda: not list((spool / "new").iterdir()))
        check_equal("failed", list((spool / "failed").iterdir()), [])
        check_equal("read", site.log().count("mail.nobody"), 2)


CASES = [
    an_invitation_is_in_mailboxes_and_calendars,
    mail_without_a_calendar_is_not_spooled,
    a_large_mail_arrives_as_it_is,
    mail_goes_to_dovecot_while_kalends_is_down,
    what_becomes_of_the_copy_delays_and_loses_no_mail,
    mail_waits_at_postfix_while_dovecot_is_down,
    an_unknown_recipient_is_dovecots_business,
    nobody_else_may_hand_over_mail,
    who_waits_does_not_hold_up_the_end,
    what_the_server_stores_itself_is_read,
    nothing_is_left_in_the_spool,
]

if __name__ == "__main__":
    sys.exit(main(CASES, more=SETTINGS, is_hop=True))
