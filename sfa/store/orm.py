"""SQLAlchemy on a connection of ours: the transaction is begun and ended by ``perform`` alone."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

if TYPE_CHECKING:
    from sfa.store.connection import StoreConnection


class _Borrowed:
    """Our raw connection as SQLAlchemy sees it: commit, rollback and close are not its to do."""

    def __init__(self, raw: StoreConnection) -> None:
        self._raw = raw

    def cursor(self) -> sqlite3.Cursor:
        """Return a cursor that gives plain tuples, as SQLAlchemy expects."""
        cursor = self._raw.cursor()
        cursor.row_factory = None
        return cursor

    def __getattr__(self, name: str) -> object:
        return getattr(self._raw, name)

    def commit(self) -> None:
        """Leave committing to ``perform``."""

    def rollback(self) -> None:
        """Leave rolling back to ``perform``."""

    def close(self) -> None:
        """Leave closing to ``perform``."""


def engine_on(raw: StoreConnection) -> Engine:
    """Return an engine whose only connection is ours."""
    return create_engine("sqlite://", creator=lambda: _Borrowed(raw), poolclass=StaticPool)


def session_on(raw: StoreConnection) -> Session:
    """Return a session on our connection; rows are read again after each flush of triggers."""
    return Session(engine_on(raw), expire_on_commit=False)
