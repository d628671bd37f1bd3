"""What an erasure takes out of what comes after it: names of transactions, and what is held."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from sfa.fields import NOUNS
from sfa.store.personal import ERASED, without_words
from sfa.terms import OpKind
from tests.simulation.centre.state import CAPTURED, Device, Op, State, Tx

_KEPT = frozenset(NOUNS) | {"setting"}


def without_names(arguments: str) -> str:
    """Return a transaction's arguments without all that may name a record: numbers and nouns stay."""
    told = json.loads(arguments)
    return json.dumps({name: value if _says_no_name(value) else ERASED for name, value in told.items()})


def _says_no_name(value: object) -> bool:
    return value is None or isinstance(value, int | float) or (isinstance(value, str) and value in _KEPT)


def erased_since(state: State, device: Device) -> set[str]:
    """Return the rows that others erased after the version a device has."""
    ops = (state.ops[op_id] for central in state.feed[device.cursor :] for op_id in central.ops)
    return {op.row_id for op in ops if op.kind == OpKind.ERASE and op.device != device.device}


def forget_names(tx: Tx, ops: Iterable[Op], erased: set[str]) -> None:
    """Take the names out of a transaction that was made without knowing of an erasure."""
    if any(op.row_id in erased or any(one in (op.changes or "") for one in erased) for op in ops):
        tx.header = replace(tx.header, arguments=without_names(tx.header.arguments))


def is_erased(state: State, op: Op) -> bool:
    """Say whether another transaction erased an op's row."""
    known = (state.ops[one] for one in state.ops_of_row.get((op.table, op.row_id), ()))
    return any(each.kind == OpKind.ERASE and each.version and each.tx_id != op.tx_id for each in known)


def forget_held_words(state: State, ops: Iterable[Op]) -> None:
    """Take an erased person's words out of ops that are held: nobody merges them away."""
    for op in ops:
        if op.changes is not None and op.table in CAPTURED and is_erased(state, op):
            op.changes, op.salt = without_words(op.table, op.changes), None
            op.read = json.loads(op.changes)
