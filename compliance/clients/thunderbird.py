"""Thunderbird for the length of a test: headless, with a profile of its own, and with no network but loopback."""

from __future__ import annotations

import json
import pathlib
import re

import processes
import world
from marionette import Marionette, ScriptFailed

SCRIPT = pathlib.Path(__file__).resolve().parent / "thunderbird.js"
NOWHERE = 9  # the port "discard", where nothing listens
PREFERENCES = {  # Marionette adds its own: no updates, no telemetry, no remote settings, no captive portals
    "marionette.port": 0,  # any: it writes which one into its profile
    "signon.rememberSignons": True,
    # Whatever wants to leave the machine meets a proxy that is not there; loopback is always direct.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1", "network.proxy.http_port": NOWHERE,
    "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": NOWHERE,
    "network.proxy.failover_direct": False, "network.trr.mode": 5,
    "network.dns.disablePrefetch": True, "network.dns.disableIPv6": True,
    "app.donation.eoy.version.viewed": 999, "app.update.enabled": False, "toolkit.telemetry.enabled": False,
    "mail.inappnotifications.enabled": False, "mail.provider.suppress_dialog_on_startup": True, "mail.rights.version": 1,
    "mailnews.start_page.enabled": False, "mailnews.auto_config_url": "", "mailnews.auto_config.addons_url": "",
    "calendar.alarms.show": False, "calendar.timezone.local": "UTC", "calendar.timezone.useSystemTimezone": False,
    # What it says goes to the log, and with it each request of a calendar.
    "browser.dom.window.dump.enabled": True, "devtools.console.stdout.chrome": True,
    "calendar.loglevel": "Debug", "carddav.setup.loglevel": "Debug", "carddav.sync.loglevel": "Debug",
}
NOISE = re.compile(r"^(?:.*(?:Gtk-CRITICAL|gtk_icon_theme_|Failed to open curl).*)?\n", re.MULTILINE)  # no display


class Thunderbird:
    """A desktop.Program."""

    def __init__(self, test: world.ClientTest, account: world.Account, name: str = "thunderbird") -> None:
        """`name` tells apart those of one test."""
        home = test.home / name
        profile = home / "profile"
        profile.mkdir(parents=True)
        (profile / "user.js").write_text("".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
                                                 for name, value in PREFERENCES.items()))
        environment = test.environment | {
            "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "MOZ_HEADLESS": "1", "MOZ_CRASHREPORTER_DISABLE": "1",
            "MOZ_REMOTE_ALLOW_SYSTEM_ACCESS": "1", "MOZ_DISABLE_CONTENT_SANDBOX": "1", "GSETTINGS_BACKEND": "memory",
            "DBUS_SESSION_BUS_ADDRESS": "disabled:", "DBUS_SYSTEM_BUS_ADDRESS": "disabled:"}
        self._log = home / "log"
        program = processes.start(test, ["thunderbird", "--headless", "--no-remote", "--marionette",
                                         "--profile", str(profile)], environment, self._log)
        port = profile / "MarionetteActivePort"
        processes.wait_for(program, lambda: port.exists() and port.read_text(), self.log)
        self._script = SCRIPT.read_text()
        self._remote = Marionette(int(port.read_text()), world.DEADLINE_SECONDS)
        test.addCleanup(self._remote.close)
        address = (account.base_url, account.login, account.password)
        self._calendars = self._ask("findCalendars", *address)
        self._books = self._ask("findAddressBooks", *address)

    def _ask(self, *command: str):
        try:
            return self._remote.run(self._script, *command)
        except (ScriptFailed, OSError) as error:
            raise AssertionError(f"Thunderbird, {command[0]}: {error}\n{self.log()}") from error

    def log(self) -> str:
        return NOISE.sub("", processes.tail(self._log))

    def is_refused(self) -> bool:
        return self._calendars["refused"] and self._books["refused"]

    def calendars(self) -> set[str]:
        return set(self._calendars["names"])

    def address_books(self) -> set[str]:
        return set(self._books["names"])

    def events(self) -> dict[str, str]:
        return self._ask("events")

    def add_event(self, data: str) -> None:
        self._ask("addEvent", data)

    def rename_event(self, uid: str, summary: str) -> None:
        self._ask("renameEvent", uid, summary)

    def delete_event(self, uid: str) -> None:
        self._ask("deleteEvent", uid)

    def invite(self, data: str, addresses: list[str]) -> None:
        self._ask("invite", data, addresses)

    def meeting(self, uid: str) -> dict | None:
        """What it shows of it: title, start, status, isInvitation, answers (by address)."""
        return self._ask("meeting", uid)

    def respond(self, uid: str, answer: str) -> None:
        self._ask("respond", uid, answer)

    def move_event(self, uid: str, start: str) -> None:
        self._ask("moveEvent", uid, start)

    def busy_times(self, address: str, begin: str, end: str) -> list[str] | None:
        return self._ask("busyTimes", address, begin, end)

    def contacts(self) -> dict[str, str]:
        return self._ask("contacts")

    def add_contact(self, data: str) -> str:
        return self._ask("addContact", data)

    def rename_contact(self, uid: str, name: str) -> None:
        self._ask("renameContact", uid, name)

    def delete_contact(self, uid: str) -> None:
        self._ask("deleteContact", uid)
