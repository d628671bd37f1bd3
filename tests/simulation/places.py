"""Where a device's store lies while it is open: files that one device after the other uses.

Reading the schema (some 200 triggers) makes opening a store cost more than all the rest of
a schedule. A place keeps its connection: the next store's files are written over the last
one's, the log's index is made void, and SQLite recovers from the log exactly as a start
after a crash does. Only the schema it has read stays in its memory.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from sfa.store.capture import Capture
from sfa.store.connection import open_writing
from tests.simulation.faults import WatchedConnection

STORE = "sfa.db"
ENDS = ("", "-wal")
_INDEX_HEADER = bytes(136)  # of the -shm file: without it the next reader recovers from the log
_COOKIE = slice(40, 44)  # of the store's file: the schema's number
_SETTINGS = ("foreign_keys = ON", "ignore_check_constraints = OFF", "synchronous = OFF")
_SCHEMA = "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master ORDER BY rowid)"


def copy_store(source: Path, target: Path) -> None:
    """Copy a store's file and its log as they lie, as a crash or a copying user leaves them."""
    target.mkdir(parents=True, exist_ok=True)
    for end in (*ENDS, "-shm"):
        (target / f"{STORE}{end}").unlink(missing_ok=True)
    for end in ENDS:
        if (source / f"{STORE}{end}").exists():
            shutil.copyfile(source / f"{STORE}{end}", target / f"{STORE}{end}")


class Place:
    """A folder with an open store."""

    def __init__(self, folder: Path) -> None:
        """Take a folder that is not there yet."""
        self.folder = folder
        self.cookie = b""
        self._connection: WatchedConnection | None = None
        self._schema: tuple[int, str] | None = None

    def opened(self, source: Path) -> WatchedConnection:
        """Lay a store's files here and return a connection to them that nobody has used."""
        if self._connection is not None:
            self._lay_over(source)
            if not self._is_as_new(self._connection):
                self._connection.close()
                self._connection = None
        if self._connection is None:
            copy_store(source, self.folder)
            found = open_writing(self.folder / STORE)
            assert isinstance(found, WatchedConnection)
            found.execute("PRAGMA synchronous = OFF")
            self._connection = found
        return self._connection

    def _lay_over(self, source: Path) -> None:
        for end in ENDS:
            file = source / f"{STORE}{end}"
            with (self.folder / f"{STORE}{end}").open("r+b") as here:
                here.write(file.read_bytes() if file.exists() else b"")
                here.truncate()
        with (self.folder / f"{STORE}-shm").open("r+b") as index:
            index.write(_INDEX_HEADER)

    def _is_as_new(self, connection: WatchedConnection) -> bool:
        """Make the connection's memory what opening makes it; say no where that cannot be."""
        connection.capture = Capture()
        try:
            connection.capture.register(connection)
        except sqlite3.OperationalError:
            return False  # a statement of the last user still runs
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        if connection.execute("SELECT 1 FROM temp.sqlite_master").fetchone():
            return False
        return self._schema_is_known(connection)

    def _schema_is_known(self, connection: WatchedConnection) -> bool:
        # Triggers fire in the order in which they were read: the same number must mean the same order.
        before, now = self._schema, _schema(connection)
        return before is None or before[0] != now[0] or before == now

    def leave(self) -> None:
        """End what the last user was doing; the files stay until the next lies here."""
        connection = self._connection
        assert connection is not None
        connection.plan = None
        if connection.in_transaction:
            connection.rollback()
        self._schema = _schema(connection)
        self.cookie = self._schema[0].to_bytes(4, "big")

    def close(self) -> None:
        """Close the connection; the place cannot be used again."""
        if self._connection is not None:
            self._connection.close()


def _schema(connection: WatchedConnection) -> tuple[int, str]:
    return (
        connection.execute("PRAGMA schema_version").fetchone()[0],
        connection.execute(_SCHEMA).fetchone()[0],
    )


class Places:
    """The places of one process, most of them free."""

    def __init__(self, folder: Path) -> None:
        """Make places in a folder, which is somebody else's to remove."""
        self._folder = folder / f"places-{os.getpid()}"
        self._free: list[Place] = []
        self._count = 0

    def take(self, source: Path) -> Place:
        """Return a free place, one that knows the schema of the store that comes if there is one."""
        with (source / STORE).open("rb") as file:
            cookie = file.read(100)[_COOKIE]
        for number, place in reversed(list(enumerate(self._free))):
            if place.cookie == cookie:
                return self._free.pop(number)
        if self._count >= _ENOUGH and self._free:
            return self._free.pop()
        self._count += 1
        return Place(self._folder / str(self._count))

    def give_back(self, place: Place) -> None:
        """Let a place be used by the next."""
        place.leave()
        self._free.append(place)

    def close(self) -> None:
        """Close what is open, before the folder goes."""
        while self._free:
            self._free.pop().close()


_ENOUGH = 16
