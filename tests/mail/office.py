"""A server with mail, and the people on it, as their calendar programs see it."""

import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import letters

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "compliance" / "support"), str(ROOT / "tests" / "durability")]
import dav  # noqa: E402
from kalends import Failed, wait_until  # noqa: E402

KALENDS = "{urn:kalends}"


class Person:
    """Somebody with an account, by CalDAV. `addresses`: the first is the main one."""

    def __init__(self, office, login, password, *addresses):
        self.office, self.login, self.password, self.addresses = office, login, password, addresses
        self.home = f"/dav/calendars/{login}/"

    @property
    def address(self):
        return self.addresses[0]

    def ask(self, expected, method, path, *body, **headers):
        answer = dav.Client(self.office.url, self.login, self.password)(method, path, *body, **headers)
        if answer.status not in expected:
            raise AssertionError(f"{method} {path} by {self.login}: {answer.status} {answer.sentence()[:300]}")
        return answer

    def put(self, name, data, expected=(201, 204), **headers):
        return self.ask(expected, "PUT", f"{self.home}calendar/{name}", data, "text/calendar", **headers)

    def delete(self, name):
        return self.ask((204,), "DELETE", f"{self.home}calendar/{name}")

    def find(self, uid):
        """(name, data) of one's copy of a meeting; None where there is none."""
        body = ('<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/></D:prop>'
                '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="UID">'
                f'<C:text-match collation="i;octet">{uid}</C:text-match>'
                "</C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>")
        answer = self.ask((207,), "REPORT", self.home + "calendar/", body, "application/xml", Depth="1")
        for response in answer.xml().iter(dav.DAV + "response"):
            data = response.findtext(f".//{dav.CALDAV}calendar-data")
            if data and f"UID:{uid}" in data:
                # XML has made LF of the line ends.
                crlf = data.replace("\r\n", "\n").replace("\n", "\r\n")
                return response.findtext(dav.DAV + "href").rpartition("/")[2], crlf
        return None

    def data(self, uid):
        found = self.find(uid)
        return found[1] if found else None

    def uids(self):
        """Of all that is in the calendar."""
        body = ('<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/></D:prop>'
                '<C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>')
        answer = self.ask((207,), "REPORT", self.home + "calendar/", body, "application/xml", Depth="1")
        return {match[1] for data in answer.xml().iter(dav.CALDAV + "calendar-data")
                if (match := re.search(r"^UID:(.*?)\s*$", data.text, re.MULTILINE))}

    def first(self, uid):
        """The lines of its first component; none where there is no such meeting."""
        data = self.data(uid)
        return letters.components(data)[0] if data else []

    def status_of(self, uid, address):
        return letters.of_person(self.first(uid), address, "SCHEDULE-STATUS")

    def partstat_of(self, uid, address):
        return letters.of_person(self.first(uid), address, "PARTSTAT")

    def answer(self, uid, partstat):
        name, data = self.find(uid)
        self.put(name, letters.with_partstat(data, self.addresses, partstat))

    def inbox(self, uid):
        """(METHOD, why it was not applied; "" where it was) of each message about a meeting."""
        body = ('<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:K="urn:kalends"><D:prop>'
                "<K:not-applied/></D:prop></D:propfind>")
        answer = self.ask((207,), "PROPFIND", self.home + "inbox/", body, "application/xml", Depth="1")
        found = []
        for response in answer.xml().iter(dav.DAV + "response"):
            href = response.findtext(dav.DAV + "href")
            if not href.endswith(".ics"):
                continue
            data = self.ask((200,), "GET", href).body.decode()
            if f"UID:{uid}" in "\n".join(letters.unfolded(data)):
                method = re.search(r"^METHOD:(.*?)\s*$", data, re.MULTILINE)
                found.append((method[1] if method else "", self._not_applied(response)))
        return found

    @staticmethod
    def _not_applied(response):
        for propstat in response.iter(dav.DAV + "propstat"):
            if " 200 " in propstat.findtext(dav.DAV + "status"):
                return propstat.findtext(f"{dav.DAV}prop/{KALENDS}not-applied") or ""
        return ""

    def wishes(self, invitations):
        """always, known or never."""
        body = ElementTree.tostring(ElementTree.fromstring(
            '<D:propertyupdate xmlns:D="DAV:" xmlns:K="urn:kalends"><D:set><D:prop><K:mail-invitations>'
            f"{invitations}</K:mail-invitations></D:prop></D:set></D:propertyupdate>"), encoding="unicode")
        answer = self.ask((207,), "PROPPATCH", self.home + "inbox/", body, "application/xml")
        if b" 200 " not in answer.body:
            raise AssertionError(f"PROPPATCH of mail-invitations: {answer.body.decode()}")

    def log(self):
        """What `kalends mail log` says, oldest first."""
        return [json.loads(line) for line in self.office.command("mail", "log", self.login, "--json", "--limit", "10000")
                .splitlines()]


class Office:
    """One site's server, which can be stopped, killed and started."""

    def __init__(self, site):
        self.site, self.server = site, None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.port}"

    def start(self):
        self.server = self.site.start_server()

    def stop(self):
        self.server.process.terminate()
        if self.server.process.wait(60) != 0:
            raise Failed(f"kalends serve ended with {self.server.process.returncode}: {self.site.log()[-3000:]}")

    def kill(self):
        self.server.kill()

    def command(self, *arguments, expected=(0,), text=""):
        done = subprocess.run([self.site.binary, *arguments, "--config", self.server.config], input=text, text=True,
                              capture_output=True, check=False)
        if done.returncode not in expected:
            raise AssertionError(f"kalends {' '.join(arguments)}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout

    def queue(self):
        return [json.loads(line) for line in self.command("mail", "queue", "--json").splitlines()]


def wait_for(what, condition, seconds=60):
    """The first answer of `condition` that is true."""
    answers = []

    def is_well():
        answers.append(condition())
        return answers[-1]

    try:
        wait_until(what, is_well, seconds)
    except Failed:
        raise AssertionError(f"{what}: not within {seconds} s, but {answers[-1]!r}") from None
    return answers[-1]


__all__ = ["Failed", "Office", "Person", "wait_for"]
