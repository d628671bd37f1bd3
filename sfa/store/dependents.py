"""Which live rows hang on a row, through the references between tables."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from sfa.fields import TABLES

# References that say who did something: they may point to a record that is deleted.
_AUTHORS = frozenset({"created_by", "updated_by"})


@dataclass(frozen=True, slots=True)
class Dependent:
    """A row that would be left hanging; ``why`` is (table.column) of the live reference."""

    table: str
    row_id: str
    why: str


REFERENCES: dict[str, list[tuple[str, str]]] = defaultdict(list)
for _table in TABLES.values():
    for _column in _table.columns:
        if _column.references and _column.name not in _AUTHORS:
            REFERENCES[_column.references].append((_table.name, _column.name))

_PAIRED = ("tag", "external_id")


def dependents_of(connection: sqlite3.Connection, rows: list[tuple[str, str]]) -> list[Dependent]:
    """Return the given deleted rows on which a live row still hangs, with the reference."""
    found = []
    for parent, ids in _by_table(rows).items():
        for table, column in REFERENCES.get(parent, []):
            hanging = _referred(connection, table, column, ids)
            found += [Dependent(parent, row_id, f"{table}.{column}") for row_id in hanging]
        for table in _PAIRED:
            hanging = _referred(connection, table, "record_id", ids, f"noun = '{parent}'")
            found += [Dependent(parent, row_id, table) for row_id in hanging]
    return found


def _referred(
    connection: sqlite3.Connection, table: str, column: str, ids: str, where: str = "TRUE"
) -> list[str]:
    """Return which of the ids a live row of a table refers to."""
    rows = connection.execute(
        f"SELECT DISTINCT {column} FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"
        f" AND {where} AND deleted_at IS NULL ORDER BY {column}",
        (ids,),
    )
    return [row[0] for row in rows]


def missing_parents(connection: sqlite3.Connection, rows: list[tuple[str, str]]) -> list[Dependent]:
    """Return the given live rows that refer to a deleted one, with the reference."""
    found = []
    for name, ids in _by_table(rows).items():
        for column in TABLES[name].columns:
            if column.references and column.name not in _AUTHORS:
                found += _orphans(connection, name, column.name, column.references, ids)
    return found


def _orphans(
    connection: sqlite3.Connection, table: str, column: str, parent: str, ids: str
) -> list[Dependent]:
    rows = connection.execute(
        f"SELECT c.id FROM {table} c JOIN {parent} p ON p.id = c.{column}"
        " WHERE c.id IN (SELECT value FROM json_each(?))"
        " AND c.deleted_at IS NULL AND p.deleted_at IS NOT NULL ORDER BY c.id",
        (ids,),
    ).fetchall()
    return [Dependent(table, row[0], f"{table}.{column}") for row in rows]


def _by_table(rows: list[tuple[str, str]]) -> dict[str, str]:
    """Return the ids asked about in each table, as JSON."""
    ids = defaultdict(set)
    for table, row_id in rows:
        ids[table].add(row_id)
    return {table: json.dumps(sorted(found)) for table, found in ids.items()}
