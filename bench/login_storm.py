#!/usr/bin/env python3
"""bench/login_storm.py [--clients N] [--connections N] [--logins-at-once N]

All clients come back at once, as after a restart of the server: each opens a connection, logs in (PROPFIND of its home,
Depth 0), and is tried again after Retry-After where the answer is 429 or 503. Meanwhile a client that is logged in asks
for the same every 50 ms. Says when how many were in, and how long the one that was logged in waited.

The accounts are in a directory (slapd) that is started for it, with a server on a stage of its own; says how many binds
slapd got, and how many connections it had at the same time. KALENDS_BINARY names another program than the release build.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import pathlib
import statistics
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "compliance" / "support"))
import slapd  # noqa: E402
import stage as stages  # noqa: E402

GIVE_UP_SECONDS = 300
BODY = b'<propfind xmlns="DAV:"><prop><displayname/></prop></propfind>'


class Server:
    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self.host, self.port)


def request_of(login: str, password: str) -> bytes:
    credentials = base64.b64encode(f"{login}:{password}".encode()).decode()
    return (f"PROPFIND /dav/calendars/{urllib.parse.quote(login)}/ HTTP/1.1\r\nHost: storm\r\nDepth: 0\r\n"
            f"Authorization: Basic {credentials}\r\nContent-Type: application/xml\r\n"
            f"Content-Length: {len(BODY)}\r\n\r\n").encode() + BODY


async def exchange(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes) -> tuple[int, float]:
    """The status, and the seconds of Retry-After."""
    reader, writer = streams
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    if "content-length" in fields:
        await reader.readexactly(int(fields["content-length"]))
    else:
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head.split(" ", 2)[1]), float(fields.get("retry-after", "1"))


async def log_in(server: Server, request: bytes, begin: float, gate: asyncio.Semaphore) -> tuple[float | None, int]:
    """When it was in, in seconds since the beginning, and how often it was told to wait."""
    waits = 0
    while time.monotonic() - begin < GIVE_UP_SECONDS:
        async with gate:
            try:
                streams = await server.connect()
                status, retry = await exchange(streams, request)
                streams[1].close()
            except (OSError, asyncio.IncompleteReadError):
                status, retry = 503, 1.0
        if status == 207:
            return time.monotonic() - begin, waits
        if status not in (429, 503):
            return None, waits
        waits += 1
        await asyncio.sleep(retry)
    return None, waits


async def stay(server: Server, request: bytes, done: asyncio.Event) -> list[float]:
    """Milliseconds of each request of one that has logged in before."""
    times = []
    streams = await server.connect()
    while not done.is_set():
        begin = time.monotonic()
        status, _ = await exchange(streams, request)
        assert status == 207, status
        times.append((time.monotonic() - begin) * 1000)
        await asyncio.sleep(0.05)
    streams[1].close()
    return times


async def storm(server: Server, options: argparse.Namespace) -> None:
    requests = [request_of(login_of(n), login_of(n)) for n in range(options.clients)]
    status, _ = await exchange(await server.connect(), requests[0])
    assert status == 207, f"the first client got {status}"
    done = asyncio.Event()
    resident = asyncio.create_task(stay(server, requests[0], done))
    gate = asyncio.Semaphore(options.connections)
    begin = time.monotonic()
    results = await asyncio.gather(*(log_in(server, request, begin, gate) for request in requests[1:]))
    done.set()
    times = await resident
    inside = sorted(moment for moment, _ in results if moment is not None)
    print(f"{len(inside)} of {len(results)} are in; told to wait {sum(waits for _, waits in results)} times")
    if inside:
        half, nearly = inside[len(inside) // 2], inside[int(len(inside) * 0.95)]
        print(f"half after {half:.1f} s, 95 % after {nearly:.1f} s, the last after {inside[-1]:.1f} s")
    print(f"the one that was logged in: {len(times)} requests, median {statistics.median(times):.1f} ms, "
          f"longest {max(times):.0f} ms")


def login_of(number: int) -> str:
    return f"storm{number:04}"


async def most_connections(people: slapd.Directory, work: asyncio.Task) -> int:
    """Of slapd, at the same time, ours that count among them."""
    most = 0
    while not work.done():
        most = max(most, await asyncio.to_thread(people.connections))
        await asyncio.sleep(0.2)
    return most


async def watched(server: Server, people: slapd.Directory, options: argparse.Namespace) -> None:
    binds = people.binds()
    work = asyncio.create_task(storm(server, options))
    most = await most_connections(people, work)
    await work
    print(f"slapd: {people.binds() - binds} binds (some of them this bench's), {most} connections at once at most")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clients", type=int, default=2000, metavar="N")
    parser.add_argument("--connections", type=int, default=2000, metavar="N", help="open at the same time")
    parser.add_argument("--logins-at-once", type=int, default=4, metavar="N", help="ldap.connections")
    options = parser.parse_args()
    everybody = "".join(slapd.person(login_of(n), login_of(n)) for n in range(options.clients))
    with slapd.directory(everybody) as people, tempfile.NamedTemporaryFile("w", suffix=".toml") as settings:
        settings.write(people.settings() + f"connections = {options.logins_at_once}\n")
        settings.flush()
        with stages.stage(settings=pathlib.Path(settings.name)) as running:
            asyncio.run(watched(Server(running.base_url), people, options))


if __name__ == "__main__":
    main()
