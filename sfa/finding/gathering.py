"""The values of some records' fields: one query for the rows, one a child table, one a linked noun.

Values come as readers get them everywhere: a link as ``(id, label)``, money and prices
as ``(number, currency)``, a multi-valued field as a tuple, all else as it is stored.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from sfa.errors import msg
from sfa.fields import Field, Kind, Noun
from sfa.finding.labels import labels, short_refs

REF = Field("ref", Kind.TEXT, msg("Ref"), "", "ref", editable=False)
ID = Field("id", Kind.TEXT, msg("Id"), "", "id", editable=False)
VERSION = Field("version", Kind.INTEGER, msg("Version"), "", "version", editable=False)
ALWAYS = (REF, ID, VERSION)

Values = dict[str, Any]


def gather(
    connection: sqlite3.Connection, noun: Noun, fields: Sequence[Field], record_ids: Sequence[str]
) -> dict[str, Values]:
    """Return id -> field name -> value for the records asked for."""
    found: dict[str, Values] = {record_id: {} for record_id in record_ids}
    if found:
        own = [field for field in fields if field.kind is not Kind.MANY and not field.custom_id]
        _own(connection, noun, own, json.dumps(list(found)), found)
        _linked(connection, noun, fields, found)
    return found


def gather_by_key(
    connection: sqlite3.Connection, noun: Noun, fields: Sequence[Field], keys: Sequence[int]
) -> dict[int, Values]:
    """Return rowid -> field name -> value, the id always among them; keys of no row are left out."""
    own = [field for field in fields if field.kind is not Kind.MANY and not field.custom_id]
    found: dict[int, Values] = {}
    _own(connection, noun, own if ID in own else [ID, *own], json.dumps(list(keys)), found, by="rowid")
    _linked(connection, noun, fields, {values["id"]: values for values in found.values()})
    return found


def _linked(
    connection: sqlite3.Connection, noun: Noun, fields: Sequence[Field], found: dict[str, Values]
) -> None:
    """Add what lies outside the rows, and make ids and references readable."""
    if not found:
        return
    wanted = json.dumps(list(found))
    for field in fields:
        if field.kind is Kind.MANY:
            _many(connection, noun, field, wanted, found)
        elif field.custom_id:
            _custom(connection, field, wanted, found)
        elif field.kind is Kind.LINK:
            _label(connection, field, found)
    if REF in fields:
        short = short_refs(connection, noun.table, (values["ref"] for values in found.values()))
        for values in found.values():
            values["ref"] = short[values["ref"]]


def _own(
    connection: sqlite3.Connection,
    noun: Noun,
    fields: Sequence[Field],
    wanted: str,
    found: dict[Any, Values],
    by: str = "id",
) -> None:
    """Read the rows' own columns into ``found`` under their id, or the rowid."""
    joins = {field.through: field.table for field in fields if field.through}
    columns: list[str] = []
    for field in fields:
        alias = f"through_{field.through}" if field.through else "t"
        columns.append(f"{alias}.{field.column}")
        if field.currency_column:
            columns.append(f"{alias}.{field.currency_column}")
    joined = "".join(
        f" LEFT JOIN {table} through_{link} ON through_{link}.id = t.{link}" for link, table in joins.items()
    )
    query = (
        f"SELECT {', '.join([f't.{by}', *columns])}"
        f" FROM json_each(?) j JOIN {noun.table} t ON t.{by} = j.value"
    )
    for row in connection.execute(query + joined, (wanted,)):
        cells = iter(tuple(row))
        values = found.setdefault(next(cells), {})
        for field in fields:
            value = next(cells)
            values[field.name] = (value, next(cells)) if field.currency_column else value


def _label(connection: sqlite3.Connection, field: Field, found: dict[str, Values]) -> None:
    linked = {values[field.name] for values in found.values() if values.get(field.name)}
    known = labels(connection, field.target, linked)
    for values in found.values():
        record_id = values.get(field.name)
        values[field.name] = (record_id, known.get(record_id, record_id)) if record_id else None


def _many(
    connection: sqlite3.Connection, noun: Noun, field: Field, wanted: str, found: dict[str, Values]
) -> None:
    extra = ", c.user_id, c.name" if field.table == "activity_attendee" else ""
    kind = f" AND c.noun = '{noun.table}'" if field.owner_column == "record_id" else ""
    rows = [
        tuple(row)
        for row in connection.execute(
            f"SELECT c.{field.owner_column}, c.{field.column}{extra} FROM json_each(?) j"
            f" JOIN {field.table} c ON c.{field.owner_column} = j.value"
            f" WHERE c.deleted_at IS NULL{kind} ORDER BY c.{field.owner_column}, c.rowid",
            (wanted,),
        )
    ]
    names = labels(connection, field.target, (row[1] for row in rows)) if field.target else {}
    colleagues = labels(connection, "user", (row[2] for row in rows)) if extra else {}
    lists: dict[str, list[Any]] = {record_id: [] for record_id in found}
    for row in rows:
        lists[row[0]].append(_one(row, field, names, colleagues))
    for record_id, values in found.items():
        values[field.name] = tuple(lists[record_id])


def _one(row: tuple[Any, ...], field: Field, names: dict[str, str], colleagues: dict[str, str]) -> Any:
    if row[1] is None and len(row) > 2:
        return (row[2], colleagues.get(row[2], row[2])) if row[2] else row[3]
    return (row[1], names.get(row[1], row[1])) if field.target else row[1]


def _custom(connection: sqlite3.Connection, field: Field, wanted: str, found: dict[str, Values]) -> None:
    stored = dict(
        tuple(row)
        for row in connection.execute(
            f"SELECT c.{field.owner_column}, c.value FROM json_each(?) j"
            f" JOIN custom_value c ON c.{field.owner_column} = j.value"
            " WHERE c.field_id = ? AND c.deleted_at IS NULL",
            (wanted, field.custom_id),
        )
    )
    for record_id, values in found.items():
        values[field.name] = stored.get(record_id)


def in_order(
    found: dict[str, Values], record_ids: Iterable[str], fields: Sequence[Field]
) -> list[tuple[Any, ...]]:
    """Return the gathered values as rows, in the order of the ids and the fields."""
    return [tuple(found[record_id].get(field.name) for field in fields) for record_id in record_ids]
