"""Runs the tests of this folder against a stage; started by `run`, with the Python that has the clients."""

from __future__ import annotations

import argparse
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
import stage as stages  # noqa: E402
import world  # noqa: E402

MODULES = ["test_python_caldav", "test_vdirsyncer", "test_khal_todoman", "test_sharing", "test_evolution",
           "test_thunderbird"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stage")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    loader = unittest.defaultTestLoader
    if options.names:
        loader.testNamePatterns = [f"*{name}*" for name in options.names]
    with stages.stage(options.stage) as server:
        world.server = server
        suite = loader.loadTestsFromNames(MODULES)
        result = unittest.TextTestRunner(verbosity=2 if options.verbose else 1).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed, {len(result.skipped)} skipped")
    return 0 if failed == 0 and not result.skipped and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
