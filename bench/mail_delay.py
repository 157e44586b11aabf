#!/usr/bin/env python3
"""bench/mail_delay.py KALENDS [--mails N]

What the Sieve script of dist/mail costs mail: how long Dovecot takes for a delivery (LMTP, from the end of the message to its
answer) with and without the script, for plain mail, attachments, and an invitation, median and 99th percentile.
Also how often the hook was started by mail without a calendar part, which must be never. As root, with ../shared/mailstack.
"""

import argparse
import pathlib
import shutil
import smtplib
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "mail"))
import letters  # noqa: E402
from stack import MAILBOX_ACCOUNT, SKIPPED, MailStack, why_not  # noqa: E402

RECIPIENT = "anna@firma.test"
SENDER = "dora@partner.test"


def plain():
    return letters.letter(SENDER, RECIPIENT, text="Hello.")[0]


def alternatives():
    return letters.letter(SENDER, RECIPIENT, "<p>Hello.</p>", part_type="text/html")[0]


def attached_3_mb():
    """The script reads it all."""
    return letters.letter(SENDER, RECIPIENT, "x" * 2_500_000, part_type="application/pdf")[0]


def attached_7_mb():
    """Larger than what the script looks at."""
    return letters.letter(SENDER, RECIPIENT, "x" * 5_000_000, part_type="application/pdf")[0]


def invitation():
    return letters.letter(SENDER, RECIPIENT, letters.meeting(letters.new_uid(), SENDER, {RECIPIENT: "NEEDS-ACTION"},
                                                             method="REQUEST"))[0]


# What, how many of each, whether it has a calendar part.
KINDS = ((plain, 1.0, False), (alternatives, 1.0, False), (attached_3_mb, 0.1, False),
         (attached_7_mb, 0.1, False), (invitation, 0.5, True))


class Delivery:
    """One connection to Dovecot."""

    def __init__(self, stack):
        self.lmtp = smtplib.LMTP("127.0.0.1", stack.port(24))

    def __enter__(self):
        self.lmtp.ehlo_or_helo_if_needed()
        return self

    def __exit__(self, *unused):
        self.lmtp.quit()

    def seconds(self, message):
        self.lmtp.mail(SENDER)
        self.lmtp.rcpt(RECIPIENT)
        begin = time.perf_counter()
        code, answer = self.lmtp.data(message)
        if code != 250:
            raise RuntimeError(f"Dovecot refuses: {answer}")
        return time.perf_counter() - begin


def with_script(stack, wanted):
    """Dovecot reads its configuration anew."""
    conf = stack.state / "dovecot" / "dovecot.conf"
    text = conf.read_text().replace("#!include", "!include")
    conf.write_text(text if wanted else text.replace("!include", "#!include"))
    stack.doveadm("reload")
    time.sleep(1)


def measure(stack, mails):
    """Seconds by kind and by whether the script ran, taken in turns, so that both see the same machine; and the starts of
    the hook by mail without a calendar."""
    taken = {(kind.__name__, script): [] for kind, _, _ in KINDS for script in (False, True)}
    needless = 0
    rounds = 4
    for number in range(rounds):
        order = [False, True] if number % 2 else [True, False]
        for script in order:
            with_script(stack, script)
            with Delivery(stack) as delivery:
                delivery.seconds(plain())  # the first of a process reads the script
                for kind, share, has_calendar in KINDS:
                    before = stack.starts()
                    for _ in range(max(1, round(mails * share / rounds))):
                        taken[kind.__name__, script].append(delivery.seconds(kind()))
                    needless += 0 if has_calendar else stack.starts() - before
    return taken, needless


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("kalends", type=pathlib.Path)
    parser.add_argument("--mails", type=int, default=200)
    options = parser.parse_args()
    if reason := why_not():
        print(f"skipped: {reason}")
        return SKIPPED
    directory = pathlib.Path(tempfile.mkdtemp(prefix="kalends-mail-delay-"))
    directory.chmod(0o755)
    try:
        program = directory / "kalends"
        shutil.copy(options.kalends, program)
        spool = directory / "spool"
        for folder in (spool, spool / "tmp", spool / "new"):
            folder.mkdir()
            shutil.chown(folder, MAILBOX_ACCOUNT)
        with MailStack(directory, program, spool, "postgres") as stack:
            taken, needless = measure(stack, options.mails)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(f"{'ms':14} {'mails':>5}  {'without: median':>15} {'p99':>7}  {'with: median':>12} {'p99':>7}")
    for kind, _, _ in KINDS:
        without, with_it = taken[kind.__name__, False], taken[kind.__name__, True]
        print(f"{kind.__name__:14} {len(without):5}  {statistics.median(without) * 1000:15.1f} "
              f"{percentile(without, 0.99) * 1000:7.1f}  {statistics.median(with_it) * 1000:12.1f} "
              f"{percentile(with_it, 0.99) * 1000:7.1f}")
    print(f"the hook was started {needless} times by mail without a calendar part")
    return 1 if needless else 0


if __name__ == "__main__":
    sys.exit(main())
