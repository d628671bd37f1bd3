"""How long a store opens without a sync, where the organisation says so: advice, not protection.

A finished sync leaves a file beside the store that says when that was and how many days it
holds; without the setting ``lease_days`` there is none, so that opening costs one look into
the folder. The file's own time is the greatest time seen: a clock set back gives nothing back.
Whoever owns the machine can remove the file. Source: docs/sync-security.md.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sfa import clock
from sfa.errors import Refused, msg
from sfa.store.home import LEASE_NAME, unusable_home

MOST_DAYS = 3650
_DAY_MS = 86_400_000
_WARNED_MS = 2 * _DAY_MS
_NOTED_EVERY_MS = 3_600_000


class LeaseOver(Refused):
    """The store asks for a sync before it opens."""


class Lease(NamedTuple):
    """When a sync last renewed it, how many days it holds, and the time it is, all in milliseconds."""

    since_ms: int
    days: int
    now_ms: int

    @property
    def until_ms(self) -> int:
        """Return when it ends."""
        return self.since_ms + self.days * _DAY_MS

    @property
    def until(self) -> str:
        """Return when it ends, as a stored instant."""
        return clock.to_text(_moment(self.until_ms))

    @property
    def is_over(self) -> bool:
        """Say whether it has ended."""
        return self.now_ms >= self.until_ms

    @property
    def is_ending(self) -> bool:
        """Say whether it ends within two days, or within its second half when it is shorter than four."""
        return self.until_ms - self.now_ms <= min(_WARNED_MS, self.days * _DAY_MS // 2)


def days_of(setting: object) -> int:
    """Return the days that a value of the setting ``lease_days`` stands for; 0 is no lease."""
    is_one = isinstance(setting, int) and not isinstance(setting, bool) and 0 <= setting <= MOST_DAYS
    return setting if is_one and isinstance(setting, int) else 0


def lease(home: Path) -> Lease | None:
    """Return how the lease of a home stands; ``None`` where there is none, or nobody can read it."""
    path = home / LEASE_NAME
    try:
        since, days = path.read_text("ascii").split()
        found = Lease(int(since), days_of(int(days)), 0)
        seen_ms = path.stat().st_mtime_ns // 1_000_000
    except (OSError, ValueError):
        return None
    now_ms = clock.wall_ms()
    if now_ms - seen_ms > _NOTED_EVERY_MS:
        _note(path, now_ms)
    return found._replace(now_ms=max(now_ms, seen_ms)) if found.days else None


def lease_of(connection: sqlite3.Connection) -> Lease | None:
    """Return how the lease of an open store stands."""
    file = connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0]
    return lease(Path(file).parent) if file else None


def check(home: Path) -> None:
    """Ask for a sync when the lease is over.

    Raises:
        LeaseOver: it is.
    """
    found = lease(home)
    if found is None or not found.is_over:
        return
    raise LeaseOver(
        msg("This store has not synced since {when}."),
        why=msg("Your organisation wants a sync every {days} days before a store opens."),
        hint=msg(
            "Run: sfa sync. What is unsent is safe and goes with it. Until then these work: sfa sync,"
            " sfa sync status, sfa login, sfa logout, sfa backup, sfa doctor."
        ),
        when=_moment(found.since_ms).astimezone().strftime("%Y-%m-%d %H:%M"),
        days=found.days,
    )


def renew(home: Path, now_ms: int, days: int) -> None:
    """Let a finished sync renew the lease; 0 days end it.

    Raises:
        StoreUnusable: the file cannot be written.
    """
    path = home / LEASE_NAME
    unfinished = path.with_name(f"{LEASE_NAME}.new-{os.getpid()}")
    try:
        if not days:
            path.unlink(missing_ok=True)
            return
        unfinished.touch(mode=0o600)
        unfinished.write_text(f"{now_ms} {days}\n", "ascii")
        _note(unfinished, now_ms)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise unusable_home(home, error) from error


def _note(path: Path, now_ms: int) -> None:
    with suppress(OSError):  # a folder that nobody may write to
        os.utime(path, ns=(now_ms * 1_000_000, now_ms * 1_000_000))


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
