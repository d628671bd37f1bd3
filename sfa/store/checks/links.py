"""References: every row that is pointed at is there; short references and versions are right."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sfa import ids
from sfa.errors import msg
from sfa.fields import NOUNS, TABLES
from sfa.store import change
from sfa.store.capture import APPLY, CAPTURE
from sfa.store.checks import Finding, named, refused, repairable
from sfa.store.connection import StoreConnection

_PAIRED = ("tag", "external_id")
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class _Broken:
    table: str
    row_id: str
    column: str


def check_references(connection: sqlite3.Connection) -> list[Finding]:
    """Return the references to rows that are not there."""
    by_column: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in _broken(connection):
        by_column[each.table, each.column].append(ids.ref_of(each.row_id)[:8])
    return [
        repairable(
            "reference_broken",
            msg("{count} references of {table}.{column} point nowhere: {rows}."),
            msg("They are emptied; a row that cannot be without is deleted. Both can be undone."),
            table=table,
            column=column,
            count=len(rows),
            rows=named(rows),
        )
        for (table, column), rows in by_column.items()
    ]


def _broken(connection: sqlite3.Connection) -> Iterator[_Broken]:
    for table, rowid, _, number in connection.execute("PRAGMA foreign_key_check").fetchall():
        column = next(
            row[3]
            for row in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
            if row[0] == number
        )
        row_id = connection.execute(f"SELECT id FROM {table} WHERE rowid = ?", (rowid,)).fetchone()[0]
        yield _Broken(table, row_id, column)


def repair_references(connection: StoreConnection) -> None:
    """Empty the references that point nowhere; delete the rows that cannot be without."""
    for _ in range(_ROUNDS):
        found = list(_broken(connection))
        if not found:
            return
        for each in found:
            _empty(connection, each)


def _empty(connection: StoreConnection, each: _Broken) -> None:
    connection.execute("SAVEPOINT emptying")
    try:
        change.update(connection, each.table, each.row_id, {each.column: None})
    except sqlite3.IntegrityError:
        connection.execute("ROLLBACK TO emptying")
        connection.execute(f"DELETE FROM {each.table} WHERE id = ?", (each.row_id,))
    connection.execute("RELEASE emptying")


def check_pairs(connection: sqlite3.Connection) -> list[Finding]:
    """Return the tags and external keys whose record is not there."""
    found = []
    for table in _PAIRED:
        rows = _orphans(connection, table)
        if rows:
            found.append(
                repairable(
                    "orphan",
                    msg("{count} rows of {table} belong to records that are not there: {rows}."),
                    msg("They are deleted; undo brings them back."),
                    table=table,
                    count=len(rows),
                    rows=named([ids.ref_of(row_id)[:8] for row_id in rows]),
                )
            )
    return found


def _orphans(connection: sqlite3.Connection, table: str) -> list[str]:
    found: set[str] = set()
    for noun in NOUNS.values():
        rows = connection.execute(
            f"SELECT id FROM {table} WHERE noun IN (?, ?) AND deleted_at IS NULL"
            f" AND record_id NOT IN (SELECT id FROM {noun.table})",
            (noun.name, noun.table),
        )
        found.update(row[0] for row in rows)
    return sorted(found)


def repair_pairs(connection: StoreConnection) -> None:
    """Delete, undoably, the tags and external keys whose record is not there."""
    for table in _PAIRED:
        for row_id in _orphans(connection, table):
            change.update(connection, table, row_id, {"deleted_at": connection.capture.stamp})


def check_bookkeeping(connection: sqlite3.Connection) -> list[Finding]:
    """Return the rows with a wrong short reference or an impossible version."""
    connection.create_function("sfa_ref", 1, ids.ref_of, deterministic=True)
    found = []
    for table in TABLES.values():
        wrong = _count(connection, table.name, "version < 1")
        if wrong:
            found.append(
                repairable(
                    "version_wrong",
                    msg("{count} rows of {table} have an impossible version."),
                    msg("It is counted from the op log again."),
                    table=table.name,
                    count=wrong,
                )
            )
        wrong = _count(connection, table.name, "ref <> sfa_ref(id)") if _has_ref(table.name) else 0
        if wrong:
            found.append(
                repairable(
                    "ref_wrong",
                    msg("{count} rows of {table} have a wrong reference."),
                    msg("It is computed from the id again."),
                    table=table.name,
                    count=wrong,
                )
            )
    return found


def _has_ref(table: str) -> bool:
    return "ref" in TABLES[table].column_names()


def _count(connection: sqlite3.Connection, table: str, condition: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()[0])


def repair_bookkeeping(connection: StoreConnection) -> None:
    """Compute wrong references again, and count impossible versions from the op log."""
    connection.capture.mode = APPLY
    for table in TABLES:
        if _has_ref(table):
            connection.execute(f"UPDATE {table} SET ref = sfa_ref(id) WHERE ref <> sfa_ref(id)")
        connection.execute(
            f"UPDATE {table} SET version = max(1, (SELECT count(*) FROM oplog o"
            f" WHERE o.row_id = {table}.id AND o.tbl = '{table}')) WHERE version < 1"
        )
    connection.capture.mode = CAPTURE


def check_local(connection: sqlite3.Connection) -> list[Finding]:
    """Say whether the store knows its device and its user."""
    found = []
    if change.local_state(connection, "device_id") is None:
        found.append(
            repairable(
                "device_missing", msg("The store does not know its device."), msg("It gets a new name.")
            )
        )
    if _local_user(connection) is None:
        repair, hint = (
            msg("The first user of the store is taken."),
            msg("Restore a backup: sfa backup restore FILE."),
        )
        what = msg("The store does not know its user.")
        has_one = _first_user(connection) is not None
        found.append(
            repairable("user_missing", what, repair) if has_one else refused("user_missing", what, hint)
        )
    return found


def _local_user(connection: sqlite3.Connection) -> str | None:
    row = connection.execute(
        "SELECT u.id FROM local_state s JOIN user u ON u.id = s.value WHERE s.key = 'user_id'"
    ).fetchone()
    return row[0] if row else None


def _first_user(connection: sqlite3.Connection) -> str | None:
    row = connection.execute(
        "SELECT id FROM user WHERE deleted_at IS NULL ORDER BY created_at, id LIMIT 1"
    ).fetchone()
    return row[0] if row else None


def repair_local(connection: StoreConnection) -> None:
    """Name the device, and settle on a user, where the store does not know them."""
    import uuid

    values = {"device_id": str(uuid.uuid4()), "user_id": _first_user(connection)}
    if change.local_state(connection, "device_id") is not None:
        del values["device_id"]
    if _local_user(connection) is not None:
        del values["user_id"]
    connection.executemany(
        "INSERT OR REPLACE INTO local_state (key, value) VALUES (?, ?)",
        [(name, value) for name, value in values.items() if value is not None],
    )
