"""What the client tests share: the stage, a user for each test, a home for each client, sample data."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile
import unittest

import dav
import slapd
import stage as stages

COMMAND_SECONDS = 120
DEADLINE_SECONDS = 40  # for something that a program does by itself

server: stages.Stage  # set by all_clients.py
people: slapd.Directory  # likewise, where the stage has one


@dataclasses.dataclass(frozen=True)
class Account:
    """What a person is told and tells the client."""

    base_url: str
    login: str
    password: str


def local_account() -> Account:
    """A new one, made as an administrator makes it."""
    login, password = f"client-{secrets.token_hex(4)}", secrets.token_urlsafe(9)
    done = subprocess.run([server.binary, "user", "add", login, "--config", server.config, "--name", login.title(),
                           "--email", f"{login}@example.com", "--password-stdin"], input=password + "\n", text=True,
                          capture_output=True, timeout=COMMAND_SECONDS, check=False)
    if done.returncode != 0:
        raise AssertionError(f"kalends user add: {done.stderr}")
    return Account(server.base_url, login, password)


def directory_account() -> Account:
    """Somebody of the company's directory, of whom the server has not heard yet."""
    login, password = f"person-{secrets.token_hex(4)}", secrets.token_urlsafe(9)
    people.add(slapd.person(login, password))
    return Account(server.base_url, login, password)


def event(uid: str, summary: str, start: str = "20260302T090000Z", extra: str = "") -> str:
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kalends//clients//EN\r\nBEGIN:VEVENT\r\n"
            f"UID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:{start}\r\nDURATION:PT1H\r\nSUMMARY:{summary}\r\n"
            f"{extra}END:VEVENT\r\nEND:VCALENDAR\r\n")


def task(uid: str, summary: str, extra: str = "") -> str:
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kalends//clients//EN\r\nBEGIN:VTODO\r\n"
            f"UID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:{summary}\r\n{extra}END:VTODO\r\nEND:VCALENDAR\r\n")


def card(uid: str, name: str) -> str:
    return (f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:{name}\r\nN:;{name};;;\r\nEMAIL:{uid}@example.com\r\n"
            "END:VCARD\r\n")


class ClientTest(unittest.TestCase):
    """An account that no other test has, a temporary home, and a plain client to look at the server with.

    Where accounts come from is `new_account`: a subclass may run the same tests with another kind of account.
    """

    new_account = staticmethod(local_account)

    def setUp(self) -> None:
        self.account = self.new_account()
        self.user = self.account.login
        self.server = self.look_as(self.account)
        self.calendar = f"/dav/calendars/{self.user}/calendar/"
        self.tasks = f"/dav/calendars/{self.user}/tasks/"
        self.contacts = f"/dav/addressbooks/{self.user}/contacts/"
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="kalends-client."))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "XDG_CONFIG_HOME": str(self.home / "config"), "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CACHE_HOME": str(self.home / "cache"), "XDG_STATE_HOME": str(self.home / "state")}

    def look_as(self, account: Account) -> dav.Client:
        client = dav.Client(account.base_url, account.login, account.password)
        self.addCleanup(client.close)
        return client

    def run_command(self, *command: str, answers: str = "", succeeds: bool = True) -> str:
        """Standard output and error of the command; fails the test unless it does what `succeeds` says."""
        done = subprocess.run(command, input=answers, env=self.environment, cwd=self.home, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=COMMAND_SECONDS, check=False)
        self.assertEqual(done.returncode == 0, succeeds, f"{' '.join(command)}:\n{done.stdout[-3000:]}")
        return done.stdout

    def put(self, href: str, body: str) -> None:
        answer = self.server("PUT", href, body, "text/vcard" if href.endswith(".vcf") else "text/calendar")
        self.assertIn(answer.status, (201, 204), answer.sentence())

    def get(self, href: str) -> str:
        answer = self.server("GET", href)
        self.assertEqual(answer.status, 200, href)
        return answer.body.decode()

    def on_server(self, collection: str) -> dict[str, str]:
        """The data of every member of the collection, by href."""
        return {href: self.get(href) for href in self.server.members(collection)}
