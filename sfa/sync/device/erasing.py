"""An erasure that somebody else made: the person's words go from everything this store holds.

What an unsent op of ours changed beside them stays in it and is sent, without its salt.
"""

from __future__ import annotations

import sqlite3

from sfa.store.erasure import blank_heard, blank_log, blank_names, owe_sweep, texts_of
from sfa.store.heard import Entry, Heard
from sfa.store.personal import ERASED
from sfa.store.search import flush
from sfa.store.search.index import forget_deleted_words
from sfa.sync.device.hearing import NOBODY, Hearing, Source, note
from sfa.sync.device.rows import Key, read_values, read_writers, update_row

# What the centre makes of conflicts and proposals about an erased row.
_EMPTIED = {"conflict": {"kept": "{}", "lost": "{}", "base": "{}"}, "proposal": {"ops": "[]"}}


def hear_erasure(hearing: Hearing, heard: Heard, source: Source) -> None:
    """Blank a row, its ops, its history and what sync left to decide about it."""
    connection = hearing.connection
    key = (heard.table, heard.row_id)
    connection.execute("PRAGMA secure_delete = ON")
    texts = texts_of(connection, [key])
    contents = _contents(connection, key)
    blank_names(connection, [key], texts)
    blank_log(connection, *key)
    blank_heard(connection, *key)
    hearing.hear(heard, source)
    for each in _decisions(connection, key):
        blank_heard(connection, *each)
        update_row(connection, each, _EMPTIED[each[0]], at=None, by=None)
        _keep_as_it_is(hearing, each)
    flush(connection)
    forget_deleted_words(connection)
    owe_sweep(connection, contents)


def _contents(connection: sqlite3.Connection, key: Key) -> list[str]:
    if key[0] != "attachment":
        return []
    rows = connection.execute("SELECT sha256 FROM attachment WHERE id = ? AND sha256 <> ?", (key[1], ERASED))
    return [row[0] for row in rows]


def _keep_as_it_is(hearing: Hearing, key: Key) -> None:
    """Note a whole row that was written past the entries it was made of."""
    values = read_values(hearing.connection, key)
    if values is None:
        return
    maker, later = read_writers(hearing.connection, key)
    changes: dict[str, list[object]] = {name: [value] for name, value in values.items()}
    kept = Heard(Entry.ROW, *key, op_id=maker or None, changes=changes, took=later)
    note(hearing.connection, kept, NOBODY, hearing.pending.head)


def _decisions(connection: sqlite3.Connection, key: Key) -> list[Key]:
    found: list[Key] = []
    for table in _EMPTIED:
        rows = connection.execute(f"SELECT id FROM {table} WHERE on_table = ? AND on_id = ?", key)
        found += [(table, row[0]) for row in rows.fetchall()]
    return found
