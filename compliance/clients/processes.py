"""Programs that run for the length of a test, and are gone after it with all that they have started."""

from __future__ import annotations

import contextlib
import os
import pathlib
import queue
import signal
import subprocess
import threading
import time
import typing

import world

STOP_SECONDS = 10
POLL_SECONDS = 0.05
TAIL_BYTES = 20_000


def start(test: world.ClientTest, command: list[str], environment: dict[str, str], log: pathlib.Path,
          **streams: int) -> subprocess.Popen[bytes]:
    """What it prints is added to `log`, except to a stream that is named. Stopped after the test."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=environment, cwd=environment["HOME"], start_new_session=True,
                                   **({"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output} | streams))
    test.addCleanup(_stop, process)
    return process


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends its whole process group: politely, then for certain."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(process: subprocess.Popen[bytes], is_ready: typing.Callable[[], object],
             log: typing.Callable[[], str]) -> None:
    deadline = time.monotonic() + world.DEADLINE_SECONDS
    while not is_ready():
        if process.poll() is not None:
            raise AssertionError(f"{process.args[0]} ended with {process.returncode}:\n{log()}")
        if time.monotonic() > deadline:
            raise AssertionError(f"{process.args[0]} was not ready after {world.DEADLINE_SECONDS} s:\n{log()}")
        time.sleep(POLL_SECONDS)


def tail(log: pathlib.Path) -> str:
    return log.read_bytes()[-TAIL_BYTES:].decode("utf-8", "replace")


class Lines:
    """Lines of a pipe, each waited for with a deadline."""

    def __init__(self, pipe: typing.IO[bytes]) -> None:
        self._queue: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=self._read, args=(pipe,), daemon=True).start()

    def _read(self, pipe: typing.IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):  # closed at the end of the test
            for line in pipe:
                self._queue.put(line)
        self._queue.put(None)

    def next(self) -> bytes | None:
        """None: it has ended, or said nothing in time."""
        try:
            return self._queue.get(timeout=world.DEADLINE_SECONDS)
        except queue.Empty:
            return None
