"""Others' ops that this device still holds whole, for a centre that lost them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from sfa.sync.protocol import BroughtOp, TxEntry

_OP = (
    "SELECT no, op_id, tx_id, hlc, kind, tbl, row_id, changes, salt, digest, author, device, schema_version"
    " FROM history WHERE entry = 'op' AND changes IS NOT NULL AND salt IS NOT NULL AND digest IS NOT NULL"
    " AND device IS NOT NULL AND no > ? ORDER BY no LIMIT ?"
)


def batches(
    connection: sqlite3.Connection, at_most: int
) -> Iterator[tuple[tuple[TxEntry, ...], tuple[BroughtOp, ...]]]:
    """Yield ops in the order they came, with the names of their transactions."""
    last = 0
    while rows := connection.execute(_OP, (last, at_most)).fetchall():
        last = rows[-1][0]
        # An op may have been heard twice: of two centres that were set back to before it.
        ops = tuple({row["op_id"]: _brought(tuple(row)) for row in rows}.values())
        yield tuple(_names(connection, ops)), ops


def _brought(row: tuple[Any, ...]) -> BroughtOp:
    parts = [*row[1:8], row[8].hex(), row[9].hex(), *row[10:]]
    return BroughtOp(*parts)


def _names(connection: sqlite3.Connection, ops: tuple[BroughtOp, ...]) -> Iterator[TxEntry]:
    for tx_id in dict.fromkeys(op.tx_id for op in ops):
        row = connection.execute(
            "SELECT tx_id, kind, name, arguments, author, device, at, undoes FROM heard_tx WHERE tx_id = ?",
            (tx_id,),
        ).fetchone()
        if row is not None:
            yield TxEntry(*row)
