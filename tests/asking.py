"""Asking a SQLite file one thing from outside, and leaving it closed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of one statement, run by a program that is not ours, and commit it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql).fetchall()
