"""What a newer centre sent and this program does not know yet.

The history keeps such entries whole; parked is only which rows to look at again. After
the upgrade a row is what its entries say now.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from functools import lru_cache

from sfa.fields import TABLES
from sfa.store.capture import CAPTURED
from sfa.store.connection import StoreConnection
from sfa.store.rebuilding import rebuilt
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.device.hearing import Hearing
from sfa.sync.device.rows import (
    Key,
    delete_row,
    insert_row,
    instant_of,
    read_values,
    read_writers,
    update_row,
    write_writers,
)
from sfa.sync.protocol import OpEntry, RowEntry


def is_known(table: str, columns: Iterable[str]) -> bool:
    """Say whether this program has a table and its columns."""
    return table in TABLES and _columns(table).issuperset(columns)


@lru_cache(maxsize=64)
def _columns(table: str) -> frozenset[str]:
    return frozenset(TABLES[table].column_names())


def park_unknown(connection: sqlite3.Connection, entry: OpEntry | RowEntry, version: int) -> None:
    """Remember a row of which something came that this program does not know."""
    if isinstance(entry, RowEntry):
        names: Iterable[str] = entry.values
    else:
        names = json.loads(entry.changes) if entry.changes is not None else ()
    if is_known(entry.table, names):
        return
    connection.execute(
        "INSERT INTO parked (version, entry) VALUES (?, ?)",
        (version, json.dumps([entry.table, entry.row_id, SCHEMA_VERSION])),
    )


def is_waiting(connection: sqlite3.Connection) -> bool:
    """Say whether an older program parked anything of a table that is known by now."""
    query = "SELECT DISTINCT json_extract(entry, '$[0]') FROM parked WHERE json_extract(entry, '$[2]') < ?"
    return any(row[0] in TABLES for row in connection.execute(query, (SCHEMA_VERSION,)))


def unpark(connection: StoreConnection) -> int:
    """Show what was parked by an older program, in the open transaction; return how many rows changed."""
    rows = connection.execute("SELECT no, entry FROM parked ORDER BY no").fetchall()
    known: dict[Key, list[int]] = {}
    for no, text in rows:
        table, row_id, schema_version = json.loads(text)
        if schema_version < SCHEMA_VERSION and table in TABLES:
            known.setdefault((table, row_id), []).append(no)
    if not known:
        return 0
    hearing = Hearing(connection)
    changed = sum(_renew(hearing, key) for key in _parents_first(known))
    hearing.settle()
    connection.executemany("DELETE FROM parked WHERE no = ?", [(no,) for nos in known.values() for no in nos])
    return changed


def _parents_first(keys: dict[Key, list[int]]) -> list[Key]:
    order = {name: place for place, name in enumerate(TABLES)}
    return sorted(keys, key=lambda key: (order[key[0]], keys[key]))


def _renew(hearing: Hearing, key: Key) -> bool:
    connection = hearing.connection
    said = rebuilt(connection, key)
    before = read_values(connection, key)
    if said is None:
        if before is not None:
            delete_row(connection, key)
        return before is not None
    values, writers = said
    if before is None:
        first = connection.execute(
            "SELECT min(no) FROM history WHERE tbl = ? AND row_id = ?", key
        ).fetchone()[0]
        insert_row(connection, key, values, at=instant_of([writers[0], *writers[1].values()]), by=None)
        write_writers(connection, key, writers)
        hearing.links.came(key, values, first)
        return True
    changed = {name: values[name] for name in CAPTURED[key[0]] if values.get(name) != before[name]}
    if changed:
        update_row(connection, key, changed, at=None, by=None)
        hearing.links.wrote(key, changed)
    if read_writers(connection, key) != writers:
        write_writers(connection, key, writers)
    return bool(changed)
