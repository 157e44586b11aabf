#!/usr/bin/env python3
"""bench/mail_out.py KALENDS [--meetings N] [--clients N] [--at-once N]

How many invitations to people outside leave in a second: N meetings, each with one attendee elsewhere, are stored by some
clients at once; each becomes one mail, which smtp-sink (of Postfix) takes. Told twice: with mail.hold = 0, where mail leaves
while meetings are stored, and with all meetings held and then released at once, where nothing else is done. From the first PUT, or
the release, until the last mail was taken and has left the outbox. CPU is seconds of the server and of
PostgreSQL. Nothing is written into a real mail system.
"""

import argparse
import base64
import contextlib
import http.client
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "mail"), str(ROOT / "tests" / "durability")]
import letters  # noqa: E402
from kalends import Failed, Site, wait_until  # noqa: E402

SETTINGS = """
[mail]
route = "smtp"
server = "127.0.0.1:{port}"
tls = "none"
hold = "{hold}"
hold_at_most = "{hold}"
at_once = {at_once}
domains = ["example.com"]
"""
PATIENCE = 600
GOAL = 100  # mails in a second, on two processors


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def a_sink():
    """A mail server that takes everything; its port."""
    program = shutil.which("smtp-sink", path="/usr/sbin:/usr/lib/postfix/sbin:/usr/local/sbin")
    if not program:
        raise Failed("there is no smtp-sink: install postfix")
    port = free_port()
    root = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *root, f"127.0.0.1:{port}", "1024"])
    try:
        wait_until("smtp-sink", lambda: is_open(port), 20)
        yield port
    finally:
        process.terminate()
        process.wait()


def is_open(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as connection:
        return connection.recv(3) == b"220"
    return False


def cpu_of(pid):
    """Seconds of a process and of those that it has started."""
    ticks = 0
    with contextlib.suppress(OSError):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            ticks += cpu_of(int(child)) * os.sysconf("SC_CLK_TCK")
    return ticks / os.sysconf("SC_CLK_TCK")


class Client(threading.Thread):
    """Stores meetings of one user, one after the other."""

    def __init__(self, port, login, meetings):
        super().__init__()
        self.port, self.login, self.meetings, self.error = port, login, meetings, None

    def run(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            token = base64.b64encode(f"{self.login}:{self.login}".encode()).decode()
            for number in range(self.meetings):
                uid = letters.new_uid()
                data = letters.meeting(uid, f"{self.login}@example.com", {f"{self.login}@example.com": "ACCEPTED",
                                                                         f"guest{number}@elsewhere.test": "NEEDS-ACTION"})
                connection.request("PUT", f"/dav/calendars/{self.login}/calendar/{uid}.ics", data.encode(),
                                   {"Authorization": f"Basic {token}", "Content-Type": "text/calendar"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 201:
                    raise Failed(f"PUT: {answer.status}")
        except Exception as error:  # told by the main thread
            self.error = error


class Run:
    """One server, and what it has cost since `begin`."""

    def __init__(self, options, site, server):
        self.options, self.site, self.server = options, site, server
        self.logins = [f"u{number}" for number in range(options.clients)]
        for login in self.logins:
            site.user(server, "add", login, "--email", f"{login}@example.com", "--password-stdin", text=login + "\n")
        for login in self.logins:  # a first login costs more
            self.store_all([Client(server.port, login, 0)])
        self.start()

    def start(self):
        self.begin = time.perf_counter()
        self.cpu = self._cpu()

    def _cpu(self):
        return cpu_of(self.server.process.pid), cpu_of(self.site.postmaster())

    def spent(self):
        return [now - then for now, then in zip(self._cpu(), self.cpu)]

    def seconds(self):
        return time.perf_counter() - self.begin

    @staticmethod
    def store_all(clients):
        for each in clients:
            each.start()
        for each in clients:
            each.join()
        for each in clients:
            if each.error:
                raise each.error

    def store(self):
        """PUTs in a second."""
        share = self.options.meetings // len(self.logins)
        begin = time.perf_counter()
        self.store_all([Client(self.server.port, login, share) for login in self.logins])
        return share * len(self.logins) / (time.perf_counter() - begin)

    def wait(self):
        """Until all is sent, and nothing waits."""
        all_of_them = self.options.meetings // len(self.logins) * len(self.logins)
        wanted = f"{all_of_them}|0|0"
        end = time.monotonic() + PATIENCE
        while (found := self.site.psql("SELECT (SELECT count(*) FROM mail_log WHERE verdict = 'sent'), (SELECT count(*) FROM "
                                       "mail_hold), (SELECT count(*) FROM mail_outbox)")) != wanted:
            if time.monotonic() > end:
                raise Failed(f"sent, held, waiting: {found}, expected {wanted}")
            time.sleep(0.1)
        return all_of_them


def report(what, mails, run, note=""):
    server, database = run.spent()
    rate = mails / run.seconds()
    print(f"{what:34} {rate:7.0f} mails/s  {server / mails * 1000:6.2f} ms CPU server, {database / mails * 1000:6.2f} ms "
          f"PostgreSQL for each{note}", flush=True)
    return rate


def measure(options, port, hold, body):
    with Site(options.kalends, SETTINGS.format(port=port, hold=hold, at_once=options.at_once)) as site:
        site.start_database()
        return body(Run(options, site, site.start_server()))


def while_stored(run):
    puts = run.store()
    stored = run.seconds()
    mails = run.wait()
    return report("while meetings are stored", mails, run, f"; {puts:.0f} PUTs/s, the last mail "
                                                           f"{run.seconds() - stored:.1f} s after the last PUT")


def released(run):
    puts = run.store()
    server, database = run.spent()
    count = run.options.meetings
    print(f"{'storing alone':34} {puts:7.0f} PUTs/s   {server / count * 1000:6.2f} ms CPU server, "
          f"{database / count * 1000:6.2f} ms PostgreSQL for each", flush=True)
    run.start()
    subprocess.run([run.site.binary, "mail", "retry", "--config", run.server.config], check=True, stdout=subprocess.DEVNULL)
    return report("all released at once", run.wait(), run)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("kalends", type=pathlib.Path)
    parser.add_argument("--meetings", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--at-once", type=int, default=4, help="mail.at_once")
    options = parser.parse_args()
    options.kalends = options.kalends.resolve()
    with a_sink() as port:
        rates = [measure(options, port, hold, body) for hold, body in (("0 s", while_stored), ("1 h", released))]
    print(f"goal: {GOAL} mails/s: {'reached' if min(rates) >= GOAL else 'MISSED'}")
    return 0 if min(rates) >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
