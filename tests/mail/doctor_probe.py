#!/usr/bin/env python3
"""doctor_probe.py KALENDS

kalends doctor sends itself forged mail through a real Postfix with the files of dist/mail, and says whether it is believed:
with our header_checks, with each of their lines alone, and without them; and it says so when the mail does not come back. Ends
with 77 where there is no ../shared/mailstack, or no root to run it.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from end_to_end import RUNS_AS, print_troubles, run
from office import Office
from stack import SKIPPED, MailStack, why_not

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "durability"))
from kalends import Site  # noqa: E402

SETTINGS = """
[mail]
domains = ["firma.test"]
bounces = "calendar-bounce@firma.test"
spool = "{spool}"
spool_users = ["postgres"]
authserv_id = "mx.firma.test"
border = "127.0.0.1:{border}"
"""
PLAIN = ("plain", "in other case", "on a line of its own")
QUOTED = ("in quotes", "with a backslash in quotes", "behind a comment")


class World:
    def __init__(self, stack, site, checks):
        self.stack, self.site, self.checks = stack, site, checks
        self.office = Office(site)
        self.rules = [line for line in checks.read_text().splitlines() if line.startswith("/")]

    def set_checks(self, *rules):
        """What Postfix removes from now on."""
        self.checks.write_text("".join(rule + "\n" for rule in rules))
        self.stack.postfix("reload")
        time.sleep(1)

    def doctor(self):
        """What it says of forged mail, and whether that is bad."""
        done = subprocess.run([self.site.binary, "doctor", "--config", self.office.server.config], text=True,
                              capture_output=True, check=False, timeout=120)
        said = [line for line in done.stdout.splitlines()
                if re.search(r"forged|FORGED|calendar-bounce", line)]
        if not said:
            raise AssertionError(f"nothing about forged mail: {done.stdout}{done.stderr}")
        return said


def expect(said, *wanted, kind):
    if len(said) != 1 or not said[0].startswith(kind) or not all(each in said[0] for each in wanted):
        raise AssertionError(f"{said}, expected {kind} {wanted}")


def our_header_checks_remove_every_form(w):
    w.set_checks(*w.rules)
    expect(w.doctor(), "6 ways", kind="ok")


def without_them_every_form_is_believed(w):
    w.set_checks()
    expect(w.doctor(), "FORGED", *PLAIN, *QUOTED, kind="PROBLEM")


def a_line_that_is_missing_is_found(w):
    w.set_checks(w.rules[0])
    said = w.doctor()
    expect(said, "FORGED", "behind a comment", kind="PROBLEM")
    if re.search(r"\(plain", said[0]):
        raise AssertionError(said)
    w.set_checks(w.rules[1])
    said = w.doctor()
    expect(said, "FORGED", *PLAIN, kind="PROBLEM")
    if "in quotes" in said[0]:
        raise AssertionError(said)


def a_form_that_is_refused_hides_none_that_is_believed(w):
    w.set_checks(r"/^Authentication-Results:[[:space:]]*mx\.firma\.test/ REJECT forged")
    believed, refused = w.doctor()
    expect([believed], "FORGED", *QUOTED, kind="PROBLEM")
    expect([refused], "does not take", "forged", *PLAIN, kind="note")
    if "in other case" in believed or "in quotes" in refused:
        raise AssertionError((believed, refused))


def mail_that_does_not_come_back_is_told_of(w):
    w.set_checks(*w.rules)
    w.office.stop()
    try:
        expect(w.doctor(), "did not come back", kind="PROBLEM")
    finally:
        w.office.start()
    expect(w.doctor(), "6 ways", kind="ok")


def an_address_that_the_border_does_not_know_is_told_of(w):
    config = pathlib.Path(w.office.server.config)
    text = config.read_text()
    config.write_text(text.replace("calendar-bounce@", "calendar-bounce-not@"))
    try:
        expect(w.doctor(), "does not know", kind="PROBLEM")
    finally:
        config.write_text(text)


def it_leaves_nothing_behind(w):
    rows = w.site.psql("SELECT count(*) FROM mail_probe")
    if rows != "0":
        raise AssertionError(f"{rows} rows in mail_probe")


CASES = [our_header_checks_remove_every_form, without_them_every_form_is_believed, a_line_that_is_missing_is_found,
         a_form_that_is_refused_hides_none_that_is_believed, mail_that_does_not_come_back_is_told_of, an_address_that_the_border_does_not_know_is_told_of,
         it_leaves_nothing_behind]


def main():
    if reason := why_not():
        print(f"skipped: {reason}")
        return SKIPPED
    directory = pathlib.Path(tempfile.mkdtemp(prefix="kalends-doctor-"))
    directory.chmod(0o755)
    try:
        program = directory / "kalends"  # the accounts of the mail system can't see a home folder's
        shutil.copy(sys.argv[1], program)
        spool = directory / "spool"
        with MailStack(directory, program, spool, RUNS_AS) as stack, \
                Site(program, SETTINGS.format(spool=spool, border=stack.port(25))) as site:
            site.start_database()
            world = World(stack, site, directory / "kalends_header_checks")
            world.office.start()
            failed = [case for case in CASES if not run(world, case)]
            world.office.stop()
            print_troubles(site.log())
            if failed:
                print("--- the server\n" + site.log()[-3000:] + "--- the mail system\n" + stack.logs()[-5000:])
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(f"{len(CASES) - len(failed)} passed, {len(failed)} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
