"""Read-only SQL through the standard library: what lists, reports and search open.

Never loads SQLModel, SQLAlchemy or Alembic, but for a store that is not there yet
or is of an older version, which is made or migrated first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sfa.errors import StoreUnusable
from sfa.store.connection import unusable
from sfa.store.home import home_dir
from sfa.store.schema import ready


def open_reading(home: Path | None = None) -> sqlite3.Connection:
    """Open the store for reading; rows come as ``sqlite3.Row``.

    Raises:
        StoreUnusable: the store cannot be opened, or is newer than this program.
    """
    path = ready(home or home_dir())
    try:
        return _open(f"{path.as_uri()}?mode=ro")
    except sqlite3.Error as error:
        # A read-only folder: without its shared memory file, a store nobody writes is read as it lies.
        if getattr(error, "sqlite_errorname", "") not in {"SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY"}:
            raise unusable(error, path) from error
    try:
        return _open(f"{path.as_uri()}?immutable=1")
    except sqlite3.Error as error:
        raise unusable(error, path) from error


def _open(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=60.0, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT 1 FROM local_state LIMIT 1").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def reading(home: Path | None = None) -> Iterator[sqlite3.Connection]:
    """Open the store for reading, and close it afterwards; failures become StoreUnusable."""
    connection = open_reading(home)
    try:
        with explained(home):
            yield connection
    finally:
        connection.close()


@contextmanager
def explained(home: Path | None = None) -> Iterator[None]:
    """Turn failures of SQLite into StoreUnusable."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise unusable(error, home or home_dir()) from error


__all__ = ["StoreUnusable", "explained", "open_reading", "reading"]
