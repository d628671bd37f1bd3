"""Opening the store's file with the settings every connection of ours has."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sfa.errors import SfaError, StoreUnusable, msg

if TYPE_CHECKING:
    from sfa.store.capture import Capture


class StoreConnection(sqlite3.Connection):
    """A connection that may change captured tables, inside a transaction of ``perform``."""

    capture: Capture


def open_writing(path: Path) -> StoreConnection:
    """Open a store for changing; statements commit by themselves until BEGIN.

    Raises:
        StoreUnusable: the file cannot be opened or is no store.
    """
    from sfa.store.capture import Capture  # readers open through this module too, and need none of it

    connection = sqlite3.connect(
        path, isolation_level=None, factory=StoreConnection, timeout=60.0, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.capture = Capture()
    connection.capture.register(connection)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # Measured on a bulk insert of 20,000 captured rows: 1.1 s with these two, 1.8 s without.
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA temp_store = MEMORY")
        # Opening waits for a process that ends and folds a long log in; from here on BEGIN waits
        # in steps of a second, so that it can say so (change.begin).
        connection.execute("PRAGMA busy_timeout = 1000")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise unusable(error, path) from error
    return connection


def private(path: Path) -> None:
    """Let the file's owner alone read it."""
    if path.exists() and path.stat().st_mode & 0o077:
        path.chmod(0o600)


_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY"}


def is_busy(error: sqlite3.Error) -> bool:
    """Say whether another process holds the store at the moment."""
    return getattr(error, "sqlite_errorname", "") in _BUSY


def unusable(error: sqlite3.Error, path: Path) -> SfaError:
    """Return what a failure of SQLite means to the user."""
    name = getattr(error, "sqlite_errorname", "") or ""
    what, hint = _MEANINGS.get(name.split("_")[1] if "_" in name else "", _UNKNOWN)
    return StoreUnusable(
        what, why=msg("SQLite says: {system}."), hint=hint, path=str(path), system=str(error)
    )


_DAMAGED = (
    msg("The store {path} is damaged or is no store."),
    msg("Run: sfa doctor. A backup is brought back with: sfa backup restore FILE."),
)
_READ_ONLY = (
    msg("The store {path} cannot be written to."),
    msg("Check the permissions of the folder and the file, or set SFA_HOME to another folder."),
)
_MEANINGS = {
    "CORRUPT": _DAMAGED,
    "NOTADB": _DAMAGED,
    "READONLY": _READ_ONLY,
    "PERM": _READ_ONLY,
    "CANTOPEN": (
        msg("The store {path} cannot be opened."),
        msg("Check that the folder exists and is yours, or set SFA_HOME to another folder."),
    ),
    "FULL": (
        msg("The disk is full; nothing was changed in {path}."),
        msg("Free some space and run the command again."),
    ),
    "IOERR": (
        msg("The disk failed while the store {path} was used; nothing was changed."),
        msg("Check the disk and its free space, then run: sfa doctor."),
    ),
    "BUSY": (
        msg("Another process has been changing the store {path} for too long."),
        msg("Wait for it to end (an import, a backup), then run the command again."),
    ),
    "LOCKED": (
        msg("Another process has been changing the store {path} for too long."),
        msg("Wait for it to end (an import, a backup), then run the command again."),
    ),
}
_UNKNOWN = (msg("The store {path} cannot be used."), msg("Run: sfa doctor."))
