"""Many new rows at once: rows and their ops go in with prepared statements, without a trigger a row.

The capture triggers stand aside inside the transaction and are back before it ends; what
they write and check is made here, the same to the byte (docs/adr/0002-op-log.md). Of many
rows a second process prepares rows, ops and search documents (docs/adr/0009-two-processes-import.md); of
a few, or on one core, a thread does, while SQLite, which needs no Python meanwhile, writes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from typing import NamedTuple

from sfa.store import standing
from sfa.store.ahead import ahead
from sfa.store.bulk_beside import BesideEnded, Second, insert_beside, second_process
from sfa.store.bulk_checks import Links, check_values
from sfa.store.bulk_making import Beginning
from sfa.store.bulk_ops import HASH, SALT, OpWriter
from sfa.store.bulk_sheets import Group
from sfa.store.bulk_statements import ROWS_A_STATEMENT, insertion, row_by_row
from sfa.store.capture import CAPTURE, NotInTransaction, Value
from sfa.store.connection import StoreConnection
from sfa.store.search.index import last_running
from sfa.store.search.newcomers import Newcomers, following
from sfa.store.search.searched import SEARCHED
from sfa.store.search.triggers import insert_trigger
from sfa.store.triggers import expected
from sfa.store.version import SCHEMA_VERSION
from sfa.terms import OpKind

# Starting a second process takes a fifth of a second, which pays from here on.
_ROWS_FOR_TWO = 10_000
_OP_COLUMNS = "tx_id, inverts, kind, tbl, schema_version, hlc, salt, digest, chain, op_id, changes, row_id"
_GUARD = "sfa_guard_oplog_insert"

OnRows = Callable[[int], None]
Fixed = dict[str, dict[str, Value]]


class _Batch(NamedTuple):
    """One statement's rows, and that of their ops, with the values of both."""

    rows: str
    row_values: list[Value]
    ops: str
    op_values: list[Value | bytes]
    size: int


def insert_rows(
    connection: StoreConnection,
    groups: Sequence[Group],
    links: Links,
    on_rows: OnRows | None = None,
    second: Second | None = None,
) -> None:
    """Insert rows in the open transaction and capture them; note in ``links`` what they refer to.

    ``on_rows`` hears how many rows more are written, fewer when some have to be written again.
    ``second`` is a process that ``second_for`` started; it is good for one call.

    Raises:
        sqlite3.IntegrityError: a value is none that its column allows; the whole transaction
            must be taken back then.
        NotInTransaction: no captured transaction is open.
    """
    capture = connection.capture
    if capture.tx_id is None or capture.mode != CAPTURE:
        raise NotInTransaction("rows are inserted in bulk in a captured transaction of sfa.store.perform")
    tables = {each.table for each in groups}
    fixed = {each.table: _fixed(connection, each) for each in groups}
    written = 0

    def more(count: int) -> None:
        nonlocal written
        written += count
        if on_rows is not None:
            on_rows(count)

    with _triggers_aside(connection, tables), _standing_once(connection, tables):
        if sum(each.size for each in groups) >= _ROWS_FOR_TWO and _two_can_work():
            connection.execute("SAVEPOINT beside")
            try:
                insert_beside(connection, groups, _beginning(connection, fixed), links, more, second)
            except BesideEnded:
                connection.execute("ROLLBACK TO beside")
                more(-written)
                _insert_alone(connection, groups, fixed, links, more)
            connection.execute("RELEASE beside")
        else:
            _insert_alone(connection, groups, fixed, links, more)


@contextmanager
def second_for(rows: int) -> Iterator[Second | None]:
    """Start the second process if that pays for so many rows, so that it is ready once they are planned."""
    with ExitStack() as stack:
        second = None
        if rows >= _ROWS_FOR_TWO and _two_can_work():
            with suppress(BesideEnded):  # whoever inserts tries again, and finds another way
                second = stack.enter_context(second_process())
        yield second


def _beginning(connection: StoreConnection, fixed: Fixed) -> Beginning:
    capture = connection.capture
    running = {table: last_running(connection, table) for table in fixed if table in SEARCHED}
    link = _last_link(connection)
    return Beginning(str(capture.tx_id), capture.reading, capture.offset_ms, link, fixed, running)


