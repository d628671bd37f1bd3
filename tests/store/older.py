"""Stores as an earlier version of the program left them."""

from __future__ import annotations

import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path

from sfa.store.home import store_path
from sfa.store.search import STATE
from sfa.store.search.documents import indexed, restored
from sfa.store.search.searched import keys_of
from sfa.store.search.triggers import triggers_of

_BOOKS = "pricebook"


def without_books(home: Path) -> None:
    """Make a store's index as it was before price books were searched: no triggers, no documents of them."""
    with closing(sqlite3.connect(store_path(home))) as connection:
        for name in triggers_of(_BOOKS):
            connection.execute(f"DROP TRIGGER {name}")
        for is_deleted in (False, True):
            between = keys_of(_BOOKS, is_deleted=is_deleted)
            query = "SELECT doc, words FROM search_doc WHERE doc BETWEEN ? AND ?"
            for doc, words in connection.execute(query, between).fetchall():
                remove = "INSERT INTO search (search, rowid, entries) VALUES ('delete', ?, ?)"
                connection.execute(remove, (doc, indexed(_BOOKS, restored(words))))
            connection.execute("DELETE FROM search_doc WHERE doc BETWEEN ? AND ?", between)
        state = f"3/{unicodedata.unidata_version}"
        connection.execute("UPDATE local_state SET value = ? WHERE key = ?", (state, STATE))
        connection.commit()
