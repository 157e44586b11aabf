"""Evolution without its windows: the libraries that Evolution and GNOME's Calendar and Contacts are made of, in a session
of its own. Started by evolution.py. Reads a command per line, as JSON: [NAME, ARGUMENT...]; answers with {"value": …} or
{"error": …}.

A user makes a collection account (New, Collection Account: the address and the login) and types the password when asked.
The registry then looks for calendars and address books and makes a source for each.
"""

from __future__ import annotations

import json
import os
import sys
import threading

import gi

for name, version in (("EDataServer", "1.2"), ("ECal", "2.0"), ("ICalGLib", "3.0"), ("EBook", "1.2"),
                      ("EBookContacts", "1.2")):
    gi.require_version(name, version)
from gi.repository import EBook, EBookContacts, ECal, EDataServer, GLib, ICalGLib  # noqa: E402

CONNECT_SECONDS = 20
CALENDAR = EDataServer.SOURCE_EXTENSION_CALENDAR
BOOK = EDataServer.SOURCE_EXTENSION_ADDRESS_BOOK


class Agent:
    def __init__(self) -> None:
        self.registry = EDataServer.SourceRegistry.new_sync(None)
        self.registry.connect("credentials-required", self._ask_for_password)
        self.clients: dict[str, object] = {}
        self.account: EDataServer.Source | None = None
        self.login, self.password = "", ""
        self.refused = False

    def _ask_for_password(self, _registry, source, reason, _certificate, _errors, error) -> None:
        """The dialog: the user knows one password, and has no other when it is rejected."""
        print("asked for a password:", source.get_display_name(), reason.value_nick, error, file=sys.stderr, flush=True)
        if reason != EDataServer.SourceCredentialsReason.REQUIRED:
            self.refused |= reason == EDataServer.SourceCredentialsReason.REJECTED
            return
        credentials = EDataServer.NamedParameters.new()
        credentials.set(EDataServer.SOURCE_CREDENTIAL_USERNAME, self.login)
        credentials.set(EDataServer.SOURCE_CREDENTIAL_PASSWORD, self.password)
        source.invoke_authenticate(credentials, None, None)

    def add_account(self, base_url: str, login: str, password: str) -> None:
        self.login, self.password = login, password
        self.account = EDataServer.Source.new(None, None)
        self.account.set_display_name("Kalends")
        collection = self.account.get_extension(EDataServer.SOURCE_EXTENSION_COLLECTION)
        collection.set_backend_name("webdav")
        collection.set_identity(login)
        collection.set_calendar_url(base_url)
        collection.set_contacts_url(base_url)
        authentication = self.account.get_extension(EDataServer.SOURCE_EXTENSION_AUTHENTICATION)
        authentication.set_user(login)
        self.registry.create_sources_sync([self.account], None)

    def is_refused(self) -> bool:
        return self.refused

    def _sources(self, extension: str) -> list[EDataServer.Source]:
        return [source for source in self.registry.list_sources(extension)
                if source.get_parent() == self.account.get_uid()]

    def names(self, extension: str) -> list[str]:
        return sorted(source.get_display_name() for source in self._sources(extension))

    def _client(self, extension: str, name: str):
        """The opened source, None where it has not been found yet."""
        if extension not in self.clients:
            source = next((each for each in self._sources(extension) if each.get_display_name() == name), None)
            if source is None:
                return None
            self.clients[extension] = (EBook.BookClient.connect_sync(source, CONNECT_SECONDS, None) if extension == BOOK
                                       else ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS,
                                                                     CONNECT_SECONDS, None))
        return self.clients[extension]

    def _calendar(self) -> ECal.Client | None:
        return self._client(CALENDAR, "Calendar")

    def events(self) -> dict[str, str]:
        client = self._calendar()
        if client is None:
            return {}
        client.refresh_sync(None)
        _, found = client.get_object_list_sync("#t", None)
        return {event.get_uid(): event.get_summary() for event in found}

    def add_event(self, data: str) -> None:
        calendar = ICalGLib.Component.new_from_string(data)
        event = calendar.get_first_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
        self._calendar().create_object_sync(event, ECal.OperationFlags.NONE, None)

    def rename_event(self, uid: str, summary: str) -> None:
        _, event = self._calendar().get_object_sync(uid, None, None)
        event.set_summary(summary)
        self._calendar().modify_object_sync(event, ECal.ObjModType.ALL, ECal.OperationFlags.NONE, None)

    def delete_event(self, uid: str) -> None:
        self._calendar().remove_object_sync(uid, None, ECal.ObjModType.ALL, ECal.OperationFlags.NONE, None)

    def _book(self) -> EBook.BookClient | None:
        return self._client(BOOK, "Contacts")

    def contacts(self) -> dict[str, str]:
        client = self._book()
        if client is None:
            return {}
        client.refresh_sync(None)
        _, found = client.get_contacts_sync('(contains "x-evolution-any-field" "")', None)
        return {contact.get_property("id"): contact.get_property("full-name") for contact in found}

    def add_contact(self, data: str) -> str:
        _, uid = self._book().add_contact_sync(EBookContacts.Contact.new_from_vcard(data),
                                               EBookContacts.BookOperationFlags.NONE, None)
        return uid

    def rename_contact(self, uid: str, name: str) -> None:
        _, contact = self._book().get_contact_sync(uid, None)
        contact.set_property("full-name", name)
        self._book().modify_contact_sync(contact, EBookContacts.BookOperationFlags.NONE, None)

    def delete_contact(self, uid: str) -> None:
        self._book().remove_contact_by_uid_sync(uid, EBookContacts.BookOperationFlags.NONE, None)

    def answer(self, name: str, *arguments: str) -> str:
        try:
            return json.dumps({"value": getattr(self, name)(*arguments)})
        except GLib.Error as error:
            return json.dumps({"error": f"{name}: {error}"})


def main() -> None:
    # Signals arrive in the main loop; what waits for an answer runs in another thread.
    loop = GLib.MainLoop()
    agent = Agent()

    def obey() -> None:
        for line in sys.stdin:
            print(agent.answer(*json.loads(line)), flush=True)
        os._exit(0)

    threading.Thread(target=obey, daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
