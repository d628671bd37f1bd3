"""The timeline of a record: who changed what, when, out of the op log and what was heard of others."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from sfa import clock
from sfa.errors import Msg
from sfa.fields import TABLES
from sfa.store.log import Op, Transaction, heard_transaction, ops_of_rows, transaction_of
from sfa.terms import ChangeKind, OpKind

_QUIET = frozenset({"created_at", "created_by", "digits"})


@dataclass(frozen=True, slots=True)
class Step:
    """One changed row within a transaction; ``changes`` is (column, previous, new).

    ``erased``: words that were in it are gone; what is left of them are placeholders.
    """

    kind: OpKind
    table: str
    row_id: str
    changes: tuple[tuple[str, Any, Any], ...]
    erased: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction as far as it touched the record, oldest step first."""

    tx_id: str
    at: str
    author: str | None
    device: str | None
    kind: ChangeKind
    name: Msg
    arguments: dict[str, Any]
    steps: tuple[Step, ...]


def history(connection: sqlite3.Connection, table: str, row_id: str) -> list[Entry]:
    """Return a record's entries, newest first: its own row and the rows that hang on it."""
    by_tx: dict[str, list[Op]] = {}
    for op in ops_of_rows(connection, [row_id, *_children(connection, table, row_id)]):
        by_tx.setdefault(op.tx_id, []).append(op)
    found = [
        _entry(transaction_of(connection, tx_id) or heard_transaction(connection, tx_id), tx_id, ops)
        for tx_id, ops in by_tx.items()
    ]
    return found[::-1]


def _children(connection: sqlite3.Connection, table: str, row_id: str) -> list[str]:
    found: list[str] = []
    for child in TABLES.values():
        names = child.column_names()
        if "ref" in names:
            continue  # a record of its own, with its own history
        if "record_id" in names:
            query = f"SELECT id FROM {child.name} WHERE record_id = ?"
        elif f"{table}_id" in names and child.name != "deal_event":
            query = f"SELECT id FROM {child.name} WHERE {table}_id = ?"
        else:
            continue
        found += [row[0] for row in connection.execute(query, (row_id,))]
    return found


def _entry(transaction: Transaction | None, tx_id: str, ops: list[Op]) -> Entry:
    steps = tuple(_step(op) for op in ops)
    if transaction is None:
        at = clock.to_text(clock.hlc_instant(ops[0].hlc))
        return Entry(tx_id, at, ops[0].author, ops[0].device, ChangeKind.CHANGE, Msg(""), {}, steps)
    return Entry(
        tx_id,
        transaction.at,
        transaction.author,
        transaction.device,
        transaction.kind,
        transaction.name,
        transaction.arguments,
        steps,
    )


def _step(op: Op) -> Step:
    changes = tuple(
        (name, entry[1] if len(entry) > 1 else None, entry[0])
        for name, entry in (op.changes or {}).items()
        if name not in _QUIET
    )
    return Step(op.kind, op.table, op.row_id, changes, op.is_blanked or op.changes is None)
