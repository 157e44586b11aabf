#!/usr/bin/env python3
"""Compares our time zones with Python's zoneinfo: offsets, local times around every change, and VTIMEZONEs.

usage: compare_zones.py PRINT_ZONES

KALENDS_SEED repeats a run; each run prints its seed.
"""
import os
import random
import subprocess
import sys
import zoneinfo
from datetime import datetime, timedelta, timezone

FIRST = int(datetime(1970, 1, 1, tzinfo=timezone.utc).timestamp())
LAST = int(datetime(2038, 1, 1, tzinfo=timezone.utc).timestamp())
ALWAYS = ["Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "Africa/Casablanca",
          "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Asia/Tehran", "America/St_Johns", "Antarctica/Troll",
          "America/Nuuk", "Africa/Cairo", "Asia/Gaza", "Pacific/Chatham", "Etc/GMT+5", "EST5EDT", "Asia/Pyongyang"]
EPOCH = datetime(1970, 1, 1)


def offset(zone, moment):
    return int(datetime.fromtimestamp(moment, zone).utcoffset().total_seconds())


def moment_of(zone, local):
    """RFC 5545 3.3.5 is what fold=0 means."""
    naive = EPOCH + timedelta(seconds=local)
    return local - int(naive.replace(tzinfo=zone, fold=0).utcoffset().total_seconds())


def changes(zone):
    """(moment, offset before, offset after) from FIRST to LAST."""
    found, before, step = [], offset(zone, FIRST), 6 * 3600
    for at in range(FIRST, LAST, step):
        after = offset(zone, at + step)
        if after == before:
            continue
        low, high = at, at + step
        while high - low > 1:
            middle = (low + high) // 2
            if offset(zone, middle) == before:
                low = middle
            else:
                high = middle
        found.append((high, before, after))
        before = after
    return found


def offset_text(seconds):
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    text = f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}"
    return text + (f"{seconds % 60:02}" if seconds % 60 else "")


def vtimezone(zone, found):
    """Each change by itself, in no order, as a STANDARD with a DTSTART."""
    before = offset(zone, FIRST)
    observances = [(FIRST, before, before)] + found
    random.shuffle(observances)
    lines = ["BEGIN:VTIMEZONE", "TZID:x"]
    for at, old, new in observances:
        start = EPOCH + timedelta(seconds=at + old)
        lines += ["BEGIN:STANDARD", f"DTSTART:{start:%Y%m%dT%H%M%S}", f"TZOFFSETFROM:{offset_text(old)}",
                  f"TZOFFSETTO:{offset_text(new)}", "END:STANDARD"]
    return "|".join(lines + ["END:VTIMEZONE"]) + "|"


def questions(r, name):
    """(question, answer)"""
    zone = zoneinfo.ZoneInfo(name)
    found = changes(zone)
    moments = [r.randrange(-2**31, 2**33) for _ in range(60)]
    for at, _, _ in found:
        moments += [at - 1, at, at + 1]
    yield f"U {name} {' '.join(map(str, moments))}", " ".join(str(offset(zone, m)) for m in moments)
    local = [r.randrange(FIRST, 2**32) for _ in range(60)]
    for at, before, after in found:
        low, high = sorted((at + before, at + after))
        local += [low - 1, low, (low + high) // 2, high - 1, high]
    yield f"L {name} {' '.join(map(str, local))}", " ".join(str(moment_of(zone, x)) for x in local)
    yield f"V {name} {FIRST} {LAST} {vtimezone(zone, found)}", "1"
    if found:  # without one of its changes it is another zone
        yield f"V {name} {FIRST} {LAST} {vtimezone(zone, found[:-1])}", "0"


def main():
    seed = int(os.environ.get("KALENDS_SEED") or random.SystemRandom().randrange(10**9))
    print(f"KALENDS_SEED={seed}", flush=True)
    random.seed(seed)
    r = random.Random(seed)
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("SystemV"))
    asked = [question for name in ALWAYS + r.sample(names, 25) for question in questions(r, name)]
    output = subprocess.run([sys.argv[1]], input="".join(q + "\n" for q, _ in asked), capture_output=True, text=True,
                            check=True)
    wrong = 0
    for (question, want), got in zip(asked, output.stdout.split("\n")):
        if got.strip() == want:
            continue
        wrong += 1
        kind, name, *times = question.split(" ")
        pairs = [p for p in zip(times, want.split(), got.split()) if p[1] != p[2]] if kind != "V" else got
        print(f"DIFFERENT {kind} {name} (asked, zoneinfo, ours): {pairs[:5]}")
    print(f"{len(asked)} questions about {len(asked) // 4} zones, {wrong} answered differently")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
