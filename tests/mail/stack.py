"""The mail stack of ../shared/mailstack (Postfix, Dovecot, OpenLDAP and an outside world, on 127.0.0.1) with our own
files of dist/mail in it: they are tested as they are shipped, but for names and paths."""

import dataclasses
import os
import pathlib
import re
import shutil
import smtplib
import subprocess
import time

import sockets

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "mailstack"
DIST = ROOT / "dist" / "mail"
HOP = 28  # where the server takes mail by LMTP
PORTS = (24, 25, 26, 27, HOP, 143, 190, 389, 587)
SKIPPED = 77
MAILBOX_ACCOUNT = 20500  # the owner of the mailboxes, who has no name

# What the wrapper starts in place of kalends: notes that it was started, then does what it is told.
HOOKS = {
    "well": 'exec "@KALENDS@" "$@"',
    "hangs": "sleep 60",
    "hangs without reading": "exec sleep 60",
    "crashes": "kill -SEGV $$",
    "says 75": "cat >/dev/null; exit 75",
    "says 75 without reading": "exit 75",
}


def why_not():
    """A sentence if the stack can't be used here."""
    if not SHARED.is_dir():
        return "../shared/mailstack is not there"
    if os.geteuid() != 0:
        return "only root can run Postfix and Dovecot"
    return ""


@dataclasses.dataclass(frozen=True)
class Sunk:
    """A message that has left for the world: as we composed it, with what was said of it on the way."""

    sender: str
    recipient: str
    message: bytes


def edited(path, *replacements):
    text = path.read_text()
    for old, new in replacements:
        if old not in text:
            raise RuntimeError(f"{path} has no {old!r} any more: tests/mail/stack.py has to be changed")
        text = text.replace(old, new)
    path.write_text(text)


