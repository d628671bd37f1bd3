"""A deal's events against its row: the newest one says what the deal is now.

Summaries of any day are made of the events, so whatever writes a deal past its rules (an
undo, a merge, a repair) tells it with one more event.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from sfa import clock, ids
from sfa.store import change
from sfa.store.connection import StoreConnection

# What an event holds of its deal. Source: docs/metrics.md, deal events.
TUPLE = (
    "stage_id",
    "amount_minor",
    "currency",
    "close_on",
    "probability_pct",
    "category",
    "owner_id",
    "team_id",
)
_NEWEST = (
    "(SELECT e.id FROM deal_event e WHERE e.deal_id = d.id AND e.deleted_at IS NULL"
    " ORDER BY e.effective_on DESC, e.recorded_at DESC, e.id DESC LIMIT 1)"
)
EVENTLESS = f"SELECT d.id FROM deal d WHERE d.deleted_at IS NULL AND {_NEWEST} IS NULL"
DIFFERING = (
    f"SELECT d.id FROM deal d JOIN deal_event n ON n.id = {_NEWEST} WHERE d.deleted_at IS NULL"
    f" AND ({' OR '.join(f'd.{name} IS NOT n.{name}' for name in TUPLE)})"
)


def record(connection: StoreConnection, deal_id: str, *, effective_on: str) -> None:
    """Append an event with what the deal is now, in the open transaction, never before the latest one.

    The deal's row is its latest event by construction; a clock set back, or a day begun in
    another time zone, must not slip the newest event under an older one.
    """
    values = connection.execute(f"SELECT {', '.join(TUPLE)} FROM deal WHERE id = ?", (deal_id,)).fetchone()
    _insert(connection, deal_id, max(effective_on, latest_day(connection, deal_id) or ""), values)


def _insert(connection: StoreConnection, deal_id: str, effective_on: str, values: Iterable[object]) -> None:
    change.insert(
        connection,
        "deal_event",
        {
            "id": ids.uuid7(clock.wall_ms()),
            "deal_id": deal_id,
            "effective_on": effective_on,
            "recorded_at": connection.capture.stamp,
            **dict(zip(TUPLE, values, strict=True)),
        },
    )


def latest_day(connection: sqlite3.Connection, deal_id: str) -> str | None:
    """Return the day of a deal's latest event; ``None`` before the first."""
    found = connection.execute(
        "SELECT max(effective_on) FROM deal_event WHERE deal_id = ? AND deleted_at IS NULL", (deal_id,)
    )
    day: str | None = found.fetchone()[0]
    return day


def first_day(connection: sqlite3.Connection, deal_id: str) -> str | None:
    """Return the day of a deal's first event; ``None`` before it."""
    found = connection.execute(
        "SELECT min(effective_on) FROM deal_event WHERE deal_id = ? AND deleted_at IS NULL", (deal_id,)
    )
    day: str | None = found.fetchone()[0]
    return day


def date_back(connection: StoreConnection, deal_id: str, *, effective_on: str) -> None:
    """Give all events of a deal an earlier day, in their order and in the open transaction.

    Events are never changed: each is taken away and recorded again.
    """
    rows = connection.execute(
        f"SELECT id, {', '.join(TUPLE)} FROM deal_event WHERE deal_id = ? AND deleted_at IS NULL"
        " ORDER BY effective_on, recorded_at, id",
        (deal_id,),
    ).fetchall()
    stamp = connection.capture.stamp
    for event_id, *values in rows:
        change.update(connection, "deal_event", event_id, {"deleted_at": stamp})
        _insert(connection, deal_id, effective_on, values)


def tell(connection: StoreConnection, deals: Iterable[str], *, effective_on: str) -> None:
    """Append an event to each of these live deals whose latest one says something else than its row."""
    wanted = json.dumps(sorted(set(deals)))
    among = " AND d.id IN (SELECT value FROM json_each(?)) ORDER BY d.id"
    for query in (EVENTLESS, DIFFERING):
        for row in connection.execute(query + among, (wanted,)).fetchall():
            record(connection, row[0], effective_on=effective_on)


__all__ = ["DIFFERING", "EVENTLESS", "TUPLE", "date_back", "first_day", "latest_day", "record", "tell"]
