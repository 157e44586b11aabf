"""Real servers for the durability tests: the kalends binary, its PostgreSQL, each a process to kill."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time


class Failed(Exception):
    """A process did not do what it had to."""


def wait_until(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failed(f"waited {seconds} s in vain: {what}")
        time.sleep(0.02)


class Site:
    """A database of its own in a temporary directory, and servers on it. All end with it. `settings` are added to the
    configuration of each."""

    def __init__(self, binary, settings=""):
        self.binary = binary
        self.settings = settings
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="kalends-durability-"))
        self.directory.chmod(0o755)
        self.processes = []
        self.dsn = ""
        self.users = 0

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def write_config(self, name):
        user = '[server]\nuser = "postgres"\n' if os.geteuid() == 0 else ""
        path = self.directory / f"{name}.toml"
        path.write_text(
            '[[listen]]\naddress = "127.0.0.1"\nport = 0\n'
            f'[database]\ndirectory = "{self.directory}/database"\ndsn = "{self.dsn}"\n'
            f"[auth]\nfree_failures = 1000\n{user}{self.settings}"
        )
        return path

    def start_database(self):
        """A PostgreSQL that outlives the servers; without it each server runs its own."""
        config = self.write_config("database")
        out = self.directory / "dsn"
        self._start(["postgres", "--config", config], stdout=out.open("w"))
        wait_until("the database", lambda: out.read_text().endswith("\n"))
        self.dsn = out.read_text().strip()

    def start_server(self, name="server"):
        """A Server, once it answers."""
        config = self.write_config(name)
        port_file = self.directory / f"{name}.port"
        port_file.unlink(missing_ok=True)
        process = self._start(["serve", "--config", config, "--port-file", port_file])

        def is_up():
            if process.poll() is not None:
                raise Failed(f"kalends serve ended: {self.log()[-2000:]}")
            return port_file.exists()

        wait_until("kalends serve", is_up, 120)
        return Server(process, config, int(port_file.read_text().split()[0]))

    def _start(self, arguments, stdout=subprocess.DEVNULL):
        process = subprocess.Popen(
            [self.binary, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=(self.directory / "log").open("a"),
        )
        self.processes.append(process)
        return process

    def log(self):
        return (self.directory / "log").read_text(errors="replace")

    def user(self, server, *arguments, text=""):
        done = subprocess.run(
            [self.binary, "user", *arguments, "--config", server.config],
            input=text,
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            raise Failed(f"kalends user {arguments}: {done.stderr}")

    def add_user(self, server, login):
        self.user(server, "add", login, "--password-stdin", text=login + "\n")

    def postmaster(self):
        """The process id of PostgreSQL; None if there is none."""
        for file in (self.directory / "database").rglob("postmaster.pid"):
            return int(file.read_text().split("\n")[0])
        return None

    def sockets(self):
        """Where PostgreSQL says that its socket is."""
        for file in (self.directory / "database").rglob("postmaster.pid"):
            return file.read_text().split("\n")[4]
        raise Failed("there is no PostgreSQL")

    def psql(self, sql):
        """The answer of one statement, as text."""
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))
        dsn = self.dsn or f"host={self.sockets()} dbname=kalends user=kalends"
        done = subprocess.run(
            [programs[-1], dsn, "-At", "-c", sql], text=True, capture_output=True, check=False
        )
        if done.returncode != 0:
            raise Failed(f"psql: {done.stderr}")
        return done.stdout.strip()

    def kill_postgres(self):
        """kill -9 of PostgreSQL and all of its processes at once, as if the machine lost power."""
        postmaster = self.postmaster()
        children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        os.kill(postmaster, signal.SIGKILL)
        for child in children:
            try:
                os.kill(int(child), signal.SIGKILL)
            except ProcessLookupError:
                pass


class Server:
    """One kalends serve."""

    def __init__(self, process, config, port):
        self.process, self.config, self.port = process, config, port

    def kill(self):
        self.process.kill()
        self.process.wait()
