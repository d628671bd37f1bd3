"""Deals against their events: the newest event says what the deal is now, and since when."""

from __future__ import annotations

import sqlite3

from sfa import clock, ids
from sfa.errors import msg
from sfa.store import standing
from sfa.store.checks import Finding, named, repairable
from sfa.store.connection import StoreConnection
from sfa.store.deal_events import DIFFERING, EVENTLESS, record

_MISDATED = f"SELECT id FROM deal WHERE {standing.DIFFERS} ORDER BY id"
_ADDED = msg("An event is added that says what the deal is now.")


def check_deals(connection: sqlite3.Connection) -> list[Finding]:
    """Return the deals without an event, and those that are not as their events say."""
    found = []
    for code, query, what, repair in (
        (
            "deal_without_event",
            f"{EVENTLESS} ORDER BY d.id",
            msg("{count} deals have no event, so no past: {deals}."),
            _ADDED,
        ),
        (
            "deal_event_differs",
            f"{DIFFERING} ORDER BY d.id",
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
    for row in connection.execute(EVENTLESS).fetchall():
        created = connection.execute("SELECT created_at FROM deal WHERE id = ?", (row[0],)).fetchone()[0]
        record(connection, row[0], effective_on=clock.local_day(clock.from_text(created)).isoformat())
    for row in connection.execute(DIFFERING).fetchall():
        record(connection, row[0], effective_on=clock.today().isoformat())
