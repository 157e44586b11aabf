"""python3-caldav against the server: what scripts and home automation do."""

from __future__ import annotations

import datetime
import warnings

import caldav
import world
from caldav.lib import error

UTC = datetime.timezone.utc


def moment(day: int, hour: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, 3, day, hour, tzinfo=UTC)


class PythonCaldav(world.ClientTest):
    def setUp(self) -> None:
        super().setUp()
        warnings.simplefilter("ignore")  # the library warns about its own future
        self.client = self.log_in("/dav/")
        self.addCleanup(self.client.close)
        self.principal = self.client.principal()

    def log_in(self, path: str, password: str = "") -> caldav.DAVClient:
        return caldav.DAVClient(url=self.account.base_url + path, username=self.account.login,
                                password=password or self.account.password)

    def calendar_named(self, name: str) -> caldav.Calendar:
        return next(calendar for calendar in self.principal.calendars() if calendar.get_display_name() == name)

    def test_finds_the_principal_the_home_and_its_calendars(self) -> None:
        self.assertEqual({calendar.get_display_name() for calendar in self.principal.calendars()},
                         {"Calendar", "Tasks"})
        self.assertEqual(self.calendar_named("Tasks").get_supported_components(), ["VTODO"])

    def test_finds_everything_from_the_bare_host(self) -> None:
        with self.log_in("/") as client:
            self.assertEqual(len(client.principal().calendars()), 2)

    def test_a_wrong_password_is_an_authorization_error(self) -> None:
        with self.log_in("/dav/", password="wrong") as client:
            with self.assertRaises(error.AuthorizationError):
                client.principal()

    def test_makes_renames_and_deletes_a_calendar(self) -> None:
        made = self.principal.make_calendar(name="Büro & Co <1>", cal_id="office")
        self.assertEqual(made.get_display_name(), "Büro & Co <1>")
        made.set_properties([caldav.elements.dav.DisplayName("Home")])
        self.assertEqual(made.get_display_name(), "Home")
        made.delete()
        self.assertEqual(len(self.principal.calendars()), 2)

    def test_creates_changes_and_deletes_an_event(self) -> None:
        calendar = self.calendar_named("Calendar")
        calendar.save_event(world.event("lunch@test", "Lunch"))
        found = calendar.event_by_uid("lunch@test")
        self.assertEqual(found.vobject_instance.vevent.summary.value, "Lunch")
        found.vobject_instance.vevent.summary.value = "Late lunch"
        found.save()
        self.assertIn("SUMMARY:Late lunch", next(iter(self.on_server(self.calendar).values())))
        found.delete()
        self.assertEqual(self.on_server(self.calendar), {})
        with self.assertRaises(error.NotFoundError):
            calendar.event_by_uid("lunch@test")

    def test_creates_completes_and_deletes_a_task(self) -> None:
        tasks = self.calendar_named("Tasks")
        tasks.save_todo(world.task("milk@test", "Milk", "DUE:20260310T120000Z\r\n"))
        tasks.save_todo(world.task("bread@test", "Bread"))
        self.assertEqual(len(tasks.todos()), 2)
        tasks.todo_by_uid("milk@test").complete()
        self.assertEqual([todo.vobject_instance.vtodo.summary.value for todo in tasks.todos()], ["Bread"])
        self.assertEqual(len(tasks.todos(include_completed=True)), 2)
        tasks.todo_by_uid("bread@test").delete()
        self.assertEqual(len(tasks.todos(include_completed=True)), 1)

    def test_a_journal_entry_is_kept(self) -> None:
        calendar = self.calendar_named("Calendar")
        calendar.save_journal("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kalends//clients//EN\r\nBEGIN:VJOURNAL\r\n"
                              "UID:diary@test\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260302\r\n"
                              "SUMMARY:Diary\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n")
        self.assertEqual(len(calendar.journals()), 1)

    def test_a_date_search_expands_a_series_in_its_time_zone(self) -> None:
        calendar = self.calendar_named("Calendar")
        calendar.save_event(world.event("daily@test", "Daily", "20260301T080000Z",
                                        "RRULE:FREQ=DAILY;COUNT=60\r\nEXDATE:20260304T080000Z\r\n"))
        calendar.save_event(world.event("later@test", "Later", "20260401T080000Z"))
        found = calendar.date_search(moment(2), moment(6), expand=True)
        starts = sorted(each.dtstart.value for event in found for each in event.vobject_instance.vevent_list)
        self.assertEqual(starts, [moment(day, 8) for day in (2, 3, 5)])
        whole = calendar.date_search(moment(2), moment(6), expand=False)
        self.assertEqual(len(whole), 1)
        self.assertIn("RRULE", whole[0].data)

    def test_a_search_by_text_finds_only_what_contains_it(self) -> None:
        calendar = self.calendar_named("Calendar")
        for uid, summary in (("a@test", "Herr Müller kommt"), ("b@test", "müller ist klein"), ("c@test", "Nobody")):
            calendar.save_event(world.event(uid, summary))
        found = calendar.search(event=True, summary="Müller")  # sent with i;octet
        self.assertEqual([event.vobject_instance.vevent.uid.value for event in found], ["a@test"])

    def test_a_sync_token_tells_what_is_new_changed_and_deleted(self) -> None:
        calendar = self.calendar_named("Calendar")
        for uid in ("keep@test", "change@test", "drop@test"):
            calendar.save_event(world.event(uid, uid))
        known = calendar.objects(load_objects=True)
        self.assertEqual(len(list(known)), 3)
        calendar.save_event(world.event("new@test", "New"))
        changed = calendar.event_by_uid("change@test")
        changed.vobject_instance.vevent.summary.value = "Changed"
        changed.save()
        calendar.event_by_uid("drop@test").delete()
        updated, deleted = known.sync()
        self.assertEqual({str(event.url).rpartition("/")[2] for event in updated} &
                         {str(event.url).rpartition("/")[2] for event in deleted}, set())
        self.assertEqual((len(list(updated)), len(list(deleted))), (2, 1))
        self.assertEqual({event.vobject_instance.vevent.summary.value for event in known},
                         {"keep@test", "Changed", "New"})
        self.assertEqual(len(list(calendar.objects_by_sync_token(known.sync_token))), 0)

    def test_free_busy_has_the_busy_times_and_no_others(self) -> None:
        calendar = self.calendar_named("Calendar")
        calendar.save_event(world.event("busy@test", "Busy", "20260302T090000Z"))
        calendar.save_event(world.event("free@test", "Free", "20260303T090000Z", "TRANSP:TRANSPARENT\r\n"))
        calendar.save_event(world.event("outside@test", "Outside", "20260402T090000Z"))
        free_busy = calendar.freebusy_request(moment(1), moment(10)).vobject_instance.vfreebusy
        periods = [period for line in free_busy.contents.get("freebusy", []) for period in line.value]
        self.assertEqual([period[0] for period in periods], [moment(2, 9)])

    def test_an_event_saved_twice_is_there_once(self) -> None:
        calendar = self.calendar_named("Calendar")
        for _ in range(2):
            calendar.save_event(world.event("once@test", "Once"))
        self.assertEqual(len(calendar.events()), 1)
