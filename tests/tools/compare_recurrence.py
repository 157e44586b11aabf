#!/usr/bin/env python3
"""Compares our recurrence engine with python-dateutil on random rules.

usage: compare_recurrence.py PRINT_OCCURRENCES [NUMBER]

KALENDS_SEED repeats a run; each run prints its seed. Left out or translated is what dateutil is known to do
differently: BYDAY with and without numbers mixed (it takes both as conditions), BYWEEKNO without a weekday (it takes
all seven days, RFC 5545 3.3.10 that of DTSTART), the weeks 52, 53 and -50 to -53 (it miscounts
those of the years before and after; Python's isocalendar() is the judge of them), BYSETPOS in a
week that begins before DTSTART (it counts from DTSTART). Rules that it needs too long for are skipped.
"""
import os
import random
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import islice

from dateutil import rrule

FREQUENCIES = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
MOST = 40


class TooSlow(Exception):
    pass


def too_slow(_signal, _frame):
    raise TooSlow


def some(random_, numbers, most):
    numbers = list(numbers)
    return sorted(random_.sample(numbers, random_.randint(1, min(most, len(numbers)))))


def maybe(random_, probability):
    return random_.random() < probability


def random_start(r):
    start = datetime(1900, 1, 1) + timedelta(days=r.randrange(365 * 135), seconds=r.randrange(86400))
    if maybe(r, 0.15):  # the days on which month and year arithmetic goes wrong
        start = r.choice([datetime(2000, 2, 29, 9), datetime(2024, 1, 31, 23, 59, 59), datetime(2023, 12, 31),
                          datetime(2096, 2, 29, 8), datetime(2020, 12, 28, 10), datetime(2021, 1, 1, 0, 0, 1)])
    return start


def signed(r, most, n, negative=0.3):
    return sorted({x if not maybe(r, negative) else -x for x in some(r, range(1, most + 1), n)})


def random_parts(r, start):
    """The parts of a rule; and the start, which some rules need elsewhere."""
    freq = r.choice(FREQUENCIES)
    parts = {"FREQ": freq}
    subdaily = FREQUENCIES.index(freq) > 3
    rare = 0.4 if subdaily else 1  # dateutil walks from unit to unit, and a thin rule takes it for ever
    if maybe(r, 0.5):
        parts["INTERVAL"] = r.choice([2, 3, 4, 5, 7, 10, 12, 24, 25, 60, 90, 1000] if subdaily else [2, 3, 4, 5, 7, 13])
    if maybe(r, rare * 0.35):
        parts["BYMONTH"] = some(r, range(1, 13), 5)
    if freq == "YEARLY" and maybe(r, 0.25):
        parts["BYWEEKNO"] = some(r, [x for x in range(-49, 52) if x], 6)
    if freq in ("YEARLY", "HOURLY", "MINUTELY", "SECONDLY") and maybe(r, rare * 0.2):
        parts["BYYEARDAY"] = some(r, [x for x in range(-366, 367) if x], 40)
    if freq != "WEEKLY" and maybe(r, rare * 0.3):
        parts["BYMONTHDAY"] = signed(r, 31, 8)
    if maybe(r, 0.5):
        if freq in ("YEARLY", "MONTHLY") and "BYWEEKNO" not in parts and maybe(r, 0.6):
            top = 53 if freq == "YEARLY" and "BYMONTH" not in parts else 5
            parts["BYDAY"] = sorted({f"{r.choice([1, 1, -1]) * r.randint(1, r.choice([4, top]))}{r.choice(WEEKDAYS)}"
                                     for _ in range(r.randint(1, 4))})
        else:
            parts["BYDAY"] = some(r, WEEKDAYS, 4)
    if maybe(r, 0.25):
        parts["BYHOUR"] = some(r, range(24), 4)
    if maybe(r, 0.25):
        parts["BYMINUTE"] = some(r, range(60), 4)
    if maybe(r, 0.2):
        parts["BYSECOND"] = some(r, range(60), 4)
    if maybe(r, 0.3):
        parts["WKST"] = r.choice(WEEKDAYS)
    if maybe(r, 0.25):
        parts["BYSETPOS"] = signed(r, r.choice([2, 5, 20, 366]), 3, 0.5)
        if freq == "WEEKLY":
            first = WEEKDAYS.index(parts.get("WKST", "MO"))
            start -= timedelta(days=(start.weekday() - first) % 7)
    if maybe(r, 0.25):
        parts["COUNT"] = r.choice([1, 2, 5, 17, 33])
    elif maybe(r, 0.3):
        span = {"YEARLY": 9000, "MONTHLY": 900, "WEEKLY": 200, "DAILY": 60}.get(freq, 20)
        parts["UNTIL"] = start + timedelta(days=r.randrange(span), seconds=r.randrange(-3600, 3600))
    return parts, start


