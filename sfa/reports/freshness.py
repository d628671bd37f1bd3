"""How old the data is and what waits: stands at the bottom of the app and at the head of every print.

One query, asked after every change; only where something is open, it is looked at one by one.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from sfa import clock
from sfa.finding.organisation import local_user_id
from sfa.store.lease import lease_of

_STATE = "(SELECT value FROM local_state WHERE key = '{}')"
_ACKED = f"coalesce(CAST({_STATE.format('sync_acked_seq')} AS INTEGER), 0)"
# Ids of runs grow with time, so the newest are read first and the others not at all.
_SUCCESS = "(SELECT {} FROM sync_run WHERE state IN ('ok', 'decisions') ORDER BY id DESC LIMIT 1)"
_QUERY = f"""SELECT
    coalesce({_STATE.format("sync_url")}, {_STATE.format("sync_epoch")}) IS NOT NULL,
    {_SUCCESS.format("ended_at")},
    max(0, coalesce((SELECT max(seq) FROM oplog), 0) - {_ACKED}),
    (SELECT hlc FROM oplog WHERE seq > {_ACKED} ORDER BY seq LIMIT 1),
    EXISTS (SELECT 1 FROM conflict WHERE state = 'open' AND deleted_at IS NULL),
    EXISTS (SELECT 1 FROM proposal WHERE state = 'open' AND deleted_at IS NULL),
    (SELECT state FROM sync_run WHERE state NOT IN ('running', 'stopped') ORDER BY id DESC LIMIT 1),
    (SELECT min(started_at) FROM sync_run WHERE state IN ('unreachable', 'refused', 'failed')
     AND id > coalesce({_SUCCESS.format("id")}, ''))"""
_FAILURES = frozenset({"unreachable", "refused", "failed"})


class Freshness(NamedTuple):
    """How this store stands to the centre; instants are stored text.

    ``as_of`` is when the last sync that worked ended, ``unsent`` counts ops and
    ``unsent_since`` tells of the oldest, ``waiting`` counts decisions that wait for the user.
    ``failure`` is how the latest sync failed, empty when it did not, ``failing_since`` the first
    failure since one that worked. ``sync_before`` is when the store begins to ask for a sync before
    it opens, where that is near.
    """

    is_signed_in: bool = False
    as_of: str | None = None
    unsent: int = 0
    unsent_since: str | None = None
    waiting: int = 0
    failure: str = ""
    failing_since: str | None = None
    sync_before: str | None = None


NEVER = Freshness()  # was anybody signed in here


def freshness(connection: sqlite3.Connection) -> Freshness:
    """Return how the store stands to the centre; everything is empty where nobody ever signed in."""
    signed_in, as_of, unsent, oldest, quarrels, proposals, latest, since = tuple(
        connection.execute(_QUERY).fetchone()
    )
    if not signed_in:
        return NEVER
    return Freshness(
        True,
        as_of,
        unsent,
        clock.to_text(clock.hlc_instant(oldest)) if oldest is not None else None,
        _waiting(connection) if quarrels or proposals else 0,
        latest if latest in _FAILURES else "",
        since if latest in _FAILURES else None,
        _sync_before(connection),
    )


def _sync_before(connection: sqlite3.Connection) -> str | None:
    held = lease_of(connection)
    return held.until if held is not None and held.is_ending else None


def _waiting(connection: sqlite3.Connection) -> int:
    # Rarely needed, and by the quickest commands.
    from sfa.finding.deciding import waiting_conflicts, waiting_proposals

    me = local_user_id(connection)
    return waiting_conflicts(connection, me) + waiting_proposals(connection, me)
