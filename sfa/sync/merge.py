"""How one op meets a row: what it takes, what loses, what is left to people.

Pure: the row, the op and what the log says of other ops come in, the outcome goes out.
The centre's ``52_merge.sql`` does the same; the tests hold one against the other.
Source: docs/sync-protocol.md, "Merging an op".
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from sfa import clock
from sfa.fields import TABLES
from sfa.fields.sight import parent_of
from sfa.sync.merge_erasure import emptied, erased, is_after_erasure
from sfa.sync.merge_knowledge import has_replaced, knew, value_before, value_in_own
from sfa.sync.merged import (
    TOMBSTONE,
    Facts,
    KnownOp,
    Merged,
    MergeOp,
    OpenConflict,
    Raised,
    RowState,
    Side,
    Values,
)
from sfa.sync.protocol import Changes, Value
from sfa.terms import ConflictKind, OpKind

# Whoever makes a row says when and as whom; a second maker of the same row contradicts nobody.
BIRTH = frozenset({"created_at", "created_by"})


def conflict_id(table: str, row_id: str, unit: str, winner: str, loser: str) -> str:
    """Return the id of a conflict, the same wherever it is found."""
    return made_id(table, row_id, unit, winner, loser)


def made_id(*parts: str) -> str:
    """Return the id of a row that the centre makes: a UUIDv8 of the parts' SHA-256.

    Not a UUIDv5: PostgreSQL has no SHA-1 of its own.
    """
    found = bytearray(hashlib.sha256("|".join(parts).encode()).digest()[:16])
    found[6] = found[6] & 0x0F | 0x80
    found[8] = found[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(found)))


def columns_of(table: str, unit: str) -> tuple[str, ...]:
    """Return the columns of a unit in order."""
    return tuple(column for column, name in _UNITS[table].items() if name == unit)


_UNITS = {
    table.name: {column.name: column.group or column.name for column in table.captured()}
    for table in TABLES.values()
}
# table -> the column that leads to the row above one; those above one another never close into a ring.
RINGS = {"account": "parent_id", "user": "manager_id", "task": "follows_id"}


def merge(row: RowState | None, op: MergeOp, facts: Facts) -> Merged:
    """Return what an op does to a row; one whose payload is gone does nothing, unless it erases.

    ``row`` is ``None`` when there is none yet: only an insertion and an erasure make one.
    """
    if op.changes is None:
        return _without_payload(row, op)
    if row is None:
        return _made(op, op.changes, facts)
    if op.kind == OpKind.ERASE:
        return erased(row, op.table, op.changes)
    return _changed(row, op, facts)


def _without_payload(row: RowState | None, op: MergeOp) -> Merged:
    if row is None or op.kind != OpKind.ERASE:
        return Merged()
    said = emptied(row, op)
    return replace(erased(row, op.table, said), said=said)


def _made(op: MergeOp, changes: Changes, facts: Facts) -> Merged:
    values = {column: change[0] for column, change in changes.items()}
    above = values.get(RINGS.get(op.table, ""))
    if above is not None and facts.closes_ring(op.table, op.row_id, str(above)):
        return Merged(invalid=True)  # the rows above would have to name it before it is there
    below = parent_of(op.table, {**dict.fromkeys(_UNITS[op.table]), **values, "id": op.row_id})
    if op.table == "deal" and values.get("account_id"):
        below = ("account", str(values["account_id"]))
    raised = tuple(_below_tombstone(op, *below, facts)) if below else ()
    return Merged(values, tuple(_UNITS[op.table]), conflicts=raised, is_insert=True)


def _below_tombstone(op: MergeOp, table: str, row_id: str, facts: Facts) -> Iterator[Raised]:
    deletion = facts.deletion(table, row_id)
    if deletion and not _is_told(facts, op, deletion, table, row_id):
        kept = _side(facts.op(deletion), {})
        lost = Side(op.op_id, op.author, op.clock, {})
        yield _deleted(table, row_id, kept, lost, {})


def _changed(row: RowState, op: MergeOp, facts: Facts) -> Merged:
    changes = _as_update(row, op)
    if TABLES[op.table].append_only:
        if any(column != TOMBSTONE and row.values[column] != new for column, (new, *_) in changes.items()):
            return Merged(invalid=True)
        changes = {column: change for column, change in changes.items() if column == TOMBSTONE}
    blanked = frozenset(column for column in changes if is_after_erasure(row, op, column, changes, facts))
    changes = {column: change for column, change in changes.items() if column not in blanked}
    outcome = _Outcome()
    for unit in dict.fromkeys(_UNITS[op.table][column] for column in changes):
        if _is_ring(row, op, unit, changes, facts):
            outcome.raised.append(_ring(row, op, unit, changes, facts))
        else:
            _merge_unit(row, op, _unit(row, op, unit, changes, facts), facts, outcome)
    outcome.raised.extend(_edited_while_deleted(row, op, changes, outcome, facts))
    return Merged(
        outcome.values, tuple(outcome.took), outcome.restored, tuple(outcome.raised), blanked=blanked
    )


def _as_update(row: RowState, op: MergeOp) -> Changes:
    """Return an op's changes as [new, previous, base]: an insertion of a known row knew nothing of it."""
    assert op.changes is not None
    if op.kind == OpKind.INSERT:
        columns = [column for column in _UNITS[op.table] if column not in BIRTH]
        return {column: [op.changes.get(column, [None])[0], None, None] for column in columns}
    if op.kind == OpKind.DELETE:
        previous, base = op.changes.get(TOMBSTONE, [None, None, row.writer(TOMBSTONE)])[1:]
        return {TOMBSTONE: [clock.to_text(clock.hlc_instant(op.hlc)), previous, base]}
    return op.changes


