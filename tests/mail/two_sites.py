#!/usr/bin/env python3
"""two_sites.py KALENDS [--seconds N] [--people N] [--seed N] [--delay SECONDS]

Two servers with a mail domain each, and one Postfix between them. People on both sides invite each other, answer, move and
cancel at random, while mail takes its time and overtakes other mail. At the end both sides must agree: the time and the
SEQUENCE of each meeting, what each attendee has answered, and what was cancelled. Ends with 77 where there is no
../shared/mailstack, or no root to run it.

Behind Postfix a small server plays each domain's border and Dovecot: it waits, writes Authentication-Results, and runs
kalends imip.
"""

import argparse
import collections
import datetime
import heapq
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import check_structure
import letters
import sockets
from letters import meeting, new_uid
from office import Failed, Office, Person, wait_for
from stack import SKIPPED, MailStack, why_not

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "durability"))
from kalends import Site  # noqa: E402

RUNS_AS = "postgres"
DOMAINS = ("north.test", "south.test")
FIRST_DAY = datetime.datetime(2031, 3, 3, 8)
PARTSTATS = ("ACCEPTED", "TENTATIVE", "DECLINED")
QUIET_SECONDS = 3
DRAIN_SECONDS = 120

SETTINGS = """
[scheduling]
domains = ["{domain}"]
[mail]
route = "smtp"
server = "127.0.0.1:{submission}"
tls = "none"
user = "kalends"
password_file = "{password}"
domains = ["{domain}"]
hold = "1 s"
hold_at_most = "3 s"
send_timeout = "20 s"
spool = "{spool}"
authserv_id = "mx.{domain}"
invitations = "always"
per_hour = 1000000
"""


class Post:
    """What Postfix hands on arrives later, and not in order."""

    def __init__(self, kalends, spools, delay, seed):
        self.kalends, self.spools, self.delay, self.chance = kalends, spools, delay, random.Random(seed)
        self.waiting, self.changed, self.stopping = [], threading.Condition(), False
        self.delivered = self.overtakers = self.number = self.busy = 0
        self.latest = -1
        self.offences = []
        self.servers = {domain: sockets.receiver(self.accept) for domain in spools}
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def ports(self):
        return {domain: server.server_address[1] for domain, server in self.servers.items()}

    def accept(self, sender, recipients, message):
        own = message[message.rindex(b"\r\n", 0, message.index(b"\r\nFrom:") + 2) + 2:] if b"\r\nFrom:" in message else message
        self.offences += check_structure.offences(own)
        with self.changed:
            for recipient in recipients:
                due = time.monotonic() + self.chance.random() * self.delay
                heapq.heappush(self.waiting, (due, self.number, sender, recipient, message))
                self.number += 1
            self.changed.notify()

    def work(self):
        while not self.stopping:
            with self.changed:
                if not self.waiting or self.waiting[0][0] > time.monotonic():
                    self.changed.wait(0.05)
                    continue
                _, number, sender, recipient, message = heapq.heappop(self.waiting)
                self.overtakers += number < self.latest
                self.latest = max(self.latest, number)
                self.busy += 1
            self.deliver(sender, recipient, message)
            with self.changed:
                self.busy -= 1
                self.delivered += 1

    def deliver(self, sender, recipient, message):
        domain = recipient.rpartition("@")[2]
        proven = re.search(rb"^From:.*@([a-z.]+)>?\s*$", message, re.MULTILINE)[1].decode()
        field = f"Authentication-Results: mx.{domain}; dmarc=pass header.from={proven}\r\n"
        done = subprocess.run([self.kalends, "imip", f"--spool={self.spools[domain]}", f"--sender={sender}",
                               f"--recipient={recipient}"], input=field.encode() + message, capture_output=True, check=False)
        if done.returncode != 0:
            self.offences.append(f"kalends imip: {done.returncode} {done.stderr.decode()}")

    def is_empty(self):
        with self.changed:
            return not self.waiting and not self.busy


