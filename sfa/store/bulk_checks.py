"""What triggers and foreign keys check row by row, checked for many new rows at once."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from sfa.fields import TABLES
from sfa.store.bulk_sheets import Sheet
from sfa.store.capture import Value

_FLAG = frozenset({0, 1, None})
_NUMBERS = frozenset({"integer", "flag"})


def check_values(sheet: Sheet) -> None:
    """Refuse words that a column does not allow, and values of another kind than it holds.

    Raises:
        sqlite3.IntegrityError: there is such a value; its text is that of the trigger.
    """
    table = TABLES[sheet.table]
    for column in table.columns:
        values = sheet.values(column.name)
        allowed = {*column.choices, None} if column.choices else _FLAG if column.type == "flag" else None
        if allowed is not None and not allowed.issuperset(values):
            raise sqlite3.IntegrityError(f"sfa:choice:{table.name}.{column.name}")
        kind = int if column.type in _NUMBERS else str
        if not _KINDS[kind].issuperset(map(type, values)):
            # SQLite would turn some of them into the column's kind; the op would hold another.
            raise sqlite3.IntegrityError(f"a value of {table.name}.{column.name} is no {kind.__name__}")


_KINDS = {kind: frozenset({kind, type(None)}) for kind in (int, str)}


class Links:
    """The rows that new and changed rows refer to, looked for once all are written.

    A transaction that was opened with ``links_later`` needs it: SQLite does not check there.
    """

    def __init__(self) -> None:
        """Start with nothing noted."""
        self._named: dict[str, set[Value]] = defaultdict(set)
        self._made: dict[str, set[Value]] = defaultdict(set)

    def note(self, sheet: Sheet) -> None:
        """Note new rows, and what they refer to."""
        if sheet.table in _REFERRED_TO:
            self._made[sheet.table].update(sheet.varying["id"])
        for name in (*sheet.same, *sheet.varying):
            self.note_changed(sheet.table, name, sheet.values(name))

    def note_changed(self, table: str, name: str, values: Iterable[Value]) -> None:
        """Note what a column refers to now, if it refers to anything."""
        target = _LINKS.get((table, name))
        if target is not None:
            self._named[target].update(values)

    def check(self, connection: sqlite3.Connection) -> None:
        """Look for everything that was noted.

        Raises:
            sqlite3.IntegrityError: a row is not there; its text is that of SQLite.
        """
        for table, named in self._named.items():
            listed = json.dumps([row_id for row_id in named - self._made[table] if row_id is not None])
            missing = connection.execute(
                f"SELECT 1 FROM json_each(?) WHERE value NOT IN (SELECT id FROM {table}) LIMIT 1", (listed,)
            )
            if missing.fetchone() is not None:
                raise sqlite3.IntegrityError("FOREIGN KEY constraint failed")


_LINKS = {
    (table.name, column.name): column.references
    for table in TABLES.values()
    for column in table.columns
    if column.references
}
_REFERRED_TO = frozenset(_LINKS.values())