def _two_can_work() -> bool:
    # SQLite may have been built without what hands a database over as bytes.
    return _cores() > 1 and hasattr(sqlite3.Connection, "deserialize")


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _insert_alone(
    connection: StoreConnection, groups: Sequence[Group], fixed: Fixed, links: Links, on_rows: OnRows
) -> None:
    writer = OpWriter(connection.capture, _last_link(connection))
    newcomers = Newcomers()
    rows = following(connection, fixed)
    prepared = _prepared(groups, fixed, links, newcomers, writer, connection.capture.inverts)
    for batch in ahead(prepared):
        connection.execute(batch.rows, batch.row_values)
        connection.execute(batch.ops, batch.op_values)
        on_rows(batch.size)
    newcomers.index(connection, rows)


@contextmanager
def _triggers_aside(connection: StoreConnection, tables: set[str]) -> Iterator[None]:
    """Leave out the triggers of an insert: nobody else writes while the transaction is open."""
    names = [_GUARD, *(f"sfa_{table}_insert" for table in sorted(tables))]
    names += [name for table in sorted(tables) if (name := insert_trigger(table))]
    names += [standing.ON_INSERT] if standing.EVENTS in tables else []
    for name in names:
        connection.execute(f"DROP TRIGGER {name}")
    try:
        yield
    finally:
        # After some failures SQLite has taken the whole transaction back, and the triggers are there.
        if connection.in_transaction:
            for name in names:
                connection.execute(expected()[name])


@contextmanager
def _standing_once(connection: StoreConnection, tables: set[str]) -> Iterator[None]:
    """Set the days of the deals that got events once for each deal, not for each event."""
    if standing.EVENTS not in tables:
        yield
        return
    last = connection.execute("SELECT coalesce(max(rowid), 0) FROM deal_event").fetchone()[0]
    yield
    connection.execute(
        standing.refreshed("id IN (SELECT e.deal_id FROM deal_event e WHERE e.rowid > ?)"), (last,)
    )


def _last_link(connection: sqlite3.Connection) -> bytes | None:
    row = connection.execute("SELECT chain FROM oplog ORDER BY seq DESC LIMIT 1").fetchone()
    return row[0] if row else None


def _fixed(connection: sqlite3.Connection, group: Group) -> dict[str, Value]:
    """Return what the columns that are not given hold in every new row: their defaults."""
    rows = connection.execute(f"PRAGMA table_info({group.table})").fetchall()
    return {row[1]: literal(row[4]) for row in rows if row[4] is not None and row[1] not in group.columns}


def literal(text: str) -> Value:
    """Return the value of a column's default as the schema writes it."""
    return text[1:-1].replace("''", "'") if text.startswith("'") else int(text)


def _prepared(
    groups: Iterable[Group],
    fixed: Fixed,
    links: Links,
    newcomers: Newcomers,
    writer: OpWriter,
    inverts: str | None,
) -> Iterator[_Batch]:
    for sheet in (sheet for group in groups for sheet in group.sheets(ROWS_A_STATEMENT)):
        check_values(sheet)
        links.note(sheet)
        newcomers.note(sheet)
        rows = insertion(sheet)
        ops = writer.ops(sheet, fixed[sheet.table])
        shared: list[Value | bytes] = [
            *(writer.tx_id, inverts, OpKind.INSERT.value, sheet.table, SCHEMA_VERSION),
            *(ops.reading, ops.salts, ops.digests, ops.links),
        ]
        own = row_by_row([ops.op_ids, ops.payloads, sheet.varying["id"]], sheet.size)
        ops_statement = _ops_statement(sheet.size)
        yield _Batch(rows.statement, rows.values, ops_statement, [*shared, *own], sheet.size)


@lru_cache(maxsize=64)
def _ops_statement(count: int) -> str:
    """Return an insertion of ops: nine values for all of them, and an id, payload and row for each."""
    rows = [
        f"(?1, ?2, ?3, ?4, ?5, ?6 + {place}, substr(?7, {place * SALT + 1}, {SALT}),"
        f" substr(?8, {place * HASH + 1}, {HASH}), substr(?9, {place * HASH + 1}, {HASH}),"
        f" ?{place * 3 + 10}, ?{place * 3 + 11}, ?{place * 3 + 12})"
        for place in range(count)
    ]
    return f"INSERT INTO oplog ({_OP_COLUMNS}) VALUES {', '.join(rows)}"