class Meeting:
    def __init__(self, organizer, attendees):
        self.uid, self.organizer, self.attendees = new_uid(), organizer, attendees
        self.is_over = False

    def people(self):
        return {self.organizer.address: "ACCEPTED", **{each.address: "NEEDS-ACTION" for each in self.attendees}}


def random_time(chance):
    moment = FIRST_DAY + datetime.timedelta(days=chance.randrange(5), minutes=30 * chance.randrange(20))
    return moment.strftime("%Y%m%dT%H%M%SZ")


class Side:
    """All that happens on one site, one thing after the other."""

    def __init__(self, office, people, everybody, meetings, chance):
        self.office, self.people, self.everybody, self.meetings, self.chance = office, people, everybody, meetings, chance
        self.counts = collections.Counter()
        self.error = None

    def run(self, until):
        actions = [self.invite] * 3 + [self.answer] * 6 + [self.move] * 3 + [self.cancel]
        try:
            while time.monotonic() < until:
                action = self.chance.choice(actions)
                self.counts[action.__name__] += action() is not None
                time.sleep(self.chance.random() * 0.2)
        except Exception as error:  # told by the main thread
            self.error = error

    def invite(self):
        organizer = self.chance.choice(self.people)
        others = [each for each in self.everybody if each is not organizer]
        made = Meeting(organizer, self.chance.sample(others, self.chance.randint(1, 4)))
        organizer.put(f"{made.uid}.ics", meeting(made.uid, organizer.address, made.people(), start=random_time(self.chance)))
        self.meetings.append(made)
        return made

    def own(self):
        mine = [each for each in list(self.meetings) if each.organizer in self.people and not each.is_over]
        return self.chance.choice(mine) if mine else None

    def move(self):
        if (made := self.own()) is None:
            return None
        name = f"{made.uid}.ics"
        answer = made.organizer.ask((200,), "GET", f"{made.organizer.home}calendar/{name}")
        data = re.sub(r"DTSTART:\d+T\d+Z", f"DTSTART:{random_time(self.chance)}", answer.body.decode())
        done = made.organizer.put(name, data, (204, 412), If_Schedule_Tag_Match=answer.headers["Schedule-Tag"])
        return made if done.status == 204 else None

    def cancel(self):
        if (made := self.own()) is None:
            return None
        made.is_over = True
        made.organizer.delete(f"{made.uid}.ics")
        return made

    def answer(self):
        mine = [(each, person) for each in list(self.meetings) for person in each.attendees if person in self.people]
        if not mine:
            return None
        made, person = self.chance.choice(mine)
        found = person.find(made.uid)
        if found is None or "STATUS:CANCELLED" in found[1]:
            return None
        name = found[0]
        answer = person.ask((200, 404), "GET", f"{person.home}calendar/{name}")
        if answer.status == 404:
            return None
        data = letters.with_partstat(answer.body.decode(), person.addresses, self.chance.choice(PARTSTATS))
        done = person.put(name, data, (204, 412), If_Schedule_Tag_Match=answer.headers["Schedule-Tag"])
        return made if done.status == 204 else None


# ---- what must be true at the end

def disagreements(meetings):
    wrong = []
    for made in meetings:
        organizers = made.organizer.first(made.uid)
        for person in made.attendees:
            copy = person.first(made.uid)
            where = f"{made.uid} of {made.organizer.address}, {person.address}"
            if made.is_over:
                if copy and letters.value(copy, "STATUS") != "CANCELLED":
                    wrong.append(f"{where}: cancelled, but still there with SEQUENCE {letters.value(copy, 'SEQUENCE')}")
                continue
            if not copy:
                wrong.append(f"{where}: there is no copy")
                continue
            for name in ("DTSTART", "SEQUENCE", "STATUS"):
                if letters.value(organizers, name) != letters.value(copy, name):
                    wrong.append(f"{where}: {name} {letters.value(organizers, name)!r} and {letters.value(copy, name)!r}")
            said = [letters.of_person(lines, person.address, "PARTSTAT") or "NEEDS-ACTION" for lines in (organizers, copy)]
            if said[0] != said[1]:
                wrong.append(f"{where}: the organizer has {said[0]}, he himself {said[1]}")
    return wrong


