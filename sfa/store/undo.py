"""Undo and redo of whole transactions of this device and user, by appending their inverse.

Undo is whole or nothing: where a field was changed since, it refuses and lists the
fields; a partial undo takes back the rest, groups and inserted records staying whole.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field

from sfa import clock
from sfa.errors import ChangedMeanwhile, NotFound, Refused, msg
from sfa.fields import NOUNS, TABLES
from sfa.fields.sight import parent_of
from sfa.store import change, deal_events
from sfa.store.connection import StoreConnection
from sfa.store.dependents import Dependent, dependents_of, missing_parents
from sfa.store.heard import Entry
from sfa.store.log import (
    Changes,
    Op,
    Transaction,
    Writers,
    is_in_force,
    ops_of,
    own_devices,
    transaction_of,
    transactions_backwards,
)
from sfa.store.perform import Change
from sfa.terms import ChangeKind, OpKind

_RECORDS = frozenset(noun.table for noun in NOUNS.values())


@dataclass(frozen=True, slots=True)
class Kept:
    """A field that an undo could not take back: it was changed since, or what it referred to has left."""

    table: str
    row_id: str
    column: str


@dataclass(slots=True)
class Undone:
    """What an undo or redo did."""

    transaction: Transaction
    rows: int = 0
    kept: list[Kept] = field(default_factory=list)


def undoable(connection: sqlite3.Connection, tx_id: str | None = None) -> Transaction:
    """Return the transaction that undo would take back: the given one, or the newest in force.

    Raises:
        NotFound: there is none.
        Refused: it is not one of this device and user, or was taken back already.
    """
    if tx_id is not None:
        return _given(connection, tx_id)
    for found in transactions_backwards(connection):
        if found.kind is not ChangeKind.CHANGE or not _is_own(connection, found):
            continue
        if is_in_force(connection, found.tx_id):
            return found
    raise NotFound(msg("There is nothing to undo."))


def _given(connection: sqlite3.Connection, tx_id: str) -> Transaction:
    found = transaction_of(connection, tx_id)
    if found is None:
        raise NotFound(msg("No change has the id {id}."), hint=msg("See: sfa undo --list."), id=tx_id)
    if found.kind is not ChangeKind.CHANGE or not _is_own(connection, found):
        raise Refused(
            msg("This change cannot be undone here."), why=msg("It is not one of yours on this device.")
        )
    if not is_in_force(connection, tx_id):
        raise Refused(msg("This change was undone already."), hint=msg("Bring it back with: sfa redo."))
    return found


def redoable(connection: sqlite3.Connection) -> Transaction:
    """Return the undo that redo would take back; a later change of one's own ends the row of redos.

    Raises:
        NotFound: there is none.
    """
    for found in transactions_backwards(connection):
        if not _is_own(connection, found) or found.kind is ChangeKind.SYSTEM:
            continue
        if found.kind is ChangeKind.CHANGE:
            break
        if found.kind is ChangeKind.UNDO and is_in_force(connection, found.tx_id):
            return found
    raise NotFound(msg("There is nothing to redo."))


def _is_own(connection: sqlite3.Connection, found: Transaction) -> bool:
    if found.author != change.local_state(connection, "user_id"):
        return False
    return found.device in own_devices(connection)


def original_of(connection: sqlite3.Connection, found: Transaction) -> Transaction:
    """Return the change that an undo or redo is about, through any number of them."""
    while found.undoes is not None:
        before = transaction_of(connection, found.undoes)
        if before is None:
            return found
        found = before
    return found


def undo(open_change: Change, tx_id: str | None = None, *, partial: bool = False) -> Undone:
    """Take a transaction back inside an open change.

    Raises:
        NotFound: there is nothing to undo.
        ChangedMeanwhile: fields were changed since; with ``partial`` they are kept instead.
        Refused: the change cannot be undone: an erased person, or a record that left, is in it.
    """
    found = undoable(open_change.connection, tx_id)
    open_change.kind = ChangeKind.UNDO
    return _invert(open_change, found, partial=partial)


def redo(open_change: Change) -> Undone:
    """Bring back what the last undo took, inside an open change.

    Raises:
        NotFound: there is nothing to redo.
        ChangedMeanwhile: fields were changed since.
    """
    found = redoable(open_change.connection)
    open_change.kind = ChangeKind.REDO
    return _invert(open_change, found, partial=False)


def _invert(open_change: Change, found: Transaction, *, partial: bool) -> Undone:
    connection = open_change.connection
    original = original_of(connection, found)
    open_change.call(original.name, **original.arguments)
    open_change.undoes = found.tx_id
    ops = ops_of(connection, found)
    _refuse_blanked(connection, ops)
    whole = _Inversion(connection, Undone(original), stay=set())
    parts = _parts(ops) if partial else {}
    stay: set[tuple[str, str]] = set()
    needed: list[Kept] = []
    while True:
        if partial:
            # Only where a second try may follow: an open savepoint makes each statement cost more.
            connection.execute("SAVEPOINT inversion")
        whole = _Inversion(connection, Undone(original), stay)
        whole.run(ops)
        hanging = whole.hanging()
        needed += [Kept(each.table, each.row_id, each.why) for each in hanging]
        lost = {part for part, record in parts.items() if part not in stay and whole.keeps(record)}
        if not partial or not (hanging or lost):
            break
        connection.execute("ROLLBACK TO inversion")
        connection.execute("RELEASE inversion")
        stay |= {(each.table, each.row_id) for each in hanging} | lost
    kept = whole.done.kept = whole.done.kept + needed
    if kept and not partial:
        raise ChangedMeanwhile(
            msg("It cannot be undone whole: {count} fields were changed since."),
            fields=[(each.table, each.row_id, each.column) for each in kept],
            hint=msg("Take back the rest with: sfa undo --partial."),
            count=len(kept),
        )
    if kept and not whole.done.rows:
        raise ChangedMeanwhile(
            msg("Nothing of it can be taken back: all of it was changed since."),
            fields=[(each.table, each.row_id, each.column) for each in kept],
        )
    if partial:
        connection.execute("RELEASE inversion")
    # Values came back below or above what later events say.
    deal_events.tell(connection, _deals_of(connection, ops), effective_on=clock.today().isoformat())
    return whole.done


def _parts(ops: list[Op]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the rows made together with the record they are a part of: row -> record.

    A record that stays keeps its phones, lines and events; a visit or a task is no part.
    """
    made = {(op.table, op.row_id): op for op in ops if op.kind is OpKind.INSERT}
    found = {}
    for (table, row_id), op in made.items():
        if table in _RECORDS:
            continue
        values = {name: entry[0] for name, entry in (op.changes or {}).items()}
        names = dict.fromkeys(TABLES[table].column_names())
        above = parent_of(table, {**names, **values, "id": row_id})
        if above in made:
            found[table, row_id] = above
    return found


