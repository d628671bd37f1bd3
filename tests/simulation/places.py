"""Where a device's store lies while it is open: files that one device after the other uses.

Reading the schema (some 200 triggers) makes opening a store cost more than all the rest of
a schedule. A place keeps its connection: the next store's files are written over the last
one's, the log's index is made void, and SQLite recovers from the log exactly as a start
after a crash does. Only the schema it has read, and the statements it has prepared for that
schema, stay in its memory.

What a crash leaves is still what lies in the files: an image is read from them at that
moment, byte for byte, and nothing of the connection's memory is in it. The store's file is
read and written only where it is another than the one known to lie here: SQLite writes it
at a checkpoint alone, and every write takes away the mark that its time was set to.
"""

from __future__ import annotations

import functools
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sfa.store.capture import Capture
from sfa.store.connection import open_writing
from tests.simulation.faults import WatchedConnection, watched_stores

STORE = "sfa.db"
ENDS = ("", "-wal")
_INDEX_HEADER = bytes(136)  # of the -shm file: without it the next reader recovers from the log
_MARK_NS = 1_000_000_000  # a time that no clock shows: a file that has it was not written since
# What was made last stands last: of two schemas with one number, one of which had a trigger made anew
# that the other had not, these differ.
_LAST = (
    "SELECT group_concat(no || name) FROM"
    " (SELECT rowid AS no, name FROM sqlite_master ORDER BY rowid DESC LIMIT 64)"
)
_WHOLE = (
    "SELECT group_concat(name || rootpage || coalesce(sql, ''), ';') FROM"
    " (SELECT name, rootpage, sql FROM sqlite_master ORDER BY rowid)"
)
_numbers: dict[str, int] = {}  # the first number that each schema had
_ENOUGH = 16
_SETTINGS = {"foreign_keys": 1, "ignore_check_constraints": 0, "synchronous": 0}


Schema = tuple[int, str]  # its number, and its last tables and triggers in their order


@dataclass(slots=True, eq=False)
class Image:
    """A store's file and its log as they lie at one moment: what a kill or a copying user leaves.

    ``schema`` is what is known of its schema: that of its ancestor with the same number.
    """

    file: bytes
    log: bytes
    schema: Schema | None = None


def stored(folder: Path) -> Image:
    """Return the store that lies in a folder; of files that did not change always the same bytes."""
    found = [(folder / f"{STORE}{end}") for end in ENDS]
    states = tuple(
        (str(each), stat.st_mtime_ns, stat.st_size, stat.st_ino)
        for each in found
        if each.exists()
        for stat in (each.stat(),)
    )
    return _read(states)


@functools.lru_cache(maxsize=32)
def _read(files: tuple[tuple[str, int, int, int], ...]) -> Image:
    file, log = (*(Path(name).read_bytes() for name, *_ in files), *([b""] * (len(ENDS) - len(files))))
    return Image(file, log)