def wait_until_quiet(post, stack, offices, spools):
    """Nothing is held, sent, queued or spooled any more, for some seconds."""
    since = None
    end = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < end:
        is_quiet = (post.is_empty() and not any(list((spool / "new").iterdir()) for spool in spools.values())
                    and not any(office.queue() for office in offices) and "empty" in stack.run("queue"))
        since = (since or time.monotonic()) if is_quiet else None
        if since and time.monotonic() - since > QUIET_SECONDS:
            return
        time.sleep(0.3)
    raise Failed(f"not quiet after {DRAIN_SECONDS} s")


def explain(meetings, wrong):
    """The mail of the first meeting about which they disagree."""
    for made in [each for each in meetings if any(line.startswith(each.uid) for line in wrong)][:2]:
        print(f"--- {made.uid}")
        for person in [made.organizer, *made.attendees]:
            print(person.address, person.first(made.uid))
            for each in person.log():
                if each["uid"] == made.uid:
                    print("   ", {key: each[key] for key in ("at", "incoming", "address", "method", "verdict", "why")})


def run(options, directory):
    program = directory / "kalends"
    shutil.copy(options.kalends, program)
    spools = {domain: directory / domain / "spool" for domain in DOMAINS}
    password = directory / "password"
    password.write_text("kalends-pw\n")
    shutil.chown(password, RUNS_AS)
    post = Post(program, spools, options.delay, options.seed)
    with MailStack(directory, program, spools[DOMAINS[0]], RUNS_AS, post.ports()) as stack:
        sites = []
        for domain in DOMAINS:
            (directory / domain).mkdir()
            sites.append(Site(program, SETTINGS.format(domain=domain, submission=stack.port(587), password=password,
                                                       spool=spools[domain])))
        with sites[0], sites[1]:
            return hammer(options, stack, post, sites, spools)


def hammer(options, stack, post, sites, spools):
    offices, people = [Office(site) for site in sites], []
    for office, domain in zip(offices, DOMAINS):
        office.site.start_database()
        office.start()
        side = []
        for number in range(options.people):
            login = f"{domain[0]}{number}"
            office.site.user(office.server, "add", login, "--email", f"{login}@{domain}", "--password-stdin", text=login + "\n")
            side.append(Person(office, login, login, f"{login}@{domain}"))
        people.append(side)
    everybody, meetings = [*people[0], *people[1]], []
    sides = [Side(office, side, everybody, meetings, random.Random(options.seed + number))
             for number, (office, side) in enumerate(zip(offices, people))]
    until = time.monotonic() + options.seconds
    threads = [threading.Thread(target=side.run, args=(until,)) for side in sides]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    wait_until_quiet(post, stack, offices, spools)
    wrong = [f"{side.office.url}: {side.error!r}" for side in sides if side.error] + post.offences + disagreements(meetings)
    counts = sides[0].counts + sides[1].counts
    print(f"seed {options.seed}: {len(meetings)} meetings, {dict(counts)}, {post.delivered} mails, {post.overtakers} of them "
          "overtaken by later ones")
    for each in wrong[:40]:
        print(f"WRONG {each}")
    if wrong:
        explain(meetings, wrong)
        print("".join(site.log()[-3000:] for site in sites))
    for office in offices:
        office.stop()
    if not post.delivered or not post.overtakers:
        wrong.append("no mail has overtaken another")
        print(wrong[-1])
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("kalends", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--people", type=int, default=10, help="on each side")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--delay", type=float, default=3, help="seconds that a mail takes at most")
    options = parser.parse_args()
    if reason := why_not():
        print(f"skipped: {reason}")
        return SKIPPED
    directory = pathlib.Path(tempfile.mkdtemp(prefix="kalends-two-sites-"))
    directory.chmod(0o755)
    try:
        wrong = run(options, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(f"{0 if wrong else 1} passed, {1 if wrong else 0} failed, 0 skipped")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
