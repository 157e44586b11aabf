"""Evolution Data Server for the length of a test: a D-Bus of its own that starts its services, and evolution_agent.py.

The bus knows no other service, so that nothing asks a keyring and no window opens.
"""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import sys

import processes
import world

SERVICES = "org.gnome.evolution.dataserver."
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={home}/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{home}/services</servicedir>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"""


class Evolution:
    """A desktop.Program."""

    def __init__(self, test: world.ClientTest, account: world.Account) -> None:
        home = test.home / "evolution"
        (home / "services").mkdir(parents=True)
        for service in ("Sources5", "Calendar8", "AddressBook10"):
            shutil.copy(f"/usr/share/dbus-1/services/{SERVICES}{service}.service", home / "services")
        (home / "bus.conf").write_text(BUS.format(home=home))
        environment = test.environment | {
            "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/bus",
            "GSETTINGS_BACKEND": "memory", "GIO_USE_VFS": "local", "GIO_USE_PROXY_RESOLVER": "dummy",
            "GIO_USE_NETWORK_MONITOR": "base",  # online, also where there is loopback only
            "WEBDAV_DEBUG": "1", "CALDAV_DEBUG": "1", "CARDDAV_DEBUG": "1"}
        self._log = home / "log"
        bus = processes.start(test, ["dbus-daemon", "--nofork", "--config-file", str(home / "bus.conf")],
                              environment, self._log)
        processes.wait_for(bus, (home / "bus").exists, self.log)
        agent = pathlib.Path(__file__).resolve().parent / "evolution_agent.py"
        self._agent = processes.start(test, [sys.executable, str(agent)], environment, self._log,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lines = processes.Lines(self._agent.stdout)
        self._ask("add_account", account.base_url, account.login, account.password)

    def _ask(self, *command: str):
        self._agent.stdin.write(json.dumps(command).encode() + b"\n")
        self._agent.stdin.flush()
        line = self._lines.next()
        if line is None:
            raise AssertionError(f"Evolution did not answer {command[0]}:\n{self.log()}")
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(f"Evolution: {answer['error']}\n{self.log()}")
        return answer["value"]

    def log(self) -> str:
        return processes.tail(self._log)

    def is_refused(self) -> bool:
        return self._ask("is_refused")

    def named(self, kind: str) -> set[str]:
        """Of what it has found. The kind is as in Evolution's files: Calendar, Task List, Memo List, Address Book."""
        return set(self._ask("names", kind))

    def calendars(self) -> set[str]:
        return self.named("Calendar") | self.named("Task List") | self.named("Memo List")

    def address_books(self) -> set[str]:
        return self.named("Address Book")

    def events(self) -> dict[str, str]:
        return self._ask("events")

    def add_event(self, data: str) -> None:
        self._ask("add_event", data)

    def rename_event(self, uid: str, summary: str) -> None:
        self._ask("rename_event", uid, summary)

    def delete_event(self, uid: str) -> None:
        self._ask("delete_event", uid)

    def contacts(self) -> dict[str, str]:
        return self._ask("contacts")

    def add_contact(self, data: str) -> str:
        return self._ask("add_contact", data)

    def rename_contact(self, uid: str, name: str) -> None:
        self._ask("rename_contact", uid, name)

    def delete_contact(self, uid: str) -> None:
        self._ask("delete_contact", uid)
