"""What a sync would leave of a change by somebody else, with the one interesting value in sight."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from sfa import clock, ids
from sfa.store.home import store_path


def heard(
    home: Path,
    table: str,
    row_id: str,
    *,
    author: str | None,
    name: str = "Edit {noun} {label}",
    noun: str = "deal",
    label: str = "Pumps",
    tx: str = "",
) -> str:
    """Note that somebody changed a row, as the history has it; return the transaction's id."""
    with closing(sqlite3.connect(store_path(home))) as connection, connection:
        return note(connection, table, row_id, author=author, name=name, noun=noun, label=label, tx=tx)


def note(
    connection: sqlite3.Connection,
    table: str,
    row_id: str,
    *,
    author: str | None,
    name: str = "Edit {noun} {label}",
    noun: str = "deal",
    label: str = "Pumps",
    tx: str = "",
) -> str:
    """Do the same in a store that is open."""
    tx = tx or ids.uuid7(clock.wall_ms())
    connection.execute(
        "INSERT OR IGNORE INTO heard_tx (tx_id, kind, name, arguments, author, device, at)"
        " VALUES (?, 'change', ?, ?, ?, 'other', ?)",
        (tx, name, json.dumps({"noun": noun, "label": label}), author, clock.to_text(clock.utc_now())),
    )
    connection.execute(
        "INSERT INTO history (after_seq, entry, op_id, tx_id, hlc, kind, tbl, row_id, changes, author,"
        " device, schema_version) VALUES (0, 'op', ?, ?, 1, 'update', ?, ?, '{}', ?, 'other', 1)",
        (ids.uuid7(clock.wall_ms()), tx, table, row_id, author),
    )
    return tx
