"""Small servers on 127.0.0.1 that stand between the programs under test: who says how well a sender is proven, who
holds a connection, and who delivers what Postfix hands on."""

import contextlib
import os
import random
import socket
import socketserver
import struct
import threading


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def listen(handler):
    """A running server; its port is `server_address[1]`."""
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


# ---- a milter, as rspamd or OpenDMARC is one

VERDICT_FIELD = b"x-test-verdict"
_ADD_HEADERS = 0x01
_NO_CONNECT_HELO_MAIL_RCPT_BODY_EOH_UNKNOWN_DATA = 0x01 | 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x100 | 0x200


class VerdictMilter(socketserver.BaseRequestHandler):
    """Adds `Authentication-Results: mx.firma.test; VERDICT` on top of a message that has a field X-Test-Verdict: VERDICT,
    as if its signature had been looked at. Without the field it adds nothing."""

    def handle(self):
        verdict = None
        with contextlib.suppress(ConnectionError):
            while packet := self._read():
                command, data = packet[:1], packet[1:]
                if command == b"O":
                    self._write(b"O" + struct.pack("!III", 6, _ADD_HEADERS, _NO_CONNECT_HELO_MAIL_RCPT_BODY_EOH_UNKNOWN_DATA))
                elif command == b"L":
                    name, value, _ = data.split(b"\0")
                    verdict = value.strip() if name.lower() == VERDICT_FIELD else verdict
                    self._write(b"c")
                elif command == b"E":
                    if verdict:
                        self._write(b"i" + struct.pack("!I", 0) + b"Authentication-Results\0mx.firma.test; " + verdict + b"\0")
                    verdict = None
                    self._write(b"a")
                elif command == b"A":
                    verdict = None
                elif command == b"Q":
                    return
                elif command not in b"DK":
                    self._write(b"c")

    def _read(self):
        size = struct.unpack("!I", self._exactly(4))[0]
        return self._exactly(size)

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            piece = self.request.recv(size - len(data))
            if not piece:
                raise ConnectionResetError
            data += piece
        return data

    def _write(self, packet):
        self.request.sendall(struct.pack("!I", len(packet)) + packet)


# ---- a connection that can be held

class Gate:
    """Passes SMTP on to `port`. While `swallows` is set, the client hears nothing after the end of its message: the
    server has it, and the client can't know. `swallowed` tells that this has happened."""

    def __init__(self, port):
        self.target = port
        self.swallows = False
        self.swallowed = threading.Event()
        gate = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", gate.target)) as server:
                    held = threading.Event()
                    back = threading.Thread(target=gate.pump_back, args=(server, self.request, held), daemon=True)
                    back.start()
                    gate.pump(self.request, server, held)
                    back.join()

        self.port = listen(Handler).server_address[1]

    def pump(self, client, server, held):
        tail = b""
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                tail = (tail + data)[-5:]
                if self.swallows and tail == b"\r\n.\r\n":
                    held.set()
                server.sendall(data)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def pump_back(self, server, client, held):
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if held.is_set():
                    self.swallowed.set()
                else:
                    client.sendall(data)
            client.shutdown(socket.SHUT_WR)


# ---- the end of the way

def receiver(deliver):
    """A server that takes every message: calls `deliver(sender, recipients, message)` for each."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.say("220 ready")
            sender, recipients = "", []
            while line := self.rfile.readline():
                command = line.decode("ascii", "replace").strip()
                verb = command.split(" ")[0].split(":")[0].upper()
                if verb == "QUIT":
                    return self.say("221 bye")
                if verb == "DATA":
                    self.say("354 go on")
                    deliver(sender, recipients, self.message())
                    sender, recipients = "", []
                elif verb == "MAIL":
                    sender, recipients = self.address(command), []
                elif verb == "RCPT":
                    recipients.append(self.address(command))
                self.say("250 well")

        def say(self, line):
            self.wfile.write(line.encode() + b"\r\n")

        @staticmethod
        def address(command):
            return command.partition("<")[2].partition(">")[0]

        def message(self):
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                if not line:
                    raise ConnectionResetError
                lines.append(line[1:] if line.startswith(b".") else line)
            return b"".join(lines)

    return listen(Handler)


def free_base(ports):
    """A number such that nobody listens at it plus any of `ports`; below the ports that the system gives to connections."""
    bases = list(range(21000, 32000, 700))
    random.Random(os.getpid()).shuffle(bases)
    for base in bases:
        if all(_is_free(base + port) for port in ports):
            return base
    raise RuntimeError("no free ports")


def _is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
