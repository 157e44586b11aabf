"""A small CalDAV client for the durability tests: what was acknowledged, and what the server says now."""

import base64
import http.client
import re
import threading
import xml.etree.ElementTree as ET

DAV = "{DAV:}"
LOST = (OSError, http.client.HTTPException)


class Client:
    """One connection of one user, whose password is the login."""

    def __init__(self, port, login="alice"):
        self.port = port
        credentials = base64.b64encode(f"{login}:{login}".encode()).decode()
        self.headers = {"Authorization": f"Basic {credentials}"}
        self.connection = None

    def request(self, method, path, body=None, headers=None):
        """(status, etag, body). Raises one of LOST when no whole answer came."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self.connection.request(method, path, body, {**self.headers, **(headers or {})})
            answer = self.connection.getresponse()
            return answer.status, answer.getheader("ETag"), answer.read()
        except LOST:
            self.close()
            raise

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def put(self, path, body, headers=None):
        return self.request("PUT", path, body, {"Content-Type": "text/calendar", **(headers or {})})

    def propfind(self, path, name, depth="0"):
        body = f'<D:propfind xmlns:D="DAV:"><D:prop><D:{name}/></D:prop></D:propfind>'
        status, _, answer = self.request(
            "PROPFIND", path, body.encode(), {"Depth": depth, "Content-Type": "application/xml"}
        )
        return status, answer

    def listing(self, path):
        """{href: etag} of all objects in a collection."""
        status, answer = self.propfind(path, "getetag", "1")
        if status != 207:
            raise AssertionError(f"PROPFIND of {path}: {status}")
        return {
            href: etag
            for href, (_, etag) in members(ET.fromstring(answer)).items()
            if href != path
        }

    def sync(self, path, token):
        """(status, {href: etag, or None if it was deleted}, new token)."""
        body = (
            '<D:sync-collection xmlns:D="DAV:">'
            f"<D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>"
            "<D:prop><D:getetag/></D:prop></D:sync-collection>"
        )
        status, _, answer = self.request(
            "REPORT", path, body.encode(), {"Content-Type": "application/xml"}
        )
        if status != 207:
            return status, {}, None
        root = ET.fromstring(answer)
        changes = {
            href: None if gone == 404 else etag for href, (gone, etag) in members(root).items()
        }
        return status, changes, root.findtext(DAV + "sync-token")


def members(multistatus):
    """{href: (status of the response itself or None, etag)}"""
    result = {}
    for response in multistatus.findall(DAV + "response"):
        status = response.findtext(DAV + "status")
        code = int(re.search(r" (\d\d\d)", status).group(1)) if status else None
        etag = response.findtext(f"{DAV}propstat/{DAV}prop/{DAV}getetag")
        result[response.findtext(DAV + "href")] = (code, etag)
    return result


def event(uid, revision, size):
    """An event whose bytes are different in each revision: `size` of them at least."""
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Durability//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260710T100000Z\r\nSUMMARY:{uid} {revision}\r\n"
    )
    while len(text) < size:
        text += f"COMMENT:{uid} in revision {revision}, line after {len(text)}\r\n"
    return (text + "END:VEVENT\r\nEND:VCALENDAR\r\n").encode()


class Replica:
    """What a client that follows a collection by sync-collection has."""

    def __init__(self, path):
        self.path = path
        self.token = ""
        self.etags = {}

    def follow(self, client):
        """The status of the answer."""
        status, changes, token = client.sync(self.path, self.token)
        if status == 207:
            for href, etag in changes.items():
                if etag is None:
                    self.etags.pop(href, None)
                else:
                    self.etags[href] = etag
            self.token = token
        return status


class Writer(threading.Thread):
    """Makes, changes and deletes its own objects until it is told to stop, and remembers for each what the
    server acknowledged and what it was doing when no answer came."""

    def __init__(self, number, port, path):
        super().__init__(daemon=True)
        self.number, self.port, self.path = number, port, path
        self.acknowledged = {}  # href: bytes, None for deleted
        self.possible = {}  # href: [bytes or None]: asked for since then, outcome unknown
        self.etags = {}  # of the last acknowledged PUT
        self.answers = 0
        self.stopping = threading.Event()

    def run(self):
        client = Client(self.port)
        step = 0
        while not self.stopping.is_set():
            step += 1
            # A few objects over and over, so that most writes replace something.
            href = f"{self.path}w{self.number}-{step % 7}.ics"
            deletes = step % 11 == 0 and self.acknowledged.get(href) is not None
            body = None if deletes else event(f"w{self.number}-{step % 7}", step, 300 + step * 37 % 3000)
            try:
                if deletes:
                    status, etag, _ = client.request("DELETE", href)
                else:
                    status, etag, _ = client.put(href, body)
            except LOST:
                self.possible.setdefault(href, []).append(body)
                self.stopping.wait(0.02)
                continue
            if status in (201, 204):
                self.acknowledged[href] = body
                self.etags[href] = etag
                self.possible.pop(href, None)
                self.answers += 1
            else:  # 503: the database is away
                self.possible.setdefault(href, []).append(body)
                self.stopping.wait(0.02)
        client.close()


def check_writers(client, writers):
    """Each object is as it was acknowledged, or as an unanswered request wanted it: whole, or not at all."""
    checked = 0
    for writer in writers:
        for href in set(writer.acknowledged) | set(writer.possible):
            allowed = [writer.acknowledged.get(href), *writer.possible.get(href, [])]
            status, etag, body = client.request("GET", href)
            stored = body if status == 200 else None
            if status not in (200, 404):
                raise AssertionError(f"GET {href}: {status}")
            if stored not in allowed:
                raise AssertionError(
                    f"{href}: {status}, not as it was acknowledged ({len(allowed)} states possible)"
                )
            if stored is not None and stored == allowed[0] and len(allowed) == 1:
                if etag != writer.etags[href]:
                    raise AssertionError(f"{href}: ETag {etag}, acknowledged {writer.etags[href]}")
            checked += 1
    return checked


def check_replica(client, replica):
    """A token from before goes on to be good, and what it leads to is what is there."""
    status = replica.follow(client)
    if status != 207:
        raise AssertionError(f"the sync-token from before is answered with {status}")
    now = client.listing(replica.path)
    if replica.etags != now:
        different = {
            href: (replica.etags.get(href), now.get(href))
            for href in set(replica.etags) | set(now)
            if replica.etags.get(href) != now.get(href)
        }
        raise AssertionError(f"sync-collection and listing differ: {different}")
