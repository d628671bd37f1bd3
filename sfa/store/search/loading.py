"""Reading records as documents, many at once: one query for the rows, one a child table."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from sfa.store.search.documents import Document, words_of
from sfa.store.search.searched import PARTS, SEARCHED

_VALUES = {"email": "value", "address": "line"}


def load(connection: sqlite3.Connection, table: str, record_ids: Sequence[str]) -> dict[str, Document]:
    """Return id -> document of the records that there are, deleted ones too."""
    spec = SEARCHED[table]
    wanted = json.dumps(list(record_ids))
    phones: dict[str, list[tuple[str, str]]] = {}
    reach: dict[str, list[str]] = {}
    for child in spec.children():
        if child == "phone":
            for owner, value, digits in _children(connection, table, child, "c.value, c.digits", wanted):
                phones.setdefault(owner, []).append((value, digits))
        else:
            for owner, value in _children(connection, table, child, f"c.{_VALUES[child]}", wanted):
                reach.setdefault(owner, []).append(value)
    for owner, value in _tags(connection, table, wanted):
        reach.setdefault(owner, []).append(value)
    rows = connection.execute(
        f"SELECT t.rowid, t.id, t.deleted_at IS NOT NULL, {', '.join(f't.{each}' for each in spec.columns())}"
        f" FROM json_each(?) j JOIN {table} t ON t.id = j.value",
        (wanted,),
    )
    return {
        record_id: Document(
            row,
            record_id,
            words_of(table, values, phones=phones.get(record_id, ()), reach=reach.get(record_id, ())),
            bool(is_deleted),
        )
        for row, record_id, is_deleted, *values in map(tuple, rows)
    }


def _children(
    connection: sqlite3.Connection, table: str, child: str, columns: str, wanted: str
) -> list[tuple[str, ...]]:
    rows = connection.execute(
        f"SELECT c.{table}_id, {columns} FROM json_each(?) j JOIN {child} c ON c.{table}_id = j.value"
        " WHERE c.deleted_at IS NULL ORDER BY c.rowid",
        (wanted,),
    )
    return [tuple(row) for row in rows]


def _tags(connection: sqlite3.Connection, table: str, wanted: str) -> list[tuple[str, ...]]:
    nouns = [table, *(part for part, whole in PARTS.items() if whole == table)]
    rows = connection.execute(
        f"SELECT c.record_id, c.name FROM json_each(?) j CROSS JOIN tag c ON c.record_id = j.value"
        f" AND c.noun IN ({', '.join('?' * len(nouns))}) WHERE c.deleted_at IS NULL ORDER BY c.rowid",
        (wanted, *nouns),
    )
    return [tuple(row) for row in rows]
