#!/usr/bin/env python3
"""Who may include whom: reads the rooms and their USES from src/*/CMakeLists.txt and every #include below src/.

A file may include headers of its own room, of `base`, of the rooms its room uses, and of what these use. A header
that ends in _private.hpp stays in its room. Libraries from outside are seen by the rooms that wrap them only.
Prints each offence and exits with 1 if there is one.
"""

import pathlib
import re
import sys

ROOM = re.compile(r"kalends_room\((\w+)(.*?)\)", re.DOTALL)
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
KEYWORDS = {"USES", "LINKS", "SOURCES"}

# Header (its beginning) and where it may be included: rooms, or single files with a reason beside them.
OUTSIDE = {
    "boost/beast": {"http"},
    "boost/asio": {"http"},
    "pqxx/": {"store"},
    "libpq-fe.h": {"store", "cli/doctor.cpp"},  # doctor looks at a server that store refuses to use
    "libxml/": {"xml"},
    "libical/": {"ical"},
    "boost/json": {"json"},
    "curl/": {"fetch"},
    "ldap.h": {"directory"},
    "openldap.h": {"directory"},
    "toml++/": {"base/config.cpp"},
    "systemd/": {"cli/service_manager.cpp"},
    "crypt.h": {"auth", "directory"},
    "unicode/": {"letters"},
    "gmime/": {"mail"},
    "idn2.h": {"mail"},
    "libpsl.h": {"mail"},
    "kainjow/": {"letters"},
}
# Where all rooms meet.
TOP = {"app", "cli"}


def rooms(src):
    """Room -> the rooms that it uses, as CMake has it."""
    uses = {}
    for path in sorted(src.glob("*/CMakeLists.txt")):
        for name, rest in ROOM.findall(path.read_text(encoding="utf-8")):
            section, found = None, set()
            for word in re.sub(r"#.*", "", rest).split():
                if word in KEYWORDS:
                    section = word
                elif section == "USES":
                    found.add(word)
            uses[name] = found
    return uses


def reachable(room, uses):
    """All rooms that a file of `room` may include."""
    seen, waiting = {room, "base"}, [room]
    while waiting:
        for next_room in uses.get(waiting.pop(), ()):
            if next_room not in seen:
                seen.add(next_room)
                waiting.append(next_room)
    return seen


def circles(uses):
    for room in uses:
        for used in uses[room]:
            if room in reachable(used, uses):
                yield f"{room} and {used} use each other"


def offences_of_file(path, src, uses):
    relative = path.relative_to(src).as_posix()
    room = relative.split("/", 1)[0]
    allowed = set(uses) if room in TOP else reachable(room, uses)
    for ours, outside in INCLUDE.findall(path.read_text(encoding="utf-8")):
        if ours:
            target = ours.split("/", 1)[0]
            if "/" not in ours:
                yield f"{relative}: \"{ours}\" must be written from src/: \"{room}/{ours}\""
            elif not (src / ours).exists():
                yield f"{relative}: there is no {ours}"
            elif target not in allowed and target != room:
                yield f"{relative}: room {room} may not include {ours}: it does not use {target}"
            elif ours.endswith("_private.hpp") and target != room:
                yield f"{relative}: {ours} is for room {target} only"
        for beginning, places in OUTSIDE.items():
            if outside.startswith(beginning) and room not in places and relative not in places:
                yield f"{relative}: <{outside}> is for {', '.join(sorted(places))} only"


def unlisted(src):
    """Sources that no CMakeLists.txt of their room names are compiled by nobody."""
    for path in sorted(src.glob("*/**/*.cpp")):
        room = src / path.relative_to(src).parts[0]
        lists = room / "CMakeLists.txt"
        if not lists.exists() or path.relative_to(room).as_posix() not in lists.read_text(encoding="utf-8"):
            yield f"{path.relative_to(src).as_posix()}: not in {room.name}/CMakeLists.txt"


def offences(src):
    uses = rooms(src)
    yield from circles(uses)
    yield from unlisted(src)
    for path in sorted(src.rglob("*")):
        if path.suffix in {".hpp", ".cpp"}:
            yield from offences_of_file(path, src, uses)


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    found = list(offences(root / "src"))
    for offence in found:
        print(offence)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