def lay(image: Image, folder: Path) -> None:
    """Write a store's files into a folder that nobody uses."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{STORE}-shm").unlink(missing_ok=True)
    for end, content in zip(ENDS, (image.file, image.log), strict=True):
        (folder / f"{STORE}{end}").write_bytes(content)


class Place:
    """A folder with an open store."""

    def __init__(self, folder: Path, *, alters: bool = False) -> None:
        """Take a folder that is not there yet."""
        self.folder = folder
        self.alters = alters
        self._schema: Schema | None = None
        self._file, self._log, self._index = (folder / f"{STORE}{end}" for end in (*ENDS, "-shm"))
        self._lies: bytes | None = None
        self._connection: WatchedConnection | None = None

    def opened(self, image: Image) -> WatchedConnection:
        """Lay a store here and return a connection to it that nobody has used."""
        # Without its index file the connection was closed beneath us, or looks at a file that was replaced.
        if self._connection is not None and not (
            self._index.exists() and self._is_laid_over(self._connection, image)
        ):
            self._connection.close()
            self._connection = None
            # A query that nobody read to its end keeps its lock past the closing, but on these files alone.
            for each in (self._file, self._log, self._index):
                each.unlink(missing_ok=True)
        if self._connection is None:
            self._lies = None
            lay(image, self.folder)
            with watched_stores():
                found = open_writing(self._file)
            assert isinstance(found, WatchedConnection)
            found.execute("PRAGMA synchronous = OFF")  # nothing outlives the machine here
            found.keep_statements()
            self._connection = found
            image.schema = _schema(found, image.schema)
        self._schema = image.schema
        return self._connection

    def fits(self, image: Image) -> int:
        """Say how much of a store is known here: its schema before all, then its file."""
        return 2 * (image.schema is None or self._schema == image.schema) + (self._lies is image.file)

    def image(self) -> Image:
        """Return the store as it lies here, which is what a kill at this moment leaves."""
        if not self._is_marked():
            self._lies = self._file.read_bytes()
            self._mark()
        assert self._lies is not None
        if self._connection is not None and not self._connection.in_transaction:
            self._renew(self._connection)
        return Image(self._lies, self._log.read_bytes(), self._schema)

    def _is_marked(self) -> bool:
        return self._lies is not None and self._file.stat().st_mtime_ns == _MARK_NS

    def _mark(self) -> None:
        os.utime(self._file, ns=(_MARK_NS, _MARK_NS))

    def _is_laid_over(self, connection: WatchedConnection, image: Image) -> bool:
        """Put a store beneath a connection that is open; say no where it cannot be made as new."""
        self._lay_over(image)
        return self._is_as_new(connection, image)

    def _lay_over(self, image: Image) -> None:
        if image.file is not self._lies or not self._is_marked():
            _write(self._file, image.file)
            self._lies = image.file
            self._mark()
        _write(self._log, image.log)
        with self._index.open("r+b") as index:
            index.write(_INDEX_HEADER)

    def _is_as_new(self, connection: WatchedConnection, image: Image) -> bool:
        """Make the connection's memory what opening makes it; say no where that cannot be."""
        connection.interrupt()  # refuses what follows if a statement of the last user still runs
        try:
            # Triggers fire in the order in which they were read: the same number must mean the same order.
            before = self._schema
            now = image.schema = _schema(connection, image.schema)
            if before is not None and before[0] == now[0] and before != now:
                return False
            for name, value in _SETTINGS.items():
                # Setting one anew makes every prepared statement void, asking does not.
                if connection.execute(f"PRAGMA {name}").fetchone()[0] != value:
                    connection.execute(f"PRAGMA {name} = {value}")
            if connection.execute("SELECT 1 FROM temp.sqlite_master").fetchone():
                return False
        except sqlite3.OperationalError:
            return False
        # The functions that SQLite knows belong to this capture; registering another voids statements, too.
        kept = connection.capture
        vars(kept).update({**vars(Capture()), "_op": vars(kept)["_op"]})
        return True

    def number_anew(self) -> None:
        """Give a schema that was met before the number it had then: what was prepared serves it, too."""
        connection = self._connection
        assert connection is not None
        plan, connection.plan = connection.plan, None
        number = connection.execute("PRAGMA schema_version").fetchone()[0]
        first = _numbers.setdefault(connection.execute(_WHOLE).fetchone()[0], number)
        if first != number:
            connection.execute(f"PRAGMA schema_version = {first}")
        connection.plan = plan

    def leave(self) -> None:
        """End what the last user was doing; the files stay until the next lies here."""
        connection = self._connection
        assert connection is not None
        connection.plan = None
        if connection.in_transaction:
            connection.rollback()
        self._renew(connection)

    def _renew(self, connection: WatchedConnection) -> None:
        """Look at the schema again, uncounted."""
        plan, connection.plan = connection.plan, None
        self._schema = _schema(connection, self._schema)
        connection.plan = plan

    def close(self) -> None:
        """Close the connection; the place cannot be used again."""
        if self._connection is not None:
            self._connection.close()


def _write(file: Path, content: bytes) -> None:
    with file.open("r+b", buffering=0) as here:
        if content:
            here.write(content)
        here.truncate(len(content))


def _schema(connection: WatchedConnection, known: Schema | None) -> Schema:
    """Return the schema of a store; ``known`` is an ancestor's, the same under the same number."""
    number = int(connection.execute("PRAGMA schema_version").fetchone()[0])
    if known is not None and known[0] == number:
        return known
    return number, connection.execute(_LAST).fetchone()[0]


class Places:
    """The places of one process, most of them free."""

    def __init__(self, folder: Path) -> None:
        """Make places in a folder, which is somebody else's to remove."""
        self._folder = folder / f"places-{os.getpid()}"
        self._free: dict[bool, list[Place]] = {False: [], True: []}
        self._count = 0

    def take(self, image: Image, *, alters: bool = False) -> tuple[Place, WatchedConnection]:
        """Return a free place with a store in it, and a connection to it.

        ``alters``: its user is going to change the schema. That voids every prepared statement, so there are
        places for this alone.
        """
        # Among equals the one used last: it has most statements prepared.
        free = self._free[alters]
        at = max(range(len(free)), key=lambda at: (free[at].fits(image), at), default=-1)
        if at < 0 or (self._count < _ENOUGH and not free[at].fits(image)):
            self._count += 1
            place = Place(self._folder / str(self._count), alters=alters)
        else:
            place = free.pop(at)
        return place, place.opened(image)

    def give_back(self, place: Place) -> None:
        """Let a place be used by the next."""
        place.leave()
        self._free[place.alters].append(place)

    def close(self) -> None:
        """Close what is open, before the folder goes."""
        for free in self._free.values():
            while free:
                free.pop().close()
