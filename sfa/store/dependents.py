"""Which live rows hang on a row, through the references between tables."""

from __future__ import annotations

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
    if not rows:
        return []
    with _listed(connection, rows):
        found = []
        for parent in {table for table, _ in rows}:
            pairs = REFERENCES.get(parent, [])
            for table, column in pairs:
                found += _hanging(connection, parent, table, f"c.{column}", f"{table}.{column}")
            for table in _PAIRED:
                found += _hanging(connection, parent, table, "c.noun = u.tbl AND c.record_id", table)
        return found


def _hanging(
    connection: sqlite3.Connection, parent: str, table: str, column: str, why: str
) -> list[Dependent]:
    rows = connection.execute(
        f"SELECT DISTINCT u.id FROM temp.undoing u JOIN {table} c ON {column} = u.id"
        " WHERE u.tbl = ? AND c.deleted_at IS NULL",
        (parent,),
    ).fetchall()
    return [Dependent(parent, row[0], why) for row in rows]


def missing_parents(connection: sqlite3.Connection, rows: list[tuple[str, str]]) -> list[Dependent]:
    """Return the given live rows that refer to a deleted one, with the reference."""
    if not rows:
        return []
    with _listed(connection, rows):
        found = []
        for name in {table for table, _ in rows}:
            for column in TABLES[name].columns:
                if column.references and column.name not in _AUTHORS:
                    found += _orphans(connection, name, column.name, column.references)
        return found


def _orphans(connection: sqlite3.Connection, table: str, column: str, parent: str) -> list[Dependent]:
    rows = connection.execute(
        f"SELECT c.id FROM temp.undoing u JOIN {table} c ON c.id = u.id JOIN {parent} p ON p.id = c.{column}"
        " WHERE u.tbl = ? AND c.deleted_at IS NULL AND p.deleted_at IS NOT NULL",
        (table,),
    ).fetchall()
    return [Dependent(table, row[0], f"{table}.{column}") for row in rows]


class _listed:  # noqa: N801  a context manager read as a word
    """The rows asked about, as a temporary table."""

    def __init__(self, connection: sqlite3.Connection, rows: list[tuple[str, str]]) -> None:
        self._connection = connection
        self._rows = rows

    def __enter__(self) -> None:
        self._connection.execute("CREATE TEMP TABLE undoing (tbl TEXT, id TEXT, PRIMARY KEY (tbl, id))")
        self._connection.executemany("INSERT OR IGNORE INTO temp.undoing VALUES (?, ?)", self._rows)

    def __exit__(self, *failure: object) -> None:
        self._connection.execute("DROP TABLE temp.undoing")
