"""Marionette, the remote control that Thunderbird has built in: JSON with a length before it, by a socket on loopback."""

from __future__ import annotations

import json
import socket
import time

SESSION_SECONDS = 60  # the first command waits until the program has a window
ANSWER_SECONDS = 5  # how much later than the script's own deadline its answer may come
WRAPPER = """const [resolve, ...given] = [...arguments].reverse();
(async function (...args) {
%s
})(...given.reverse()).then(
  value => resolve({ value: value ?? null }),
  error => resolve({ error: `${error}\\n${error?.stack ?? ""}` })
);"""


class ScriptFailed(Exception):
    """What the program says of a command that it could not do."""


class Marionette:
    def __init__(self, port: int, seconds: float) -> None:
        """`seconds`: how long a script may take."""
        self._seconds = seconds
        self._id = 0
        self._rest = b""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        try:
            self._receive(SESSION_SECONDS)  # a greeting
            self._command("WebDriver:NewSession", SESSION_SECONDS, capabilities={})
            self._command("WebDriver:SetTimeouts", seconds, script=int(seconds * 1000))
            self._command("Marionette:SetContext", seconds, value="chrome")
        except BaseException:
            self.close()
            raise

    def run(self, script: str, *arguments: object) -> object:
        """`script`: the body of an async function that may do all that the program may. It has the arguments in `args`."""
        answer = self._command("WebDriver:ExecuteAsyncScript", self._seconds + ANSWER_SECONDS, args=list(arguments),
                               script=WRAPPER % script, sandbox="system", newSandbox=False)["value"]
        if "error" in answer:
            raise ScriptFailed(answer["error"])
        return answer["value"]

    def close(self) -> None:
        self._socket.close()

    def _command(self, name: str, seconds: float, **parameters: object) -> dict:
        self._id += 1
        message = json.dumps([0, self._id, name, parameters]).encode()
        self._socket.sendall(f"{len(message)}:".encode() + message)
        while True:
            kind, number, error, result = self._receive(seconds)
            if (kind, number) != (1, self._id):
                continue
            if error:
                raise ScriptFailed(f"{name}: {error.get('error')}: {error.get('message')}\n{error.get('stacktrace')}")
            return result

    def _receive(self, seconds: float):
        deadline = time.monotonic() + seconds
        while b":" not in self._rest:
            self._read(deadline)
        length, _, self._rest = self._rest.partition(b":")
        while len(self._rest) < int(length):
            self._read(deadline)
        message, self._rest = self._rest[:int(length)], self._rest[int(length):]
        return json.loads(message)

    def _read(self, deadline: float) -> None:
        self._socket.settimeout(max(0.01, deadline - time.monotonic()))
        got = self._socket.recv(65536)
        if not got:
            raise ScriptFailed("Thunderbird has closed the connection")
        self._rest += got
