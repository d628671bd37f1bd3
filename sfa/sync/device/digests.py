"""What this device holds, in numbers the centre has too. Source: docs/sync-protocol.md, "Digests"."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from functools import lru_cache

from sfa.fields import TABLES
from sfa.store.capture import CAPTURED, Value
from sfa.sync.protocol import TableDigest

_MODULUS = 1 << 60


def row_digest(values: tuple[Value, ...]) -> int:
    """Return the digest of a row: its id, then its captured columns but ``deleted_at``."""
    text = "".join(["-" if value is None else f"{len(said := str(value))}:{said}" for value in values])
    first = hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8]
    return int.from_bytes(first, "big") >> 4


def table_digests(connection: sqlite3.Connection) -> tuple[TableDigest, ...]:
    """Return count and sum of the digests of each table's live rows."""
    return tuple(_total(connection, table) for table in TABLES)


def _total(connection: sqlite3.Connection, table: str) -> TableDigest:
    count = total = 0
    for _, digest in _rows(connection, table):
        count += 1
        total += digest
    return TableDigest(table, count, total % _MODULUS)


def row_digests(connection: sqlite3.Connection, table: str) -> dict[str, int]:
    """Return id -> digest of a table's live rows."""
    return dict(_rows(connection, table))


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, int]]:
    cursor = connection.cursor()
    cursor.row_factory = None
    for row in cursor.execute(_live_rows(table)):
        yield row[0], row_digest(row)


@lru_cache(maxsize=64)
def _live_rows(table: str) -> str:
    names = ", ".join(f'"{name}"' for name in ("id", *CAPTURED[table]) if name != "deleted_at")
    return f"SELECT {names} FROM {table} WHERE deleted_at IS NULL"
