"""What this device remembers of its syncs: typed access to ``local_state``, runs, and how things stand."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

from sfa.store.change import CLOCK_OFFSET, local_state
from sfa.store.lease import lease_of
from sfa.store.log import ALIASES, FORMER_DEVICES

ACKED_SEQ = "sync_acked_seq"
CURSOR = "sync_cursor"
EPOCH = "sync_epoch"
OWES_COMPARISON = (
    "sync_owes_comparison"  # while its place is not known to be the centre's: after another epoch, a fork
)
CODE = "sync_code"
ORGANISATION = "sync_organisation"
ROLE = "sync_role"
URL = "sync_url"
_JITTER_MS = 1_000


class Cursor(NamedTuple):
    """How far this device has pulled: the version, and the id of the batch that made it."""

    version: int
    batch: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """One sync as it ended; ``state`` is the engine's word for how, ``problem`` what stopped it."""

    run_id: str
    started_at: str
    ended_at: str | None
    state: str
    pushed: int = 0
    pulled: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    conflicts: int = 0
    refused: int = 0
    verified: bool | None = None
    problem: str | None = None

    @property
    def was_idle(self) -> bool:
        """Say whether it ended well and neither sent, received nor compared anything."""
        return self.state == "ok" and not self.pushed and not self.pulled and self.verified is None


@dataclass(frozen=True, slots=True)
class Standing:
    """How this device stands to the centre.

    ``signed_in`` says whether it ever was, or is to be at its first sync. ``unsent`` counts ops,
    ``unsent_since`` is the instant of the oldest of them. ``to_decide`` are open conflicts that
    concern the user and open proposals that went to them or to somebody below; ``not_applied``
    own transactions that were turned down or quarantined and not seen yet.
    Before the first login ``unsent`` leaves out what the store made for itself.
    ``sync_before`` is when the store begins to ask for a sync before it opens, where it does.
    """

    signed_in: bool
    last_run: Run | None
    last_success_at: str | None
    unsent: int
    unsent_since: str | None
    conflicts: int
    to_decide: int
    not_applied: int
    sync_before: str | None = None


def put(connection: sqlite3.Connection, key: str, value: str | None) -> None:
    """Keep a value of this device's own state, or forget it."""
    if value is None:
        connection.execute("DELETE FROM local_state WHERE key = ?", (key,))
    else:
        connection.execute("INSERT OR REPLACE INTO local_state (key, value) VALUES (?, ?)", (key, value))


def device_id(connection: sqlite3.Connection) -> str:
    """Return this device's id."""
    return local_state(connection, "device_id") or ""


def user_id(connection: sqlite3.Connection) -> str:
    """Return the id of the user: the local one before the first login, the centre's after it."""
    return local_state(connection, "user_id") or ""


def acked_seq(connection: sqlite3.Connection) -> int:
    """Return up to which own op the centre has answered."""
    return int(local_state(connection, ACKED_SEQ) or 0)


def cursor(connection: sqlite3.Connection) -> Cursor:
    """Return how far this device has pulled; version 0 before the first pull."""
    return _cursor(local_state(connection, CURSOR))


def _cursor(stored: str | None) -> Cursor:
    if stored is None:
        return Cursor(0, None)
    found = json.loads(stored)
    return Cursor(found["version"], found["batch"])


def put_cursor(connection: sqlite3.Connection, at: Cursor) -> None:
    """Keep how far this device has pulled; part of the transaction that applied it."""
    put(connection, CURSOR, json.dumps({"version": at.version, "batch": at.batch}))


class Place(NamedTuple):
    """Who this device is to the centre, and where it is with it."""

    device: str
    acked_seq: int
    cursor: Cursor
    epoch: str | None


def place(connection: sqlite3.Connection) -> Place:
    """Return with one question what each sync begins with."""
    query = "SELECT key, value FROM local_state WHERE key IN ('device_id', ?, ?, ?)"
    known = dict(map(tuple, connection.execute(query, (ACKED_SEQ, CURSOR, EPOCH))))
    return Place(
        known.get("device_id", ""),
        int(known.get(ACKED_SEQ) or 0),
        _cursor(known.get(CURSOR)),
        known.get(EPOCH),
    )


