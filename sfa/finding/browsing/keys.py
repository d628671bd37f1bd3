"""The records of a list in its order, as integer keys that come in portions."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from sfa.fields import Field, Noun
from sfa.fields import noun as noun_of
from sfa.finding.custom import all_fields
from sfa.finding.labels import alive, only
from sfa.finding.listing import condition_of
from sfa.finding.ordering import order_by
from sfa.finding.search.holding import holding

SMALL, LARGE = "I", "q"  # types of array: 4 and 8 bytes a key
_FIRST = 256  # what a screen and the next one show
_ROWS_AT_ONCE = 2048
_MOST = 1_048_576


class Asked(NamedTuple):
    """Which records, in which order: a filter and a sort as people type them, a text to look for."""

    noun: str
    where: str = ""
    text: str = ""
    sort: str = ""


def stream_keys(
    connection: sqlite3.Connection, asked: Asked, known: Sequence[Field], *, today: date
) -> Iterator[array[int]]:
    """Give the keys in order: at first enough for a screen, then ever larger portions.

    An order that has an index gives its first portion at once, whatever the size of the store.
    Between portions the caller may stop; within one, ``connection.interrupt()`` stops it.
    ``known`` are the noun's fields.

    Raises:
        BadUsage: a field that is not there, or a filter that cannot be read.
        InvalidInput: a value in the filter that its field cannot hold.
    """
    entity = noun_of(asked.noun)
    text, values = _picked(connection, entity, known, asked, today)
    order = order_by(entity, known, asked.sort)
    rows = connection.execute(f"SELECT t.rowid FROM {entity.table} t WHERE {text} ORDER BY {order}", values)
    rows.row_factory = None
    rows.arraysize = _ROWS_AT_ONCE
    portion = _FIRST
    while keys := _next_keys(rows, portion):
        yield keys
        portion = min(portion * 8, _MOST)


def _next_keys(rows: sqlite3.Cursor, portion: int) -> array[int]:
    keys = array(SMALL)
    while len(keys) < portion:
        read = rows.fetchmany(min(_ROWS_AT_ONCE, portion - len(keys)))
        if not read:
            break
        keys = joined(keys, [key for (key,) in read])
    return keys


def joined(keys: array[int], more: Sequence[int]) -> array[int]:
    """Return keys with others behind them, in four bytes each as long as every one fits."""
    try:
        keys.extend(
            more if isinstance(more, array) and more.typecode == keys.typecode else array(SMALL, more)
        )
    except (OverflowError, TypeError):
        return array(LARGE, chain(keys, more))
    return keys


def stream_ids(connection: sqlite3.Connection, asked: Asked, *, today: date) -> Iterator[str]:
    """Give the ids of the records, in no order: what an action on all that a filter selects needs."""
    entity = noun_of(asked.noun)
    text, values = _picked(connection, entity, all_fields(connection, asked.noun), asked, today)
    rows = connection.execute(f"SELECT t.id FROM {entity.table} t WHERE {text}", values)
    rows.row_factory = None
    return map(itemgetter(0), rows)


def _picked(
    connection: sqlite3.Connection, entity: Noun, known: Sequence[Field], asked: Asked, today: date
) -> tuple[str, tuple[Any, ...]]:
    text, values = condition_of(connection, entity, known, asked.where, today)
    held, sought = holding(connection, entity, asked.text)
    return f"{alive(False)}{only(entity)} AND {text} AND {held}", (*values, *sought)


def keys_of(connection: sqlite3.Connection, noun: str, ids: Sequence[str]) -> dict[str, int]:
    """Return id -> key of those records that are there and not deleted."""
    if not ids:
        return {}
    rows = connection.execute(
        f"SELECT t.id, t.rowid FROM json_each(?) j JOIN {noun_of(noun).table} t ON t.id = j.value"
        f" WHERE {alive(False)}",
        (json.dumps(list(ids)),),
    )
    return dict(map(tuple, rows))


def ids_of(connection: sqlite3.Connection, noun: str, keys: Sequence[int]) -> dict[int, str]:
    """Return key -> id of those records that are there."""
    if not keys:
        return {}
    rows = connection.execute(
        f"SELECT t.rowid, t.id FROM json_each(?) j JOIN {noun_of(noun).table} t ON t.rowid = j.value",
        (json.dumps(list(keys)),),
    )
    return dict(map(tuple, rows))


def data_version(connection: sqlite3.Connection) -> int:
    """Return a number that differs as soon as another connection has changed the store."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
