"""What a column can hold: types, required values and CHECKs, asked of SQLite in memory.

The tables are those of a store; references are not followed here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from sfa import clock
from sfa.fields import TABLES
from sfa.sync.protocol import Value

_STAMP = "2026-01-01T00:00:00.000Z"
_KINDS = {name: {column.name: column.type for column in table.columns} for name, table in TABLES.items()}
_INTEGERS = frozenset({"integer", "flag"})
_LARGEST = 1 << 63


def _fits(kind: str, value: Value) -> bool:
    """Say whether a column of a type holds a value; PostgreSQL holds no NUL in a text."""
    if kind in _INTEGERS:
        return isinstance(value, int) and -_LARGEST <= value < _LARGEST
    if not isinstance(value, str) or "\x00" in value:
        return False
    try:
        if kind == "day":
            return date.fromisoformat(value).isoformat() == value
        return kind != "instant" or clock.to_text(clock.from_text(value)) == value
    except ValueError:
        return False


@lru_cache(maxsize=512)
def _insertion(table: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(names))})'


class Shapes:
    """Tables without references, in which a row is tried and taken out again."""

    def __init__(self, ddl: Mapping[str, str]) -> None:
        """Make the captured tables from their statements in a store's ``sqlite_master``."""
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, cached_statements=256, check_same_thread=False
        )
        self._defaults: dict[str, dict[str, Value]] = {}
        for table in TABLES:
            self._connection.execute(ddl[table])

    def defaults(self, table: str) -> Mapping[str, Value]:
        """Return the values of columns that an older client does not name."""
        if table not in self._defaults:
            rows = self._connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            self._defaults[table] = {
                row[1]: self._connection.execute(f"SELECT {row[4]}").fetchone()[0] for row in rows if row[4]
            }
        return self._defaults[table]

    def refuses(self, table: str, row_id: str, values: Mapping[str, Value]) -> bool:
        """Say whether a table cannot hold a row."""
        kinds = _KINDS[table]
        if any(value is not None and not _fits(kinds[name], value) for name, value in values.items()):
            return True
        own = {"created_at": _STAMP, **values, "id": row_id, "updated_at": _STAMP, "version": 1}
        if "ref" in kinds:
            own["ref"] = ""
        try:
            self._connection.execute(_insertion(table, tuple(own)), tuple(own.values()))
            self._connection.execute(f'DELETE FROM "{table}"')
        except (sqlite3.Error, OverflowError):
            return True
        return False


def ddl_of(connection: sqlite3.Connection) -> dict[str, str]:
    """Return table -> statement of a store's captured tables."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    return {row[0]: row[1] for row in rows if row[0] in TABLES}
