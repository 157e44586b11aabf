"""khal and todoman over the folder that vdirsyncer keeps: what a user of the terminal does all day."""

from __future__ import annotations

import re

import world
from vdir import Pair

KHAL_CONFIG = """[calendars]
[[work]]
path = {folder}/calendar/
type = calendar
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
[default]
default_calendar = work
[sqlite]
path = {home}/khal.db
"""

TODOMAN_CONFIG = """path = "{folder}/*"
date_format = "%Y-%m-%d"
time_format = "%H:%M"
default_list = "tasks"
cache_path = "{home}/todoman.db"
"""


class Terminal(world.ClientTest):
    def setUp(self) -> None:
        super().setUp()
        self.pair = Pair(self, "terminal")
        self.pair.discover()
        self.khal_config = self.home / "khal.conf"
        self.khal_config.write_text(KHAL_CONFIG.format(folder=self.pair.folder, home=self.home))
        self.todoman_config = self.home / "todoman.py"
        self.todoman_config.write_text(TODOMAN_CONFIG.format(folder=self.pair.folder, home=self.home))

    def khal(self, *arguments: str) -> str:
        return self.run_command("khal", "-c", str(self.khal_config), *arguments)

    def todoman(self, *arguments: str) -> str:
        return self.run_command("todoman", "--config", str(self.todoman_config), *arguments)

    def test_an_event_made_with_khal_is_on_the_server_in_its_time_zone(self) -> None:
        self.khal("new", "2026-03-02", "10:00", "11:00", "Zahnarzt", "::", "nüchtern kommen")
        self.pair.sync()
        (data,) = self.on_server(self.calendar).values()
        self.assertIn("SUMMARY:Zahnarzt", data)
        self.assertRegex(data, "DTSTART;TZID=Europe/Berlin(;VALUE=DATE-TIME)?:20260302T100000")
        answer = self.server("REPORT", self.calendar, """<C:calendar-query xmlns:D="DAV:"
            xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR">
            <C:comp-filter name="VEVENT"><C:time-range start="20260302T090000Z" end="20260302T091500Z"/></C:comp-filter>
            </C:comp-filter></C:filter></C:calendar-query>""", "application/xml", Depth="1")
        self.assertEqual(len(answer.xml()), 1, "10:00 in Berlin is 9:00 UTC")

    def test_a_series_made_with_khal_recurs_on_the_server(self) -> None:
        self.khal("new", "2026-03-02", "10:00", "30m", "Standup", "--repeat", "daily", "--until", "2026-03-07")
        self.pair.sync()
        answer = self.server("REPORT", self.calendar, """<C:calendar-query xmlns:D="DAV:"
            xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data><C:expand start="20260301T000000Z"
            end="20260401T000000Z"/></C:calendar-data></D:prop><C:filter><C:comp-filter name="VCALENDAR">
            <C:comp-filter name="VEVENT"><C:time-range start="20260301T000000Z" end="20260401T000000Z"/></C:comp-filter>
            </C:comp-filter></C:filter></C:calendar-query>""", "application/xml", Depth="1")
        self.assertEqual(answer.body.count(b"BEGIN:VEVENT"), 5, answer.body)

    def test_events_from_the_server_are_in_khals_agenda_until_they_are_deleted(self) -> None:
        self.put(self.calendar + "call.ics", world.event("call@test", "Call Tor", "20260302T090000Z"))
        self.put(self.calendar + "stays.ics", world.event("stays@test", "Stays"))  # vdirsyncer empties no collection
        self.pair.sync()
        agenda = self.khal("list", "2026-03-02", "1d")
        self.assertIn("10:00", agenda)
        self.assertIn("Call Tor", agenda)
        self.assertEqual(self.server("DELETE", self.calendar + "call.ics").status, 204)
        self.pair.sync()
        self.assertNotIn("Call Tor", self.khal("list", "2026-03-02", "1d"))

    def test_a_task_made_with_todoman_is_on_the_server_and_so_is_its_completion(self) -> None:
        self.todoman("new", "--list", "tasks", "--due", "2026-03-05", "Buy milk")
        self.pair.sync()
        ((href, data),) = self.on_server(self.tasks).items()
        self.assertIn("SUMMARY:Buy milk", data)
        self.assertNotIn("STATUS:COMPLETED", data)
        self.todoman("done", "1")
        self.pair.sync()
        self.assertIn("STATUS:COMPLETED", self.get(href))

    def test_a_task_from_the_server_is_in_todomans_list_and_deleting_it_there_deletes_it_here(self) -> None:
        self.put(self.tasks + "bread.ics", world.task("bread@test", "Bake bread", "PRIORITY:1\r\n"))
        self.put(self.tasks + "stays.ics", world.task("stays@test", "Stays"))  # vdirsyncer empties no collection
        self.pair.sync()
        line = next(line for line in self.todoman("list").splitlines() if "Bake bread" in line)
        self.todoman("delete", "--yes", re.search(r"\d+", line).group())
        self.pair.sync()
        self.assertEqual(set(self.on_server(self.tasks)), {self.tasks + "stays.ics"})
