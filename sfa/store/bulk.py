"""Many new rows at once: rows and their ops go in with prepared statements, without a trigger a row.

The capture triggers stand aside inside the transaction and are back before it ends; what
they write and check is made here, the same to the byte (docs/adr/0002-op-log.md). A thread
prepares the next rows and their ops while SQLite, which needs no Python meanwhile, writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from sfa.fields import TABLES
from sfa.store import standing
from sfa.store.ahead import ahead
from sfa.store.bulk_checks import Columns, Links, check_values
from sfa.store.bulk_ops import OpValue, OpWriter, row_by_row
from sfa.store.capture import CAPTURE, NotInTransaction, Value
from sfa.store.connection import StoreConnection
from sfa.store.search.newcomers import Newcomers
from sfa.store.search.triggers import insert_trigger
from sfa.store.triggers import expected
from sfa.store.version import SCHEMA_VERSION
from sfa.terms import OpKind

# Long enough that SQLite works for milliseconds on each, and far below the 32,766 values one may have.
_ROWS_A_STATEMENT = 500
_GUARD = "sfa_guard_oplog_insert"

OnRows = Callable[[int], None]


class NewRows(NamedTuple):
    """Rows for one captured table; ``columns`` say what the values of each are, ``id`` first.

    Where the table has a ``ref`` it is among them, and so is the bookkeeping. Sorted by
    id they go in faster.
    """

    table: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[object]]


class _Batch(NamedTuple):
    """One statement's rows, and that of their ops, with the values of both."""

    rows: str
    row_values: list[Value]
    ops: str
    op_values: list[OpValue]
    size: int


def insert_rows(
    connection: StoreConnection, groups: Sequence[NewRows], links: Links, on_rows: OnRows | None = None
) -> None:
    """Insert rows in the open transaction and capture them; note in ``links`` what they refer to.

    ``on_rows`` hears how many rows more are written.

    Raises:
        sqlite3.IntegrityError: a value is none that its column allows; the whole transaction
            must be taken back then.
        NotInTransaction: no captured transaction is open.
    """
    capture = connection.capture
    if capture.tx_id is None or capture.mode != CAPTURE:
        raise NotInTransaction("rows are inserted in bulk in a captured transaction of sfa.store.perform")
    writer = OpWriter(capture, _last_link(connection))
    fixed = {each.table: _fixed(connection, each) for each in groups}
    newcomers = Newcomers(connection, fixed)
    with _triggers_aside(connection, set(fixed)), _standing_once(connection, set(fixed)):
        for batch in ahead(_prepared(groups, fixed, links, newcomers, writer, capture.inverts)):
            connection.execute(batch.rows, batch.row_values)
            connection.execute(batch.ops, batch.op_values)
            if on_rows is not None:
                on_rows(batch.size)
    newcomers.index(connection)


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


def _fixed(connection: sqlite3.Connection, group: NewRows) -> dict[str, Value]:
    """Return what the columns that are not given hold in every new row: their defaults."""
    rows = connection.execute(f"PRAGMA table_info({group.table})").fetchall()
    return {row[1]: literal(row[4]) for row in rows if row[4] is not None and row[1] not in group.columns}


def literal(text: str) -> Value:
    """Return the value of a column's default as the schema writes it."""
    return text[1:-1].replace("''", "'") if text.startswith("'") else int(text)


def _prepared(
    groups: Iterable[NewRows],
    fixed: dict[str, dict[str, Value]],
    links: Links,
    newcomers: Newcomers,
    writer: OpWriter,
    inverts: str | None,
) -> Iterator[_Batch]:
    for table, columns, every in groups:
        rows = iter(every)
        while chunk := list(islice(rows, _ROWS_A_STATEMENT)):
            by_column: Columns = dict(zip(columns, zip(*chunk, strict=True), strict=True))
            check_values(TABLES[table], by_column)
            links.note(table, by_column)
            newcomers.note(table, by_column)
            ops = writer.ops(table, by_column, fixed[table])
            statement, values = _insertion(table, by_column, len(chunk))
            ops_statement = _statement("oplog", (*_SHARED, *_OWN), len(_SHARED), len(chunk))
            shared = (writer.tx_id, inverts, OpKind.INSERT.value, table, SCHEMA_VERSION)
            yield _Batch(statement, values, ops_statement, [*shared, *ops], len(chunk))


_SHARED = ("tx_id", "inverts", "kind", "tbl", "schema_version")
_OWN = ("op_id", "hlc", "changes", "salt", "digest", "chain", "row_id")


def _insertion(table: str, by_column: Columns, count: int) -> tuple[str, list[Value]]:
    """Return a statement that inserts rows, with its values: those that all rows share once."""
    same = {
        name: values[0]
        for name, values in by_column.items()
        if name != "id" and values.count(values[0]) == count
    }
    varying = {name: values for name, values in by_column.items() if name not in same}
    statement = _statement(table, (*same, *varying), len(same), count)
    return statement, [*same.values(), *row_by_row(list(varying.values()), count)]


@lru_cache(maxsize=64)
def _statement(table: str, names: tuple[str, ...], shared: int, count: int) -> str:
    """Return an insertion of many rows; the first ``shared`` values are given once for all of them."""
    own = len(names) - shared
    always = [f"?{place}" for place in range(1, shared + 1)]
    firsts = range(shared + 1, shared + 1 + own * count, own)
    rows = [
        f"({', '.join([*always, *(f'?{place}' for place in range(first, first + own))])})" for first in firsts
    ]
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({listed}) VALUES {', '.join(rows)}"
