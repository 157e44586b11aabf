"""A small WebDAV client for checks: it sends what it is told, and hides nothing of the answer."""

from __future__ import annotations

import base64
import dataclasses
import http.client
import urllib.parse
import xml.etree.ElementTree as ElementTree

TIMEOUT_SECONDS = 30
DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
CARDDAV = "{urn:ietf:params:xml:ns:carddav}"


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def etag(self) -> str | None:
        return self.headers.get("ETag")

    def xml(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.body)

    def precondition(self) -> str | None:
        """"{namespace}name" of the condition in a DAV:error body (RFC 4918 16)."""
        try:
            error = self.xml()
        except ElementTree.ParseError:
            return None
        if error.tag != DAV + "error":
            return None
        names = [child.tag for child in error if child.tag != DAV + "responsedescription"]
        return names[0] if names else None

    def sentence(self) -> str:
        try:
            text = self.xml().findtext(DAV + "responsedescription")
        except ElementTree.ParseError:
            text = self.body.decode("utf-8", "replace")
        return " ".join((text or "").split())


class Client:
    """One kept-alive connection, logged in as `user`; opened anew where the server closed it."""

    def __init__(self, base_url: str, user: str, password: str | None = None) -> None:
        parts = urllib.parse.urlsplit(base_url)
        self._address = (parts.hostname, parts.port)
        token = base64.b64encode(f"{user}:{password or user}".encode()).decode()
        self._authorization = f"Basic {token}"
        self._connection: http.client.HTTPConnection | None = None

    def __call__(self, method: str, path: str, body: bytes | str = b"",
                 content_type: str | None = None, **headers: str) -> Answer:
        """Headers are named as arguments: If_Match="…" is If-Match."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Authorization"] = self._authorization
        if content_type:
            sent["Content-Type"] = content_type
        data = body.encode() if isinstance(body, str) else body
        try:
            return self._once(method, path, data, sent)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            return self._once(method, path, data, sent)

    def _once(self, method: str, path: str, data: bytes, headers: dict[str, str]) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(*self._address, timeout=TIMEOUT_SECONDS)
        try:
            self._connection.request(method, path, body=data or None, headers=headers)
            response = self._connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        except TimeoutError:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def members(self, path: str) -> dict[str, str]:
        """The hrefs below a collection, each with its ETag."""
        answer = self("PROPFIND", path, '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>',
                      "application/xml", Depth="1")
        if answer.status != 207:
            raise AssertionError(f"PROPFIND {path}: {answer.status} {answer.sentence()}")
        found = {}
        for response in answer.xml().iter(DAV + "response"):
            href = response.findtext(DAV + "href")
            if href.rstrip("/") != path.rstrip("/"):
                found[href] = response.findtext(f".//{DAV}getetag") or ""
        return found
