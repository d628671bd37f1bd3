"""Rows against the op log: what the log says they are, and what the tables hold.

A repair loses nothing. A row that the log knows comes back; a row or a value that
only the table knows becomes an op of the transaction "Repair", which undo offers.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sfa import ids
from sfa.errors import Msg, msg
from sfa.fields import TABLES
from sfa.store import change
from sfa.store.capture import APPLY, CAPTURE, ERASE
from sfa.store.checks import Finding, named, repairable
from sfa.store.connection import StoreConnection
from sfa.store.replay import replayed


class Case(StrEnum):
    """How a row and the op log disagree."""

    MISSING = "row_missing"
    UNCAPTURED = "row_uncaptured"
    CHANGED = "row_changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as the op log says; ``columns`` are those that differ."""

    case: Case
    table: str
    row_id: str
    columns: tuple[str, ...]
    found: dict[str, Any]
    logged: dict[str, Any]


_WORDS: dict[Case, tuple[Msg, Msg]] = {
    Case.MISSING: (
        msg("{count} rows of {table} are in the op log and not in the table: {rows}."),
        msg("They are brought back from the op log."),
    ),
    Case.UNCAPTURED: (
        msg("{count} rows of {table} came past the op log: {rows}."),
        msg("They are kept, and captured as a change named Repair, which can be undone."),
    ),
    Case.CHANGED: (
        msg("{count} rows of {table} were changed past the op log: {rows}."),
        msg("The changes are kept, and captured as a change named Repair, which can be undone."),
    ),
}


def check_rows(connection: sqlite3.Connection) -> list[Finding]:
    """Return the rows that are not as the op log says, by table."""
    by_case: dict[tuple[Case, str], list[str]] = defaultdict(list)
    for each in differences(connection):
        fields = f" ({', '.join(each.columns)})" if each.case is Case.CHANGED else ""
        by_case[each.case, each.table].append(f"{ids.ref_of(each.row_id)[:8]}{fields}")
    return [
        repairable(case.value, *_WORDS[case], table=table, count=len(rows), rows=named(rows))
        for (case, table), rows in by_case.items()
    ]


def differences(connection: sqlite3.Connection) -> Iterator[Difference]:
    """Yield every row that is not as replaying the op log says."""
    logged = replayed(connection)
    for table in TABLES.values():
        names = [column.name for column in table.captured()]
        known = logged[table.name]
        cursor = connection.cursor()
        cursor.row_factory = None
        for row in cursor.execute(f"SELECT id, {', '.join(names)} FROM {table.name}").fetchall():
            found = dict(zip(names, row[1:], strict=True))
            said = known.pop(row[0], None)
            if said is None:
                yield Difference(Case.UNCAPTURED, table.name, row[0], (), found, {})
            elif wrong := tuple(name for name in names if found[name] != said.get(name)):
                yield Difference(Case.CHANGED, table.name, row[0], wrong, found, said)
        for row_id, said in known.items():
            yield Difference(Case.MISSING, table.name, row_id, (), {}, said)


def repair_rows(connection: StoreConnection) -> None:
    """Bring missing rows back, and capture what came past the op log, in the open transaction.

    What a constraint of the store refuses is taken back to what the log says.
    """
    found = list(differences(connection))
    for each in found:
        if each.case is Case.MISSING:
            _bring_back(connection, each)
    for each in found:
        if each.case is Case.UNCAPTURED:
            _capture_row(connection, each)
        elif each.case is Case.CHANGED:
            _capture_change(connection, each)
    connection.capture.mode = CAPTURE


def _bring_back(connection: StoreConnection, each: Difference) -> None:
    row = {**each.logged, "id": each.row_id}
    if "ref" in TABLES[each.table].column_names():
        row["ref"] = ids.ref_of(each.row_id)
    connection.capture.mode = APPLY
    _insert(connection, each.table, row)


def _capture_row(connection: StoreConnection, each: Difference) -> None:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    whole = dict(cursor.execute(f"SELECT * FROM {each.table} WHERE id = ?", (each.row_id,)).fetchone())
    connection.capture.mode = APPLY
    connection.execute(f"DELETE FROM {each.table} WHERE id = ?", (each.row_id,))
    # The op is an insert all the same; only the check of values stands aside, as for a newer client's.
    connection.capture.mode = ERASE
    _or_not(connection, lambda: _insert(connection, each.table, whole))


def _capture_change(connection: StoreConnection, each: Difference) -> None:
    connection.capture.mode = APPLY
    change.update(connection, each.table, each.row_id, {name: each.logged.get(name) for name in each.columns})
    connection.capture.mode = CAPTURE
    new = {name: each.found[name] for name in each.columns}
    _or_not(connection, lambda: change.update(connection, each.table, each.row_id, new))


def _insert(connection: StoreConnection, table: str, row: dict[str, Any]) -> None:
    places = ", ".join("?" * len(row))
    names = ", ".join(f'"{name}"' for name in row)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))


def _or_not(connection: StoreConnection, attempt: Any) -> None:
    connection.execute("SAVEPOINT attempt")
    try:
        attempt()
    except sqlite3.IntegrityError:
        connection.execute("ROLLBACK TO attempt")
    connection.execute("RELEASE attempt")
