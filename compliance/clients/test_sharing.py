"""Two people share a project's calendar and its contacts: each with vdirsyncer, in the own homes."""

from __future__ import annotations

import re

import dav
import world
from vdir import Pair

TO_WRITE = "".join(f"<D:privilege><D:{name}/></D:privilege>" for name in
                   ("read", "write", "read-current-user-privilege-set"))


class TwoPeople(world.ClientTest):
    """Celia, whose the project is, and Tor."""

    def setUp(self) -> None:
        super().setUp()
        self.tors_account = self.new_account()
        self.celia, self.tor = self.user, self.tors_account.login
        self.tors_server = self.look_as(self.tors_account)
        answer = self.server("MKCALENDAR", f"/dav/calendars/{self.celia}/project/",
                             '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
                             "<D:displayname>The Project</D:displayname></D:prop></D:set></C:mkcalendar>")
        self.assertEqual(answer.status, 201, answer.sentence())
        self.calendar = f"/dav/calendars/{self.celia}/project/"
        self.shared = {"caldav": f"{self.celia}.project", "carddav": f"{self.celia}.contacts"}

    def share_by_command(self, what: str) -> None:
        for name in ("project", "contacts"):
            self.run_command(world.server.binary, "share", f"{self.celia}/{name}", "--with", self.tor, f"--{what}",
                             "--config", str(world.server.config))

    def share_by_http(self, what: str) -> None:
        entry = (f"<D:ace><D:principal><D:href>/dav/principals/users/{self.tor}/</D:href></D:principal>"
                 f"<D:grant>{TO_WRITE}</D:grant></D:ace>") if what == "write" else ""
        for path in (self.calendar, self.contacts):
            answer = self.server("ACL", path, f'<D:acl xmlns:D="DAV:">{entry}</D:acl>', "application/xml")
            self.assertEqual(answer.status, 200, answer.sentence())

    def discovered(self, pair: Pair) -> set[str]:
        return set(re.findall(r'- "([^"]+)"', pair.vdirsyncer("discover").partition(f"{pair.name}_remote:")[2]))

    def name_and_colour(self, client: dav.Client, path: str) -> tuple[str, str]:
        answer = client("PROPFIND", path, '<D:propfind xmlns:D="DAV:" xmlns:A="http://apple.com/ns/ical/"><D:prop>'
                        "<D:displayname/><A:calendar-color/></D:prop></D:propfind>", "application/xml", Depth="0")
        body = answer.body.decode()
        return tuple(next(iter(re.findall(f"<[^>]*{name}[^>]*>([^<]*)<", body)), "")
                     for name in ("displayname", "calendar-color"))

    def live_together(self, share) -> None:
        mine = {kind: Pair(self, f"celias_{kind}", kind) for kind in self.shared}
        his = {kind: Pair(self, f"tors_{kind}", kind, account=self.tors_account, both=False) for kind in self.shared}
        samples = {"caldav": world.event("kickoff@test", "Kickoff"), "carddav": world.card("customer", "Customer")}
        answers = {"caldav": world.event("retro@test", "Retrospective"), "carddav": world.card("supplier", "Supplier")}
        names = {"caldav": "project", "carddav": "contacts"}
        for kind, pair in his.items():
            self.assertNotIn(self.shared[kind], self.discovered(pair))
        share("write")
        for kind, pair in mine.items():
            pair.discover()
            pair.write(names[kind], "from-celia", samples[kind])
            pair.sync()
        for kind, pair in his.items():
            self.assertIn(self.shared[kind], self.discovered(pair))
            pair.sync()
            self.assertEqual(len(pair.files(self.shared[kind])), 1)
            pair.write(self.shared[kind], "from-tor", answers[kind])
            pair.sync()
        for kind, pair in mine.items():
            pair.sync()
            data = "".join(pair.files(names[kind]).values())
            self.assertIn("UID:retro@test" if kind == "caldav" else "UID:supplier", data)
        self.rename_for_tor(his["caldav"])
        share("none")
        for kind, pair in his.items():
            self.assertNotIn(self.shared[kind], self.discovered(pair))
            pair.sync()
        self.assertEqual(len(self.on_server(self.calendar)), 2)

    def rename_for_tor(self, pair: Pair) -> None:
        """In his client, where vdirsyncer keeps names and colours; Celia's stay."""
        folder = pair.folder / self.shared["caldav"]
        pair.vdirsyncer("metasync")
        (folder / "displayname").write_text("Work with Celia")
        (folder / "color").write_text("#ff0080")
        pair.vdirsyncer("metasync")
        name, colour = self.name_and_colour(self.tors_server, f"/dav/calendars/{self.tor}/{self.shared['caldav']}/")
        self.assertEqual((name, colour[:7].lower()), ("Work with Celia", "#ff0080"))
        self.assertEqual(self.name_and_colour(self.server, self.calendar)[0], "The Project")
        self.assertNotIn("ff0080", self.name_and_colour(self.server, self.calendar)[1].lower())

    def test_a_calendar_and_contacts_are_shared_by_the_administrator(self) -> None:
        self.live_together(self.share_by_command)

    def test_a_calendar_and_contacts_are_shared_by_their_owner(self) -> None:
        self.live_together(self.share_by_http)
