#!/usr/bin/env python3
"""compliance/corpus/run.py [--stage DIR] [FILE...]

Gives every calendar and contact file of ../shared/corpus to a server, twice over: by PUT into a scratch collection, and
by `kalends import`. What must hold:

  - no crash, no hang (20 s), no 5xx;
  - what is accepted comes back byte for byte from GET, shows up in a listing, and can be queried and expanded; where
    scheduling writes what it has to say beside ORGANIZER (RFC 6638 7.1, 7.3: an invitation that does not name its
    owner), nothing else differs, and PUT answers without an ETag (RFC 4791 5.3.4);
  - what is refused names a precondition (RFC 4791 5.3.2.1, RFC 6352 6.3.2.1) and says a sentence;
  - every refusal is explained by a row of refusals.toml, and every row explains one;
  - what PUT accepts, import accepts too; a second import of it changes nothing.

The table of refusals is written to build/compliance/corpus-refusals.tsv.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import pathlib
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import dav  # noqa: E402
import stage as stages  # noqa: E402

USER = "user01"
IMPORT_SECONDS = 20
WORKERS = 3

QUERY = """<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/>
<C:calendar-data><C:expand start="20200101T000000Z" end="20200201T000000Z"/></C:calendar-data></D:prop><C:filter>
<C:comp-filter name="VCALENDAR"><C:comp-filter name="%s"><C:time-range start="20200101T000000Z" end="20200201T000000Z"/>
</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"""
FREE_BUSY = """<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">
<C:time-range start="20200101T000000Z" end="20200201T000000Z"/></C:free-busy-query>"""
CARD_QUERY = """<C:addressbook-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><D:prop><D:getetag/>
<C:address-data content-type="text/vcard" version="3.0"/></D:prop><C:filter><C:prop-filter name="FN">
<C:text-match>a</C:text-match></C:prop-filter></C:filter></C:addressbook-query>"""


@dataclasses.dataclass(frozen=True)
class Kind:
    """What differs between calendars and address books."""

    media_type: str
    namespace: str
    scratch: str
    make: tuple[str, str]
    queries: tuple[str, ...]


KINDS = {
    ".ics": Kind("text/calendar; charset=utf-8", dav.CALDAV, f"/dav/calendars/{USER}/corpus/", ("MKCALENDAR", ""),
                 (QUERY % "VEVENT", QUERY % "VTODO", FREE_BUSY)),
    ".vcf": Kind("text/vcard; charset=utf-8", dav.CARDDAV, f"/dav/addressbooks/{USER}/corpus-cards/", ("MKCOL", """
