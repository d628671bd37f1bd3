"""One row as its own ops and what was heard of it say, in the order of this store."""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sfa.fields import TABLES
from sfa.store.capture import CAPTURED
from sfa.store.heard import COLUMNS, Heard, Values, Writers, heard_of, values_after, writers_after
from sfa.store.log import alias_map, aliased
from sfa.store.personal import erased_columns
from sfa.terms import OpKind

RowKey = tuple[str, str]


class OwnOp(NamedTuple):
    """An op of the log as far as it says what a row is."""

    op_id: str
    kind: str
    changes: str | None


Step = OwnOp | Heard
_OWN = "tbl, row_id, seq, 0, op_id, kind, changes"
_HEARD = f"tbl, row_id, after_seq, no, {COLUMNS}"


def steps_by_row(connection: sqlite3.Connection) -> Iterator[tuple[RowKey, list[Step]]]:
    """Yield each row with everything that was said of it, in the order of table and row."""
    own = connection.execute(f"SELECT {_OWN} FROM oplog ORDER BY tbl, row_id, seq")
    heard = connection.execute(f"SELECT {_HEARD} FROM history ORDER BY tbl, row_id, after_seq, no")
    merged = heapq.merge(map(tuple, own), map(tuple, heard), key=itemgetter(0, 1, 2, 3))
    for key, rows in groupby(merged, itemgetter(0, 1)):
        yield key, [_step(row) for row in rows]


def _step(row: tuple[Any, ...]) -> Step:
    return OwnOp(*row[4:]) if row[3] == 0 else heard_of(row[4:])


def rebuilt(connection: sqlite3.Connection, key: RowKey) -> tuple[Values, Writers] | None:
    """Return what a row is and who wrote it, as log and history say; ``None``: it is not here."""
    own = connection.execute(f"SELECT {_OWN} FROM oplog WHERE row_id = ?2 AND tbl = ?1", key).fetchall()
    heard = connection.execute(f"SELECT {_HEARD} FROM history WHERE row_id = ?2 AND tbl = ?1", key).fetchall()
    steps = [_step(row) for row in sorted(map(tuple, own + heard), key=itemgetter(2, 3))]
    values: Values | None = None
    aliases = alias_map(connection)
    for step in steps:
        values = (
            _own_values(values, key[0], step, aliases)
            if isinstance(step, OwnOp)
            else values_after(values, step)
        )
    writers = written_by(key[0], steps)
    return (values, writers) if values is not None and writers is not None else None


def _own_values(values: Values | None, table: str, op: OwnOp, aliases: dict[str, str]) -> Values | None:
    if op.kind == OpKind.DELETE:
        return None
    if op.changes is None:
        return values
    found = {name: entry[0] for name, entry in aliased(table, json.loads(op.changes), aliases).items()}
    if op.kind in {OpKind.INSERT, OpKind.ERASE}:
        return dict.fromkeys(CAPTURED[table]) | found
    return {**values, **found} if values is not None else None


def written_by(table: str, steps: Iterable[Step]) -> Writers | None:
    """Return who wrote a row, ``None`` when it is not here."""
    writers: Writers | None = None
    for step in steps:
        writers = (
            _own_writers(writers, table, step) if isinstance(step, OwnOp) else writers_after(writers, step)
        )
    return writers


def _own_writers(writers: Writers | None, table: str, op: OwnOp) -> Writers | None:
    if op.kind == OpKind.DELETE:
        return None
    if op.kind == OpKind.INSERT:
        return op.op_id, {}
    if writers is None:
        return None
    if op.kind == OpKind.ERASE:
        names = erased_columns(table) if table in TABLES else ()
        return writers[0], {**writers[1], **dict.fromkeys(names, op.op_id)}
    changes = json.loads(op.changes) if op.changes is not None else {}
    return writers[0], {**writers[1], **dict.fromkeys(changes, op.op_id)}
