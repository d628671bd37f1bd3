"""Deals against their events: the newest event says what the deal is now, and since when."""

from __future__ import annotations

import sqlite3

from sfa import clock, ids
from sfa.errors import msg
from sfa.store import change, standing
from sfa.store.checks import Finding, named, repairable
from sfa.store.connection import StoreConnection

_TUPLE = (
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
_EVENTLESS = f"SELECT d.id FROM deal d WHERE d.deleted_at IS NULL AND {_NEWEST} IS NULL ORDER BY d.id"
_DIFFERING = (
    f"SELECT d.id FROM deal d JOIN deal_event n ON n.id = {_NEWEST} WHERE d.deleted_at IS NULL"
    f" AND ({' OR '.join(f'd.{name} IS NOT n.{name}' for name in _TUPLE)}) ORDER BY d.id"
)
_MISDATED = f"SELECT id FROM deal WHERE {standing.DIFFERS} ORDER BY id"
_ADDED = msg("An event is added that says what the deal is now.")


def check_deals(connection: sqlite3.Connection) -> list[Finding]:
    """Return the deals without an event, and those that are not as their events say."""
    found = []
    for code, query, what, repair in (
        ("deal_without_event", _EVENTLESS, msg("{count} deals have no event, so no past: {deals}."), _ADDED),
        (
            "deal_event_differs",
            _DIFFERING,
            msg("{count} deals are not as their newest event says: {deals}."),
            _ADDED,
        ),
        (
            "deal_days_differ",
            _MISDATED,
            msg("{count} deals say another day of their latest event or stage than their events: {deals}."),
            msg("The days are taken from the events again."),
        ),
    ):
        deals = [row[0] for row in connection.execute(query)]
        if deals:
            found.append(
                repairable(
                    code,
                    what,
                    repair,
                    count=len(deals),
                    deals=named([ids.ref_of(deal)[:8] for deal in deals]),
                )
            )
    return found


def repair_deals(connection: StoreConnection) -> None:
    """Take the days from the events again and add the events that are missing, in the open transaction."""
    connection.execute(standing.refreshed(standing.DIFFERS))
    for row in connection.execute(_EVENTLESS).fetchall():
        created = connection.execute("SELECT created_at FROM deal WHERE id = ?", (row[0],)).fetchone()[0]
        _add_event(connection, row[0], clock.local_day(clock.from_text(created)).isoformat())
    for row in connection.execute(_DIFFERING).fetchall():
        newest = connection.execute(
            "SELECT max(effective_on) FROM deal_event WHERE deal_id = ? AND deleted_at IS NULL", (row[0],)
        ).fetchone()[0]
        _add_event(connection, row[0], max(newest, clock.today().isoformat()))


def _add_event(connection: StoreConnection, deal_id: str, effective_on: str) -> None:
    values = connection.execute(f"SELECT {', '.join(_TUPLE)} FROM deal WHERE id = ?", (deal_id,)).fetchone()
    change.insert(
        connection,
        "deal_event",
        {
            "id": ids.uuid7(clock.wall_ms()),
            "deal_id": deal_id,
            "effective_on": effective_on,
            "recorded_at": connection.capture.stamp,
            **dict(zip(_TUPLE, values, strict=True)),
        },
    )