def epoch(connection: sqlite3.Connection) -> str | None:
    """Return the centre's epoch the cursor belongs to."""
    return local_state(connection, EPOCH)


def centre(connection: sqlite3.Connection) -> str | None:
    """Return the address of the centre this store is signed in to."""
    return local_state(connection, URL)


def aliases(connection: sqlite3.Connection) -> dict[str, str]:
    """Return local user id -> the centre's user id, for every login of this store."""
    return _mapping(local_state(connection, ALIASES))


def former_devices(connection: sqlite3.Connection) -> list[str]:
    """Return the ids this store had before it was forked."""
    stored = local_state(connection, FORMER_DEVICES)
    return list(json.loads(stored)) if stored else []


def local_author(connection: sqlite3.Connection) -> str:
    """Return the user id that ops carried before the login of the present user."""
    me = user_id(connection)
    return next((local for local, central in aliases(connection).items() if central == me), me)


def is_clock_known(connection: sqlite3.Connection, offset_ms: int) -> bool:
    """Say whether the centre's clock is kept to be so far ahead; what a message takes is no difference."""
    return abs(offset_ms - int(local_state(connection, CLOCK_OFFSET) or 0)) <= _JITTER_MS


def keep_clock_offset(connection: sqlite3.Connection, offset_ms: int) -> None:
    """Keep how far the centre's clock is ahead of this machine's."""
    if not is_clock_known(connection, offset_ms):
        put(connection, CLOCK_OFFSET, str(offset_ms))


def _mapping(stored: str | None) -> dict[str, str]:
    return dict(json.loads(stored)) if stored else {}


_RUN = (
    "id, started_at, ended_at, state, pushed, pulled, bytes_out, bytes_in, conflicts, refused, verified,"
    " problem"
)


def record_run(connection: sqlite3.Connection, run: Run) -> None:
    """Keep a run, or renew what is kept of it."""
    verified = None if run.verified is None else int(run.verified)
    connection.execute(
        f"INSERT OR REPLACE INTO sync_run ({_RUN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run.run_id,
            run.started_at,
            run.ended_at,
            run.state,
            run.pushed,
            run.pulled,
            run.bytes_out,
            run.bytes_in,
            run.conflicts,
            run.refused,
            verified,
            run.problem,
        ),
    )


def was_verified_since(connection: sqlite3.Connection, instant: str) -> bool:
    """Say whether store and centre were compared since an instant."""
    query = "SELECT 1 FROM sync_run WHERE started_at >= ? AND verified IS NOT NULL LIMIT 1"
    return connection.execute(query, (instant,)).fetchone() is not None


def runs(connection: sqlite3.Connection, limit: int = 20) -> list[Run]:
    """Return the latest runs, newest first."""
    rows = connection.execute(f"SELECT {_RUN} FROM sync_run ORDER BY started_at DESC LIMIT ?", (limit,))
    return [_run(tuple(row)) for row in rows]


def _run(row: tuple[Any, ...]) -> Run:
    verified = None if row[10] is None else bool(row[10])
    parts = [*row[:10], verified, row[11]]
    return Run(*parts)


def standing(connection: sqlite3.Connection) -> Standing:
    """Return how this device stands to the centre; reads only."""
    from sfa.finding.deciding import waiting_conflicts, waiting_proposals
    from sfa.finding.outcomes import unseen
    from sfa.sync.device.outbox import made, unsent

    me = user_id(connection)
    held = lease_of(connection)
    latest = runs(connection, 1)
    waiting = unsent(connection)
    was_signed_in = centre(connection) is not None or epoch(connection) is not None
    conflicts = waiting_conflicts(connection, me)
    proposals = waiting_proposals(connection, me)
    success = connection.execute(
        "SELECT max(ended_at) FROM sync_run WHERE state IN ('ok', 'decisions')"
    ).fetchone()[0]
    return Standing(
        was_signed_in,
        latest[0] if latest else None,
        success,
        *((waiting.count, waiting.since) if was_signed_in else made(connection)),
        conflicts,
        conflicts + proposals,
        unseen(connection),
        held.until if held is not None else None,
    )