class MailStack:
    """Up between `with` and its end. `spool` is the folder of the server; `transports` are further domains with the ports
    to which Postfix hands their mail. `is_hop`: people's mail goes through the server instead of by Sieve."""

    def __init__(self, directory, kalends, spool, runs_as, transports=None, is_hop=False):
        self.is_hop = is_hop
        self.directory, self.kalends, self.spool, self.runs_as = directory, kalends, spool, runs_as
        self.transports = transports or {}
        self.state = directory / "stack"
        self.started = directory / "hook-started"
        self.hooked = directory / "hooked"
        self.base = sockets.free_base(PORTS)
        self.milter = sockets.listen(sockets.VerdictMilter).server_address[1]

    def port(self, number):
        return self.base + number

    def __enter__(self):
        self.started.touch()
        self.started.chmod(0o666)
        self.set_hook("well")
        self._overlay()
        try:
            self.run("up", seconds=300)
        except BaseException:
            self.run("down")
            raise
        return self

    def __exit__(self, *unused):
        self.run("down")

    # ---- our files in place of its own

    def _overlay(self):
        self.own = self.directory / "mailstack"
        shutil.copytree(SHARED, self.own)
        script = self.own / "sieve" / "kalends.sieve"
        if self.is_hop:
            script.write_text("keep;\n")
        else:
            shutil.copy(DIST / "dovecot" / "kalends.sieve", script)
        self.hook = self.directory / "kalends-imip"
        shutil.copy(DIST / "dovecot" / "kalends-imip", self.hook)
        edited(self.hook, ("/usr/local/sbin/kalends", str(self.hooked)), ("/var/spool/kalends", str(self.spool)))
        self._overlay_dovecot()
        self._overlay_postfix()

    def _overlay_dovecot(self):
        fragment = self.directory / "90-kalends.conf"
        shutil.copy(DIST / "dovecot" / "90-kalends.conf", fragment)
        edited(fragment, ("/etc/dovecot/sieve", f"{self.state}/sieve"),
               ("/usr/local/lib/kalends/sieve", f"{self.state}/dovecot/bin"))
        conf = self.own / "conf" / "dovecot.conf"
        kept = [line for line in conf.read_text().splitlines()
                if not re.match(r"\s*sieve_(before|plugins|global_extensions|pipe_)", line)]
        # A program with AddressSanitizer reserves more than the 256 MB that Dovecot gives to what it starts.
        added = [] if self.is_hop else [f"!include {fragment}"]
        conf.write_text("\n".join([*kept, "default_vsz_limit = 0", *added, ""]))

    def _overlay_postfix(self):
        names = (("example.com", "firma.test"),)
        checks = self.directory / "kalends_header_checks"
        shutil.copy(DIST / "postfix" / "kalends_header_checks", checks)
        edited(checks, (r"example\.com", r"firma\.test"))
        fragment = self.directory / "main.cf"
        shutil.copy(DIST / "postfix" / "main.cf", fragment)
        edited(fragment, *names, ("/etc/postfix/kalends_header_checks", str(checks)))
        main = self.own / "conf" / "main.cf"
        ways = "".join(f" {{{domain}=smtp:[127.0.0.1]:{port}}}" for domain, port in self.transports.items())
        edited(main, ("inline:{ {calendar-bounce@@DOMAIN@=kalends} }, ", ""), (" {slow.test=", ways + " {slow.test="),
               ("texthash:$config_directory/transport", ""), ("kalends_destination_recipient_limit = 1\n", ""))
        self._merge(main, fragment)
        if self.is_hop:
            fragment = self.directory / "main-lmtp.cf"
            shutil.copy(DIST / "postfix" / "main-lmtp.cf", fragment)
            edited(fragment, ("127.0.0.1:2424", f"127.0.0.1:{self.port(HOP)}"), ("[127.0.0.1]:24", f"[127.0.0.1]:{self.port(24)}"))
            self._merge(main, fragment)
            edited(main, ("lmtp_destination_recipient_limit = 1", "lmtp_destination_recipient_limit = 50"))
        with main.open("a") as file:
            file.write("lmtp_destination_concurrency_limit = 5\n")  # the machine is small
        master = self.own / "conf" / "master.cf"
        text = master.read_text()
        text = re.sub(r"kalends unix.*(\n .*)*", "", text)
        text = text.replace("@SMTP@ inet n - n - - smtpd\n",
                            f"@SMTP@ inet n - n - - smtpd\n  -o smtpd_milters=inet:127.0.0.1:{self.milter}\n")
        fragment = self.directory / "master.cf"
        shutil.copy(DIST / "postfix" / "master.cf", fragment)
        edited(fragment, ("/usr/local/sbin/kalends", str(self.kalends)), ("/var/spool/kalends", str(self.spool)),
               ("user=kalends", f"user={self.runs_as}"))
        master.write_text(text + "\n" + fragment.read_text())

    @staticmethod
    def _merge(main, fragment):
        """As its first lines say: tables are added, what else is there is replaced."""
        lines = main.read_text().splitlines()
        for line in fragment.read_text().splitlines():
            name, equals, value = line.partition(" = ")
            if not equals or line.startswith("#"):
                continue
            present = next((old for old in lines if old.startswith(name + " =")), None)
            if present:
                lines.remove(present)
            if present and name.endswith("_maps"):
                line = present.rstrip(", ") + ", " + value
            lines.append(line)
        main.write_text("\n".join(lines) + "\n")

    # ---- what it does

    def run(self, *arguments, seconds=60):
        environment = {**os.environ, "STACK": str(self.state), "BASE": str(self.base),
                       "HOOK": str(getattr(self, "hook", ""))}
        done = subprocess.run([self.own / "stack", *arguments], env=environment, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=seconds, check=False)
        if done.returncode != 0 and arguments[0] != "down":
            raise RuntimeError(f"stack {arguments[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def set_hook(self, how):
        new = self.hooked.with_suffix(".new")
        new.write_text(f'#!/bin/sh\necho >>"{self.started}"\n' + HOOKS[how].replace("@KALENDS@", str(self.kalends)) + "\n")
        new.chmod(0o755)
        new.rename(self.hooked)

    def starts(self):
        """How often the hook was started."""
        return self.started.read_text().count("\n")

    def remove_hook(self):
        (self.state / "dovecot" / "bin" / "kalends-imip").rename(self.state / "dovecot" / "kalends-imip.away")

    def restore_hook(self):
        (self.state / "dovecot" / "kalends-imip.away").rename(self.state / "dovecot" / "bin" / "kalends-imip")

    def send(self, message, sender, *recipients):
        """From the outside world, to the MX."""
        self.send_all([message], sender, *recipients)

    def send_all(self, messages, sender, *recipients):
        with smtplib.SMTP("127.0.0.1", self.port(25), local_hostname="mx.partner.test", timeout=60) as smtp:
            for message in messages:
                smtp.sendmail(sender, recipients, message)

    def submit(self, message, sender, *recipients):
        """As Kalends does."""
        with smtplib.SMTP("127.0.0.1", self.port(587), local_hostname="kalends.firma.test", timeout=60) as smtp:
            smtp.login("kalends", "kalends-pw")
            smtp.sendmail(sender, recipients, message)

    def doveadm(self, *arguments):
        return subprocess.run(["doveadm", "-c", self.state / "dovecot" / "dovecot.conf", *arguments], text=True,
                              capture_output=True, check=True).stdout

    def has_mail(self, user, message_id):
        return len(self.doveadm("search", "-u", user, "header", "message-id", message_id).split()) // 2

    def count(self, user, *query):
        return len(self.doveadm("search", "-u", user, *(query or ("all",))).splitlines())

    def postfix(self, verb):
        subprocess.run(["postfix", "-c", self.state / "postfix" / "etc", verb], capture_output=True, check=True,
                       stdin=subprocess.DEVNULL)

    def stop_postfix(self):
        self.postfix("stop")

    def start_postfix(self):
        subprocess.run(["postfix", "-c", self.state / "postfix" / "etc", "start"], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True, stdin=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                smtplib.SMTP("127.0.0.1", self.port(587), timeout=5).quit()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("Postfix did not start again")

    def stop_dovecot(self):
        self.doveadm("stop")

    def start_dovecot(self):
        with (self.state / "log" / "dovecot.out").open("a") as out:
            subprocess.run(["dovecot", "-c", self.state / "dovecot" / "dovecot.conf"], stdin=subprocess.DEVNULL, stdout=out,
                           stderr=out, check=True)

    def waiting(self):
        """How many messages are in Postfix's queue."""
        listed = subprocess.run(["postqueue", "-c", self.state / "postfix" / "etc", "-j"], capture_output=True, check=True,
                                stdin=subprocess.DEVNULL)
        return len(listed.stdout.splitlines())

    def sunk(self):
        """What has arrived in the world, oldest first."""
        found = []
        for path in sorted((self.state / "sink").iterdir(), key=lambda each: each.stat().st_mtime_ns):
            if one := sunk_of(path.read_bytes()):
                found.append(one)
        return found

    def piped(self):
        """Message-IDs of the mails that a hook has taken, whole."""
        said = "".join(path.read_text(errors="replace") for path in (self.state / "log").glob("*.log"))
        return set(re.findall(r"msgid=(<[^>]+>): pipe action: piped message", said))

    def logs(self):
        return "".join(path.read_text(errors="replace")[-6000:] for path in (self.state / "log").glob("*.log"))


def sunk_of(data):
    """None while it is still being written. smtp-sink puts the envelope on top, as fields, and takes CR away."""
    boundary = re.search(rb'boundary="?([^"\s;]+)', data)
    if not boundary or b"--" + boundary[1] + b"--" not in data:
        return None
    sender, recipient = re.search(rb"X-Mail-Args: <([^>]*)>", data), re.search(rb"X-Rcpt-Args: <([^>]*)>", data)
    head, gap, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    fields = re.split(rb"\n(?![ \t])", head)
    last = max((i for i, field in enumerate(fields) if field.lower().startswith(b"received:")), default=-1)
    ours = [field for field in fields[last + 1:] if not re.match(rb"X-(Client|Helo|Mail|Rcpt)-", field)]
    message = (b"\n".join(ours) + gap + body.rstrip(b"\n") + b"\n").replace(b"\n", b"\r\n")
    return Sunk(sender[1].decode(), recipient[1].decode(), message)
