"""Rebuilding content from the op log, and what was heard of others, alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from sfa import clock, ids
from sfa.fields import TABLES
from sfa.store.bulk import literal
from sfa.store.capture import APPLY
from sfa.store.connection import StoreConnection
from sfa.store.heard import Heard, all_heard, values_after
from sfa.store.log import Op, alias_map, all_ops
from sfa.store.search import flush
from sfa.terms import OpKind

Rows = dict[str, dict[str, dict[str, Any]]]


def replayed(connection: sqlite3.Connection) -> Rows:
    """Return table -> id -> captured columns, as log and history say they are now."""
    rows: Rows = {name: {} for name in TABLES}
    for step in _in_order(connection):
        if isinstance(step, Heard):
            _hear(rows, step)
        else:
            _apply(rows[step.table], step)
    for local in alias_map(connection):
        rows["user"].pop(local, None)
    _without_missing(connection, rows)
    _with_defaults(connection, rows)
    return rows


def _in_order(connection: sqlite3.Connection) -> Iterator[Op | Heard]:
    heard = all_heard(connection)
    after, entry = next(heard, (None, None))
    for op in all_ops(connection):
        while entry is not None and after is not None and after < op.seq:
            yield entry
            after, entry = next(heard, (None, None))
        yield op
    if entry is not None:
        yield entry
    yield from (each for _, each in heard)


def _hear(rows: Rows, heard: Heard) -> None:
    if heard.table not in TABLES:
        return
    table = rows[heard.table]
    before = table.get(heard.row_id)
    after = values_after(before, heard)
    if after is None:
        table.pop(heard.row_id, None)
        return
    stamp = clock.to_text(clock.hlc_instant(heard.hlc)) if heard.hlc else after["created_at"]
    version = before["version"] + 1 if before is not None else 1
    table[heard.row_id] = {"updated_at": stamp, **after, "version": version}


def _without_missing(connection: sqlite3.Connection, rows: Rows) -> None:
    """Empty the references to rows that are not here, as the tables have them."""
    for table, row_id, column, target in connection.execute(
        "SELECT tbl, row_id, col, target_id FROM missing_ref"
    ):
        row = rows.get(table, {}).get(row_id)
        if row is not None and row.get(column) == target:
            row[column] = None


def _with_defaults(connection: sqlite3.Connection, rows: Rows) -> None:
    """Give columns that an older program did not know what the table gives them."""
    for name, table in TABLES.items():
        required = {column.name for column in table.captured() if not column.nullable}
        for info in connection.execute(f"PRAGMA table_info({name})").fetchall():
            if info[1] not in required or info[4] is None:
                continue
            for row in rows[name].values():
                if row.get(info[1]) is None:
                    row[info[1]] = literal(info[4])


def _apply(table: dict[str, dict[str, Any]], op: Op) -> None:
    if op.kind is OpKind.DELETE:
        table.pop(op.row_id, None)
        return
    if op.changes is None:
        return  # blanked: the op of kind erase that follows carries the whole row
    values = {name: entry[0] for name, entry in op.changes.items()}
    stamp = clock.to_text(clock.hlc_instant(op.hlc))
    if op.kind in {OpKind.INSERT, OpKind.ERASE}:
        table[op.row_id] = {**values, "updated_at": stamp, "version": 1}
    elif op.row_id in table:
        row = table[op.row_id]
        row.update(values)
        row.update(updated_at=stamp, version=row["version"] + 1)


def replay(source: sqlite3.Connection, target: StoreConnection) -> None:
    """Fill the target, whose captured tables are empty, with what the source's log says.

    The target's own log stays as it is: the caller copies the log when it wants it.
    """
    rows = replayed(source)
    target.execute("BEGIN IMMEDIATE")
    target.execute("PRAGMA defer_foreign_keys = ON")
    target.capture.mode = APPLY
    try:
        for name, table in TABLES.items():
            _fill(target, name, table.column_names(), rows[name])
        flush(target)
        target.execute("COMMIT")
    except BaseException:
        target.execute("ROLLBACK")
        raise
    finally:
        target.capture.end()


def _fill(
    target: StoreConnection, name: str, columns: tuple[str, ...], rows: dict[str, dict[str, Any]]
) -> None:
    places = ", ".join("?" * len(columns))
    has_ref = "ref" in columns
    target.executemany(
        f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places})",
        (
            tuple(
                ({"id": row_id, **({"ref": ids.ref_of(row_id)} if has_ref else {}), **row}).get(column)
                for column in columns
            )
            for row_id, row in rows.items()
        ),
    )
