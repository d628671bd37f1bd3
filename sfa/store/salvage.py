"""Saving what can be read of a damaged store into a new one: the op log replayed, then the rows themselves.

The new file is a sound store with the changes named as before where the log could be
read; rows that only the tables knew are captured by the repair that follows. It is
brought into use with ``sfa backup restore``.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfa.errors import Refused, StoreUnusable, msg
from sfa.fields import TABLES
from sfa.store.capture import APPLY, CAPTURE
from sfa.store.checks import Finding
from sfa.store.checks.file import check_file
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.doctor import mend_inside
from sfa.store.home import store_path
from sfa.store.replay import replay
from sfa.store.schema import migrate
from sfa.store.version import APPLICATION_ID

_OPS = (
    "seq",
    "op_id",
    "tx_id",
    "hlc",
    "kind",
    "tbl",
    "row_id",
    "changes",
    "schema_version",
    "salt",
    "digest",
    "chain",
    "inverts",
)
_TX = (
    "tx_id",
    "first_seq",
    "last_seq",
    "kind",
    "name",
    "arguments",
    "author",
    "device",
    "at",
    "undoes",
)
# What a sync keeps beside the log: all of it is needed to tell what the rows were.
_HEARD = (
    (
        "history",
        (
            *(
                "no",
                "after_seq",
                "entry",
                "op_id",
                "tx_id",
                "hlc",
                "kind",
                "tbl",
                "row_id",
                "changes",
                "took",
            ),
            *("held", "author", "device", "schema_version", "salt", "digest"),
        ),
        "no",
    ),
    ("heard_tx", ("tx_id", "kind", "name", "arguments", "author", "device", "at", "undoes"), ""),
    ("confirmed", ("tbl", "row_id", "col", "value", "op_id"), ""),
    ("outcome", ("tx_id", "state", "reason", "proposal_id", "at"), ""),
    ("leaving", ("tbl", "row_id"), ""),
    ("missing_ref", ("tbl", "row_id", "col", "target_id"), ""),
    ("parked", ("no", "version", "entry"), "no"),
)


@dataclass(frozen=True, slots=True)
class SalvageResult:
    """What was saved: ops and rows read, and how many could not be."""

    path: Path
    ops: int
    ops_lost: int
    rows: int
    rows_lost: int


@dataclass(slots=True)
class _Tally:
    read: int = 0
    lost: int = 0


def salvage(home: Path, target: Path) -> SalvageResult:
    """Write what can be read of the store into a new, sound store file.

    Raises:
        Refused: the target exists already.
        StoreUnusable: nothing can be read, the store is newer, or the target cannot be written.
    """
    if target.exists():
        raise Refused(
            msg("The file {path} exists already."), hint=msg("Choose another name."), path=str(target)
        )
    unfinished = target.absolute().with_name(f".{target.name}.{os.getpid()}.part")
    ops, rows = _Tally(), _Tally()
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with tempfile.TemporaryDirectory(
            dir=home, prefix=f".salvage.{os.getpid()}.", suffix=".part"
        ) as folder:
            damaged = _read_only_copy(store_path(home), Path(folder))
            try:
                _fill(unfinished, damaged, ops, rows)
            finally:
                damaged.close()
        mend_inside(unfinished)
        _close_up(unfinished)
        unfinished.replace(target.absolute())
    except OSError as error:
        raise StoreUnusable(
            msg("The file {path} could not be written."),
            why=msg("The system says: {system}."),
            hint=msg("Choose another place, or free some space."),
            path=str(target),
            system=error.strerror or str(error),
        ) from error
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{unfinished}{end}").unlink(missing_ok=True)
    return SalvageResult(target, ops.read, ops.lost, rows.read, rows.lost)


def _refusal(finding: Finding) -> StoreUnusable:
    refusal = StoreUnusable(finding.what, hint=finding.hint)
    refusal.data = finding.data
    return refusal


def _read_only_copy(path: Path, folder: Path) -> sqlite3.Connection:
    """Open a copy of the damaged file: reading its log may write to it, and the evidence stays."""
    for finding in check_file(path):
        if finding.code in {"newer", "not_ours"}:
            raise _refusal(finding)
    copy = folder / path.name
    for end in ("", "-wal"):
        if Path(f"{path}{end}").exists():
            shutil.copyfile(f"{path}{end}", f"{copy}{end}")
    connection = sqlite3.connect(copy, isolation_level=None)
    try:
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        raise StoreUnusable(
            msg("Nothing can be read of the store {path}."),
            why=msg("SQLite says: {system}."),
            hint=msg("Bring a backup back with: sfa backup restore FILE."),
            path=str(path),
            system=str(error),
        ) from error
    return connection


def _fill(target: Path, damaged: sqlite3.Connection, ops: _Tally, rows: _Tally) -> None:
    connection = open_writing(target)
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrate(connection)
        connection.execute("PRAGMA foreign_keys = OFF")
        _copy_log(connection, damaged, ops)
        replay(connection, connection)
        _copy_rows(connection, damaged, rows)
    finally:
        connection.close()


def _copy_log(connection: StoreConnection, damaged: sqlite3.Connection, ops: _Tally) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.capture.mode = APPLY
    for table, columns, key in (
        ("local_state", ("key", "value"), ""),
        ("tx", _TX, "rowid"),
        ("oplog", _OPS, "seq"),
        *_HEARD,
    ):
        bound = connection.execute("SELECT coalesce(max(last_seq), 0) FROM tx").fetchone()[0]
        tally = ops if table == "oplog" else _Tally()
        places = ", ".join("?" * len(columns))
        connection.executemany(
            f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({places})",
            _rows(damaged, table, columns, key, tally, bound),
        )
    connection.capture.mode = CAPTURE
    connection.execute("COMMIT")


def _copy_rows(connection: StoreConnection, damaged: sqlite3.Connection, rows: _Tally) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.capture.mode = APPLY
    for table in TABLES.values():
        columns = table.column_names()
        places = ", ".join("?" * len(columns))
        inserts = "SELECT count(*) FROM oplog WHERE kind = 'insert' AND tbl = ?"
        bound = connection.execute(inserts, (table.name,)).fetchone()[0]
        for row in _rows(damaged, table.name, columns, "rowid", rows, bound):
            _insert_readable(connection, f"INSERT OR REPLACE INTO {table.name} VALUES ({places})", row, rows)
    connection.capture.mode = CAPTURE
    connection.execute("COMMIT")


def _insert_readable(connection: StoreConnection, statement: str, row: tuple[Any, ...], rows: _Tally) -> None:
    try:
        connection.execute(statement, row)
    except sqlite3.IntegrityError:
        # A row that breaks the rules is one that was read wrongly: what the log says of it stays.
        rows.lost += 1


def _rows(
    damaged: sqlite3.Connection,
    table: str,
    columns: tuple[str, ...],
    key: str,
    tally: _Tally,
    bound: int,
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table that can be read, halving each range of keys that cannot."""
    select = f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED"
    if not key:
        found = _attempt(damaged, select, ())
        yield from found or ()
        return
    ranges = [(1, _highest(damaged, table, key, bound))]
    while ranges:
        low, high = ranges.pop()
        if low > high:
            continue
        found = _attempt(damaged, f"{select} WHERE {key} BETWEEN ? AND ? ORDER BY {key}", (low, high))
        if found is not None:
            tally.read += len(found)
            yield from found
        elif low == high:
            tally.lost += 1
        else:
            middle = (low + high) // 2
            ranges += [(middle + 1, high), (low, middle)]


def _attempt(
    damaged: sqlite3.Connection, query: str, values: tuple[int, ...]
) -> list[tuple[Any, ...]] | None:
    try:
        return damaged.execute(query, values).fetchall()
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None


_SLACK = 1000


def _highest(damaged: sqlite3.Connection, table: str, key: str, bound: int) -> int:
    """Return the last key worth asking for: ``bound`` and some more where it cannot be read."""
    found = _attempt(damaged, f"SELECT max({key}) FROM {table} NOT INDEXED", ())
    return bound + _SLACK if found is None else found[0][0] or 0


def _close_up(path: Path) -> None:
    connection = open_writing(path)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.close()
