"""What this device holds, in numbers the centre has too. Source: docs/sync-protocol.md, "Digests"."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sfa.fields import TABLES
from sfa.store.capture import CAPTURED, Value
from sfa.sync.protocol import TableDigest

_MODULUS = 1 << 60
_AT_ONCE = 1_000


def row_digest(values: tuple[Value, ...]) -> int:
    """Return the digest of a row: its id, then its captured columns but ``deleted_at``."""
    return digests_of([values])[0]


def digests_of(rows: Sequence[tuple[Value, ...]]) -> list[int]:
    """Return the digests of rows of one table, column by column: most say the same in all rows."""
    template: list[str] = []
    varying: list[list[str]] = []
    for values in zip(*rows, strict=True):
        if values.count(values[0]) == len(values):
            template.append(_said(values[0]).replace("%", "%%"))
        else:
            template.append("%s")
            varying.append([*map(_said, values)])
    text = "".join(template)
    texts = [text % row for row in zip(*varying, strict=True)] if varying else [text % ()] * len(rows)
    return [_digest(each) for each in texts]


def _said(value: Value) -> str:
    return "-" if value is None else f"{len(said := str(value))}:{said}"


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8], "big") >> 4


def table_digests(connection: sqlite3.Connection) -> tuple[TableDigest, ...]:
    """Return count and sum of the digests of each table's live rows."""
    return tuple(_total(connection, table) for table in TABLES)


def _total(connection: sqlite3.Connection, table: str) -> TableDigest:
    count = total = 0
    for rows in _rows(connection, table):
        count += len(rows)
        total += sum(digests_of(rows))
    return TableDigest(table, count, total % _MODULUS)


def row_digests(connection: sqlite3.Connection, table: str) -> dict[str, int]:
    """Return id -> digest of a table's live rows."""
    found: dict[str, int] = {}
    for rows in _rows(connection, table):
        found.update(zip((row[0] for row in rows), digests_of(rows), strict=True))
    return found


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[list[Any]]:
    cursor = connection.cursor()
    cursor.row_factory = None
    cursor.execute(_live_rows(table))
    while rows := cursor.fetchmany(_AT_ONCE):
        yield rows


@lru_cache(maxsize=64)
def _live_rows(table: str) -> str:
    names = ", ".join(f'"{name}"' for name in ("id", *CAPTURED[table]) if name != "deleted_at")
    return f"SELECT {names} FROM {table} WHERE deleted_at IS NULL"
