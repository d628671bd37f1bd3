"""A page of a noun's records: filtered, sorted, cut, with the fields asked for.

The keys of the page are found first, by index where the order has one; then the values
of those records alone are read, so that a page costs the same in any store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sfa.errors import BadUsage, msg
from sfa.fields import TABLES, Field, Kind, Noun
from sfa.fields import noun as noun_of
from sfa.finding.custom import all_fields, by_label
from sfa.finding.gathering import ALWAYS, REF, gather, in_order
from sfa.finding.labels import alive, only

Condition = tuple[str, tuple[Any, ...]]
_FOLDED = frozenset({Kind.TEXT, Kind.LONG})


class Listing(NamedTuple):
    """A page: columns, rows in order, whether more records follow, whether the columns were chosen."""

    noun: str
    columns: tuple[Field, ...]
    rows: list[tuple[Any, ...]]
    ids: tuple[str, ...]
    more: bool
    chosen: bool = False


def list_rows(
    connection: sqlite3.Connection,
    noun: str,
    *,
    where: str = "",
    sort: str = "",
    fields: Sequence[str] = (),
    limit: int | None = None,
    offset: int = 0,
    deleted: bool = False,
    today: date,
) -> Listing:
    """Return a page of a noun's live (or deleted) records.

    Without ``fields`` the reference and the noun's usual ones; without ``sort`` the noun's
    usual order, ties by age. ``limit`` ``None`` is all.

    Raises:
        BadUsage: a field that is not there, or a filter that cannot be read.
        InvalidInput: a value in the filter that its field cannot hold.
    """
    entity = noun_of(noun)
    known = all_fields(connection, noun)
    columns = _columns(entity, known, fields)
    condition = _condition(connection, entity, known, where, today)
    keys = _keys(connection, entity, known, condition, sort, deleted=deleted, limit=limit, offset=offset)
    more = limit is not None and len(keys) > limit
    ids = tuple(keys[:limit])
    rows = in_order(gather(connection, entity, columns, ids), ids, columns)
    return Listing(noun, columns, rows, ids, more, bool(fields))


def count_rows(connection: sqlite3.Connection, noun: str, *, where: str = "", today: date) -> int:
    """Return how many live records of a noun a filter selects."""
    entity = noun_of(noun)
    text, values = _condition(connection, entity, all_fields(connection, noun), where, today)
    query = f"SELECT count(*) FROM {entity.table} t WHERE {alive(False)}{only(entity)} AND {text}"
    return int(connection.execute(query, values).fetchone()[0])


def _condition(
    connection: sqlite3.Connection, entity: Noun, known: Sequence[Field], where: str, today: date
) -> Condition:
    if not where.strip():
        return "1", ()
    from sfa.finding.conditions import compile_filter  # a list without a filter starts without them
    from sfa.finding.where import parse

    return compile_filter(connection, entity, known, parse(where), today=today)


def _columns(entity: Noun, known: Sequence[Field], names: Sequence[str]) -> tuple[Field, ...]:
    by_name = {field.name: field for field in (*ALWAYS, *known)}
    if not names:
        return (REF, *(by_name[name] for name in entity.listed))
    return tuple(_field(entity, by_name, name) for name in names)


def _field(entity: Noun, by_name: dict[str, Field], name: str) -> Field:
    found = by_name.get(name) or by_name.get(name.lower().replace("-", "_"))
    found = found or by_label(by_name.values(), name)
    if found is None:
        raise BadUsage(
            msg("The {noun} has no field {name!r}."),
            hint=msg("It has: {known}."),
            noun=entity.label,
            name=name,
            known=", ".join(by_name),
        )
    return found


def _keys(
    connection: sqlite3.Connection,
    entity: Noun,
    known: Sequence[Field],
    condition: Condition,
    sort: str,
    *,
    deleted: bool,
    limit: int | None,
    offset: int,
) -> list[str]:
    names = [word.strip() for word in sort.split(",") if word.strip()] or list(entity.order)
    by_name = {field.name: field for field in (*ALWAYS, *known)}
    terms = [_order(entity, by_name, name, first=number == 0) for number, name in enumerate(names)]
    last = "DESC" if names and names[-1].startswith("-") else "ASC"
    page = "" if limit is None else f" LIMIT {int(limit) + 1} OFFSET {int(offset)}"
    rows = connection.execute(
        f"SELECT t.id FROM {entity.table} t WHERE {alive(deleted)}{only(entity)} AND {condition[0]}"
        f" ORDER BY {', '.join([*terms, f't.rowid {last}'])}{page}",
        condition[1],
    )
    return [row[0] for row in rows]


def _order(entity: Noun, by_name: dict[str, Field], name: str, *, first: bool) -> str:
    """Return one key of the order: records without a value last, but the whole day before its hours."""
    field = _field(entity, by_name, name.lstrip("+-"))
    if name.startswith("-"):
        way = "DESC"
    elif _always_given(entity, field) or (field.kind is Kind.TIME and not first):
        way = "ASC"
    else:
        way = "ASC NULLS LAST"
    return f"{_sort_expression(field)} {way}"


def _always_given(entity: Noun, field: Field) -> bool:
    if field.through or field.custom_id or field.kind in {Kind.MANY, Kind.LINK, Kind.CHOICE}:
        return False
    return not next(column.nullable for column in TABLES[entity.table].columns if column.name == field.column)


def _sort_expression(field: Field) -> str:
    if field.kind is Kind.MANY:
        owner = f"c.{field.owner_column} = t.id AND c.deleted_at IS NULL"
        return f"(SELECT min(c.{field.column}) FROM {field.table} c WHERE {owner})"
    if field.custom_id:
        value = "CAST(c.value AS REAL)" if field.kind is Kind.QUANTITY else "c.value"
        return (
            f"(SELECT {value} FROM custom_value c WHERE c.{field.owner_column} = t.id"
            f" AND c.field_id = '{field.custom_id}' AND c.deleted_at IS NULL)"
        )
    if field.kind is Kind.LINK and "name" in TABLES[field.target].column_names():
        order = "x.position" if field.target == "stage" else "x.name COLLATE NOCASE"
        return f"(SELECT {order} FROM {field.target} x WHERE x.id = t.{field.column})"
    column = f"t.{field.column}"
    if field.through:
        column = f"(SELECT x.{field.column} FROM {field.table} x WHERE x.id = t.{field.through})"
    if field.kind is Kind.CHOICE:  # in the order of its words: high, normal, low
        ranks = (f"WHEN '{choice.value}' THEN {rank}" for rank, choice in enumerate(field.choices))
        return f"CASE {column} {' '.join(ranks)} END"
    return f"{column} COLLATE NOCASE" if field.kind in _FOLDED else column
