#!/usr/bin/env python3
"""Runs clang-tidy on what changed since the last landing; on everything when .clang-tidy changed.

tidy.py BUILD_DIR [BASE]: BUILD_DIR has compile_commands.json; BASE is the commit to compare with. Without it, the
branch that this one will be merged into (origin/main), or else what was there half a day before the last commit.
A changed header is looked at through the sources that include it, after all that changed themselves. Two files at a
time for two processors. What can't be reached before the time limit is named; a changed file among it is a failure.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIDY = "clang-tidy-14"
TIME_LIMIT = 30 * 60  # seconds; the whole of .ci/run has 75 minutes
LANDING = 12 * 3600  # seconds that lie between one landing and the next


def git(*arguments):
    answer = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else ""


def base_commit():
    """The commit that the change began from; empty: everything is new."""
    merge_base = git("merge-base", "origin/main", "HEAD")
    if merge_base and merge_base != git("rev-parse", "HEAD"):
        return merge_base
    last = git("show", "-s", "--format=%ct", "HEAD")
    return git("rev-list", "-1", f"--before={int(last) - LANDING}", "HEAD") if last else ""


def changed_files(base):
    return set(git("diff", "--name-only", "--diff-filter=d", base, "HEAD").splitlines())


def including(headers, sources):
    """Sources that include one of the headers themselves."""
    names = {header.removeprefix("src/") for header in headers}
    for source in sources:
        text = (ROOT / source).read_text(encoding="utf-8", errors="replace")
        if names.intersection(re.findall(r'#include "([^"]+)"', text)):
            yield source


def sources_of(build):
    """Ours among the compiled files: no generated ones, and no tests, whose macros expand to what nobody wrote."""
    with open(build / "compile_commands.json", encoding="utf-8") as commands:
        files = {pathlib.Path(entry["file"]).resolve() for entry in json.load(commands)}
    ours = (path.relative_to(ROOT).as_posix() for path in files if path.is_relative_to(ROOT / "src"))
    return sorted(ours)


def selected(build, base):
    """Sources that changed, and those that include a header that did."""
    sources = sources_of(build)
    changed = changed_files(base) if base else None
    if changed is None or ".clang-tidy" in changed:
        return sources, []
    headers = {path for path in changed if path.startswith("src/") and path.endswith(".hpp")}
    first = [path for path in sources if path in changed]
    return first, sorted(set(including(headers, sources)) - set(first))


def tidy(build, source):
    command = ["nice", TIDY, "-p", str(build), "--quiet", source]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return answer.returncode == 0, answer.stdout


def main():
    build = ROOT / sys.argv[1]
    changed, touched = selected(build, sys.argv[2] if len(sys.argv) > 2 else base_commit())
    end = time.monotonic() + TIME_LIMIT

    def look_at(source):
        if time.monotonic() < end:
            return tidy(build, source)
        return source in touched, f"{source}: no time was left for it\n"

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for well, output in pool.map(look_at, changed + touched):
            failed += not well
            sys.stdout.write(output)
            sys.stdout.flush()
    print(f"clang-tidy: {len(changed)} changed files and {len(touched)} that include changed headers, "
          f"{failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
