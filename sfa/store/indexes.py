"""The indexes of tables that are being filled: made from all rows at the end, not looked up for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sfa.store.connection import StoreConnection

# What a new store holds, and a few records: their entries cost nothing to make once more.
_FEW = 1_000


@contextmanager
def indexes_aside(connection: StoreConnection, tables: Iterable[str]) -> Iterator[None]:
    """Leave out the indexes of those tables that hold few rows, inside the open transaction.

    What a table allows only once stays guarded. Nobody else sees the store without them, and they are
    there again should the transaction be taken back.
    """
    statements = {
        name: statement
        for table in tables
        if _holds_few(connection, table)
        for name, statement in _indexes(connection, table)
    }
    for name in statements:
        connection.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        # After some failures SQLite has taken the whole transaction back.
        if connection.in_transaction:
            for statement in statements.values():
                connection.execute(statement)


def _holds_few(connection: StoreConnection, table: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} LIMIT 1 OFFSET {_FEW}").fetchone() is None


def _indexes(connection: StoreConnection, table: str) -> list[tuple[str, str]]:
    """Return name and statement of each index that was made by a statement of its own and is not unique."""
    return [
        (str(row[0]), str(row[1]))
        for row in connection.execute(
            "SELECT m.name, m.sql FROM sqlite_master m JOIN pragma_index_list(?) i USING (name)"
            " WHERE m.type = 'index' AND m.sql IS NOT NULL AND NOT i.\"unique\"",
            (table,),
        )
    ]
