"""The file itself: readable, ours, of our version, every page whole; private; nothing left lying about."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path

from sfa.errors import StoreUnusable, msg
from sfa.store.backup import open_source
from sfa.store.checks import Finding, Severity, named, refused, repairable, unusable
from sfa.store.home import backup_dir, content_dir, store_path
from sfa.store.version import APPLICATION_ID, SCHEMA_VERSION

_INDEX_SIGNS = ("missing from index", "wrong # of entries in index", "non-unique entry in index")
_VALUE_SIGNS = ("CHECK constraint failed in", "NULL value in", "value in ")
_AN_HOUR_S = 3600


def check_file(path: Path) -> list[Finding]:
    """Return what is wrong with the store's file as a whole; all of it unusable but an older version."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        return [
            unusable(
                "unreadable",
                msg("The store {path} cannot be read: {system}."),
                msg("Check that the folder and the file are yours, or set SFA_HOME to another folder."),
                path=str(path),
                system=error.strerror or str(error),
            )
        ]
    if not head.startswith(b"SQLite format 3\0"):
        return [_not_ours(path)]
    try:
        connection = open_source(path)
    except StoreUnusable as error:
        if getattr(error.__cause__, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
            return [torn(path, str(error.__cause__))]
        return [Finding("unreadable", Severity.UNUSABLE, error.what, error.data, hint=error.hint)]
    try:
        return _check_version(connection, path)
    except sqlite3.DatabaseError as error:
        return [torn(path, str(error))]
    finally:
        connection.close()


def _check_version(connection: sqlite3.Connection, path: Path) -> list[Finding]:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        return [_not_ours(path)]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        return [
            unusable(
                "newer",
                msg("The store {path} was written by a newer sfa (schema {found}; this one knows {known})."),
                msg("Update sfa on this machine; nothing was changed."),
                path=str(path),
                found=version,
                known=SCHEMA_VERSION,
            )
        ]
    if version < SCHEMA_VERSION:
        return [
            repairable(
                "older",
                msg("The store is of schema {found}; this program works with {known}."),
                msg("It is migrated, after a backup."),
                found=version,
                known=SCHEMA_VERSION,
            )
        ]
    return []


def _not_ours(path: Path) -> Finding:
    return unusable("not_ours", msg("The file {path} is no store of sfa."), path=str(path))


def torn(path: Path, verdict: str) -> Finding:
    """Return the finding that pages of the file are damaged."""
    return unusable(
        "torn_page", msg("Pages of the store {path} are damaged: {verdict}"), path=str(path), verdict=verdict
    )


def check_pages(connection: sqlite3.Connection, path: Path) -> list[Finding]:
    """Return what SQLite's own check of every page and index says; values are judged elsewhere."""
    said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(100)")]
    damaged = [line for line in said if line != "ok" and not _is_value(line)]
    if not damaged:
        return []
    indexes = sorted({line.rsplit(" ", 1)[1] for line in damaged if any(s in line for s in _INDEX_SIGNS)})
    others = [line for line in damaged if not any(sign in line for sign in _INDEX_SIGNS)]
    if others:
        return [torn(path, named([" ".join(line.split()) for line in others]))]
    return [
        repairable(
            "index_damaged",
            msg("Indexes do not agree with their tables: {indexes}."),
            msg("They are built anew."),
            indexes=named(indexes),
        )
    ]


def _is_value(line: str) -> bool:
    return any(sign in line for sign in _VALUE_SIGNS)


def check_permissions(home: Path) -> list[Finding]:
    """Return the folders and files of the home that others than its owner may read."""
    if os.name != "posix":
        return []
    open_ones = [path for path in _private_paths(home) if path.stat().st_mode & 0o077]
    if not open_ones:
        return []
    if any(path.stat().st_uid != os.geteuid() for path in open_ones):
        return [
            refused(
                "permissions",
                msg("Others may read what is in the home: {paths}."),
                msg("It belongs to another user: have them run sfa doctor --repair."),
                paths=named([str(path) for path in open_ones]),
            )
        ]
    return [
        repairable(
            "permissions",
            msg("Others may read what is in the home: {paths}."),
            msg("Only you may read it from now on."),
            paths=named([str(path) for path in open_ones]),
        )
    ]


def repair_permissions(home: Path) -> None:
    """Let the owner alone read the home."""
    for path in _private_paths(home):
        mode = path.stat().st_mode
        if mode & 0o077:
            path.chmod(mode & 0o700)


def _private_paths(home: Path) -> list[Path]:
    found = [home, *home.glob(f"{store_path(home).name}*")]
    for folder in (backup_dir(home), content_dir(home)):
        if folder.is_dir():
            found += [folder, *folder.rglob("*")]
    return [path for path in found if path.exists()]


def check_leftovers(home: Path) -> list[Finding]:
    """Return the temporary files of commands that were cut off."""
    found = leftovers(home)
    if not found:
        return []
    return [
        repairable(
            "leftover",
            msg("Temporary files were left by a command that was cut off: {paths}."),
            msg("They are removed."),
            paths=named([path.name for path in found]),
        )
    ]


def leftovers(home: Path) -> list[Path]:
    """Return temporary files whose command is over."""
    name = store_path(home).name
    found = [*home.glob(f"{name}.new-*"), *home.glob(".*.part*")]
    for folder in (backup_dir(home), content_dir(home)):
        found += folder.rglob(".*.part*") if folder.is_dir() else []
    return sorted(path for path in found if _is_over(path))


def _is_over(path: Path) -> bool:
    if time.time() - path.stat().st_mtime > _AN_HOUR_S:
        return True
    digits = [part for part in path.name.replace("-", ".").split(".") if part.isdigit()]
    if os.name != "posix" or not digits:
        return False
    try:
        os.kill(int(digits[-1]), 0)
    except (PermissionError, OverflowError):
        return False
    except ProcessLookupError:
        return True
    return False


def repair_leftovers(home: Path) -> None:
    """Remove the temporary files of commands that are over."""
    for path in leftovers(home):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
