"""Whether anybody has done anything with a store yet."""

from __future__ import annotations

import sqlite3

from sfa.store.change import local_state

_WORKED_WITH = ("lead", "account", "contact", "deal", "activity", "task", "product")
_CENTRE = "sync_url"


def is_untouched(connection: sqlite3.Connection) -> bool:
    """Say whether a store holds no record of the trade, deleted ones too, and was never signed in."""
    if any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in _WORKED_WITH):
        return False
    return not local_state(connection, _CENTRE)
