"""Many new rows into a store that holds little and that nobody else has open: each page is written once.

With the log every page goes to the disk twice, into the log and from there into the store. A
rollback journal keeps only what pages held before, and new pages held nothing. It shuts readers
out until the commit, so it is for the first load alone: there is little to read, and nobody reads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sfa.store.connection import StoreConnection, is_busy
from sfa.store.home import is_there

# Below it the switch there and back costs what it saves.
PAYS_FROM = 10_000
# Above it whoever wants to read would wait too long: a reader gives up after a minute.
_AT_MOST = 300_000
# A few thousand records. Above it an import touches pages all over the indexes, which a journal would
# have to keep, and there is something to read meanwhile.
_SMALL_BYTES = 16 << 20
# A hundred thousand records with their history and words are 150 MB and more, and some indexes get them in no
# order: what had to make room would be written, read and written again.
_ROOM_KB = 256 << 10


@contextmanager
def pages_written_once(connection: StoreConnection, new_rows: int) -> Iterator[None]:
    """Keep a rollback journal instead of the log meanwhile, where that pays and shuts nobody out.

    That is for many rows, into a store that is small and that nobody else has open.
    The store is back to its log afterwards; where a reader holds it just then, the next one that
    opens it for changing brings it back.
    """
    if (
        not PAYS_FROM <= new_rows <= _AT_MOST
        or not _is_small(connection)
        or not _switched(connection, "DELETE")
    ):
        yield
        return
    try:
        yield
    finally:
        _switched(connection, "WAL")


@contextmanager
def room_for_many(connection: sqlite3.Connection) -> Iterator[None]:
    """Let SQLite keep more pages in memory meanwhile; it takes what it needs, and gives back what is over."""
    usual = connection.execute("PRAGMA cache_size").fetchone()[0]
    connection.execute(f"PRAGMA cache_size = -{_ROOM_KB}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA cache_size = {usual}")


def take_back_if_killed(path: Path) -> None:
    """Have SQLite take back what a killed process had written so far; whoever only reads may not.

    Where a process is at work, or nothing can be written, nothing happens: whoever opens the store
    then waits, or says why it cannot be read.
    """
    if is_there(Path(f"{path}-journal")):
        with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()


def _is_small(connection: sqlite3.Connection) -> bool:
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return bool(pages * size < _SMALL_BYTES)


def _switched(connection: StoreConnection, mode: str) -> bool:
    """Switch without waiting for others; say whether it is so now."""
    waits = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        found = connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()[0]
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
        return False
    finally:
        with suppress(sqlite3.Error):
            connection.execute(f"PRAGMA busy_timeout = {waits}")
    return bool(found.upper() == mode)
