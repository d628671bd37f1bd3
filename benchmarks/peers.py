"""The programs we are measured beside, installed by the benchmark itself.

Python peers live in an environment of their own in the cache; the others come from
the system's packages, which needs root or sudo without a password. A peer that cannot
be had is told in the report, never left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from benchmarks.places import CACHE, PYTHON

# Version 4 always detects types and no longer knows the flag; 3.39 is the last that says which it does.
SQLITE_UTILS = "sqlite-utils>=3.39,<4"
_PACKAGES = {"task": "taskwarrior", "sqlite3": "sqlite3"}


Peer = TypeVar("Peer")


class PeerMissing(Exception):
    """A peer is not there and could not be installed; the text says why."""


def wanted(peer: Callable[[], Peer]) -> Peer | PeerMissing:
    """Return a peer, or why it is missing, so that ours is measured all the same."""
    try:
        return peer()
    except PeerMissing as why:
        print(f"  peer missing: {why}", flush=True)
        return why


@cache
def sqlite_utils() -> str:
    """Return the path of sqlite-utils, installed when need be."""
    home = CACHE / "peers"
    program = home / "bin" / "sqlite-utils"
    if not program.exists():
        _run([PYTHON, "-m", "venv", str(home)], "an environment for the peers")
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, SQLITE_UTILS], "sqlite-utils")
    return str(program)


@cache
def program(name: str) -> str:
    """Return the path of ``task`` or ``sqlite3``, installed by apt-get when it is missing."""
    found = shutil.which(name)
    if found is None:
        _install(_PACKAGES[name])
        found = shutil.which(name)
    if found is None:
        raise PeerMissing(f"{name} is not there after its installation")
    return found


def _install(package: str) -> None:
    apt, sudo = shutil.which("apt-get"), shutil.which("sudo")
    if apt is None:
        raise PeerMissing(f"install {package} by hand: this system has no apt-get")
    if os.geteuid() == 0:
        before: list[str] = []
    elif sudo:
        before = [sudo, "--non-interactive"]
    else:
        raise PeerMissing(f"install {package} by hand: apt-get needs root")
    if subprocess.run([*before, apt, "install", "-y", package], capture_output=True, check=False).returncode:
        _run([*before, apt, "update"], "the list of packages")
        _run([*before, apt, "install", "-y", package], package)


def _run(arguments: list[str], what: str) -> None:
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise PeerMissing(f"{what} could not be installed: {' '.join(last) or done.returncode}")


def versions() -> str:
    """Return the versions of the peers that are here, for the report."""
    told = []
    utils = CACHE / "peers" / "bin" / "sqlite-utils"
    for name, arguments in (
        ("sqlite-utils", [str(utils), "--version"]),
        ("sqlite3 shell", ["sqlite3", "--version"]),
        ("Taskwarrior", ["task", "--version"]),
    ):
        if shutil.which(arguments[0]):
            text = subprocess.run(arguments, capture_output=True, text=True, check=False).stdout
            told.append(f"{name} {_number(text)}")
        else:
            told.append(f"{name} missing")
    return ", ".join(told)


def _number(text: str) -> str:
    return next((word for word in text.replace(",", " ").split() if word[:1].isdigit()), "?")
