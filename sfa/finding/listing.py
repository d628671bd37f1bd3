"""A page of a noun's records: filtered, sorted, cut, with the fields asked for.

One statement: the keys of the page are found first, by index where the order has one; then
the values of those records alone are read, so that a page costs the same in any store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sfa.fields import Field, Noun
from sfa.fields import noun as noun_of
from sfa.finding.custom import all_fields
from sfa.finding.gathering import gather_picked
from sfa.finding.labels import alive, only
from sfa.finding.ordering import named_field, order_by
from sfa.finding.selecting import ALWAYS, REF

Condition = tuple[str, tuple[Any, ...]]


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
    find: str = "",
    sort: str = "",
    fields: Sequence[str] = (),
    limit: int | None = None,
    offset: int = 0,
    deleted: bool = False,
    today: date,
) -> Listing:
    """Return a page of a noun's live (or deleted) records.

    Without ``fields`` the reference and the noun's usual ones; without ``sort`` the noun's
    usual order, ties by age. ``find`` is a text that is searched in the records. ``limit`` ``None`` is all.

    Raises:
        BadUsage: a field that is not there, or a filter that cannot be read.
        InvalidInput: a value in the filter that its field cannot hold.
    """
    entity = noun_of(noun)
    known = all_fields(connection, noun)
    columns = columns_of(entity, known, fields)
    condition = condition_of(connection, entity, known, where, today)
    condition = _holding(connection, entity, condition, find, deleted=deleted)
    keys = (
        f"SELECT t.rowid AS key FROM {entity.table} t"
        f" WHERE {alive(deleted)}{only(entity)} AND {condition[0]}"
        f" ORDER BY {order_by(entity, known, sort)}"
        f" LIMIT {-1 if limit is None else int(limit) + 1} OFFSET {int(offset)}"
    )
    found = list(gather_picked(connection, entity, columns, keys, condition[1]))
    page = found[:limit]
    ids, rows = tuple(row[1] for row in page), [row[2] for row in page]
    return Listing(noun, columns, rows, ids, len(found) > len(page), bool(fields))


def count_rows(
    connection: sqlite3.Connection, noun: str, *, where: str = "", find: str = "", today: date
) -> int:
    """Return how many live records of a noun a filter and a searched text select."""
    entity = noun_of(noun)
    condition = condition_of(connection, entity, all_fields(connection, noun), where, today)
    text, values = _holding(connection, entity, condition, find, deleted=False)
    query = f"SELECT count(*) FROM {entity.table} t WHERE {alive(False)}{only(entity)} AND {text}"
    return int(connection.execute(query, values).fetchone()[0])


def matching(connection: sqlite3.Connection, noun: str, *, where: str, today: date) -> list[str]:
    """Return the ids of the live records that a filter selects.

    Raises:
        BadUsage, InvalidInput: as ``list_rows``.
    """
    entity = noun_of(noun)
    text, values = condition_of(connection, entity, all_fields(connection, noun), where, today)
    query = f"SELECT t.id FROM {entity.table} t WHERE {alive(False)}{only(entity)} AND {text}"
    return [row[0] for row in connection.execute(query, values)]


def condition_of(
    connection: sqlite3.Connection, entity: Noun, known: Sequence[Field], where: str, today: date
) -> Condition:
    """Return the SQL of a filter as it was typed, over the noun's table under the alias ``t``."""
    if not where.strip():
        return "1", ()
    from sfa.finding.conditions import compile_filter  # a list without a filter starts without them
    from sfa.finding.where import parse

    return compile_filter(connection, entity, known, parse(where), today=today)


def _holding(
    connection: sqlite3.Connection, entity: Noun, condition: Condition, text: str, *, deleted: bool
) -> Condition:
    if not text.strip():
        return condition
    from sfa.finding.search.holding import holding

    searched, values = holding(connection, entity, text, deleted=deleted)
    return f"({condition[0]}) AND {searched}", (*condition[1], *values)


def columns_of(entity: Noun, known: Sequence[Field], names: Sequence[str]) -> tuple[Field, ...]:
    """Return the fields of the names, or of none the reference and those that a list usually shows."""
    by_name = {field.name: field for field in (*ALWAYS, *known)}
    if not names:
        return (REF, *(by_name[name] for name in entity.listed))
    return tuple(named_field(entity, by_name, name) for name in names)
