"""The content hash: what "the same content" means, in tests and in ``sfa doctor``.

It covers the live rows' business columns, without version, updated and tombstones.
"""

from __future__ import annotations

import hashlib
import sqlite3

from sfa.fields import TABLES, Table


def content_hash(connection: sqlite3.Connection) -> str:
    """Return the hash of the whole store's content, as hexadecimal text."""
    whole = hashlib.sha256()
    for table in TABLES.values():
        whole.update(table_hash(connection, table).encode())
    return whole.hexdigest()


def table_hash(connection: sqlite3.Connection, table: Table) -> str:
    """Return the hash of one table's content."""
    names = [column.name for column in table.captured() if column.name != "deleted_at"]
    rows = hashlib.sha256(table.name.encode())
    cursor = connection.cursor()
    cursor.row_factory = None
    for row in cursor.execute(
        f"SELECT id, {', '.join(names)} FROM {table.name} WHERE deleted_at IS NULL ORDER BY id"
    ):
        rows.update(repr(row).encode())
    return rows.hexdigest()
