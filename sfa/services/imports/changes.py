"""What an import changes in records that are there: field by field, before and after.

Values are as the store holds them; an amount comes with its currency, a record with its label.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sfa.fields import Field, Kind, Noun
from sfa.finding.labels import labels
from sfa.services.imports.record_ids import LISTED
from sfa.services.imports.records import EMPTY, ChildSet, TableWrites

_WITH_CURRENCY = (Kind.MONEY, Kind.PRICE)


class Changed(NamedTuple):
    """A field's value before and after; ``None`` where there is none."""

    field: Field
    before: object
    after: object


Found = dict[str, list[Changed]]


def changes_of(
    connection: sqlite3.Connection,
    noun: Noun,
    fields: Mapping[str, Field],
    writes: Iterable[TableWrites],
    record_ids: Iterable[str],
) -> Found:
    """Return record -> what the writes change in it, of the records asked for."""
    found: Found = defaultdict(list)
    wanted = set(record_ids)
    if not wanted:
        return found
    for each in writes:
        if each.children is not None:
            _of_children(connection, fields, each, each.children.children, wanted, found)
        elif each.table == noun.table:
            _of_records(connection, noun, each, wanted, found)
    return _with_labels(connection, found)


def _of_records(
    connection: sqlite3.Connection, noun: Noun, writes: TableWrites, wanted: set[str], found: Found
) -> None:
    updates = {row_id: change for row_id, change in writes.updates if row_id in wanted}
    columns = sorted({name for change in updates.values() for name in change})
    held = _held(connection, writes.table, columns, updates)
    own = [field for field in noun.fields if field.table == noun.table and not field.custom_id]
    for row_id, change in updates.items():
        before = held.get(row_id, {})
        after = {**before, **{name: None if value is EMPTY else value for name, value in change.items()}}
        for field in own:
            if field.column in change or (field.currency_column and field.currency_column in change):
                found[row_id].append(Changed(field, _value(field, before), _value(field, after)))


def _of_children(
    connection: sqlite3.Connection,
    fields: Mapping[str, Field],
    writes: TableWrites,
    children: ChildSet,
    wanted: set[str],
    found: Found,
) -> None:
    field = _field_of(fields, children)
    if field is None:
        return
    start = 2 + len(children.fixed)
    for inserted in writes.inserts:
        if inserted[1] in wanted:
            new = dict(zip(children.columns, inserted[start:], strict=True))
            found[str(inserted[1])].append(Changed(field, None, _value(field, new)))
    columns = [children.owner_column, *children.columns]
    held = _held(connection, writes.table, columns, [row_id for row_id, _ in writes.updates])
    for row_id, change in writes.updates:
        row = held.get(row_id, {})
        if row.get(children.owner_column) not in wanted:
            continue
        comes, goes = change.get("deleted_at", "") is None, change.get("deleted_at", None) is not None
        before = None if comes else _value(field, row)
        after = None if goes else _value(field, {**row, **change})
        found[str(row[children.owner_column])].append(Changed(field, before, after))


def _field_of(fields: Mapping[str, Field], children: ChildSet) -> Field | None:
    declared = children.fixed.get("field_id")
    for field in fields.values():
        if field.table != children.table or (field.custom_id or None) != declared:
            continue
        if not children.counted or field.name == children.counted:
            return field
    return None


def _held(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], row_ids: Iterable[str]
) -> dict[str, dict[str, object]]:
    names = ["id", *dict.fromkeys(name for name in columns if name != "deleted_at")]
    rows = connection.execute(
        f"SELECT {', '.join(names)} FROM {table} WHERE id IN {LISTED}", (json.dumps(list(row_ids)),)
    )
    return {row[0]: dict(zip(names, row, strict=True)) for row in map(tuple, rows)}


def _value(field: Field, row: Mapping[str, object]) -> object:
    value = row.get(field.column)
    if value is not None and field.kind in _WITH_CURRENCY and field.currency_column:
        return value, row.get(field.currency_column)
    return value


def _with_labels(connection: sqlite3.Connection, found: Found) -> Found:
    """Name records by their labels; one that the import makes has none yet."""
    by_noun: dict[str, set[str]] = defaultdict(set)
    for changes in found.values():
        for each in changes:
            if each.field.target:
                by_noun[each.field.target].update(str(value) for value in each[1:] if value is not None)
    names = {noun: labels(connection, noun, ids) for noun, ids in by_noun.items()}
    for changes in found.values():
        for place, each in enumerate(changes):
            if each.field.target:
                known = names[each.field.target]
                before, after = (
                    None if value is None else (str(value), known.get(str(value), "")) for value in each[1:]
                )
                changes[place] = Changed(each.field, before, after)
    return found
