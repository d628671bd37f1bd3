"""Many quotes of some lines each, straight into a store's tables: copies of one that sfa itself made.

A list reads no log of changes: the triggers are dropped while the rows go in and made anew afterwards.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sfa import ids
from sfa.store.triggers import drop_triggers, make_triggers


def copy(home: Path, count: int) -> None:
    """Fill up a store with one quote, to so many."""
    connection = sqlite3.connect(home / "sfa.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    first = dict(connection.execute("SELECT * FROM quote").fetchone())
    connection.execute("BEGIN")
    drop_triggers(connection)
    columns, marks = ", ".join(first), ", ".join(f":{name}" for name in first)
    connection.executemany(f"INSERT INTO quote ({columns}) VALUES ({marks})", _copies(first, count))
    make_triggers(connection)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _copies(first: Mapping[str, Any], count: int) -> Iterator[dict[str, Any]]:
    for number in range(1, count):
        mixed = number * 2_654_435_761 % 4_294_967_296
        made = f"01a30000-{number >> 16:04x}-7000-8a00-{mixed:012x}"
        stamp = f"2026-{1 + number % 11:02d}-{1 + number % 28:02d}T08:{number % 60:02d}:00.000Z"
        yield {
            **first,
            "id": made,
            "ref": ids.ref_of(made),
            "number": f"Q-N-{number:05d}",
            "created_at": stamp,
            "updated_at": stamp,
            "total_minor": first["total_minor"] + mixed % 1_000_000,
        }
