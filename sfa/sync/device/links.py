"""References of rows that were heard: to rows that are not here, and of rows that come later.

A reference that its row can do without is written as null and remembered; a row that
cannot do without it is kept in the history only.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from sfa.fields import TABLES
from sfa.fields.sight import NAMED_PARENTS, OTHER_ENDS, PARENTS, parent_of
from sfa.store.capture import CAPTURED
from sfa.store.heard import Values
from sfa.sync.device.rows import Key, delete_row, is_here, read_values, read_writers

Reference = tuple[str, Key]  # column, and the row it refers to


@lru_cache(maxsize=64)
def references(table: str) -> dict[str, str]:
    """Return column -> table of the references of a table."""
    return {column.name: column.references for column in TABLES[table].captured() if column.references}


@lru_cache(maxsize=64)
def required(table: str) -> frozenset[str]:
    """Return the references that must not be null."""
    return frozenset(
        column.name for column in TABLES[table].captured() if column.references and not column.nullable
    )


def needed(table: str, values: Values) -> list[Reference]:
    """Return the references that a row cannot do without: required ones, its parent, its other end."""
    links = references(table)
    found = [(name, (links[name], values[name])) for name in required(table) if values.get(name)]
    parent = parent_of(table, values)
    if parent is not None and parent[0] in TABLES:
        found.append((_parent_column(table, values, parent), parent))
    if table in OTHER_ENDS:
        column, target = OTHER_ENDS[table]
        if values.get(column):
            found.append((column, (target, values[column])))
    return found


def _parent_column(table: str, values: Values, parent: tuple[str, Any]) -> str:
    return next((name for name in CAPTURED[table] if values.get(name) == parent[1]), "")


class Links:
    """The references of one transaction's rows."""

    def __init__(self, connection: sqlite3.Connection, come_back: Callable[[Key], bool]) -> None:
        """Start with nothing written; ``come_back`` makes a row that was removed here a tombstone."""
        self._connection = connection
        self._come_back = come_back
        self._looked_for: set[Key] = set()
        self.look_again()
        self._came: dict[Key, int] = {}
        self._touched: dict[tuple[str, str, str], str] = {}

    def came(self, key: Key, values: Values, no: int) -> None:
        """Note a new row, and the entry of the history that brought it."""
        self._came[key] = no
        self._touch(key, values)

    def wrote(self, key: Key, values: Values) -> None:
        """Note written columns: what was missing there before is of the past."""
        self._touch(key, values)

    def _touch(self, key: Key, values: Values) -> None:
        for name in references(key[0]):
            if name not in values:
                continue
            self._forget(key, name)
            if values[name] is None:
                self._touched.pop((*key, name), None)
            else:
                self._touched[(*key, name)] = values[name]

    def look_again(self) -> None:
        """Take note of references that somebody else emptied in this transaction."""
        self._missing = self._connection.execute("SELECT 1 FROM missing_ref LIMIT 1").fetchone() is not None

    def blocked(self, key: Key, values: Values, changes: Iterable[tuple[str, Any]]) -> set[str]:
        """Return the columns that would make a row that is here refer to a parent that is not."""
        changed = dict(changes)
        if not changed.keys() & _anchoring(key[0]):
            return set()
        after = {**values, **changed}
        return {
            name for name, target in needed(key[0], after) if name in changed and not self._is_here(target)
        }

    def _is_here(self, target: Key) -> bool:
        """Say whether a row is here; one that was removed here is from now on, as a tombstone."""
        if is_here(self._connection, target):
            return True
        if target in self._looked_for:
            return False
        self._looked_for.add(target)
        return self._come_back(target)

    def settle(self) -> None:
        """Keep out rows that lack what they need; then empty and fill references."""
        self._keep_out_lacking()
        done: set[tuple[str, str, str]] = set()
        while left := {at: to for at, to in self._touched.items() if at not in done}:
            known = len(self._came)
            for (table, row_id, column), target in left.items():
                if not self._is_here((references(table)[column], target)):
                    self._empty((table, row_id), column, target)
            done |= left.keys()
            if len(self._came) != known:  # what was removed here came back
                self._keep_out_lacking()
        for key in self._came:
            self._fill(key)

    def _keep_out_lacking(self) -> None:
        while lacking := [key for key in tuple(self._came) if self._lacks(key)]:
            for key in lacking:
                self._keep_out(key)

    def _lacks(self, key: Key) -> bool:
        values = read_values(self._connection, key)
        if values is None:
            return False
        return any(not self._is_here(target) for _, target in needed(key[0], values))

    def _keep_out(self, key: Key) -> None:
        delete_row(self._connection, key)
        first = self._came.pop(key)
        self._connection.execute(
            "UPDATE history SET held = ? WHERE row_id = ? AND tbl = ? AND no >= ?",
            (json.dumps(CAPTURED[key[0]], separators=(",", ":")), key[1], key[0], first),
        )
        self._touched = {each: to for each, to in self._touched.items() if each[:2] != key}

    def _empty(self, key: Key, column: str, target: str) -> None:
        changed = self._connection.execute(
            f'UPDATE {key[0]} SET "{column}" = NULL WHERE id = ? AND "{column}" = ?', (key[1], target)
        ).rowcount
        if changed:
            remember(self._connection, key, column, target)
            self._missing = True

    def _forget(self, key: Key, column: str) -> None:
        if self._missing:
            self._connection.execute(
                "DELETE FROM missing_ref WHERE tbl = ? AND row_id = ? AND col = ?", (*key, column)
            )

    def fill_missing(self) -> None:
        """Set whatever is remembered and can be set, when many rows came at once."""
        self._set(self._connection.execute(_MISSING).fetchall())

    def _fill(self, key: Key) -> None:
        if self._missing:
            self._set(self._connection.execute(f"{_MISSING} WHERE target_id = ?", (key[1],)).fetchall())

    def _set(self, rows: Iterable[Any]) -> None:
        for table, row_id, column, target in rows:
            named = references(table).get(column, "")
            if not named or not self._is_here((named, target)):
                continue
            self._forget((table, row_id), column)
            if still_meant(self._connection, (table, row_id), column, target):
                self._connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE id = ?', (target, row_id))


_MISSING = "SELECT tbl, row_id, col, target_id FROM missing_ref"


@lru_cache(maxsize=64)
def _anchoring(table: str) -> frozenset[str]:
    parents = {name for name, _ in PARENTS.get(table, ())}
    return required(table) | parents | set(NAMED_PARENTS.get(table, ())) | set(OTHER_ENDS.get(table, ())[:1])


def remember(connection: sqlite3.Connection, key: Key, column: str, target: str) -> None:
    """Remember what a reference would say if its row were here."""
    connection.execute(
        "INSERT OR REPLACE INTO missing_ref (tbl, row_id, col, target_id) VALUES (?, ?, ?, ?)",
        (*key, column, target),
    )


def still_meant(connection: sqlite3.Connection, key: Key, column: str, target: str) -> bool:
    """Say whether an empty reference would still say what was remembered: no own op changed it since."""
    values = read_values(connection, key)
    if values is None or values[column] is not None:
        return False
    maker, later = read_writers(connection, key)
    row = connection.execute(
        "SELECT changes FROM oplog WHERE op_id = ?", (later.get(column, maker),)
    ).fetchone()
    if row is None or row[0] is None:
        return True
    written = json.loads(row[0]).get(column)
    return written is None or written[0] == target
