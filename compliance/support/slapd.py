"""A private OpenLDAP server on the loopback: the company's directory for checks and benches."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

import packages

SUFFIX = "dc=firma,dc=test"
READER, READER_PASSWORD = f"cn=reader,{SUFFIX}", "reader"
START_SECONDS = 20
COMMAND_SECONDS = 60

CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
moduleload back_monitor
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
database monitor
access to * by dn.exact="{reader}" read by * none
database mdb
suffix "{suffix}"
rootdn "cn=admin,{suffix}"
rootpw admin
directory {folder}/db
maxsize 268435456
index objectClass,uid,mail,entryUUID,entryCSN eq
overlay syncprov
limits dn.exact="{reader}" size=unlimited
access to attrs=userPassword by self write by anonymous auth by * none
access to * by dn.exact="{reader}" read by self read by * none
"""

ROOTS = f"""\
dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
o: Firma
dc: firma

dn: ou=people,{SUFFIX}
objectClass: organizationalUnit
ou: people

dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {READER_PASSWORD}

"""


def person(login: str, password: str) -> str:
    """LDIF."""
    return (f"dn: uid={login},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {login.title()}\n"
            f"sn: {login.title()}\nmail: {login}@firma.test\nuserPassword: {password}\n\n")


@dataclasses.dataclass(frozen=True)
class Directory:
    uri: str

    def settings(self) -> str:
        """The section of kalends.toml."""
        return (f'[ldap]\nuri = ["{self.uri}"]\nbase = "{SUFFIX}"\nbind_dn = "{READER}"\n'
                f'bind_password = "{READER_PASSWORD}"\n')

    def add(self, ldif: str) -> None:
        subprocess.run(["ldapadd", "-x", "-H", self.uri, "-D", f"cn=admin,{SUFFIX}", "-w", "admin"], input=ldif, text=True,
                       check=True, capture_output=True, timeout=COMMAND_SECONDS)

    def _monitored(self, entry: str, attribute: str) -> int:
        done = subprocess.run(["ldapsearch", "-x", "-LLL", "-H", self.uri, "-D", READER, "-w", READER_PASSWORD, "-b",
                               f"{entry},cn=Monitor", "-s", "base", attribute], text=True, check=True,
                              capture_output=True, timeout=COMMAND_SECONDS)
        return int(done.stdout.split(f"{attribute}: ")[1].split()[0])

    def binds(self) -> int:
        """How many it has been asked for; the one for this question among them."""
        return self._monitored("cn=Bind,cn=Operations", "monitorOpCompleted")

    def connections(self) -> int:
        """How many it has now; the one for this question among them."""
        return self._monitored("cn=Current,cn=Connections", "monitorCounter")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _wait_until_it_listens(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("slapd did not start") from None
            time.sleep(0.05)


@contextlib.contextmanager
def directory(ldif: str = ""):
    """With these entries, for the length of the block."""
    packages.install(["slapd", "ldap-utils"])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kalends-slapd."))
    (folder / "db").mkdir()
    configuration = folder / "slapd.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, suffix=SUFFIX, reader=READER))
    subprocess.run(["/usr/sbin/slapadd", "-q", "-f", configuration], input=ROOTS + ldif, text=True, check=True,
                   capture_output=True, timeout=COMMAND_SECONDS)
    port = _free_port()
    process = subprocess.Popen(["/usr/sbin/slapd", "-d", "0", "-f", configuration, "-h", f"ldap://127.0.0.1:{port}"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(port, process)
        yield Directory(f"ldap://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)
