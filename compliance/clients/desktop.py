"""What the user of a desktop program does, the same for each: an address and a login are all that the program is told."""

from __future__ import annotations

import dataclasses
import re
import time
import typing

import world

POLL_SECONDS = 0.1
LOG_LINES = 60


class Program(typing.Protocol):
    """A program that runs for the length of a test and has been told of one account."""

    def calendars(self) -> set[str]:
        """The names of those that it has found."""

    def address_books(self) -> set[str]: ...

    def is_refused(self) -> bool:
        """Whether it would ask the user for another password now."""

    def events(self) -> dict[str, str]:
        """UID and summary of what its calendar "Calendar" shows. Asks it to look at the server again, too."""

    def add_event(self, data: str) -> None: ...

    def rename_event(self, uid: str, summary: str) -> None: ...

    def delete_event(self, uid: str) -> None: ...

    def contacts(self) -> dict[str, str]:
        """UID and full name of what its address book "Contacts" shows. Asks it to look at the server again, too."""

    def add_contact(self, data: str) -> str:
        """Returns the UID: some give one of their own."""

    def rename_contact(self, uid: str, name: str) -> None: ...

    def delete_contact(self, uid: str) -> None: ...

    def log(self) -> str: ...


class Desktop(world.ClientTest):
    """The tests of one program: a subclass says how it is started."""

    def start(self, account: world.Account) -> Program:
        raise NotImplementedError

    def until(self, program: Program, expected: object, look: typing.Callable[[], object]) -> None:
        """Waits until `look` sees what is expected."""
        deadline = time.monotonic() + world.DEADLINE_SECONDS
        while (seen := look()) != expected:
            if time.monotonic() > deadline:
                log = "\n".join(program.log().splitlines()[-LOG_LINES:])
                self.fail(f"after {world.DEADLINE_SECONDS} s still\n{seen!r}\ninstead of\n{expected!r}\n{log}")
            time.sleep(POLL_SECONDS)

    def named_on_server(self, collection: str, name: str) -> dict[str, str]:
        """UID and the property `name` of every member."""
        return {self.value("UID", data): self.value(name, data) for data in self.on_server(collection).values()}

    def href_of(self, collection: str, uid: str) -> str:
        return next(href for href, data in self.on_server(collection).items() if self.value("UID", data) == uid)

    @staticmethod
    def value(name: str, data: str) -> str:
        """Of the first such property; empty where there is none."""
        found = re.search(rf"^{name}(?:;[^:\r\n]*)?:(.*?)\r?$", data, re.MULTILINE)
        return found.group(1) if found else ""


class Scenarios:
    """To be mixed into a Desktop, so that only the tests of real programs are collected."""

    def test_finds_calendars_and_address_books_from_the_base_url_and_the_login(self) -> None:
        program = self.start(self.account)
        self.until(program, {"Calendar", "Tasks"}, program.calendars)
        self.until(program, {"Contacts"}, program.address_books)
        self.assertFalse(program.is_refused())

    def test_a_wrong_password_is_refused_and_finds_nothing(self) -> None:
        program = self.start(dataclasses.replace(self.account, password="wrong"))
        self.until(program, True, program.is_refused)
        self.assertEqual((program.calendars(), program.address_books()), (set(), set()))

    def test_events_new_changed_and_deleted_go_both_ways(self) -> None:
        for name in ("changed-here", "deleted-here", "changed-there", "deleted-there", "untouched"):
            self.put(f"{self.calendar}{name}.ics", world.event(f"{name}@test", name.title()))
        program = self.start(self.account)
        there = self.named_on_server(self.calendar, "SUMMARY")
        self.until(program, there, program.events)

        self.put(self.calendar + "new-there.ics", world.event("new-there@test", "Drüben"))
        self.put(self.calendar + "changed-there.ics", world.event("changed-there@test", "Later there"))
        self.assertEqual(self.server("DELETE", self.calendar + "deleted-there.ics").status, 204)
        there = there | {"new-there@test": "Drüben", "changed-there@test": "Later there"}
        del there["deleted-there@test"]
        self.until(program, there, program.events)

        program.add_event(world.event("new-here@test", "Hier", "20260303T090000Z", "LOCATION:Oslo\r\n"))
        program.rename_event("changed-here@test", "Later here")
        program.delete_event("deleted-here@test")
        there = there | {"new-here@test": "Hier", "changed-here@test": "Later here"}
        del there["deleted-here@test"]
        self.until(program, there, lambda: self.named_on_server(self.calendar, "SUMMARY"))
        self.until(program, there, program.events)
        made = self.get(self.href_of(self.calendar, "new-here@test"))
        self.assertEqual([self.value(name, made) for name in ("LOCATION", "DTSTART")], ["Oslo", "20260303T090000Z"])

        self.put(self.href_of(self.calendar, "new-here@test"), world.event("new-here@test", "Changed there again"))
        program.rename_event("new-there@test", "Changed here again")
        there = there | {"new-here@test": "Changed there again", "new-there@test": "Changed here again"}
        self.until(program, there, program.events)
        self.until(program, there, lambda: self.named_on_server(self.calendar, "SUMMARY"))

    def test_contacts_new_changed_and_deleted_go_both_ways(self) -> None:
        for name in ("changed-here", "deleted-here", "changed-there", "deleted-there", "untouched"):
            self.put(f"{self.contacts}{name}.vcf", world.card(name, name.title()))
        program = self.start(self.account)
        there = self.named_on_server(self.contacts, "FN")
        self.until(program, there, program.contacts)

        self.put(self.contacts + "new-there.vcf", world.card("new-there", "Dörte"))
        self.put(self.contacts + "changed-there.vcf", world.card("changed-there", "Later There"))
        self.assertEqual(self.server("DELETE", self.contacts + "deleted-there.vcf").status, 204)
        there = there | {"new-there": "Dörte", "changed-there": "Later There"}
        del there["deleted-there"]
        self.until(program, there, program.contacts)

        uid = program.add_contact(world.card("new-here", "Åse"))
        program.rename_contact("changed-here", "Later Here")
        program.delete_contact("deleted-here")
        there = there | {uid: "Åse", "changed-here": "Later Here"}
        del there["deleted-here"]
        self.until(program, there, lambda: self.named_on_server(self.contacts, "FN"))
        self.until(program, there, program.contacts)
        self.assertEqual(self.value("EMAIL", self.get(self.href_of(self.contacts, uid))), "new-here@example.com")

        self.put(self.href_of(self.contacts, uid), world.card(uid, "Changed There Again"))
        program.rename_contact("new-there", "Changed Here Again")
        there = there | {uid: "Changed There Again", "new-there": "Changed Here Again"}
        self.until(program, there, program.contacts)
        self.until(program, there, lambda: self.named_on_server(self.contacts, "FN"))
