"""The timeline of a record: who changed what, when, field by field, in people's words.

Values are as finders give them: a link as ``(id, label)``, money as ``(number, currency)``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sfa.errors import Msg
from sfa.fields import Field, Kind, Noun
from sfa.fields import noun as noun_of
from sfa.finding.labels import labels
from sfa.finding.row_names import field_of
from sfa.store.history import Entry, Step, history
from sfa.store.log import own_devices
from sfa.store.personal import personal_columns
from sfa.terms import ChangeKind, OpKind

_TOMBSTONE = "deleted_at"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that a transaction changed; ``erased`` when the person in it was erased since."""

    field: Field
    before: Any
    after: Any
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One transaction as far as it touched the record; ``device`` is empty where this store made it."""

    tx_id: str
    at: str
    author: str
    device: str
    kind: ChangeKind
    name: Msg
    arguments: dict[str, Any]
    changes: tuple[FieldChange, ...]


def timeline(connection: sqlite3.Connection, noun: str, record_id: str) -> list[Moment]:
    """Return a record's moments, newest first."""
    entity = noun_of(noun)
    entries = history(connection, entity.table, record_id)
    people = labels(connection, "user", (entry.author for entry in entries if entry.author))
    here = own_devices(connection)
    moments = [
        _moment(
            connection,
            entity,
            replace(entry, device="") if entry.device in here else entry,
            people,
        )
        for entry in entries
    ]
    # A row that merely mentions the record, in a field that is none of its own, says nothing about it.
    return [moment for moment in moments if moment.changes]


def _moment(connection: sqlite3.Connection, noun: Noun, entry: Entry, people: dict[str, str]) -> Moment:
    changes: list[FieldChange] = []
    for step in entry.steps:
        fields_of = _own if step.table == noun.table else _child
        changes += fields_of(connection, noun.name, step)
    return Moment(
        entry.tx_id,
        entry.at,
        people.get(entry.author or "", ""),
        entry.device or "",
        entry.kind,
        entry.name,
        entry.arguments,
        tuple(changes),
    )


def _own(connection: sqlite3.Connection, noun: str, step: Step) -> Iterable[FieldChange]:
    """Yield a change for each field of the record's own row; an amount and its currency are one."""
    values = {column: (before, after) for column, before, after in step.changes}
    seen: set[str] = set()
    for column in values:
        field = field_of(connection, noun, step.table, column, step.row_id)
        if field is None or field.name in seen:
            continue
        seen.add(field.name)
        before, after = (_value(connection, field, step, values, side) for side in (0, 1))
        if step.kind is OpKind.INSERT and field.kind is Kind.FLAG and not after:
            continue
        yield FieldChange(field, before, after, _is_erased(step, column))
    if step.erased:
        yield from _erased(connection, noun, step)


def _erased(connection: sqlite3.Connection, noun: str, step: Step) -> Iterable[FieldChange]:
    field = field_of(connection, noun, step.table, _TOMBSTONE, step.row_id)
    if field is not None and not step.changes:
        yield FieldChange(field, None, None, erased=True)


def _is_erased(step: Step, column: str) -> bool:
    return step.erased and column in personal_columns(step.table)


def _value(
    connection: sqlite3.Connection,
    field: Field,
    step: Step,
    values: dict[str, tuple[Any, Any]],
    side: int,
) -> Any:
    value = values[field.column][side] if field.column in values else _present(connection, step, field.column)
    if value is None:
        return None
    if field.kind is Kind.LINK:
        return (value, labels(connection, field.target, [value]).get(value, ""))
    if field.currency_column:
        if field.currency_column in values:
            return (value, values[field.currency_column][side])
        return (value, _present(connection, step, field.currency_column))
    return value


def _present(connection: sqlite3.Connection, step: Step, column: str) -> Any:
    row = connection.execute(f"SELECT {column} FROM {step.table} WHERE id = ?", (step.row_id,)).fetchone()
    return row[0] if row is not None else None


def _child(connection: sqlite3.Connection, noun: str, step: Step) -> Iterable[FieldChange]:
    """Yield the value that a child row added, took away or changed."""
    values = {column: (before, after) for column, before, after in step.changes}
    field = field_of(connection, noun, step.table, next(iter(values), ""), step.row_id)
    if field is None:
        return
    is_erased = step.erased and (not values or _is_erased(step, field.column))
    before, after = (
        None if is_erased else _child_value(connection, field, step, values, side) for side in (0, 1)
    )
    if step.kind is OpKind.INSERT:
        before = None
    elif _TOMBSTONE in values:
        gone = values[_TOMBSTONE][1] is not None
        before, after = (before, None) if gone else (None, after)
    elif step.kind is OpKind.DELETE:
        after = None
    yield FieldChange(field, before, after, is_erased)


def _child_value(
    connection: sqlite3.Connection,
    field: Field,
    step: Step,
    values: dict[str, tuple[Any, Any]],
    side: int,
) -> Any:
    """Return a child row's value on one side of a change, in the shape of its field."""
    column, target = field.column, field.target
    if step.table == "activity_attendee" and field.kind is Kind.MANY:
        column, target = _attendee(connection, step)
    value = values[column][side] if column in values else _present(connection, step, column)
    if value is not None and target:
        value = (value, labels(connection, target, [value]).get(value, ""))
    elif value is not None and field.currency_column:
        currency = values.get(field.currency_column)
        present = currency[side] if currency else _present(connection, step, field.currency_column)
        value = (value, present)
    return (value,) if field.kind is Kind.MANY and value is not None else value


def _attendee(connection: sqlite3.Connection, step: Step) -> tuple[str, str]:
    """Return which column of an attendee holds somebody, and the noun it names."""
    for column, target in (("contact_id", "contact"), ("user_id", "user")):
        if _present(connection, step, column) is not None:
            return column, target
    return "name", ""
