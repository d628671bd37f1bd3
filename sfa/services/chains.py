"""Chains of records above one another, such as managers or parent accounts, must not close into a ring."""

from __future__ import annotations

import sqlite3

from sfa.errors import Msg, Refused


def refuse_ring(
    connection: sqlite3.Connection, table: str, column: str, record_id: str, above: object, what: Msg
) -> None:
    """Raise Refused when a record would stand above itself, directly or through others."""
    seen: set[object] = set()
    while above is not None and above not in seen:
        if above == record_id:
            raise Refused(what)
        seen.add(above)
        row = connection.execute(f"SELECT {column} FROM {table} WHERE id = ?", (above,)).fetchone()
        above = row[0] if row else None
