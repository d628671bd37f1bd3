"""Which columns show a value that the centre has not settled yet."""

from __future__ import annotations

import json
import sqlite3
from functools import lru_cache

from sfa.fields import TABLES
from sfa.store.capture import CAPTURED
from sfa.store.personal import erased_columns
from sfa.sync.device.outbox import head_seq, settled_seq
from sfa.sync.device.rows import Key
from sfa.terms import OpKind

NOTHING: frozenset[str] = frozenset()


@lru_cache(maxsize=64)
def units(table: str) -> dict[str, frozenset[str]]:
    """Return column -> the columns that merge with it as one, itself among them."""
    found = {}
    for column in TABLES[table].captured():
        mates = {
            each.name for each in TABLES[table].captured() if column.group and each.group == column.group
        }
        found[column.name] = frozenset(mates | {column.name})
    return found


class Pending:
    """What own unsettled ops wrote, asked row by row in one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Look at the log as it is now."""
        self._connection = connection
        self.settled = settled_seq(connection)
        self.head = head_seq(connection)

    def written(self, key: Key, after: int | None = None) -> frozenset[str]:
        """Return the columns that ops after a seq wrote, by default the unsettled ones."""
        start = self.settled if after is None else after
        if start >= self.head or key[0] not in TABLES:
            return NOTHING
        rows = self._connection.execute(
            "SELECT kind, changes FROM oplog WHERE row_id = ? AND tbl = ? AND seq > ?",
            (key[1], key[0], start),
        ).fetchall()
        found: set[str] = set()
        for kind, changes in rows:
            found.update(columns_of(key[0], kind, changes))
        return frozenset(found)

    def rows(self) -> set[Key]:
        """Return the rows that unsettled ops are about."""
        rows = self._connection.execute(
            "SELECT DISTINCT tbl, row_id FROM oplog WHERE seq > ?", (self.settled,)
        )
        return {(row[0], row[1]) for row in rows}

    def removed(self, key: Key) -> bool:
        """Say whether an unsettled op removed the row."""
        if self.settled >= self.head:
            return False
        row = self._connection.execute(
            "SELECT kind FROM oplog WHERE row_id = ? AND tbl = ? AND seq > ? ORDER BY seq DESC LIMIT 1",
            (key[1], key[0], self.settled),
        ).fetchone()
        return row is not None and row[0] == OpKind.DELETE

    def columns(self, key: Key) -> frozenset[str]:
        """Return the columns whose value must not be replaced: those written, and their units."""
        written = self.written(key)
        if not written:
            return NOTHING
        whole = units(key[0])
        return frozenset().union(*(whole[name] for name in written if name in whole))


def columns_of(table: str, kind: str, changes: str | None) -> tuple[str, ...]:
    """Return the columns an own op wrote: all unless it is an erasure, or an update that can be read."""
    if kind == OpKind.ERASE:
        return tuple(erased_columns(table))
    if kind != OpKind.UPDATE or changes is None:
        return CAPTURED[table]
    return tuple(json.loads(changes))
