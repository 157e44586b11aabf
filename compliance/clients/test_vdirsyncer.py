"""vdirsyncer against the server: two-way synchronisation of calendars and contacts."""

from __future__ import annotations

import world
from vdir import Pair

MANY = 1000


class Calendars(world.ClientTest):
    def pair(self, name: str = "phone", **options: str) -> Pair:
        made = Pair(self, name, **options)
        made.discover()
        return made

    def test_discovers_every_calendar_from_the_bare_host(self) -> None:
        pair = self.pair()
        self.assertEqual({folder.name for folder in pair.folder.iterdir()}, {"calendar", "tasks"})

    def test_what_is_new_on_either_side_gets_to_the_other_byte_for_byte(self) -> None:
        pair = self.pair()
        here, there = world.event("here@test", "Hier"), world.event("there@test", "Drüben", extra="X-ODD;A=b:c\r\n")
        pair.write("calendar", "here", here)
        self.put(self.calendar + "there.ics", there)
        pair.write("tasks", "milk", world.task("milk@test", "Milk"))
        pair.sync()
        self.assertEqual(sorted(self.on_server(self.calendar).values()), sorted([here, there]))
        self.assertEqual(len(self.on_server(self.tasks)), 1)
        self.assertEqual(sorted(data.replace("\r\n", "\n") for data in pair.files("calendar").values()),
                         sorted(data.replace("\r\n", "\n") for data in (here, there)))

    def test_changes_and_deletions_go_both_ways(self) -> None:
        pair = self.pair()
        files = {name: pair.write("calendar", name, world.event(f"{name}@test", name))
                 for name in ("changed-here", "changed-there", "deleted-here", "deleted-there", "untouched")}
        pair.sync()
        hrefs = {data.partition("UID:")[2].partition("@")[0]: href
                 for href, data in self.on_server(self.calendar).items()}
        files["changed-here"].write_text(world.event("changed-here@test", "new here"), newline="")
        self.put(hrefs["changed-there"], world.event("changed-there@test", "new there"))
        files["deleted-here"].unlink()
        self.assertEqual(self.server("DELETE", hrefs["deleted-there"]).status, 204)
        pair.sync()
        self.assertEqual(set(self.on_server(self.calendar)),
                         {hrefs[name] for name in ("changed-here", "changed-there", "untouched")})
        self.assertIn("new here", self.get(hrefs["changed-here"]))
        self.assertIn("new there", files["changed-there"].read_text())
        self.assertFalse(files["deleted-there"].exists())

    def changed_on_both_sides(self, pair: Pair):
        local = pair.write("calendar", "both", world.event("both@test", "first"))
        pair.sync()
        href = next(iter(self.server.members(self.calendar)))
        local.write_text(world.event("both@test", "changed here"), newline="")
        self.put(href, world.event("both@test", "changed there"))
        return local, href

    def test_a_conflict_is_reported_and_nothing_is_lost(self) -> None:
        pair = self.pair()
        local, href = self.changed_on_both_sides(pair)
        self.assertIn("conflict", pair.sync(succeeds=False).lower())
        self.assertIn("changed here", local.read_text())
        self.assertIn("changed there", self.get(href))

    def test_a_conflict_is_resolved_as_the_user_has_set_it(self) -> None:
        for name, conflict, winner in (("left", "a wins", "changed here"), ("right", "b wins", "changed there")):
            with self.subTest(conflict):
                pair = self.pair(name, conflict=conflict)
                local, href = self.changed_on_both_sides(pair)
                pair.sync()
                self.assertIn(winner, local.read_text())
                self.assertIn(winner, self.get(href))
                self.server("DELETE", href)

    def test_two_devices_see_each_other_through_the_server(self) -> None:
        phone, laptop = self.pair("phone"), self.pair("laptop")
        phone.write("calendar", "trip", world.event("trip@test", "Trip"))
        phone.write("calendar", "stays", world.event("stays@test", "Stays"))  # vdirsyncer empties no collection
        phone.sync()
        laptop.sync()
        name, data = next(item for item in laptop.files("calendar").items() if "UID:trip" in item[1])
        (laptop.folder / "calendar" / name).write_text(data.replace("Trip", "Journey"), newline="")
        laptop.sync()
        phone.sync()
        self.assertIn("Journey", phone.files("calendar")["trip.ics"])
        (phone.folder / "calendar" / "trip.ics").unlink()
        phone.sync()
        laptop.sync()
        self.assertEqual(["UID:stays" in data for data in laptop.files("calendar").values()], [True])

    def test_a_calendar_made_on_the_device_is_made_on_the_server_with_its_name_and_colour(self) -> None:
        pair = Pair(self, "phone")
        folder = pair.folder / "hobby"
        folder.mkdir()
        (folder / "displayname").write_text("Hobbys & mehr")
        (folder / "color").write_text("#ff0080")
        pair.discover()
        pair.write("hobby", "chess", world.event("chess@test", "Chess"))
        pair.sync()
        pair.vdirsyncer("metasync")
        home = f"/dav/calendars/{self.user}/hobby/"
        self.assertEqual(len(self.on_server(home)), 1)
        answer = self.server("PROPFIND", home, '<D:propfind xmlns:D="DAV:" xmlns:A="http://apple.com/ns/ical/"><D:prop>'
                             '<D:displayname/><A:calendar-color/></D:prop></D:propfind>', "application/xml", Depth="0")
        self.assertIn("Hobbys &amp; mehr", answer.body.decode())
        self.assertIn("#ff0080", answer.body.decode().lower())

    def test_a_thousand_events_go_up_come_down_elsewhere_and_are_left_alone_then(self) -> None:
        phone, laptop = self.pair("phone"), self.pair("laptop")
        for n in range(MANY):
            phone.write("calendar", f"event-{n}", world.event(f"event-{n}@test", f"Event {n}"))
        phone.sync()
        members = self.server.members(self.calendar)
        self.assertEqual(len(members), MANY)
        laptop.sync()
        self.assertEqual(sorted(laptop.files("calendar").values()), sorted(phone.files("calendar").values()))
        phone.sync()
        laptop.sync()
        self.assertEqual(self.server.members(self.calendar), members)
        for path in list((phone.folder / "calendar").iterdir())[:MANY // 2]:
            path.unlink()
        phone.sync()
        laptop.sync()
        self.assertEqual(len(laptop.files("calendar")), MANY // 2)


class Contacts(world.ClientTest):
    def pair(self, name: str = "phone", **options: str) -> Pair:
        made = Pair(self, name, kind="carddav", **options)
        made.discover()
        return made

    def test_discovers_the_address_book_from_the_bare_host(self) -> None:
        self.assertEqual([folder.name for folder in self.pair().folder.iterdir()], ["contacts"])

    def test_cards_new_changed_and_deleted_go_both_ways(self) -> None:
        pair = self.pair()
        files = {name: pair.write("contacts", name, world.card(name, name.title())) for name in ("anna", "bert", "carl")}
        self.put(self.contacts + "dora.vcf", world.card("dora", "Dörte"))
        pair.sync()
        self.assertEqual(len(self.on_server(self.contacts)), 4)
        self.assertIn("Dörte", "".join(pair.files("contacts").values()))
        hrefs = {data.partition("UID:")[2].partition("\r")[0]: href for href, data in self.on_server(self.contacts).items()}
        files["anna"].write_text(world.card("anna", "Änne"), newline="")
        self.put(hrefs["bert"], world.card("bert", "Berta"))
        files["carl"].unlink()
        self.assertEqual(self.server("DELETE", hrefs["dora"]).status, 204)
        pair.sync()
        self.assertEqual(set(self.on_server(self.contacts)), {hrefs["anna"], hrefs["bert"]})
        self.assertIn("Änne", self.get(hrefs["anna"]))
        self.assertIn("Berta", files["bert"].read_text())
        self.assertEqual(set(pair.files("contacts")), {"anna.vcf", "bert.vcf"})

    def test_a_conflict_over_a_card_is_reported_and_then_resolved(self) -> None:
        pair = self.pair()
        local = pair.write("contacts", "anna", world.card("anna", "Anna"))
        pair.sync()
        href = next(iter(self.server.members(self.contacts)))
        local.write_text(world.card("anna", "Here"), newline="")
        self.put(href, world.card("anna", "There"))
        self.assertIn("conflict", pair.sync(succeeds=False).lower())
        pair.config.write_text(pair.config.read_text().replace("metadata", 'conflict_resolution = "a wins"\nmetadata'))
        pair.sync()
        self.assertIn("Here", self.get(href))

    def test_a_thousand_cards_go_up_and_come_down_elsewhere(self) -> None:
        phone, laptop = self.pair("phone"), self.pair("laptop")
        for n in range(MANY):
            phone.write("contacts", f"card-{n}", world.card(f"card-{n}", f"Person {n}"))
        phone.sync()
        laptop.sync()
        self.assertEqual(len(self.server.members(self.contacts)), MANY)
        self.assertEqual(sorted(laptop.files("contacts").values()), sorted(phone.files("contacts").values()))
