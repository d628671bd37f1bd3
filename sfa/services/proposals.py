"""Deciding proposals: changes that wait for another role's word, and late edits of what was handed over.

Both are written by the centre. Accepting makes the changes as one's own, in one transaction
with the proposal's state, which undo takes back and sync carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import ChangedMeanwhile, InvalidInput, Msg, Refused, msg
from sfa.fields import TABLES
from sfa.fields.sight import NAMED_PARENTS, parent_of
from sfa.finding import deciding
from sfa.finding.deciding import TOMBSTONE, Values
from sfa.finding.labels import labels
from sfa.finding.row_names import RecordName, named_places
from sfa.models.decision import Proposal
from sfa.services import records, settling
from sfa.services.cascade import delete_with_children
from sfa.store import change
from sfa.store.connection import StoreConnection
from sfa.terms import OpKind, ProposalState

Place = tuple[str, str, str]  # table, row id, column
_EVENTS = "deal_event"
_BIRTH = frozenset({"created_at", "created_by"})


@dataclass(frozen=True, slots=True)
class Decided:
    """A proposal that was decided, the record it was about, and the fields that were left out of it."""

    id: str
    ref: str
    state: str
    noun: str
    record_id: str
    label: str
    left: tuple[tuple[Msg, str, Msg], ...] = ()


def accept(session: Session, proposal_id: str, *, partial: bool = False, today: date) -> Decided:
    """Make the proposed changes; with ``partial`` without those that do not fit any more.

    Units, and rows to be added, stay whole.

    Raises:
        NotFound: no such proposal.
        Refused: it is decided already, is not the user's to decide, or a person in it was erased.
        ChangedMeanwhile: a record in it was changed since; with ``partial`` when nothing would be left.
    """
    row, record = _open(session, proposal_id)
    _refuse_stranger(session, row)
    ops = deciding.ops_in(row.ops)
    if not ops or not all(deciding.is_readable(op) for op in ops):
        raise Refused(
            msg("What was proposed cannot be made here."),
            why=msg("A person in it was erased, or it comes from a newer version."),
            hint=msg("Reject it: sfa proposals reject {ref}."),
            ref=row.ref[:6],
        )
    done = _Making(records.raw(session))
    for op in ops:
        done.make(op)
    left = tuple(named_places(done.connection, done.left))
    if left and (not partial or not done.made):
        raise ChangedMeanwhile(
            msg("{count} fields were changed since it was proposed."),
            fields=left,
            hint=msg("Accept the rest: sfa proposals accept {ref} --partial. Or reject it.")
            if done.made
            else msg("Reject it: sfa proposals reject {ref}."),
            count=len(left),
            ref=row.ref[:6],
        )
    session.expire_all()
    for table, row_id in deciding.rows_of(ops):
        if table == "deal":
            settling.tell_of_deal(session, row_id, today=today)
    name = msg("Accept what {author} proposed: {noun} {label}")
    return _decide(session, row, record, ProposalState.ACCEPTED, name, left=left)


def reject(session: Session, proposal_id: str, *, reason: str) -> Decided:
    """Turn a proposal down; its author reads the reason.

    Raises:
        NotFound: no such proposal.
        Refused: it is decided already, or is not the user's to decide.
        InvalidInput: the reason is empty.
    """
    row, record = _open(session, proposal_id)
    _refuse_stranger(session, row)
    name = msg("Reject what {author} proposed: {noun} {label}")
    return _decide(session, row, record, ProposalState.REJECTED, name, reason=_given(reason))


def withdraw(session: Session, proposal_id: str, *, reason: str) -> Decided:
    """Take one's own proposal back.

    Raises:
        NotFound: no such proposal.
        Refused: it is decided already, or is somebody else's.
        InvalidInput: the reason is empty.
    """
    row, record = _open(session, proposal_id)
    if row.author_id != records.change_of(session).actor:
        raise Refused(
            msg("Only who made a proposal withdraws it."),
            hint=msg("Reject it: sfa proposals reject {ref}."),
            ref=row.ref[:6],
        )
    name = msg("Withdraw the proposal of {author}: {noun} {label}")
    return _decide(session, row, record, ProposalState.REJECTED, name, reason=_given(reason))


def _given(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("reason", msg("it must be given"))
    return reason.strip()


def _open(session: Session, proposal_id: str) -> tuple[Proposal, RecordName]:
    row: Proposal = records.load(session, "proposal", proposal_id)
    connection = records.raw(session)
    if row.state != ProposalState.OPEN:
        who = labels(connection, "user", [row.decided_by_id or ""])
        raise Refused(
            msg("The proposal {ref} is decided already, by {name} on {time}."),
            hint=msg("To change the record now, edit it."),
            ref=row.ref[:6],
            name=who.get(row.decided_by_id or "", "?"),
            time=f"{row.updated_at.astimezone():%Y-%m-%d %H:%M}",
        )
    return row, deciding.record_about(connection, row.on_table, row.on_id, deciding.ops_in(row.ops))


def _refuse_stranger(session: Session, row: Proposal) -> None:
    connection = records.raw(session)
    if deciding.may_decide(connection, records.change_of(session).actor, row.recipient_id):
        return
    who = labels(connection, "user", [row.recipient_id or ""])
    raise Refused(
        msg("This proposal is for {name} to decide, or for a manager above."),
        name=who.get(row.recipient_id or "", msg("an administrator")),
    )


def _decide(
    session: Session,
    row: Proposal,
    record: RecordName,
    state: ProposalState,
    name: Msg,
    *,
    reason: str | None = None,
    left: tuple[tuple[Msg, str, Msg], ...] = (),
) -> Decided:
    connection = records.raw(session)
    open_change = records.change_of(session)
    who = labels(connection, "user", [row.author_id or ""])
    author, row_id, ref = who.get(row.author_id or "", "?"), row.id, row.ref
    decision = {"state": state.value, "decided_by_id": open_change.actor, "reason": reason}
    change.update(connection, "proposal", row_id, decision)
    session.expire_all()
    open_change.call(name, author=author, noun=record.noun or "setting", label=record.label)
    return Decided(row_id, ref, state.value, record.noun, record.id, record.label, left)


@dataclass(slots=True)
class _Making:
    """The proposed ops, made one by one; what does not fit any more is left and listed."""

    connection: StoreConnection
    made: int = 0
    left: list[Place] = field(default_factory=list)
    _mixed: set[str] = field(default_factory=set)

    def make(self, op: Mapping[str, Any]) -> None:
        """Make one op as far as it fits."""
        table, row_id = str(op["table"]), str(op["id"])
        changes: dict[str, list[Any]] = op["changes"]
        if op["kind"] == OpKind.INSERT:
            self._insert(table, row_id, {name: entry[0] for name, entry in changes.items()})
        elif op["kind"] == OpKind.DELETE:
            self._update(table, row_id, {TOMBSTONE: [self.connection.capture.stamp, None]})
        else:
            self._update(table, row_id, changes)

    def _insert(self, table: str, row_id: str, values: Values) -> None:
        if table == _EVENTS and values.get("deal_id") in self._mixed:
            return  # it tells of the whole change; an event of what was made follows
        there = deciding.present(self.connection, table, row_id)
        if there is not None and there[TOMBSTONE] is not None:
            self._revive(table, row_id, values, there)
            return
        column = TOMBSTONE if there is not None else self._dangling(table, {**values, "id": row_id})
        if column:
            self._leave(table, row_id, [column], values)
            return
        change.insert(self.connection, table, {**values, "id": row_id})
        self.made += 1

    def _revive(self, table: str, row_id: str, values: Values, there: Values) -> None:
        names = [each.name for each in TABLES[table].captured() if each.name not in _BIRTH]
        wanted = {name: values.get(name) for name in names if name in values or there[name] is not None}
        self._set(table, row_id, {name: value for name, value in wanted.items() if there[name] != value})

    def _update(self, table: str, row_id: str, changes: Mapping[str, list[Any]]) -> None:
        now = deciding.present(self.connection, table, row_id)
        if now is not None and now[TOMBSTONE] is not None and changes.get(TOMBSTONE, [None])[0] is not None:
            return  # it is deleted already
        if now is None or (now[TOMBSTONE] is not None and TOMBSTONE not in changes):
            self._leave(table, row_id, list(changes))
            return
        out = deciding.clashing(table, now, changes)
        new = {name: entry[0] for name, entry in changes.items() if name not in out}
        dangling = self._dangling(table, {**now, **new}, new)
        if dangling:
            out |= {
                name for name in new if deciding.unit_of(table, name) == deciding.unit_of(table, dangling)
            }
        if out:
            self._leave(table, row_id, sorted(out))
        self._set(
            table,
            row_id,
            {name: value for name, value in new.items() if name not in out and now[name] != value},
        )

    def _set(self, table: str, row_id: str, values: Values) -> None:
        if not values:
            return
        if values.get(TOMBSTONE) is not None:
            delete_with_children(self.connection, table, row_id)
            values = {name: value for name, value in values.items() if name != TOMBSTONE}
        if values:
            change.update(self.connection, table, row_id, values)
        self.made += 1

    def _leave(self, table: str, row_id: str, columns: list[str], values: Values | None = None) -> None:
        place = (table, row_id)
        if table == "deal":
            self._mixed.add(row_id)
        if values and deciding.present(self.connection, table, row_id) is None:
            # A row that is only proposed has no name here: what it hangs on has.
            place = parent_of(table, {**dict.fromkeys(TABLES[table].column_names()), **values}) or place
        self.left += [(*place, f"{table}.{column}" if place[0] != table else column) for column in columns]

    def _dangling(self, table: str, row: Values, changed: Values | None = None) -> str:
        """Return a column that refers to a row that is not here or is deleted; nothing when none does."""
        found = [
            (each.name, each.references)
            for each in TABLES[table].columns
            if each.references and not each.derived and each.name not in _BIRTH
        ]
        if table in NAMED_PARENTS and row.get(NAMED_PARENTS[table][1]) is not None:
            parent = parent_of(table, row)
            found += [(NAMED_PARENTS[table][1], parent[0])] if parent else []
        for column, target in found:
            if row.get(column) is None or (changed is not None and column not in changed):
                continue
            there = deciding.present(self.connection, target, str(row[column]))
            if there is None or there[TOMBSTONE] is not None:
                return column
        return ""
