"""One transaction on a connection of ours: begin, change rows, name it, commit.

The floor beneath ``perform``: no SQLAlchemy here, so that undo, import, archive
and the seed run without it.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sfa import ids
from sfa.errors import Msg, StoreUnusable, msg
from sfa.fields import TABLES
from sfa.store.capture import APPLY
from sfa.store.connection import StoreConnection, is_busy
from sfa.store.search import flush
from sfa.terms import ChangeKind

BUSY_WAIT_S = 60.0
_NOTICE_AFTER_S = 1.0
HEARD_HLC = "sync_heard_hlc"  # local_state: the highest clock reading that was heard of others
CLOCK_OFFSET = "clock_offset_ms"  # local_state: how far the centre's clock is ahead of ours
_OF_THE_CLOCK = (
    f"SELECT key, value FROM local_state WHERE key IN ('user_id', '{HEARD_HLC}', '{CLOCK_OFFSET}')"
)

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
    return open_capture(connection, actor)


def open_capture(connection: StoreConnection, actor: str | None = None) -> str:
    """Start a captured transaction inside one that is open on the file; return its id.

    The clock goes on above everything the store has written or heard, in the centre's time.
    """
    row = connection.execute("SELECT hlc FROM oplog ORDER BY seq DESC LIMIT 1").fetchone()
    states = dict(map(tuple, connection.execute(_OF_THE_CLOCK)))
    last = max(row[0] if row else 0, int(states.get(HEARD_HLC, 0)))
    actor = actor or states.get("user_id")
    return connection.capture.begin(last, actor, int(states.get(CLOCK_OFFSET, 0)))


@contextmanager
def applying(connection: StoreConnection, *, on_wait: Notice | None = None) -> Iterator[None]:
    """Open a transaction in which known values are written: nothing is captured, nothing checked.

    A row on its way to what it is elsewhere may break a check between two steps, so checks
    stand aside; references hold at the end.
    """
    connection.execute("PRAGMA ignore_check_constraints = ON")
    try:
        _take_lock(connection, on_wait)
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.capture.mode = APPLY
        yield
        flush(connection)
        connection.execute("COMMIT")
        connection.capture.end()
    except BaseException:
        rollback(connection)
        raise
    finally:
        connection.execute("PRAGMA ignore_check_constraints = OFF")


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
    flush(connection)
    done = name_transaction(connection, name=name, arguments=arguments, kind=kind, undoes=undoes)
    connection.execute("COMMIT")
    connection.capture.end()
    return done


def name_transaction(
    connection: StoreConnection,
    *,
    name: Msg,
    arguments: Mapping[str, object] | None = None,
    kind: ChangeKind = ChangeKind.CHANGE,
    undoes: str | None = None,
) -> str | None:
    """Name the captured transaction without committing; return its id, or ``None`` when nothing changed."""
    capture = connection.capture
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
    return capture.tx_id if first is not None else None


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
