"""What waits for somebody's word: conflicts, their two sides, and proposals. Read-only.

Values are as finders give them: a link as ``(id, label)``, money as ``(number, currency)``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sfa.errors import Msg
from sfa.fields import TABLES, Field, Kind
from sfa.fields.sight import is_of_two
from sfa.finding import deciding
from sfa.finding.deciding import Values
from sfa.finding.labels import labels, short_refs
from sfa.finding.organisation import local_user_id
from sfa.finding.row_names import RecordName, field_of, noun_of_table
from sfa.finding.sections import LINE_COLUMNS, ROLE_COLUMNS
from sfa.terms import ConflictKind, ConflictState, OpKind, ProposalState

_CONFLICT = (
    "SELECT id, ref, kind, state, on_table, on_id, unit, kept, lost, base, kept_author_id, kept_at,"
    " lost_author_id, lost_at, updated_by, updated_at FROM conflict WHERE deleted_at IS NULL"
)
_PROPOSAL = (
    "SELECT id, ref, kind, state, on_table, on_id, name, arguments, ops, author_id, recipient_id, made_at,"
    " decided_by_id, reason, updated_at FROM proposal WHERE deleted_at IS NULL"
)
_CHILD_FIELDS = {(each.table, each.column): each for each in (*LINE_COLUMNS, *ROLE_COLUMNS)}
_KINDS = {"day": Kind.DAY, "instant": Kind.INSTANT, "flag": Kind.FLAG, "integer": Kind.INTEGER}


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something, and when; ``is_me``: the user of this store."""

    id: str
    name: str
    at: str
    is_me: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """A field on both sides: before, what won, what lost, and what the record holds now."""

    field: Field
    base: Any
    kept: Any
    lost: Any
    now: Any


@dataclass(frozen=True, slots=True)
class ConflictView:
    """A conflict: the record, who won and who lost, field by field; ``settled`` once it is.

    ``mine`` is the user's side, ``kept`` or ``lost``, or nothing. ``changed``: the record holds
    neither any more. ``other``: of two records with one key the second, whose values are the lost side.
    """

    id: str
    ref: str
    kind: str
    state: str
    record: RecordName
    kept: Person
    lost: Person
    mine: str
    changed: bool
    settled: Person | None
    fields: tuple[Compared, ...]
    other: RecordName | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A field that a proposal would change: of which record, before, after, and what it holds now."""

    record: RecordName
    kind: str
    field: Field
    before: Any
    after: Any
    now: Any


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal: what was to be changed, by whom, and who decides; ``decided`` once it is."""

    id: str
    ref: str
    kind: str
    state: str
    record: RecordName
    name: Msg
    arguments: dict[str, Any]
    author: Person
    recipient: Person
    decided: Person | None
    reason: str
    may_decide: bool
    fields: tuple[Proposed, ...]


def conflicts(connection: sqlite3.Connection, *, everybodys: bool = False) -> list[ConflictView]:
    """Return the open conflicts that the user has a side in or whose record is theirs, newest first.

    With ``everybodys`` those of colleagues too, and those that are settled, after the open ones.
    """
    which = "" if everybodys else f" AND state = '{ConflictState.OPEN.value}'"
    rows = connection.execute(
        f"{_CONFLICT}{which} ORDER BY state <> '{ConflictState.OPEN.value}', lost_at DESC, id DESC"
    ).fetchall()
    if not everybodys:
        me = local_user_id(connection)
        rows = [row for row in rows if me in deciding.concerned(connection, dict(row))]
    return _conflict_views(connection, rows)


def conflict(connection: sqlite3.Connection, conflict_id: str) -> ConflictView:
    """Return one conflict side by side.

    Raises:
        KeyError: it is not there.
    """
    rows = connection.execute(f"{_CONFLICT} AND id = ?", (conflict_id,)).fetchall()
    if not rows:
        raise KeyError(conflict_id)
    return _conflict_views(connection, rows)[0]


