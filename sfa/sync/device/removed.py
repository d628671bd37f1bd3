"""Rows that were removed here past the services: at the centre, and for all others, they are tombstones."""

from __future__ import annotations

import json
import sqlite3

from sfa import clock
from sfa.store.heard import Entry, Heard, Values
from sfa.store.log import alias_map, aliased
from sfa.sync.device.rows import Key
from sfa.terms import OpKind


def what_was_removed(connection: sqlite3.Connection, key: Key) -> tuple[Values, dict[str, str]] | None:
    """Return the tombstone of a row whose last own op removed it, and who wrote each column.

    ``None`` for any other row, and for one that is out of sight since: nothing is left of it in the log.
    """
    row = connection.execute(
        "SELECT kind, changes, op_id, hlc FROM oplog WHERE row_id = ?2 AND tbl = ?1"
        " ORDER BY seq DESC LIMIT 1",
        key,
    ).fetchone()
    if row is None or row[0] != OpKind.DELETE or row[1] is None:
        return None
    removed = aliased(key[0], json.loads(row[1]), alias_map(connection))
    values: Values = {name: entry[1] for name, entry in removed.items()}
    writers = {name: entry[2] for name, entry in removed.items() if entry[2]}
    values["deleted_at"] = clock.to_text(clock.hlc_instant(row[3]))
    writers["deleted_at"] = row[2]
    return values, writers


def whole(key: Key, values: Values, writers: dict[str, str]) -> Heard:
    """Return a row as an entry of the history that brings it."""
    changes = {name: [value] for name, value in values.items()}
    return Heard(Entry.ROW, *key, op_id=writers.get("created_at"), changes=changes, took=writers)


__all__ = ["what_was_removed", "whole"]
