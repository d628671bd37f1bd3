"""Applying what was heard, entry by entry: rows, who wrote them, and the history of both.

What an unsettled own op wrote is not replaced: it goes to ``confirmed``. Rows and their
writers follow from the entry alone (``store/heard.py``), as in a replay.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from sfa import clock
from sfa.fields import TABLES
from sfa.store.capture import CAPTURED
from sfa.store.connection import StoreConnection
from sfa.store.heard import (
    Entry,
    Heard,
    Values,
    Writers,
    effect,
    makes_row,
    values_after,
    writers_after,
)
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.device.links import Links
from sfa.sync.device.pending import Pending, units
from sfa.sync.device.removed import what_was_removed, whole
from sfa.sync.device.rows import (
    Key,
    delete_row,
    insert_row,
    instant_of,
    is_here,
    read_values,
    read_writers,
    update_row,
    write_writers,
)
from sfa.terms import OpKind


class Source(NamedTuple):
    """Whose an entry is, and what its op was hashed with."""

    author: str | None = None
    device: str | None = None
    tx_id: str | None = None
    salt: str | None = None
    digest: str | None = None
    schema_version: int = SCHEMA_VERSION


NOBODY = Source()


class Hearing:
    """One local transaction in which entries are applied; ``settle`` ends it."""

    def __init__(self, connection: StoreConnection) -> None:
        """Look at the store as it is in the open transaction."""
        self.connection = connection
        self.pending = Pending(connection)
        self.links = Links(connection, self._come_back)
        self.shown = 0
        self._awaited: dict[Key, int] = {}

    def hear(self, heard: Heard, source: Source = NOBODY) -> None:
        """Apply an entry: write what may be shown, confirm the rest, keep it in the history."""
        key = (heard.table, heard.row_id)
        if heard.table not in TABLES:
            self._note(heard, source)
            return
        values = read_values(self.connection, key)
        if values is None and self._is_on_removed(key, heard) and self._come_back(key):
            values = read_values(self.connection, key)
        if values is None:
            self._hear_new(key, heard, source)
        else:
            self._hear_known(key, values, heard, source)

    def _is_on_removed(self, key: Key, heard: Heard) -> bool:
        """Say whether an op may go on a row that was removed here, and that is settled."""
        return heard.entry is Entry.OP and not makes_row(heard) and not self.pending.removed(key)

    def _come_back(self, key: Key) -> bool:
        """Make a row that was removed here past the services what it is to all others: a tombstone.

        What others write there or hang on it later has its place then.
        """
        removed = what_was_removed(self.connection, key) if key[0] in TABLES else None
        if removed is None:
            return False
        self._insert(key, whole(key, *removed), NOBODY)
        return True

    def _hear_new(self, key: Key, heard: Heard, source: Source) -> None:
        if makes_row(heard) and self.pending.removed(key):
            heard = heard._replace(held=CAPTURED[key[0]])  # an unsettled op removed it
        self._insert(key, heard, source)

    def _insert(self, key: Key, heard: Heard, source: Source) -> None:
        no = self._note(heard, source)
        if heard.kind != OpKind.ERASE:
            self._awaited.setdefault(key, no)
        after = values_after(None, heard)
        if after is None:
            return
        writers = writers_after(None, heard) or ("", {})
        at, by = _bookkeeping(heard, source, writers, after)
        insert_row(self.connection, key, after, at=at, by=by)
        write_writers(self.connection, key, writers)
        self.links.came(key, after, no)
        self.shown += 1

    def _hear_known(self, key: Key, values: Values, heard: Heard, source: Source) -> None:
        writers = read_writers(self.connection, key)
        given = effect(heard, is_there=True)
        if heard.kind != OpKind.ERASE:
            pending = self.pending.columns(key)
            unsettled = pending & given.keys()
            self._confirm(key, {name: given[name] for name in unsettled}, heard)
            blocked = self.links.blocked(key, values, given.items() - values.items())
            mates = frozenset().union(*(units(key[0])[name] for name in blocked)) & given.keys()
            held = unsettled | mates
            heard = heard._replace(held=tuple(name for name in CAPTURED[key[0]] if name in held))
        shown = {name: value for name, value in given.items() if name not in heard.held}
        self._note(heard, source)
        if not shown:
            return
        renewed = writers_after(writers, heard) or writers
        changed = {name: value for name, value in shown.items() if values[name] != value}
        self.links.wrote(key, shown)
        if changed:
            at, by = _bookkeeping(heard, source, renewed, {**values, **shown})
            update_row(self.connection, key, changed, at=at, by=by)
        if renewed != writers:
            write_writers(self.connection, key, renewed)
        self.shown += 1

    def drop(self, key: Key) -> None:
        """Take a row out of its table and note that it went."""
        delete_row(self.connection, key)
        self._note(Heard(Entry.EXIT, *key), NOBODY)

    def settle(self) -> None:
        """Look after references, once everything of the transaction is written."""
        self.links.settle()

    def strangers(self) -> list[tuple[Key, int]]:
        """Return the rows that were heard of and are not here, and the first entry that told of each.

        What was removed here is none of them: its history is complete.
        """
        own = "SELECT 1 FROM oplog WHERE row_id = ? AND tbl = ?"
        return [
            (key, no)
            for key, no in self._awaited.items()
            if not is_here(self.connection, key)
            and not self.connection.execute(own, (key[1], key[0])).fetchone()
        ]

    def _note(self, heard: Heard, source: Source) -> int:
        return note(self.connection, heard, source, self.pending.head)

    def _confirm(self, key: Key, values: Values, heard: Heard) -> None:
        rows = [(*key, name, json.dumps(value), _writer(heard, name)) for name, value in values.items()]
        self.connection.executemany(
            "INSERT OR REPLACE INTO confirmed (tbl, row_id, col, value, op_id) VALUES (?, ?, ?, ?, ?)", rows
        )


def settled(key: Key, values: Values, writers: Mapping[str, str | None]) -> Heard:
    """Return what the centre holds of some columns as an entry of the history."""
    return Heard(
        Entry.SETTLE, *key, changes={name: [value] for name, value in values.items()}, took=dict(writers)
    )


def note(connection: sqlite3.Connection, heard: Heard, source: Source, after_seq: int) -> int:
    """Keep an entry in the history; return its number."""
    cursor = connection.execute(
        "INSERT INTO history (after_seq, entry, op_id, tx_id, hlc, kind, tbl, row_id, changes, took, held,"
        " author, device, schema_version, salt, digest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            after_seq,
            heard.entry.value,
            heard.op_id,
            source.tx_id,
            heard.hlc,
            heard.kind,
            heard.table,
            heard.row_id,
            _dumped(heard.changes),
            _dumped(heard.took),
            _dumped(heard.held or None),
            source.author,
            source.device,
            source.schema_version,
            bytes.fromhex(source.salt) if source.salt else None,
            bytes.fromhex(source.digest) if source.digest else None,
        ),
    )
    return cursor.lastrowid or 0


_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _dumped(value: object) -> str | None:
    return None if value is None else _dump(value)


def _writer(heard: Heard, column: str) -> str | None:
    if heard.entry is Entry.OP:
        return heard.op_id
    later = heard.took or {}
    found = later.get(column, heard.op_id)
    return str(found) if found else None


def _bookkeeping(
    heard: Heard, source: Source, writers: Writers, values: Values
) -> tuple[str | None, str | None]:
    """Return when and by whom a row was changed last; of a row that came whole its latest op tells when."""
    if heard.entry is Entry.OP:
        return clock.to_text(clock.hlc_instant(heard.hlc)), source.author
    latest = instant_of(list(writers[1].values())) or values.get("created_at")
    return latest, None if writers[1] else values.get("created_by")