<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><D:set><D:prop><D:resourcetype><D:collection/>
<C:addressbook/></D:resourcetype></D:prop></D:set></D:mkcol>"""), (CARD_QUERY,)),
}


@dataclasses.dataclass
class Result:
    """What became of one file."""

    name: str
    outcome: str = "accepted"  # accepted, refused, broken
    precondition: str = ""
    sentence: str = ""
    problems: list[str] = dataclasses.field(default_factory=list)
    imported: str = ""


def put(client: dav.Client, kind: Kind, path: pathlib.Path, result: Result) -> None:
    """PUT, and what follows from the answer. The object is gone afterwards: the next file may have its UID."""
    body = path.read_bytes()
    href = f"{kind.scratch}object{path.suffix}"
    try:
        answer = client("PUT", href, body, kind.media_type, If_None_Match="*")
        if answer.status == 201:
            check_accepted(client, kind, href, body, answer.etag, result)
            deleted = client("DELETE", href)
            if deleted.status != 204:
                result.problems.append(f"DELETE answers {deleted.status}")
        else:
            check_refused(kind, answer, result)
    except (OSError, dav.http.client.HTTPException) as error:
        client.close()
        result.problems.append(f"no answer: {error!r}")
    if result.problems:
        result.outcome = "broken"


def check_accepted(client: dav.Client, kind: Kind, href: str, body: bytes, etag: str | None, result: Result) -> None:
    got = client("GET", href)
    if got.status != 200:
        result.problems.append(f"GET answers {got.status}")
    elif etag is None and without_scheduling(got.body) != without_scheduling(body):
        result.problems.append("GET gives other data than were stored")
    elif etag is not None and (got.body != body or got.etag != etag):
        result.problems.append("GET gives other bytes than were stored, or another ETag")
    elif etag is None and got.body == body:
        result.problems.append("PUT does not give the ETag of what is stored as it was sent")
    listed = client.members(kind.scratch)
    if list(listed) != [href] or listed[href] != got.etag:
        result.problems.append(f"the listing is {listed}, the ETag {got.etag}")
    for query in kind.queries:
        answer = client("REPORT", kind.scratch, query, "application/xml", Depth="1")
        # Refused with a reason is good enough: some files hold more instances than a query may expand.
        if answer.status >= 500 or (answer.status >= 400 and not answer.precondition()):
            result.problems.append(f"a query answers {answer.status} {answer.sentence()}")
        elif answer.status == 207:
            check_well_formed(answer, result)


def without_scheduling(data: bytes) -> list[str]:
    """The content lines, ORGANIZER without what scheduling writes into it, and without quotes that nothing needs."""
    lines = [line for line in unfolded(data).split("\n") if line]
    return [re.sub(r';SCHEDULE-(AGENT=NONE|STATUS=5\.3)(?=[;:])|(?<==)"([^",;:]*)"', r"\2", line)
            if line.startswith("ORGANIZER") else line for line in lines]


def check_well_formed(answer: dav.Answer, result: Result) -> None:
    try:
        answer.xml()
    except dav.ElementTree.ParseError as error:
        result.problems.append(f"a query answers with broken XML: {error}")


def check_refused(kind: Kind, answer: dav.Answer, result: Result) -> None:
    result.outcome = "refused"
    result.precondition = (answer.precondition() or "").replace(dav.CALDAV, "CALDAV:").replace(dav.CARDDAV, "CARDDAV:")
    result.sentence = answer.sentence()
    if answer.status >= 500:
        result.problems.append(f"PUT answers {answer.status}")
    elif not (answer.precondition() or "").startswith(kind.namespace):
        result.problems.append(f"PUT answers {answer.status} without a precondition")
    elif not result.sentence:
        result.problems.append("the refusal says no sentence")


def import_twice(server: stages.Stage, path: pathlib.Path, worker: int, result: Result) -> None:
    """One command that is given the file twice: the second time must find everything as it is.

    Files share UIDs, so each worker has collections of its own."""
    to = f"import-{worker}" if path.suffix == ".ics" else f"import-cards-{worker}"
    command = [server.binary, "import", USER, path, path, "--to", to, "--quiet", "--config", server.config]
    try:
        run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=IMPORT_SECONDS,
                             stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        result.problems.append(f"import took more than {IMPORT_SECONDS} s")
        return
    counts = [list(map(int, found)) for found in
              re.findall(r": (\d+) new, (\d+) replaced, (\d+) unchanged, (\d+) skipped$", run.stdout, re.MULTILINE)]
    if run.returncode not in (0, 1):
        result.problems.append(f"import ended with {run.returncode}: {run.stderr[-300:]}")
    elif run.returncode == 1 and not run.stderr.strip():
        result.problems.append("import failed without a reason")
    elif result.outcome == "accepted" and (run.returncode != 0 or len(counts) != 2):
        result.problems.append(f"PUT accepts it, import does not: {run.stderr.strip()[:300]}")
    elif len(counts) == 2 and counts[1][0] + counts[1][1] != 0:
        result.problems.append(f"the second import is not idle: {counts[1]}")
    if not counts or sum(counts[0][:3]) == 0:
        result.imported = "nothing"
    else:
        result.imported = "all" if counts[0][3] == 0 else "a part"


def import_all(server: stages.Stage, corpus: pathlib.Path, results: list[Result]) -> None:
    def work(worker: int) -> None:
        for result in results[worker::WORKERS]:
            import_twice(server, corpus / result.name, worker, result)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))


@dataclasses.dataclass
class Reason:
    """A row of refusals.toml."""

    precondition: str
    sentence: str
    files: list[str]
    file_has: str
    file_lacks: str
    used: int = 0

    def explains(self, result: Result, text: str) -> bool:
        return (result.precondition == self.precondition and re.search(self.sentence, result.sentence) is not None
                and (not self.files or result.name in self.files)
                and (not self.file_has or re.search(self.file_has, text) is not None)
                and (not self.file_lacks or re.search(self.file_lacks, text) is None))


def unfolded(data: bytes) -> str:
    """Whole content lines, whatever the encoding and the line ends."""
    return re.sub(r"\n[ \t]", "", data.decode("latin-1").replace("\r\n", "\n"))


def load_reasons() -> list[Reason]:
    rows = tomllib.loads((HERE / "refusals.toml").read_text()).get("refusal", [])
    for row in rows:
        for key in ("precondition", "sentence", "section", "why"):
            if not row.get(key):
                raise SystemExit(f"refusals.toml: a row has no {key}: {row}")
        if not any(row.get(key) for key in ("files", "file_has", "file_lacks")):
            raise SystemExit(f"refusals.toml: a row does not say which files it is about: {row}")
    return [Reason(row["precondition"], row["sentence"], row.get("files", []), row.get("file_has", ""),
                   row.get("file_lacks", "")) for row in rows]


def explain(corpus: pathlib.Path, results: list[Result], whole: bool) -> list[str]:
    """What is refused and not explained, and what is explained and not refused."""
    reasons = load_reasons()
    problems = []
    for result in results:
        if result.outcome != "refused":
            continue
        text = unfolded((corpus / result.name).read_bytes())
        reason = next((reason for reason in reasons if reason.explains(result, text)), None)
        if reason is None:
            problems.append(f"{result.name}: refused without an explanation: {result.precondition}: {result.sentence}")
        else:
            reason.used += 1
    if whole:
        problems += [f"refusals.toml: nothing is refused for {reason.sentence!r}" for reason in reasons
                     if reason.used == 0]
    return problems


def write_table(results: list[Result]) -> pathlib.Path:
    stages.BUILD.mkdir(parents=True, exist_ok=True)
    table = stages.BUILD / "corpus-refusals.tsv"
    with table.open("w", encoding="utf-8") as out:
        for result in results:
            if result.outcome == "refused":
                out.write(f"{result.name}\t{result.precondition}\t{result.sentence}\timported: {result.imported}\n")
    return table


def show_counts(results: list[Result]) -> None:
    for suffix in KINDS:
        of_kind = [result for result in results if result.name.endswith(suffix)]
        outcomes = collections.Counter(result.outcome for result in of_kind)
        print(f"{suffix[1:]}: {len(of_kind)} files, " + ", ".join(f"{n} {what}" for what, n in outcomes.most_common()))
        for precondition, n in collections.Counter(
                result.precondition for result in of_kind if result.outcome == "refused").most_common():
            print(f"    {n:5} {precondition}")
        imported = collections.Counter(result.imported for result in of_kind)
        print("    imported: " + ", ".join(f"{what or 'not tried'} of {n}" for what, n in imported.most_common()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stage", metavar="DIR", help="use the stage that runs with --data DIR")
    parser.add_argument("files", nargs="*", metavar="FILE", help="below ../shared/corpus; default: all")
    options = parser.parse_args()
    corpus = stages.shared_or_skip("corpus")
    names = options.files or sorted(str(path.relative_to(corpus)) for path in corpus.rglob("*")
                                    if path.suffix in KINDS)
    results = [Result(name) for name in names]
    with stages.stage(options.stage) as server:
        client = dav.Client(server.base_url, USER)
        for kind in KINDS.values():
            client("DELETE", kind.scratch)
            made = client(kind.make[0], kind.scratch, kind.make[1], "application/xml")
            if made.status != 201:
                raise SystemExit(f"{kind.scratch} can't be made: {made.status} {made.sentence()}")
        for result in results:
            path = corpus / result.name
            put(client, KINDS[path.suffix], path, result)
        import_all(server, corpus, results)
        alive = server.is_alive()
    problems = [f"{result.name}: {problem}" for result in results for problem in result.problems]
    if not alive:
        problems.append("the server is dead")
    unexplained = explain(corpus, results, not options.files)
    for problem in problems + unexplained:
        print(f"FAILED {problem}")
    show_counts(results)
    print(f"refusals: {write_table(results)}")
    failed = len(problems) + len(unexplained)
    print(f"{len(results)} files: {sum(result.outcome != 'broken' for result in results)} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