def _deals_of(connection: sqlite3.Connection, ops: list[Op]) -> set[str]:
    found = {op.row_id for op in ops if op.table == "deal"}
    events = [op.row_id for op in ops if op.table == "deal_event"]
    query = "SELECT deal_id FROM deal_event WHERE id IN (SELECT value FROM json_each(?))"
    return found | {row[0] for row in connection.execute(query, (json.dumps(events),))}


def _refuse_blanked(connection: StoreConnection, ops: list[Op]) -> None:
    if any(op.kind is OpKind.ERASE or (op.is_blanked and op.changes is not None) for op in ops):
        raise Refused(
            msg("This change cannot be undone."), why=msg("A person in it was erased, and that is for good.")
        )
    left = next((op for op in ops if op.is_blanked), None)
    if left is None:
        return
    exited = connection.execute(
        "SELECT 1 FROM history WHERE row_id = ? AND tbl = ? AND entry = ? LIMIT 1",
        (left.row_id, left.table, Entry.EXIT.value),
    ).fetchone()
    gone = msg("A record in it left this device: you could no longer see it.")
    unreadable = msg("What it changed can no longer be read.")
    raise Refused(msg("This change cannot be undone."), why=gone if exited else unreadable)


class _Inversion:
    """The inverse of one transaction's ops, newest first, on one connection."""

    def __init__(self, connection: StoreConnection, done: Undone, stay: set[tuple[str, str]]) -> None:
        self._connection = connection
        self._writers = Writers(connection)
        self._stay = stay
        self._buried: list[tuple[str, str]] = []
        self._raised: list[tuple[str, str]] = []
        self._kept: set[Kept] = set()
        self.done = done

    def run(self, ops: list[Op]) -> None:
        """Apply the inverse of each op, keeping what was changed since."""
        for op in reversed(ops):
            self._connection.capture.inverts = op.op_id
            if op.kind is OpKind.INSERT:
                self._bury(op)
            elif op.kind is OpKind.UPDATE:
                self._set_back(op)
            else:
                self._raise(op)
        self._connection.capture.inverts = None
        self.done.kept.extend(sorted(self._kept, key=lambda kept: (kept.table, kept.row_id, kept.column)))

    def keeps(self, record: tuple[str, str]) -> bool:
        """Say whether a record that the transaction made is there still."""
        return record not in self._buried

    def hanging(self) -> list[Dependent]:
        """Return the rows taken back on which live rows still hang, and raised ones without a parent."""
        return [
            *dependents_of(self._connection, self._buried),
            *missing_parents(self._connection, self._raised),
        ]

    def _changed_since(self, op: Op, columns: list[str]) -> list[str]:
        writer, later = self._writers.of_row(op.table, op.row_id)
        found = []
        for column in columns:
            now = self._writers.effective(later.get(column, writer), column)
            if now != self._writers.effective(op.op_id, column):
                found.append(column)
        return found

    def _gone(self, table: str, back: dict[str, object]) -> set[str]:
        """Return the columns that referred to what has left this device, and cannot do so again."""
        found = set()
        for column in TABLES[table].columns:
            if column.references and (before := back.get(column.name)) is not None:
                query = f"SELECT 1 FROM {column.references} WHERE id = ?"
                if self._connection.execute(query, (before,)).fetchone() is None:
                    found.add(column.name)
        return found

    def _keep(self, op: Op, columns: list[str]) -> None:
        self._kept |= {Kept(op.table, op.row_id, column) for column in columns}

    def _bury(self, op: Op) -> None:
        if (op.table, op.row_id) in self._stay:
            return
        names = [column.name for column in TABLES[op.table].captured()]
        changed = self._changed_since(op, names)
        if changed:
            self._keep(op, changed)
            return
        self._set(op, {"deleted_at": self._connection.capture.stamp})
        self._buried.append((op.table, op.row_id))

    def _set_back(self, op: Op) -> None:
        changes: Changes = op.changes or {}
        changed = set(self._changed_since(op, list(changes)))
        changed |= self._gone(op.table, {name: entry[1] for name, entry in changes.items()})
        if changed:
            changed |= _same_group(op.table, changed, changes)
            self._keep(op, sorted(changed))
        back = {name: entry[1] for name, entry in changes.items() if name not in changed}
        if (op.table, op.row_id) in self._stay:
            back.pop("deleted_at", None)
        if not back:
            return
        self._set(op, back)
        if back.get("deleted_at", "") is None:
            self._raised.append((op.table, op.row_id))

    def _raise(self, op: Op) -> None:
        values = {name: entry[1] for name, entry in (op.changes or {}).items()}
        row = self._connection.execute(
            f"SELECT deleted_at FROM {op.table} WHERE id = ?", (op.row_id,)
        ).fetchone()
        if row is None:
            change.insert(self._connection, op.table, {**values, "id": op.row_id})
        elif row[0] is None:
            self._keep(op, ["deleted_at"])
            return
        else:
            self._set(op, values)
        self.done.rows += 1
        self._raised.append((op.table, op.row_id))

    def _set(self, op: Op, values: dict[str, object]) -> None:
        change.update(self._connection, op.table, op.row_id, values)
        self.done.rows += 1


def _same_group(table: str, changed: set[str], changes: Changes) -> set[str]:
    groups = {column.group for column in TABLES[table].columns if column.group and column.name in changed}
    return {
        column.name for column in TABLES[table].columns if column.group in groups and column.name in changes
    }
