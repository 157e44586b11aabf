"""vdirsyncer as its users have it: a configuration file, folders of .ics and .vcf files, discover, sync."""

from __future__ import annotations

import pathlib

import world

CONFIG = """[general]
status_path = "{home}/status-{name}/"

[pair {name}]
a = "{name}_local"
b = "{name}_remote"
collections = {collections}
metadata = [{metadata}]
{resolution}
[storage {name}_local]
type = "filesystem"
path = "{folder}"
fileext = "{extension}"

[storage {name}_remote]
type = "{type}"
url = "{url}/"
username = "{user}"
password = "{password}"
"""


class Pair:
    """A folder that is synchronised with all calendars, or all address books, of an account: the test's, unless
    another is given. `both`: what the folder has is made on the server, too."""

    def __init__(self, test: world.ClientTest, name: str, kind: str = "caldav", conflict: str = "",
                 account: world.Account | None = None, both: bool = True) -> None:
        self.test = test
        self.name = name
        self.folder = test.home / name
        self.folder.mkdir()
        self.config = test.home / f"{name}.conf"
        is_calendar = kind == "caldav"
        account = account or test.account
        self.extension = ".ics" if is_calendar else ".vcf"
        self.config.write_text(CONFIG.format(
            home=test.home, name=name, folder=self.folder, type=kind, url=account.base_url, user=account.login,
            password=account.password,
            collections='["from a", "from b"]' if both else '["from b"]',
            extension=self.extension, metadata='"displayname", "color"' if is_calendar else '"displayname"',
            resolution=f'conflict_resolution = "{conflict}"\n' if conflict else ""))

    def vdirsyncer(self, command: str, succeeds: bool = True) -> str:
        return self.test.run_command("vdirsyncer", "-c", str(self.config), command, answers="y\n" * 20, succeeds=succeeds)

    def discover(self) -> None:
        self.vdirsyncer("discover")

    def sync(self, succeeds: bool = True) -> str:
        return self.vdirsyncer("sync", succeeds)

    def write(self, collection: str, name: str, data: str) -> pathlib.Path:
        path = self.folder / collection / (name + self.extension)
        path.write_bytes(data.encode())
        return path

    def files(self, collection: str) -> dict[str, str]:
        return {path.name: path.read_bytes().decode() for path in (self.folder / collection).iterdir()
                if path.suffix == self.extension}
