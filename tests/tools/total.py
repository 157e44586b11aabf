#!/usr/bin/env python3
"""Sums up the log of `ctest --verbose`: test cases over all doctest programs, programs of other kinds as one each.

Shows the output of what failed, then `N passed, N failed, N skipped` as the last line. A program that ends badly
without having counted a failure (a crash, a time-out, a leak) is a failure. Exit status 1 if there is one.
"""

import re
import sys

COUNTS = re.compile(r"\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed \|\s*(\d+) skipped")
LINE = re.compile(r"^(\d+): (.*)$")
PASSED, SKIPPED = "Passed", "***Skipped"
RESULT = re.compile(r"^\s*\d+/\d+ Test\s+#(\d+): (\S+) \.*\s*(.*?)\s+[\d.]+ sec")


def without_colours(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def read(log):
    """Output lines and (name, result) by the number of the test."""
    output, results = {}, {}
    for line in map(without_colours, log):
        if match := LINE.match(line.rstrip("\n")):
            output.setdefault(int(match[1]), []).append(match[2])
        elif match := RESULT.match(line):
            results[int(match[1])] = (match[2], match[3])
    return output, results


def count(lines, result):
    """Passed, failed, skipped of one program."""
    if result == SKIPPED:
        return [0, 0, 1]
    well = result == PASSED
    counts = [COUNTS.search(line) for line in lines]
    sums = [sum(int(match[i]) for match in counts if match) for i in (1, 2, 3)]
    if not any(counts):
        return [int(well), int(not well), 0]
    if not well and sums[1] == 0:
        sums[1] = 1
    return sums


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        text = log.readlines()
    output, results = read(text)
    if not results:
        sys.stdout.writelines(text)
        print("0 passed, 1 failed, 0 skipped")
        return 1
    total = [0, 0, 0]
    for number, (name, result) in sorted(results.items()):
        lines = output.get(number, [])
        for i, value in enumerate(count(lines, result)):
            total[i] += value
        if result != PASSED:
            print(f"--- {name}: {result}")
            print("\n".join(lines[-300:]))
        else:
            print(f"{name}: {result}")
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
