"""Rebuilding content from the op log alone."""

from __future__ import annotations

import sqlite3
from typing import Any

from sfa import clock, ids
from sfa.fields import TABLES
from sfa.store.capture import APPLY
from sfa.store.connection import StoreConnection
from sfa.store.log import Op, all_ops
from sfa.store.search import flush
from sfa.terms import OpKind

Rows = dict[str, dict[str, dict[str, Any]]]


def replayed(connection: sqlite3.Connection) -> Rows:
    """Return table -> id -> captured columns, as the op log says they are now."""
    rows: Rows = {name: {} for name in TABLES}
    for op in all_ops(connection):
        _apply(rows[op.table], op)
    return rows


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
