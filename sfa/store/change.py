"""One transaction on a connection of ours: begin, change rows, name it, commit.

The floor beneath ``perform``: no SQLAlchemy here, so that undo, import, archive
and the seed run without it.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Mapping

from sfa import ids
from sfa.errors import Msg, StoreUnusable, msg
from sfa.fields import TABLES
from sfa.store.connection import StoreConnection, is_busy
from sfa.store.search import flush
from sfa.terms import ChangeKind

BUSY_WAIT_S = 60.0
_NOTICE_AFTER_S = 1.0

Notice = Callable[[], None]


def begin(connection: StoreConnection, *, actor: str | None = None, on_wait: Notice | None = None) -> str:
    """Take the store's write lock and open a captured transaction; return its id.

    Waits up to a minute for another writer, and calls ``on_wait`` once when it takes
    longer than a second.

    Raises:
        StoreUnusable: another process kept the lock for a minute.
    """
    _take_lock(connection, on_wait)
    connection.execute("PRAGMA defer_foreign_keys = ON")
    row = connection.execute("SELECT hlc FROM oplog ORDER BY seq DESC LIMIT 1").fetchone()
    return connection.capture.begin(row[0] if row else 0, actor or local_state(connection, "user_id"))


def _take_lock(connection: StoreConnection, on_wait: Notice | None) -> None:
    deadline = time.monotonic() + BUSY_WAIT_S
    told = False
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
        if time.monotonic() >= deadline:
            raise StoreUnusable(
                msg("Another process has been changing the store for over a minute."),
                hint=msg("Wait for it to end (an import, a backup), then run the command again."),
            )
        if not told and on_wait is not None:
            on_wait()
        told = True


def local_state(connection: sqlite3.Connection, key: str) -> str | None:
    """Return a value of this device's own state, or ``None``."""
    row = connection.execute("SELECT value FROM local_state WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def insert(connection: StoreConnection, table: str, values: Mapping[str, object]) -> str:
    """Insert a row of stored values with its bookkeeping; return its id."""
    capture = connection.capture
    row = {
        "created_at": capture.stamp,
        "created_by": capture.actor,
        "updated_at": capture.stamp,
        "updated_by": capture.actor,
        **values,
    }
    if "ref" in TABLES[table].column_names():
        row["ref"] = ids.ref_of(str(row["id"]))
    places = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))
    return str(row["id"])


def update(connection: StoreConnection, table: str, row_id: str, values: Mapping[str, object]) -> None:
    """Change columns of one row."""
    assignments = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*values.values(), row_id))


def commit(
    connection: StoreConnection,
    *,
    name: Msg,
    arguments: Mapping[str, object] | None = None,
    kind: ChangeKind = ChangeKind.CHANGE,
    undoes: str | None = None,
) -> str | None:
    """Name the transaction and commit it; return its id, or ``None`` when nothing changed."""
    capture = connection.capture
    flush(connection)
    first, last = _range(connection, capture.tx_id)
    if first is not None:
        connection.execute(
            "INSERT INTO tx (tx_id, first_seq, last_seq, kind, name, arguments, author, device, at, undoes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                capture.tx_id,
                first,
                last,
                kind.value,
                str(name),
                json.dumps(arguments or {}, ensure_ascii=False, default=str),
                capture.actor,
                local_state(connection, "device_id"),
                capture.stamp,
                undoes,
            ),
        )
    done = capture.tx_id if first is not None else None
    connection.execute("COMMIT")
    capture.end()
    return done


def _range(connection: StoreConnection, tx_id: str | None) -> tuple[int | None, int | None]:
    row = connection.execute("SELECT tx_id, seq FROM oplog ORDER BY seq DESC LIMIT 1").fetchone()
    if row is None or row[0] != tx_id:
        return None, None
    named = connection.execute("SELECT max(last_seq) FROM tx").fetchone()[0]
    return (named or 0) + 1, row[1]


def rollback(connection: StoreConnection) -> None:
    """Take everything back and close the transaction."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    connection.capture.end()
