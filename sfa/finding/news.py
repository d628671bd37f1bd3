"""Up to where one has seen what sync brought to one's records; kept on this device."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

SEEN = "brought_seen:"  # and a record's id: up to which entry of the history it was seen
_ALL = "brought_seen"


def seen_up_to() -> str:
    """Return the SQL of the entry of the history up to which everything was seen."""
    return f"coalesce((SELECT CAST(value AS INTEGER) FROM local_state WHERE key = '{_ALL}'), 0)"


def mark_news_seen(connection: sqlite3.Connection, records: Iterable[str] | None) -> None:
    """Keep that what came of these records, or of all (``None``), was seen, in the open transaction."""
    latest = connection.execute("SELECT coalesce(max(no), 0) FROM history").fetchone()[0]
    if records is None:
        connection.execute("DELETE FROM local_state WHERE key LIKE ?", (f"{SEEN}%",))
        keys = [_ALL]
    else:
        keys = [f"{SEEN}{record}" for record in records]
    connection.executemany(
        "INSERT OR REPLACE INTO local_state (key, value) VALUES (?, ?)",
        [(key, str(latest)) for key in keys],
    )
