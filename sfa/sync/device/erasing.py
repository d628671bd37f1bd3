"""An erasure that somebody else made: the person's words go from everything this store holds.

What an unsent op of ours changed beside them is written again as a new change, since
the payload that carried it is blanked.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple

from sfa.errors import msg
from sfa.store import change
from sfa.store.capture import APPLY, CAPTURE
from sfa.store.contents import ERASED
from sfa.store.erasure import blank_heard, blank_names, owe_sweep, texts_of
from sfa.store.heard import Entry, Heard, canonical
from sfa.store.personal import erased_columns
from sfa.store.search import flush
from sfa.store.search.index import forget_deleted_words
from sfa.sync.device.hearing import NOBODY, Hearing, Source, note
from sfa.sync.device.outbox import head_seq
from sfa.sync.device.pending import columns_of
from sfa.sync.device.rows import Key, read_values, read_writers, update_row, write_writers
from sfa.terms import OpKind

# What the centre makes of conflicts and proposals about an erased row.
_EMPTIED = {"conflict": {"kept": "{}", "lost": "{}", "base": "{}"}, "proposal": {"ops": "[]"}}


def hear_erasure(hearing: Hearing, heard: Heard, source: Source) -> None:
    """Blank a row, its ops, its history and what sync left to decide about it."""
    connection = hearing.connection
    key = (heard.table, heard.row_id)
    connection.execute("PRAGMA secure_delete = ON")
    texts = texts_of(connection, [key])
    contents = _contents(connection, key)
    unsent = _unsent(hearing, key)
    blank_names(connection, [key], texts)
    _blank_log(connection, key)
    hearing.hear(heard, source)
    _set_back(connection, key, unsent)
    _keep_as_it_is(hearing, key)
    for each in _decisions(connection, key):
        blank_heard(connection, *each)
        update_row(connection, each, _EMPTIED[each[0]], at=None, by=None)
        _keep_as_it_is(hearing, each)
    if unsent:
        _write_again(hearing, key, unsent)
    flush(connection)
    forget_deleted_words(connection)
    owe_sweep(connection, contents)


def _contents(connection: sqlite3.Connection, key: Key) -> list[str]:
    if key[0] != "attachment":
        return []
    rows = connection.execute("SELECT sha256 FROM attachment WHERE id = ? AND sha256 <> ?", (key[1], ERASED))
    return [row[0] for row in rows]


class _Unsent(NamedTuple):
    """A column that unsettled ops changed: what it was, who had written that, and what it is."""

    before: Any
    base: str
    now: Any


def _unsent(hearing: Hearing, key: Key) -> dict[str, _Unsent]:
    """Return what unsettled ops changed beside the person's words, by column."""
    rows = hearing.connection.execute(
        "SELECT kind, changes FROM oplog WHERE row_id = ? AND tbl = ? AND seq > ? AND changes IS NOT NULL"
        " ORDER BY seq",
        (key[1], key[0], hearing.pending.settled),
    ).fetchall()
    values = read_values(hearing.connection, key)
    if values is None:
        return {}
    found: dict[str, _Unsent] = {}
    for kind, changes in rows:
        if kind != OpKind.UPDATE:
            continue
        said = json.loads(changes)
        for name in set(columns_of(key[0], kind, changes)) - set(erased_columns(key[0])):
            if name in values and name not in found:
                found[name] = _Unsent(said[name][1], said[name][2] or "", values[name])
    return {name: each for name, each in found.items() if each.before != each.now}


def _blank_log(connection: sqlite3.Connection, key: Key) -> None:
    connection.execute(
        "UPDATE oplog SET changes = NULL, salt = NULL WHERE tbl = ? AND row_id = ? AND kind <> 'erase'", key
    )
    blank_heard(connection, *key)


def _keep_as_it_is(hearing: Hearing, key: Key) -> None:
    """Note a whole row: the entries it was made of can no longer be read."""
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


def _set_back(connection: sqlite3.Connection, key: Key, unsent: dict[str, _Unsent]) -> None:
    if not unsent:
        return
    update_row(connection, key, {name: each.before for name, each in unsent.items()}, at=None, by=None)
    maker, later = read_writers(connection, key)
    bases = {name: each.base for name, each in unsent.items()}
    write_writers(connection, key, canonical(maker, {**later, **bases}))


def _write_again(hearing: Hearing, key: Key, unsent: dict[str, _Unsent]) -> None:
    connection = hearing.connection
    change.open_capture(connection)
    connection.capture.mode = CAPTURE
    try:
        change.update(connection, *key, {name: each.now for name, each in unsent.items()})
        change.name_transaction(connection, name=msg("Unsent changes beside erased words"))
    finally:
        connection.capture.mode = APPLY
    hearing.pending.head = head_seq(connection)
