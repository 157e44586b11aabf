#!/usr/bin/env python3
"""Breaks the recurrence engine in small ways and expects the tests to notice each.

usage: mutate_recurrence.py [--number 40] [--seed N] [--list] [FILE ...]

A mutant changes one place in one file (default: recurrence.cpp, year_days.cpp): a comparison, a bound, a condition, a
sign. It is built in a scratch directory, without sanitizers, with the tests of rules, RFC 5545's examples, instances and
digests; what these let pass is compared with python-dateutil. Survivors are listed; some change nothing that can be seen
(a bound that is tested twice): say so where they are judged. The exit status is 1 if there are any.
"""
import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENGINE = ["budget", "digest", "digest_text", "freebusy", "instances", "observances", "recurrence", "rule", "series",
          "series_walk", "time", "tzdata", "tzif", "vtimezone", "windows_zones", "year_days", "zone", "lines", "line_text"]
BASE = ["content_line", "text"]
TESTS = ["rule_test", "rfc5545_examples_test", "instances_test", "digest_test"]
FLAGS = ["g++", "-std=c++20", "-O0", "-I", str(ROOT / "src"), "-I", str(ROOT / "tests")]

# (what is looked for, what it becomes); each match is one possible mutant
MUTATIONS = [
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" == ", " != "), (r" != ", " == "),
    (r" && ", " || "), (r" \|\| ", " && "), (r" \+ 1\b", ""), (r" - 1\b", ""), (r" \+ 1\b", " + 2"), (r"std::max\b", "std::min"),
    (r"std::min\b", "std::max"), (r"\b7\b", "6"), (r"\b12\b", "11"), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r" % ", " / "), (r" \+ (?=[a-z_(])", " - "), (r" - (?=[a-z_(])", " + "), (r"\bif \(", "if (false && "), (r"!(?=[a-z])", ""),
    (r"--remaining_", "remaining_"), (r"\bcontinue;", "break;"), (r" 0\b", " 1"),
]
# What cannot be told apart by results: what things cost, and what only speeds up.
SKIPPED = re.compile(r"^\s*(//|#|\*|constexpr std::uint64_t steps|budget_|static_assert|template)|unlimited|steps_per|<<|NOLINT")


def places(path):
    lines = path.read_text().split("\n")
    for number, line in enumerate(lines):
        code = line.split("//")[0]
        if SKIPPED.search(line):
            continue
        for pattern, replacement in MUTATIONS:
            for match in re.finditer(pattern, code):
                changed = line[:match.start()] + match.expand(replacement) + line[match.end():]
                yield path, number, line, changed


def run(command, seconds, **options):
    try:
        return subprocess.run(command, timeout=seconds, capture_output=True, text=True, **options).returncode
    except subprocess.TimeoutExpired:
        return -1


def build(scratch, objects):
    for source, name in objects:
        if run(FLAGS + ["-c", str(source), "-o", str(scratch / (name + ".o"))], 300) != 0:
            sys.exit(f"cannot compile {source}")


def link(scratch, program, names, changed):
    objects = [str(scratch / ("mutant.o" if name == changed else name + ".o")) for name in names]
    return run(["g++", "-o", str(scratch / program)] + objects + ["-lpthread"], 120)


def judge(scratch, path, lines):
    """Why the mutant is dead; None if it lives."""
    mutant = scratch / "mutant.cpp"
    mutant.write_text("\n".join(lines))
    if run(FLAGS + ["-c", str(mutant), "-o", str(scratch / "mutant.o")], 300) != 0:
        return "does not compile"
    engine = ENGINE + BASE
    if link(scratch, "test", engine + TESTS + ["doctest_main"], path.stem) != 0:
        return "does not link"
    environment = dict(os.environ, KALENDS_SEED="4711")
    if run([str(scratch / "test")], 60, env=environment) != 0:
        return "tests"
    link(scratch, "print", engine + ["print_occurrences"], path.stem)
    compare = ROOT / "tests/tools/compare_recurrence.py"
    if run([sys.executable, str(compare), str(scratch / "print")], 90, env=environment) != 0:
        return "dateutil"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--list", action="store_true", help="say what each mutant is")
    parser.add_argument("files", nargs="*", default=["recurrence.cpp", "year_days.cpp"])
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)

    every = [place for name in options.files for place in places(ROOT / "src/ical" / name)]
    chosen = random.Random(options.seed).sample(every, min(options.number, len(every)))
    dead, survivors, invalid = {}, [], 0
    with tempfile.TemporaryDirectory() as directory:
        scratch = pathlib.Path(directory)
        build(scratch, [(ROOT / f"src/ical/{name}.cpp", name) for name in ENGINE] +
              [(ROOT / f"src/base/{name}.cpp", name) for name in BASE] +
              [(ROOT / "tests/support/doctest_main.cpp", "doctest_main")] +
              [(ROOT / f"tests/unit/ical_time/{name}.cpp", name) for name in TESTS + ["print_occurrences"]])
        if link(scratch, "test", ENGINE + BASE + TESTS + ["doctest_main"], None) != 0:
            sys.exit("the engine does not link as it is: ENGINE and BASE lack a file")
        for path, number, line, changed in chosen:
            lines = path.read_text().split("\n")
            lines[number] = changed
            reason = judge(scratch, path, lines)
            if options.list or reason is None:
                print(f"{'SURVIVES' if reason is None else reason}: {path.name}:{number + 1}\n"
                      f"  - {line.strip()}\n  + {changed.strip()}", flush=True)
            if reason is None:
                survivors.append((path, number))
            elif reason.startswith("does not"):
                invalid += 1
            else:
                dead[reason] = dead.get(reason, 0) + 1
    killed = sum(dead.values())
    print(f"{len(chosen)} mutants of {len(every)}: {killed} killed {dead}, {invalid} do not build, {len(survivors)} survive")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
