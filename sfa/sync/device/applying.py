"""Applying a page of the centre's feed, in the order it has."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import fields
from operator import attrgetter

from sfa.fields import TABLES
from sfa.store.connection import StoreConnection
from sfa.store.heard import Entry, Heard, effect, writer_of
from sfa.store.log import alias_map, aliased
from sfa.sync.device import state
from sfa.sync.device.erasing import hear_erasure
from sfa.sync.device.hearing import Hearing, Source, settled
from sfa.sync.device.leaving import Purge, leave, stays
from sfa.sync.device.parking import park_unknown
from sfa.sync.device.rows import read_values, read_writers
from sfa.sync.errors import forked
from sfa.sync.protocol import Entry as PageEntry
from sfa.sync.protocol import ExitEntry, OpEntry, Page, RowEntry, TxEntry
from sfa.terms import OpKind

_OF_TRANSACTION = attrgetter(*(each.name for each in fields(TxEntry)))


def apply_page(connection: StoreConnection, page: Page) -> int:
    """Apply a page and move the cursor, in the open transaction; return how many rows were written."""
    hearing = Hearing(connection)
    purge = Purge(connection, hearing.pending)
    aliases = alias_map(connection)
    for entry in page.entries:
        _apply(hearing, purge, aliases, entry, page.version)
    hearing.settle()
    for key, first in hearing.strangers():
        purge.forget(key, first)
    purge.settle()
    state.put_cursor(connection, state.Cursor(page.version, page.batch))
    return hearing.shown


def _apply(hearing: Hearing, purge: Purge, aliases: dict[str, str], entry: PageEntry, version: int) -> None:
    if isinstance(entry, TxEntry):
        hear_transaction(hearing.connection, entry)
    elif isinstance(entry, ExitEntry):
        leave(hearing, purge, (entry.table, entry.row_id))
    else:
        park_unknown(hearing.connection, entry, version)
        if isinstance(entry, RowEntry):
            hear_row(hearing, entry)
        else:
            _hear_op(hearing, aliases, entry)


def hear_transaction(connection: sqlite3.Connection, entry: TxEntry) -> None:
    """Keep the name of somebody's transaction; own ones have it."""
    own = connection.execute("SELECT 1 FROM tx WHERE tx_id = ?", (entry.tx_id,)).fetchone()
    if own is None:
        connection.execute(
            "INSERT OR REPLACE INTO heard_tx (tx_id, kind, name, arguments, author, device, at, undoes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            _OF_TRANSACTION(entry),
        )


def row_heard(entry: RowEntry) -> Heard:
    """Return a whole row as an entry of the history."""
    values = {name: [value] for name, value in entry.values.items() if value is not None and name != "id"}
    return Heard(
        Entry.ROW,
        entry.table,
        entry.row_id,
        op_id=entry.maker,
        changes=values,
        took=dict(entry.writers),
    )


def hear_row(hearing: Hearing, entry: RowEntry) -> None:
    """Apply a whole row; one that was to leave stays."""
    hearing.hear(row_heard(entry))
    stays(hearing.connection, (entry.table, entry.row_id))


def _hear_op(hearing: Hearing, aliases: dict[str, str], entry: OpEntry) -> None:
    source = Source(entry.author, entry.device, entry.tx_id, entry.salt, entry.digest, entry.schema_version)
    own = hearing.connection.execute(
        "SELECT kind, changes FROM oplog WHERE op_id = ?", (entry.op_id,)
    ).fetchone()
    if own is not None and (own[1] is not None or entry.changes is None):
        _hear_own(hearing, aliases, entry, own[1])
        return
    if own is None and entry.changes is None and entry.device == state.device_id(hearing.connection):
        raise forked()  # a copy of this store pushed it under our name
    heard = _op_heard(entry, entry.changes)
    if entry.kind == OpKind.ERASE and entry.table in TABLES:
        hear_erasure(hearing, heard, source)
    else:
        hearing.hear(heard, source)


def _op_heard(entry: OpEntry, changes: str | None) -> Heard:
    return Heard(
        Entry.OP,
        entry.table,
        entry.row_id,
        entry.kind,
        entry.op_id,
        entry.hlc,
        json.loads(changes) if changes is not None else None,
        list(entry.took) if entry.took is not None else None,
    )


def _hear_own(hearing: Hearing, aliases: dict[str, str], entry: OpEntry, changes: str | None) -> None:
    """Put an own op's values where the centre put them: on top of what was merged before it."""
    if changes is None or entry.table not in TABLES:
        return
    key = (entry.table, entry.row_id)
    heard = _op_heard(entry, None)._replace(changes=aliased(entry.table, json.loads(changes), aliases))
    if read_values(hearing.connection, key) is None:
        if entry.kind == OpKind.INSERT:
            hearing.hear(heard, Source(entry.author, entry.device, entry.tx_id))
        return
    writers = read_writers(hearing.connection, key)
    values = effect(heard, is_there=True)
    news = {name: value for name, value in values.items() if writer_of(writers, name) != entry.op_id}
    if news:
        hearing.hear(settled(key, news, dict.fromkeys(news, entry.op_id)))
