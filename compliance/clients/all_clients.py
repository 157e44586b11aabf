"""Runs the tests of this folder against a stage; started by `run`, with the Python that has the clients."""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
import slapd  # noqa: E402
import stage as stages  # noqa: E402
import world  # noqa: E402

MODULES = ["test_python_caldav", "test_vdirsyncer", "test_khal_todoman", "test_sharing", "test_scheduling", "test_evolution",
           "test_thunderbird"]
WITH_DIRECTORY = ["test_directory"]


@contextlib.contextmanager
def stage_with_directory():
    """A stage of our own, whose people are also in a directory."""
    with slapd.directory() as people, tempfile.NamedTemporaryFile("w", suffix=".toml") as settings:
        settings.write(people.settings())
        settings.flush()
        world.people = people
        with stages.stage(settings=pathlib.Path(settings.name)) as server:
            yield server


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stage")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    loader = unittest.defaultTestLoader
    if options.names:
        loader.testNamePatterns = [f"*{name}*" for name in options.names]
    modules = MODULES if options.stage else MODULES + WITH_DIRECTORY
    with stages.stage(options.stage) if options.stage else stage_with_directory() as server:
        world.server = server
        suite = loader.loadTestsFromNames(modules)
        result = unittest.TextTestRunner(verbosity=2 if options.verbose else 1).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed, {len(result.skipped)} skipped")
    return 0 if failed == 0 and not result.skipped and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
