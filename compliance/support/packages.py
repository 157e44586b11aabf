"""Debian packages that a run of compliance/ needs beside those of script/packages."""

from __future__ import annotations

import os
import subprocess

INSTALL_SECONDS = 600


def is_installed(package: str) -> bool:
    query = subprocess.run(["dpkg-query", "-W", "-f", "${Status}", package], capture_output=True, text=True, check=False)
    return query.stdout.endswith("ok installed")


def install(packages: list[str]) -> None:
    """Installs those that are missing. One that can't be installed fails the run."""
    missing = [package for package in packages if not is_installed(package)]
    if not missing:
        return
    print("Installing:", *missing, flush=True)
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0"]
    command = [*apt, "install", "--no-install-recommends", *missing]
    for step in (command, [*apt, "update"], command):
        subprocess.run(step, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=INSTALL_SECONDS, check=False)
        if all(is_installed(package) for package in missing):
            return
    raise SystemExit("FAILED: these packages can't be installed: "
                     + " ".join(package for package in missing if not is_installed(package)))