def _is_ring(row: RowState, op: MergeOp, unit: str, changes: Changes, facts: Facts) -> bool:
    if unit != RINGS.get(op.table):
        return False
    above = changes[unit][0]
    return above not in {None, row.values[unit]} and facts.closes_ring(op.table, op.row_id, str(above))


def _ring(row: RowState, op: MergeOp, unit: str, changes: Changes, facts: Facts) -> Raised:
    """Return the conflict of an op that would close a ring: what is there stays."""
    writer = row.writer(unit)
    assert writer is not None
    kept = _side(facts.op(writer), {unit: row.values[unit]})
    lost = Side(op.op_id, op.author, op.clock, {unit: changes[unit][0]})
    found = conflict_id(op.table, op.row_id, unit, writer, op.op_id)
    base = {unit: changes[unit][1]}
    return Raised(found, ConflictKind.CLASH, op.table, op.row_id, unit, kept, lost, base)


@dataclass(slots=True)
class _Outcome:
    """What the units of an op come to, gathered."""

    values: dict[str, Value] = field(default_factory=dict)
    took: list[str] = field(default_factory=list)
    restored: dict[str, Value] = field(default_factory=dict)
    raised: list[Raised] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit as an op has it.

    ``own`` holds the changes that the op names, ``implied`` the group's other columns that were
    written without the author's knowledge, with what he saw in them; ``unseen`` is who wrote so.
    """

    name: str
    own: Changes
    implied: Values
    unseen: tuple[KnownOp, ...]

    @property
    def new(self) -> dict[str, Value]:
        """Return what the author saw in the unit when the op was made."""
        return {column: change[0] for column, change in self.own.items()} | dict(self.implied)

    @property
    def bases(self) -> frozenset[str | None]:
        """Return the ops whose values the op replaced."""
        return frozenset(change[2] for change in self.own.values())


def _unit(row: RowState, op: MergeOp, name: str, changes: Changes, facts: Facts) -> _Unit:
    columns = columns_of(op.table, name)
    own = {column: changes[column] for column in columns if column in changes}
    unseen = {
        writer: None
        for column, (_, _, base) in own.items()
        if (writer := row.writer(column)) is not None
        and writer != base
        and not facts.op(writer).is_set_up
        and not _is_after_ring(op, column, writer, base, facts)
    }
    implied: dict[str, Value] = {}
    bases = frozenset(base for _, _, base in own.values())
    told = frozenset(unseen)
    built_on = _carried_on(op, name, bases, facts)
    for column in columns:
        writer = row.writer(column)
        if column in own or writer is None or writer in bases:
            continue
        is_past = writer in told or (
            facts.is_unseen(writer, op.device) and not knew(column, writer, columns, bases, facts)
        )
        before = value_before(column, writer, op.device, told, bases, facts) if is_past else None
        if built_on is not None and column in built_on.lost:
            if not is_past and not has_replaced(built_on.lost_op, column, writer, facts):
                continue
            implied[column] = built_on.lost[column]
        elif before is not None:
            implied[column] = (value_in_own(column, columns, bases, op.device, facts) or before)[0]
        else:
            continue
        if is_past:
            unseen[writer] = None
    return _Unit(name, own, implied, tuple(facts.op(writer) for writer in unseen))


def _carried_on(op: MergeOp, unit: str, bases: frozenset[str | None], facts: Facts) -> OpenConflict | None:
    """Return the open conflict on whose loser an op builds: its author saw the unit as that one has it."""
    for known in facts.open_conflicts(op.table, op.row_id):
        if (known.kind, known.unit) == (ConflictKind.OVERWRITE, unit) and known.lost_op in bases:
            return known
    return None


def _is_after_ring(op: MergeOp, column: str, writer: str, base: str | None, facts: Facts) -> bool:
    """Say whether an op builds on one that was refused for a ring: that one knew the value that stayed."""
    if column != RINGS.get(op.table) or base is None:
        return False
    return facts.is_refused(op.table, op.row_id, column, writer, base)


def _merge_unit(row: RowState, op: MergeOp, unit: _Unit, facts: Facts, outcome: _Outcome) -> None:
    if not unit.unseen:
        _take(row, unit, outcome)
        return
    other = max(unit.unseen, key=lambda known: known.rank)
    if op.rank > other.rank:
        _take(row, unit, outcome)
    if not all(_is_same(unit.name, value, row.values[column]) for column, value in unit.new.items()):
        outcome.raised.append(_overwrite(row, op, unit, other, facts))


def _is_same(unit: str, new: Value, present: Value) -> bool:
    """Say whether two values mean the same; whoever deletes what is deleted contradicts nobody."""
    return new == present or (unit == TOMBSTONE and None not in (new, present))


def _take(row: RowState, unit: _Unit, outcome: _Outcome) -> None:
    outcome.took.extend(unit.own)
    for column, value in unit.new.items():
        if value != row.values[column]:
            (outcome.restored if column in unit.implied else outcome.values)[column] = value


def _overwrite(row: RowState, op: MergeOp, unit: _Unit, other: KnownOp, facts: Facts) -> Raised:
    """Return the conflict of two ops on a unit: an open one carried on, when the op builds on its loser."""
    ours = Side(op.op_id, op.author, op.clock, unit.new)
    theirs = _side(other, {column: row.values[column] for column in unit.new})
    is_winner = op.rank > other.rank
    kept, lost = (ours, theirs) if is_winner else (theirs, ours)
    base = _before_theirs(theirs, other) if is_winner else _before_ours(unit)
    found = conflict_id(op.table, op.row_id, unit.name, kept.op_id, lost.op_id)
    known = _carried_on(op, unit.name, unit.bases, facts)
    if known is not None:
        found = known.id
        base = base if is_winner else {**base, **known.base}
    return Raised(
        found, ConflictKind.OVERWRITE, op.table, op.row_id, unit.name, kept, lost, base, is_new=known is None
    )


def _before_ours(unit: _Unit) -> dict[str, Value]:
    return {
        column: unit.own[column][1] if column in unit.own else value for column, value in unit.new.items()
    }


def _before_theirs(theirs: Side, other: KnownOp) -> dict[str, Value]:
    """Return what the present writer saw before: where it did not write, the value that is there."""
    changes = other.changes or {}
    return {
        column: (changes[column][1] if len(changes[column]) > 1 else None) if column in changes else value
        for column, value in theirs.values.items()
    }


def _side(known: KnownOp, values: Values) -> Side:
    return Side(known.op_id, known.author, known.clock, values)


def _edited_while_deleted(
    row: RowState, op: MergeOp, changes: Changes, outcome: _Outcome, facts: Facts
) -> Iterable[Raised]:
    """Return the conflict of an edit below a tombstone, or of a tombstone above an edit."""
    present = row.values[TOMBSTONE]
    deletion = row.writer(TOMBSTONE)
    if TOMBSTONE not in changes:
        if present is None or deletion is None or _is_told(facts, op, deletion, op.table, op.row_id):
            return ()
        kept = _side(facts.op(deletion), {TOMBSTONE: present})
        lost = Side(op.op_id, op.author, op.clock, {column: change[0] for column, change in changes.items()})
        base = {column: change[1] for column, change in changes.items()}
        return [_deleted(op.table, op.row_id, kept, lost, base)] if changes else ()
    if outcome.values.get(TOMBSTONE) is None or present is not None:
        return ()
    return _edits_unseen(row, op, outcome.values[TOMBSTONE], changes, facts)


def _edits_unseen(
    row: RowState, op: MergeOp, deleted_at: Value, changes: Changes, facts: Facts
) -> Iterable[Raised]:
    writers = {row.writer(column): None for column in row.values if column not in changes}
    unseen = [facts.op(one) for one in writers if one is not None and facts.is_unseen(one, op.device)]
    if not unseen:
        child = facts.unseen_child(op.table, op.row_id, op.device)
        below = Side(op.op_id, op.author, op.clock, {TOMBSTONE: deleted_at})
        return [_deleted(op.table, op.row_id, below, _side(facts.op(child), {}), {})] if child else ()
    latest = max(unseen, key=lambda known: known.rank)
    ids = {known.op_id for known in unseen}
    edited = {column: value for column, value in row.values.items() if row.writer(column) in ids}
    kept = Side(op.op_id, op.author, op.clock, {TOMBSTONE: deleted_at})
    lost = _side(latest, edited)
    return [_deleted(op.table, op.row_id, kept, lost, _before_theirs(lost, latest))]


def _is_told(facts: Facts, op: MergeOp, deletion: str, table: str, row_id: str) -> bool:
    """Say whether a deletion was the device's own, or its conflict is open already."""
    if facts.op(deletion).device == op.device:
        return True
    return any(
        known.kind == ConflictKind.EDITED_WHILE_DELETED and known.kept_op == deletion
        for known in facts.open_conflicts(table, row_id)
    )


def _deleted(table: str, row_id: str, kept: Side, lost: Side, base: Values) -> Raised:
    found = conflict_id(table, row_id, TOMBSTONE, kept.op_id, lost.op_id)
    return Raised(found, ConflictKind.EDITED_WHILE_DELETED, table, row_id, TOMBSTONE, kept, lost, base)
