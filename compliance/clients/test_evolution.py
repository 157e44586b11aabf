"""Evolution, by Evolution Data Server, with a collection account."""

from __future__ import annotations

import desktop
import world
from evolution import Evolution


class EvolutionTest(desktop.Scenarios, desktop.Desktop):
    def start(self, account: world.Account) -> Evolution:
        return Evolution(self, account)

    def test_finds_which_calendars_take_events_tasks_and_journal_entries(self) -> None:
        program = self.start(self.account)
        expected = {"Calendar": {"Calendar"}, "Task List": {"Calendar", "Tasks"}, "Memo List": {"Calendar"}}
        for kind, names in expected.items():
            self.until(program, names, lambda kind=kind: program.named(kind))