def text_of(parts, r):
    def value(v):
        if isinstance(v, list):
            return ",".join(str(x) for x in v)
        return v.strftime("%Y%m%dT%H%M%S") if isinstance(v, datetime) else str(v)

    names = list(parts)
    r.shuffle(names)
    return ";".join(f"{name}={value(parts[name])}" for name in names)


def dateutil_rule(parts, start):
    def weekday(text):
        day = getattr(rrule, text[-2:])
        return day(int(text[:-2])) if len(text) > 2 else day

    arguments = {"dtstart": start, "interval": parts.get("INTERVAL", 1)}
    for ours, theirs in [("COUNT", "count"), ("UNTIL", "until"), ("BYMONTH", "bymonth"), ("BYWEEKNO", "byweekno"),
                         ("BYYEARDAY", "byyearday"), ("BYMONTHDAY", "bymonthday"), ("BYHOUR", "byhour"),
                         ("BYMINUTE", "byminute"), ("BYSECOND", "bysecond"), ("BYSETPOS", "bysetpos")]:
        if ours in parts:
            arguments[theirs] = parts[ours]
    if "WKST" in parts:
        arguments["wkst"] = getattr(rrule, parts["WKST"])
    if "BYDAY" in parts:
        arguments["byweekday"] = [weekday(x) for x in parts["BYDAY"]]
    elif "BYWEEKNO" in parts and "BYYEARDAY" not in parts and "BYMONTHDAY" not in parts:
        arguments["byweekday"] = [start.weekday()]
    return rrule.rrule(getattr(rrule, parts["FREQ"]), **arguments)


def by_dateutil(parts, start, skip):
    try:
        rule = dateutil_rule(parts, start)
        found = (x for x in rule if skip is None or x >= skip)
        return list(islice(found, MOST))
    except ValueError as error:
        # "Invalid combination" also where it looks for the next matching time in vain: nothing will come
        if "empty set" in str(error) or "Invalid combination" in str(error):
            return []
        raise


def expected(parts, start, skip):
    """The occurrences by dateutil; None if it takes too long."""
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        try:
            return by_dateutil(parts, start, skip)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except TooSlow:  # the alarm may also ring while it is being switched off
        return None


def week_cases(r, number):
    """BYWEEKNO with every number, judged by Python's isocalendar() day by day: (input line, occurrences)."""
    for _ in range(number):
        start = datetime(r.randrange(1970, 2090), r.randrange(1, 13), r.randrange(1, 29), 9)
        weeks = some(r, [x for x in range(-53, 54) if x] + [52, 53, -52, -53, 1, -1] * 9, 4)
        days = some(r, range(7), 3)
        want = []
        for offset in range(365 * 12):
            day = start + timedelta(days=offset)
            year, week, weekday = day.isocalendar()
            last = datetime(year, 12, 28).isocalendar()[1]
            if weekday - 1 in days and (week in weeks or week - last - 1 in weeks):
                want.append(day)
        names = ",".join(WEEKDAYS[d] for d in days)
        numbers = ",".join(str(w) for w in weeks)
        until = start + timedelta(days=365 * 12 - 1)
        yield f"{start:%Y%m%dT%H%M%S} FREQ=YEARLY;BYWEEKNO={numbers};BYDAY={names};UNTIL={until:%Y%m%d} - 9999", want


def main():
    program = sys.argv[1]
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 1200
    seed = int(os.environ.get("KALENDS_SEED") or random.SystemRandom().randrange(10**9))
    print(f"KALENDS_SEED={seed}", flush=True)
    signal.signal(signal.SIGALRM, too_slow)
    r = random.Random(seed)

    cases, lines, slow = [], [], 0
    for _ in range(number):
        parts, start = random_parts(r, random_start(r))
        text = text_of(parts, r)
        skip = None
        if maybe(r, 0.4):
            skip = start + timedelta(seconds=r.randrange(-10, {"YEARLY": 400000000, "MONTHLY": 40000000,
                                                               "WEEKLY": 9000000}.get(parts["FREQ"], 300000)))
        want = expected(parts, start, skip)
        if want is None:
            slow += 1
            continue
        cases.append(want)
        lines.append(f"{start:%Y%m%dT%H%M%S} {text} {skip.strftime('%Y%m%dT%H%M%S') if skip else '-'} {MOST}")

    for line, want in week_cases(r, 60):
        cases.append(want)
        lines.append(line)
    output = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    answers = output.stdout.split("\n")
    wrong = 0
    for line, want, got in zip(lines, cases, answers):
        want = ",".join(x.strftime("%Y%m%dT%H%M%S") for x in want)
        if want != got:
            wrong += 1
            if wrong <= 10:
                print(f"DIFFERENT {line}\n  dateutil {want[:400]}\n  ours     {got[:400]}")
    print(f"{len(cases)} rules compared, {sum(1 for c in cases if c)} with occurrences, {slow} too slow for dateutil, "
          f"{wrong} different")
    return 1 if wrong or len(cases) < number // 2 else 0


if __name__ == "__main__":
    sys.exit(main())
