"""Believable rows for the tests of the store, with the one interesting value in sight."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sfa import clock, ids
from sfa.errors import msg
from sfa.store import change
from sfa.store.content_hash import content_hash
from sfa.store.home import store_path
from sfa.store.perform import changing


def new_id() -> str:
    return ids.uuid7(clock.wall_ms())


def add(home: Path, table: str, **values: object) -> str:
    """Insert one row in a transaction of its own; return its id."""
    with changing(home, name=msg("Add")) as found:
        return change.insert(found.connection, table, {"id": new_id(), **values})


def edit(home: Path, table: str, row_id: str, **values: object) -> None:
    with changing(home, name=msg("Edit")) as found:
        change.update(found.connection, table, row_id, values)


def add_deal(home: Path, **values: object) -> str:
    """Insert a deal in the first stage with the event that says so; return its id."""
    deal = {"name": "20 pumps", "amount_minor": 500_000, "currency": "CNY", "probability_pct": 10, **values}
    with changing(home, name=msg("Add deal")) as found:
        connection = found.connection
        pipeline, stage = connection.execute(
            "SELECT pipeline_id, id FROM stage ORDER BY position LIMIT 1"
        ).fetchone()
        deal_id = change.insert(
            connection, "deal", {"id": new_id(), "pipeline_id": pipeline, "stage_id": stage, **deal}
        )
        event = {key: deal[key] for key in ("amount_minor", "currency", "probability_pct")}
        change.insert(
            connection,
            "deal_event",
            {
                "id": new_id(),
                "deal_id": deal_id,
                "effective_on": clock.today().isoformat(),
                "recorded_at": found.stamp,
                "stage_id": stage,
                **event,
            },
        )
    return deal_id


def value_of(home: Path, table: str, row_id: str, column: str) -> object:
    connection = sqlite3.connect(store_path(home))
    try:
        row = connection.execute(f"SELECT {column} FROM {table} WHERE id = ?", (row_id,)).fetchone()
        return row[0] if row else None
    finally:
        connection.close()


def hash_of_store(home: Path) -> str:
    connection = sqlite3.connect(store_path(home))
    try:
        return content_hash(connection)
    finally:
        connection.close()


def count(home: Path, query: str, *values: object) -> int:
    connection = sqlite3.connect(store_path(home))
    try:
        return int(connection.execute(query, values).fetchone()[0])
    finally:
        connection.close()


def page_size(data: bytes | bytearray) -> int:
    """Return the size of a store's pages. Source: SQLite, "Database File Format", 1.3."""
    return int.from_bytes(data[16:18], "big")
