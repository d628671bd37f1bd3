"""What the author of an op saw of a unit, told by what the op builds on.

Pure, as ``merge`` is. Source: docs/sync-protocol.md, "Merging an op".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sfa.sync.merged import BASE, Facts, KnownOp
from sfa.sync.protocol import Value


def has_replaced(op_id: str, column: str, writer: str, facts: Facts) -> bool:
    """Say whether an op, or one that it builds on, replaced what another one had written in a column."""
    at: str | None = op_id
    while at is not None:
        known = facts.known(at)
        change: Sequence[Any] = (known.changes or {}).get(column, ()) if known is not None else ()
        at = change[BASE] if len(change) > BASE else None
        if at == writer:
            return True
    return False


def knew(column: str, writer: str, unit: tuple[str, ...], bases: Iterable[str | None], facts: Facts) -> bool:
    """Say whether what an op builds on goes back to a writer, and left in a column what that had put there.

    Who made it saw that, even on a device that has heard less: a copy that goes on under another name.
    """
    waiting, met = list(bases), set[str]()
    while waiting:
        at = waiting.pop()
        if at is None or at in met:
            continue
        met.add(at)
        known = facts.known(at) if at != writer else None
        changes = (known.changes or {}) if known is not None else {}
        waiting.extend(changes[name][BASE] for name in unit if len(changes.get(name, ())) > BASE)
    return writer in met and not any(has_replaced(one, column, writer, facts) for one in met)


def value_in_own(
    column: str, unit: tuple[str, ...], bases: Iterable[str | None], device: str, facts: Facts
) -> tuple[Value] | None:
    """Return what the ops of this device that an op builds on had put into a column, losers too."""
    waiting, found = list(bases), dict[str, KnownOp]()
    while waiting:
        base = waiting.pop()
        known = facts.known(base) if base is not None and base not in found else None
        if known is None or known.device != device:
            continue
        found[known.op_id] = known
        changes = known.changes or {}
        if column not in changes:
            waiting.extend(changes[name][2] for name in unit if len(changes.get(name, ())) > BASE)
    named = [known for known in found.values() if column in (known.changes or {})]
    if not named:
        return None
    return ((max(named, key=lambda known: known.rank).changes or {})[column][0],)


def value_before(
    column: str, writer: str, device: str, unseen: frozenset[str], bases: frozenset[str], facts: Facts
) -> tuple[Value] | None:
    """Return a column's value before the ops that a device had not seen; ``None``: it saw the present one.

    Also ``None`` when the log cannot say.
    """
    at: str | None = writer
    value: Value = None
    while at is not None and at not in bases and (at in unseen or facts.is_unseen(at, device)):
        change: Sequence[Any] = (facts.op(at).changes or {}).get(column, ())
        if len(change) < len(("new", "previous", "base")):
            return None
        value, at = change[1], change[2]
    return None if at == writer else (value,)
