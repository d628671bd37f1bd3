"""What the figures were taken on: processor, cores, memory, system, versions."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from importlib import metadata
from pathlib import Path


def machine() -> str:
    """Return the machine in one line."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {_system()}"


def versions() -> str:
    """Return what the figures depend on: Python, SQLite, and every library sfa installs."""
    libraries = sorted(_libraries(), key=str.lower)
    told = [f"{name} {metadata.version(name)}" for name in libraries]
    return ", ".join([f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}", *told])


def _libraries() -> list[str]:
    wanted = metadata.requires("sfa") or []
    return [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in wanted if "extra ==" not in line]


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    if told.exists():
        found = re.search(r"^model name\s*:\s*(.+)$", told.read_text("utf-8"), re.MULTILINE)
        if found:
            return found[1]
    return platform.processor() or platform.machine()


def _system() -> str:
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        name = platform.platform(terse=True)
    return f"{name} ({platform.system()} {platform.release().partition('-')[0]} {platform.machine()})"
