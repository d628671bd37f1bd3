"""The search index: which fields are searched, their documents, the queue, building it anew.

Nothing here loads SQLModel or SQLAlchemy, so that searching stays cheap.
"""

from __future__ import annotations

import sqlite3


def flush(connection: sqlite3.Connection) -> None:
    """Work off what the open transaction changed; runs before every commit."""
    if connection.execute("SELECT 1 FROM search_dirty LIMIT 1").fetchone() is not None:
        from sfa.store.search.index import work_off  # most of it is loaded by writers of records alone

        work_off(connection)
