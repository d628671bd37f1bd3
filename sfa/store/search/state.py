"""What the index of a store was built with, and which tables it does not hold yet.

A table that is searched from a later version on is taken in by the next change: the index of an
earlier version stays good for all the others.
"""

from __future__ import annotations

import sqlite3
import unicodedata

from sfa.store.search import ENTRIES_VERSION, EXTENDED_FROM, STATE
from sfa.store.search.searched import SEARCHED


def built_with() -> str:
    """Return what an index that is built now is built with."""
    return f"{ENTRIES_VERSION}/{unicodedata.unidata_version}"


def is_current(connection: sqlite3.Connection) -> bool:
    """Say whether the index was built as this program builds it."""
    return _state(connection) == built_with()


def put_current(connection: sqlite3.Connection) -> None:
    """Note that the index is as this program builds it."""
    connection.execute("INSERT OR REPLACE INTO local_state (key, value) VALUES (?, ?)", (STATE, built_with()))


def lacking(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the tables that the next change takes in; none where it builds the whole index anew."""
    version, _, letters = _state(connection).partition("/")
    if not version.isdecimal() or letters != unicodedata.unidata_version or int(version) < EXTENDED_FROM:
        return ()
    return tuple(table for table, spec in SEARCHED.items() if spec.since > int(version))


def holds(connection: sqlite3.Connection, table: str) -> bool:
    """Say whether the index of this store knows the records of a table."""
    spec = SEARCHED.get(table)
    return spec is not None and (not spec.since or table not in lacking(connection))


def _state(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT value FROM local_state WHERE key = ?", (STATE,)).fetchone()
    return str(row[0]) if row is not None else ""
