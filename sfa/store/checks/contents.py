"""Attached contents: each is there, and still the bytes that were attached."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sfa.errors import msg
from sfa.store.checks import Finding, named, refused, repairable
from sfa.store.contents import attached, content_path, hash_of
from sfa.store.erasure import is_sweep_due


def check_contents(connection: sqlite3.Connection, folder: Path) -> list[Finding]:
    """Return the attachments whose content is missing or has changed."""
    missing, damaged = [], []
    for _, name, sha256 in attached(connection):
        path = content_path(folder, sha256)
        if not path.exists():
            missing.append(name)
        elif hash_of(path) != sha256:
            damaged.append(name)
    hint = msg(
        "Bring a backup back that holds them, or delete the attachments with: sfa attachment delete REF."
    )
    found = []
    if missing:
        what = msg("The contents of {count} attachments are missing: {names}.")
        found.append(refused("content_missing", what, hint, count=len(missing), names=named(missing)))
    if damaged:
        what = msg("The contents of {count} attachments have changed: {names}.")
        found.append(refused("content_damaged", what, hint, count=len(damaged), names=named(damaged)))
    return found


def check_sweep(connection: sqlite3.Connection) -> list[Finding]:
    """Say whether an erasure was cut off before the last bytes were wiped."""
    if not is_sweep_due(connection):
        return []
    return [
        repairable(
            "sweep_due",
            msg("A person was erased, but bytes of theirs may still be in the file."),
            msg("The file is written anew."),
        )
    ]
