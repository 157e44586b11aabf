"""Thunderbird: its calendar and its address book."""

from __future__ import annotations

import desktop
import world
from thunderbird import Thunderbird


class ThunderbirdTest(desktop.Scenarios, desktop.Desktop):
    def start(self, account: world.Account) -> Thunderbird:
        return Thunderbird(self, account)
