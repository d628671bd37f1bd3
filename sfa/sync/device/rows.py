"""Rows as a sync reads and writes them: captured values, and the ops that wrote them."""

from __future__ import annotations

import json
import sqlite3
from functools import lru_cache

from sfa import clock, ids
from sfa.fields import TABLES
from sfa.store.capture import CAPTURED
from sfa.store.heard import Values, Writers
from sfa.terms import OpKind

Key = tuple[str, str]


@lru_cache(maxsize=64)
def _select(table: str) -> str:
    names = ", ".join(f'"{name}"' for name in CAPTURED[table])
    return f"SELECT {names} FROM {table} WHERE id = ?"


def read_values(connection: sqlite3.Connection, key: Key) -> Values | None:
    """Return a row's captured columns, ``None`` when it is not here."""
    row = connection.execute(_select(key[0]), (key[1],)).fetchone()
    return dict(zip(CAPTURED[key[0]], row, strict=True)) if row is not None else None


def values_of(connection: sqlite3.Connection, table: str, row_ids: str) -> dict[str, Values]:
    """Return id -> captured columns of some rows, whose ids come as a list in JSON."""
    names = ", ".join(f'"{name}"' for name in CAPTURED[table])
    rows = connection.execute(
        f"SELECT id, {names} FROM {table} WHERE id IN (SELECT value FROM json_each(?))", (row_ids,)
    )
    return {row[0]: dict(zip(CAPTURED[table], tuple(row)[1:], strict=True)) for row in rows}


def writers_of(connection: sqlite3.Connection, table: str, row_ids: str) -> dict[str, Writers]:
    """Return id -> who wrote it, of some rows, as ``read_writers`` of each; without those nobody knows of."""
    among = "row_id IN (SELECT value FROM json_each(?)) AND tbl = ?"
    made = connection.execute(
        f"SELECT row_id, op_id FROM oplog WHERE {among} AND kind = 'insert' ORDER BY seq", (row_ids, table)
    )
    found: dict[str, Writers] = {row[0]: (row[1], {}) for row in made}
    remembered = connection.execute(
        f"SELECT row_id, op_id, columns FROM row_writer WHERE {among}", (row_ids, table)
    )
    found.update((row[0], (row[1], json.loads(row[2]))) for row in remembered)
    return found


def is_here(connection: sqlite3.Connection, key: Key) -> bool:
    """Say whether a row is here, a tombstone too."""
    return connection.execute(f"SELECT 1 FROM {key[0]} WHERE id = ?", (key[1],)).fetchone() is not None


def read_writers(connection: sqlite3.Connection, key: Key) -> Writers:
    """Return who wrote a row that is here."""
    row = connection.execute(
        "SELECT op_id, columns FROM row_writer WHERE tbl = ? AND row_id = ?", key
    ).fetchone()
    if row is not None:
        return row[0], json.loads(row[1])
    made = connection.execute(
        "SELECT op_id FROM oplog WHERE tbl = ? AND row_id = ? AND kind = ? ORDER BY seq DESC LIMIT 1",
        (*key, OpKind.INSERT.value),
    ).fetchone()
    return (made[0] if made else ""), {}


def write_writers(connection: sqlite3.Connection, key: Key, writers: Writers) -> None:
    """Remember who wrote a row; nothing is remembered of one that a single own op made."""
    maker, later = writers
    if not later and _is_own(connection, maker):
        connection.execute("DELETE FROM row_writer WHERE tbl = ? AND row_id = ?", key)
        return
    connection.execute(
        "INSERT OR REPLACE INTO row_writer (tbl, row_id, op_id, columns) VALUES (?, ?, ?, ?)",
        (*key, maker, json.dumps(later, separators=(",", ":"))),
    )


def _is_own(connection: sqlite3.Connection, op_id: str) -> bool:
    return connection.execute("SELECT 1 FROM oplog WHERE op_id = ?", (op_id,)).fetchone() is not None


def insert_row(
    connection: sqlite3.Connection, key: Key, values: Values, *, at: str | None, by: str | None
) -> None:
    """Insert a row; columns that are not given get their default. ``at`` is when it was last changed."""
    row = {
        "id": key[1],
        **values,
        "updated_at": at or values.get("created_at"),
        "updated_by": by,
    }
    if "ref" in TABLES[key[0]].column_names():
        row["ref"] = ids.ref_of(key[1])
    connection.execute(_insertion(key[0], tuple(row)), tuple(row.values()))


@lru_cache(maxsize=256)
def _insertion(table: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' * len(names))})"


def update_row(
    connection: sqlite3.Connection, key: Key, values: Values, *, at: str | None, by: str | None
) -> None:
    """Write some columns of a row, with its bookkeeping as the capture triggers would."""
    parts = [f'"{name}" = ?' for name in values]
    bound = list(values.values())
    if at is not None:
        parts += ["updated_at = ?", "updated_by = ?"]
        bound += [at, by]
    connection.execute(
        f"UPDATE {key[0]} SET {', '.join(parts)}, version = version + 1 WHERE id = ?", (*bound, key[1])
    )


def delete_row(connection: sqlite3.Connection, key: Key) -> None:
    """Take a row out of its table; the trigger forgets who wrote it."""
    connection.execute(f"DELETE FROM {key[0]} WHERE id = ?", (key[1],))


def instant_of(op_ids: list[str]) -> str | None:
    """Return the instant of the latest of some ops: a UUIDv7 carries it. Others carry none."""
    moments = [int(op_id.replace("-", "")[:12], 16) for op_id in op_ids if op_id[14:15] == "7"]
    return clock.to_text(clock.hlc_instant(max(moments) << clock.HLC_COUNTER_BITS)) if moments else None
