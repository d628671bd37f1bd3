"""How an erasure meets a row, and words that come after it.

Pure, as ``merge`` is. Source: docs/sync-protocol.md, "Merging an op".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sfa import clock
from sfa.fields import TABLES
from sfa.store.personal import VALUES, placeholder
from sfa.sync.merged import BASE, TOMBSTONE, Facts, Merged, MergeOp, RowState
from sfa.sync.protocol import Changes

_COLUMNS = {table.name: tuple(column.name for column in table.captured()) for table in TABLES.values()}
_PERSONAL = {
    table.name: frozenset(column.name for column in table.captured() if column.personal)
    | (frozenset({"key"}) if table.name == "external_id" else frozenset())
    for table in TABLES.values()
}


def erased(row: RowState, table: str, changes: Changes) -> Merged:
    """Return what an erasure does: the person's words go, whoever wrote them.

    A row that is nothing but a value of the person is buried too. That another was deleted where it was
    erased is for the op that deleted it to say, which may wait for a word.
    """
    took = [column for column in _COLUMNS[table] if column in _PERSONAL[table]]
    new = {column: changes.get(column, [None])[0] for column in took}
    buried = changes.get(TOMBSTONE, [None])[0]
    if table in VALUES and buried is not None and row.values[TOMBSTONE] is None:
        took.append(TOMBSTONE)
        new[TOMBSTONE] = buried
    values = {column: value for column, value in new.items() if value != row.values[column]}
    return Merged(values, tuple(took))


def emptied(row: RowState, op: MergeOp) -> Changes:
    """Return what an erasure comes to say whose payload is gone: the record had left its device before.

    A row that is nothing but a value of the person is buried at the op's reading.
    """
    words = [
        name for name in _COLUMNS[op.table] if name in _PERSONAL[op.table] and row.values[name] is not None
    ]
    changes: Changes = {name: [placeholder(op.table, name)] for name in words}
    if op.table in VALUES:
        changes[TOMBSTONE] = [row.values[TOMBSTONE] or clock.to_text(clock.hlc_instant(op.hlc))]
    return changes


def is_after_erasure(row: RowState, op: MergeOp, column: str, changes: Changes, facts: Facts) -> bool:
    """Say whether a change of a person's words was made without knowing that they were erased."""
    writer = row.writer(column)
    if column not in _PERSONAL[op.table] or writer is None or changes[column][2] == writer:
        return False
    erasure = facts.erasure(op.table, op.row_id)
    return erasure is not None and not _knows(op, erasure, column, changes[column][2], facts)


def _knows(op: MergeOp, erasure: str, column: str, base: str | None, facts: Facts) -> bool:
    """Say whether what an op replaced goes back to the erasure; where the log ends, whether it was heard."""
    at, met = base, set[str]()
    while at is not None and at != erasure and at not in met:
        met.add(at)
        known = facts.known(at)
        if known is None:
            return not facts.is_unseen(erasure, op.device)
        change: Sequence[Any] = (known.changes or {}).get(column, ())
        at = change[BASE] if len(change) > BASE else None
    return at == erasure