def _conflict_views(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[ConflictView]:
    refs = short_refs(connection, "conflict", (row["ref"] for row in rows))
    people = _People(connection)
    return [_conflict_view(connection, row, refs[row["ref"]], people) for row in rows]


def _conflict_view(
    connection: sqlite3.Connection, row: sqlite3.Row, ref: str, people: _People
) -> ConflictView:
    table, row_id = row["on_table"], row["on_id"]
    record = deciding.record_about(connection, table, row_id)
    kept, lost, base = (deciding.side(table, row[name]) for name in ("kept", "lost", "base"))
    other = None
    sides = dict(row)
    if is_of_two(sides):
        one_id, other_id = row_id, deciding.other_of(sides)
        other = deciding.record_about(connection, table, other_id)
        kept, lost = (deciding.key_of(connection, table, each) for each in (one_id, other_id))
        base = {}
    now = deciding.present(connection, table, row_id)
    is_open = row["state"] == ConflictState.OPEN
    changed = row["kind"] != ConflictKind.CLASH and bool(
        deciding.changed_since(row["kind"], now, kept, lost, base)
    )
    place = _Place(connection, record, table, row_id, now or {})
    return ConflictView(
        row["id"],
        ref,
        row["kind"],
        row["state"],
        record,
        people.at(row["kept_author_id"], row["kept_at"]),
        people.at(row["lost_author_id"], row["lost_at"]),
        deciding.mine(row["kept_author_id"], row["lost_author_id"], people.me),
        changed and is_open,
        None if is_open else people.at(row["updated_by"], row["updated_at"]),
        tuple(_compared(place, kept, lost, base, now)),
        other,
    )


def _compared(
    place: _Place, kept: Values, lost: Values, base: Values, now: Values | None
) -> Iterable[Compared]:
    for field in place.fields((*kept, *lost)):
        sides = (place.value(field, values) for values in (base, kept, lost, now or {}))
        yield Compared(field, *sides)


def proposals(connection: sqlite3.Connection, *, everybodys: bool = False) -> list[ProposalView]:
    """Return the open proposals that the user decides or made, newest first.

    With ``everybodys`` those of colleagues too, and those that are decided, after the open ones.
    """
    which = "" if everybodys else f" AND state = '{ProposalState.OPEN.value}'"
    rows = connection.execute(
        f"{_PROPOSAL}{which} ORDER BY state <> '{ProposalState.OPEN.value}', made_at DESC, id DESC"
    ).fetchall()
    found = _proposal_views(connection, rows)
    return found if everybodys else [each for each in found if each.may_decide or each.author.is_me]


def proposal(connection: sqlite3.Connection, proposal_id: str) -> ProposalView:
    """Return one proposal with what it would change.

    Raises:
        KeyError: it is not there.
    """
    rows = connection.execute(f"{_PROPOSAL} AND id = ?", (proposal_id,)).fetchall()
    if not rows:
        raise KeyError(proposal_id)
    return _proposal_views(connection, rows)[0]


def _proposal_views(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[ProposalView]:
    refs = short_refs(connection, "proposal", (row["ref"] for row in rows))
    people = _People(connection)
    return [_proposal_view(connection, row, refs[row["ref"]], people) for row in rows]


def _proposal_view(
    connection: sqlite3.Connection, row: sqlite3.Row, ref: str, people: _People
) -> ProposalView:
    ops = deciding.ops_in(row["ops"])
    is_open = row["state"] == ProposalState.OPEN
    return ProposalView(
        row["id"],
        ref,
        row["kind"],
        row["state"],
        deciding.record_about(connection, row["on_table"], row["on_id"], ops),
        Msg(row["name"]),
        _arguments(row["arguments"]),
        people.at(row["author_id"], row["made_at"]),
        people.at(row["recipient_id"], row["made_at"]),
        None if is_open else people.at(row["decided_by_id"], row["updated_at"]),
        row["reason"] or "",
        deciding.may_decide(connection, people.me, row["recipient_id"]),
        tuple(each for op in ops if deciding.is_readable(op) for each in _proposed(connection, op, ops)),
    )


def _arguments(stored: str) -> dict[str, Any]:
    try:
        found = json.loads(stored)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _proposed(
    connection: sqlite3.Connection, op: Mapping[str, Any], ops: Sequence[Mapping[str, Any]]
) -> Iterable[Proposed]:
    """Yield the fields of one op; a row that the store makes beside a deal, its event, says nothing new."""
    table, row_id, changes = op["table"], op["id"], op["changes"]
    if table == "deal_event":
        return
    record = deciding.record_about(connection, table, row_id, ops)
    now = deciding.present(connection, table, row_id)
    after = {name: entry[0] for name, entry in changes.items()}
    before = {name: entry[1] for name, entry in changes.items() if len(entry) > 1}
    if op["kind"] == OpKind.DELETE:
        before, after = {}, {}
    place = _Place(connection, record, table, row_id, now or after)
    for field in place.fields(changes):
        if field.column in {"created_at", "created_by"} or after.get(field.column) == record.id:
            continue
        values = (place.value(field, each) for each in (before, after, now or {}))
        yield Proposed(record, op["kind"], field, *values)


class _People:
    """Names of people, each read once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._names = labels(connection, "user", _user_ids(connection))
        self.me = local_user_id(connection)

    def at(self, user: str | None, moment: str) -> Person:
        """Return a person at a moment; nobody has no name."""
        return Person(user or "", self._names.get(user or "", ""), moment, user == self.me)


def _user_ids(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT id FROM user")]


class _Place:
    """A row that is looked at: its fields as people know them, and values in their shape."""

    def __init__(
        self, connection: sqlite3.Connection, record: RecordName, table: str, row_id: str, now: Values
    ) -> None:
        self._connection = connection
        self._record = record
        self._table = table
        self._row_id = row_id
        self._now = now

    def fields(self, columns: Iterable[str]) -> list[Field]:
        """Return the fields of some columns, each once; what the store keeps for itself is left out."""
        found: dict[tuple[str, str], Field] = {}
        for column in columns:
            field = self._field(column)
            if field is not None:
                found.setdefault((field.name, field.column), field)
        return list(found.values())

    def _field(self, column: str) -> Field | None:
        if self._table not in TABLES:
            return None
        if noun_of_table(self._table):
            return field_of(self._connection, self._record.noun, self._table, column, self._row_id)
        if (self._table, column) in _CHILD_FIELDS:
            return _CHILD_FIELDS[self._table, column]
        whole = field_of(self._connection, self._record.noun, self._table, column, self._row_id)
        if whole is not None and column in {whole.column, whole.currency_column}:
            return whole._replace(kind=_of_one(whole))
        return self._plain(column)

    def _plain(self, column: str) -> Field | None:
        """Return a field of a column that no noun shows by itself, such as the town of an address."""
        found = next((each for each in TABLES[self._table].columns if each.name == column), None)
        if found is None or found.derived or column in {"id", "digits", "record_id", "noun"}:
            return None
        label = Msg(column.removesuffix("_id").removesuffix("_at").replace("_", " ").capitalize())
        target = noun_of_table(found.references) if found.references else ""
        kind = Kind.LINK if target else _KINDS.get(found.type, Kind.TEXT)
        return Field(column, kind, label, self._table, column, target=target)

    def value(self, field: Field, values: Values) -> Any:
        """Return a field's value on one side; ``None`` where that side does not say."""
        value = values.get(field.column)
        if field.kind is Kind.LINK and value is not None:
            return (value, labels(self._connection, field.target, [value]).get(value, ""))
        if field.currency_column and field.column in values:
            currency = values.get(field.currency_column, self._now.get(field.currency_column))
            return (value, currency)
        return value


def _of_one(field: Field) -> Kind:
    """Return the kind of one value of a multi-valued field."""
    if field.kind is not Kind.MANY:
        return field.kind
    return Kind.LINK if field.target else Kind.TEXT
