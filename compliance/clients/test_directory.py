"""Evolution and Thunderbird again, with accounts that are in the company's directory and nowhere else.

Nobody makes them here: the first login does.
"""

from __future__ import annotations

import test_evolution
import test_thunderbird
import world


class EvolutionWithDirectoryTest(test_evolution.EvolutionTest):
    new_account = staticmethod(world.directory_account)


class ThunderbirdWithDirectoryTest(test_thunderbird.ThunderbirdTest):
    new_account = staticmethod(world.directory_account)
