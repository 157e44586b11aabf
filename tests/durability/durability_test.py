#!/usr/bin/env python3
"""What was acknowledged is there: after kill -9 of the server, after kill -9 of PostgreSQL, on the other node.

durability_test.py KALENDS    with the path of the binary; all else it makes itself and takes away again.
"""

import random
import sys
import time

from client import LOST, Client, Replica, Writer, check_replica, check_writers, event
from kalends import Failed, Site, wait_until

WRITERS = 12
CALENDAR = "/dav/calendars/alice/calendar/"


def durable_settings(site):
    """Prints what durability hangs on, and fails where one of it is off."""
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        value = site.psql(f"SHOW {name}")
        print(f"  SHOW {name}: {value}")
        if value != "on":
            raise AssertionError(f"{name} is {value}")


class Load:
    """Writers, and a reader that follows them until the server is gone."""

    def __init__(self, port):
        self.writers = [Writer(number, port, CALENDAR) for number in range(WRITERS)]
        self.replica = Replica(CALENDAR)
        self.reader = Client(port)

    def run(self, seconds, then):
        for writer in self.writers:
            writer.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status = self.replica.follow(self.reader)
            if status != 207:
                raise AssertionError(f"a sync under load is answered with {status}")
        then()

    def stop(self):
        for writer in self.writers:
            writer.stopping.set()
        for writer in self.writers:
            writer.join(120)

    def check(self, port):
        client = Client(port)
        checked = check_writers(client, self.writers)
        check_replica(client, self.replica)
        fresh = Replica(CALENDAR)
        check_replica(client, fresh)
        answers = sum(writer.answers for writer in self.writers)
        unknown = sum(len(states) for writer in self.writers for states in writer.possible.values())
        print(f"  {answers} writes acknowledged, {unknown} unanswered, {checked} objects are as they should be")
        if answers < WRITERS:
            raise AssertionError("there was hardly any load")
        for href in client.listing(CALENDAR):
            client.request("DELETE", href)


def kill_the_server(site, random_source):
    """kill -9 of the server during a write load: every acknowledged PUT is there, none is half there."""
    server = site.start_server()
    site.add_user(server, "alice")
    durable_settings(site)
    for _ in range(3):
        load = Load(server.port)
        load.run(1 + random_source.random() * 2, server.kill)
        load.stop()
        server = site.start_server()
        load.check(server.port)
    return server


def kill_postgres(site, random_source):
    """kill -9 of PostgreSQL during a write load: the same, and the server goes on by itself."""
    server = site.start_server()
    site.add_user(server, "alice")
    client = Client(server.port)
    for _ in range(3):
        before = site.postmaster()
        load = Load(server.port)
        load.run(1 + random_source.random() * 2, site.kill_postgres)
        wait_until("another PostgreSQL", lambda: site.postmaster() not in (None, before))

        def serves():
            try:
                return client.propfind(CALENDAR, "sync-token")[0] == 207 and client.put(
                    CALENDAR + "probe.ics", event("probe", time.monotonic_ns(), 0)
                )[0] in (201, 204)
            except LOST:
                return False

        wait_until("the server to serve again", serves)
        load.stop()
        load.check(server.port)
        if server.process.poll() is not None:
            raise AssertionError("the server ended with its database")
    durable_settings(site)


def two_nodes(site, _random_source):
    """Two servers on one database: each shows within a second what the other acknowledged, also after kill -9."""
    site.start_database()
    first = site.start_server("first")
    second = site.start_server("second")
    for login in ("alice", "bob"):
        site.add_user(first, login)
    one, other, bob = Client(first.port), Client(second.port), Client(second.port, "bob")

    def token():
        return other.propfind(CALENDAR, "sync-token")[1]

    def within_a_second(what, condition):
        start = time.monotonic()
        while not condition():
            if time.monotonic() - start > 1:
                raise AssertionError(f"not within a second: {what}")
            time.sleep(0.005)
        return time.monotonic() - start

    slowest = 0.0
    for number in range(30):
        before = token()
        status, _, _ = one.put(f"{CALENDAR}{number}.ics", event(f"n{number}", 1, 0))
        assert status == 201, status
        slowest = max(slowest, within_a_second("a PUT", lambda: token() != before))
    print(f"  the other node shows a PUT after {slowest * 1000:.0f} ms at most")

    if bob.propfind("/dav/calendars/bob/calendar/", "sync-token")[0] != 207:
        raise AssertionError("bob can't log in")
    site.user(first, "disable", "bob")
    took = within_a_second(
        "kalends user disable",
        lambda: bob.propfind("/dav/calendars/bob/calendar/", "sync-token")[0] == 401,
    )
    print(f"  kalends user disable ends a remembered login after {took * 1000:.0f} ms")

    replica = Replica(CALENDAR)
    replica.follow(other)
    writers = [Writer(number, first.port, CALENDAR) for number in range(6)]
    for writer in writers:
        writer.start()
    time.sleep(1.5)
    first.kill()
    killed = time.monotonic()
    for writer in writers:
        writer.stopping.set()
    for writer in writers:
        writer.join(60)
    wait = killed + 1 - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    check_writers(other, writers)
    check_replica(other, replica)
    answers = sum(writer.answers for writer in writers)
    print(f"  after kill -9 of the first, the second has all of {answers} acknowledged writes")


def main():
    binary = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    print(f"seed {seed}")
    failed = 0
    for test in (kill_the_server, kill_postgres, two_nodes):
        print(test.__doc__, flush=True)
        with Site(binary) as site:
            try:
                test(site, random.Random(seed))
            except (AssertionError, Failed, *LOST) as error:
                failed += 1
                print(f"  FAILED: {type(error).__name__}: {error}\n{site.log()[-3000:]}", flush=True)
            else:
                print("  passed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
