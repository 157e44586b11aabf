"""script/stage for the runs of compliance/: a throw-away server, and what is needed to talk to it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
BUILD = ROOT / "build" / "compliance"

# A stage may have to compile first; .ci/run does that before.
READY_SECONDS = 40 * 60
STOP_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Stage:
    """A running server. Accounts: admin, user01 to user40; the password is the login."""

    directory: pathlib.Path
    base_url: str

    @property
    def port(self) -> int:
        return int(self.base_url.rpartition(":")[2].strip("/"))

    @property
    def config(self) -> pathlib.Path:
        return self.directory / "node-1.toml"

    @property
    def log(self) -> pathlib.Path:
        return self.directory / "node-1.log"

    @property
    def serverinfo(self) -> pathlib.Path:
        return self.directory / "serverinfo.xml"

    @property
    def binary(self) -> str:
        return os.environ.get("KALENDS_BINARY") or str(ROOT / "build/release/bin/kalends")

    def is_alive(self) -> bool:
        try:
            os.kill(int((self.directory / "node-1.pid").read_text()), 0)
        except (OSError, ValueError):
            return False
        return True


class StageFailed(Exception):
    """The server did not start; the reason stands on standard error."""


def _of_directory(directory: pathlib.Path) -> Stage:
    target = json.loads((directory / "target.json").read_text())
    return Stage(directory, target["base_url"])


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    """Returns when the stage has printed its base URL; passes on what it says before."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in process.stdout:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise StageFailed(f"script/stage was not ready in {READY_SECONDS} s") from None
        if not line:
            raise StageFailed("script/stage ended before it was ready")
        if line.startswith("http"):
            return
        sys.stderr.write(line)


@contextlib.contextmanager
def stage(running: str | None = None, settings: pathlib.Path | None = None):
    """A fresh stage for the length of the block, or the one whose directory is `running`. `settings` is added to the
    configuration of the former."""
    if running:
        yield _of_directory(pathlib.Path(running).resolve())
        return
    directory = pathlib.Path(tempfile.mkdtemp(prefix="kalends-compliance."))
    more = ["--settings", settings] if settings else []
    process = subprocess.Popen([ROOT / "script/stage", "--data", directory, *more], text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        _wait_until_ready(process)
        yield _of_directory(directory)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            print(f"script/stage was still there {STOP_SECONDS} s after SIGTERM", file=sys.stderr)
        shutil.rmtree(directory, ignore_errors=True)


def shared_or_skip(name: str) -> pathlib.Path:
    """The folder ../shared/NAME; where it is missing, says so and ends the program with success."""
    folder = SHARED / name
    if not folder.is_dir():
        print(f"skipped: ../shared/{name} is not there")
        print("0 passed, 0 failed, 1 skipped")
        raise SystemExit(0)
    return folder
