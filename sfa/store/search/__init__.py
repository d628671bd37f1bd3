"""The search index: which fields are searched, their documents, the queue, building it anew.

Nothing here loads SQLModel or SQLAlchemy, so that searching stays cheap.
"""

from __future__ import annotations

import sqlite3

# What entries follow from given words, and when they are made: raised when either changes. Letters and
# signs are told apart by Python's own tables, so their version counts as well.
ENTRIES_VERSION = 4
EXTENDED_FROM = 3  # the first version from which on tables came along and nothing else changed
STATE = "search_index"  # local_state: what the index was built with

_WORK = (
    "SELECT 1 FROM search_dirty UNION ALL SELECT 1 WHERE NOT EXISTS"
    f" (SELECT 1 FROM local_state WHERE key = '{STATE}' AND value LIKE '{ENTRIES_VERSION}/%') LIMIT 1"
)


def flush(connection: sqlite3.Connection) -> None:
    """Work off what the open transaction changed; runs before every commit.

    An index of an earlier version is built anew by the first change, or given the tables it lacks.
    """
    if connection.execute(_WORK).fetchone() is not None:
        from sfa.store.search.index import work_off  # most of it is loaded by writers of records alone

        work_off(connection)
