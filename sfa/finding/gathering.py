"""The values of some records' fields, in one statement. Read-only.

Values come as readers get them everywhere: a link as ``(id, label)``, money and prices
as ``(number, currency)``, a multi-valued field as a tuple, all else as it is stored.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from sfa.fields import Field, Noun
from sfa.finding.selecting import Cells, rows_of, select

Values = dict[str, Any]
GatheredRow = tuple[Any, str, Cells]  # key, id, and a value for each field asked for

_GIVEN = "SELECT value AS key FROM json_each(?)"


def gather(
    connection: sqlite3.Connection, noun: Noun, fields: Sequence[Field], record_ids: Sequence[str]
) -> dict[str, Values]:
    """Return id -> field name -> value for the records asked for, those that are there."""
    names = [field.name for field in fields]
    rows = _rows(connection, noun, fields, _GIVEN, (json.dumps(list(record_ids)),), by="id")
    return {record_id: dict(zip(names, values, strict=True)) for _, record_id, values in rows}


def gather_by_key(
    connection: sqlite3.Connection, noun: Noun, fields: Sequence[Field], keys: Sequence[int]
) -> Iterator[GatheredRow]:
    """Give the rows of the keys (rowids) in their order; keys of no row are left out."""
    return gather_picked(connection, noun, fields, _GIVEN, (json.dumps(list(keys)),))


def gather_picked(
    connection: sqlite3.Connection, noun: Noun, fields: Sequence[Field], keys: str, bound: Sequence[Any]
) -> Iterator[GatheredRow]:
    """Give the rows that a SELECT of rowids picks, in its order; see ``rows_of`` for its shape."""
    return _rows(connection, noun, fields, keys, bound)


def _rows(
    connection: sqlite3.Connection,
    noun: Noun,
    fields: Sequence[Field],
    keys: str,
    bound: Sequence[Any],
    by: str = "rowid",
) -> Iterator[GatheredRow]:
    selected = select(noun.table, fields, noun)
    read = selected.reader(2)
    statement = rows_of(("k.key", "t.id", *selected.columns), noun.table, keys, by=by)
    rows = connection.execute(statement, bound)
    rows.row_factory = None
    return ((row[0], row[1], read(row)) for row in rows)
