"""Doing things as the services do them, from typed texts, each in a transaction of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session

from sfa.errors import msg
from sfa.fields import noun as noun_of
from sfa.services import nouns
from sfa.services.entry import Entered, entered
from sfa.services.records import raw
from sfa.services.rows import Row
from sfa.store import undo as store_undo
from sfa.store.home import store_path
from sfa.store.perform import changing, performing

TODAY = date(2026, 11, 18)  # a Wednesday


@contextmanager
def acting(home: Path) -> Iterator[Session]:
    """Open a transaction of its own."""
    with performing(home, name=msg("Act")) as session:
        yield session


def typed(session: Session, noun: str, **texts: str) -> Entered:
    """Return what typed texts mean."""
    return entered(raw(session), noun_of(noun), texts, today=TODAY)


def make(home: Path, noun: str, *, today: date = TODAY, key: str | None = None, **texts: str) -> Row:
    """Add a record from typed texts."""
    with acting(home) as session:
        return nouns.create(session, noun, typed(session, noun, **texts), today=today, idempotency_key=key)


def amend(home: Path, noun: str, record_id: str, **texts: str) -> Row:
    """Change a record from typed texts."""
    with acting(home) as session:
        return nouns.edit(session, noun, record_id, typed(session, noun, **texts), today=TODAY)


def rows(home: Path, query: str, *values: object) -> list[dict[str, Any]]:
    """Return what a query finds, each row as a dictionary."""
    connection = sqlite3.connect(store_path(home))
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query, values)]
    finally:
        connection.close()


def row(home: Path, query: str, *values: object) -> dict[str, Any]:
    """Return the one row that a query finds."""
    (found,) = rows(home, query, *values)
    return found


def live(home: Path, table: str, record_id: str) -> dict[str, Any]:
    """Return a record's row as it is stored."""
    return row(home, f"SELECT * FROM {table} WHERE id = ? AND deleted_at IS NULL", record_id)


def take_back(home: Path) -> None:
    """Undo the last change."""
    with changing(home, name=msg("Undo")) as change:
        store_undo.undo(change)
