"""A million deals with three events each, straight into a store's tables.

Only a report reads them, and no report reads the log of changes: the triggers are
dropped while the rows go in and made anew afterwards, so that this takes half a minute
and not an hour. What the services would leave holds: a deal's row is its latest event.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from sfa import ids
from sfa.store.triggers import drop_triggers, make_triggers

TODAY = date(2026, 11, 20)
EVENTS = 3
_OWNERS = 50
_BATCH = 50_000
_FIRST_DAY = date(2025, 1, 1)
_STAMP = "2026-11-01T08:00:00.000Z"
_STAGES = "SELECT id, pipeline_id, probability_pct, category, kind FROM stage ORDER BY position"

_DEAL = """INSERT INTO deal (id, created_at, updated_at, ref, owner_id, name, pipeline_id, stage_id,
 probability_pct, category, closed_on, reached_stage_id, amount_minor, currency, close_on)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_EVENT = """INSERT INTO deal_event (id, created_at, updated_at, deal_id, effective_on, recorded_at,
 stage_id, amount_minor, currency, close_on, probability_pct, category, owner_id)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

Stage = tuple[str, str, int, str, str]
Cells = tuple[str | int | None, ...]


def fill(home: Path, count: int) -> None:
    """Fill an empty store with so many deals."""
    connection = sqlite3.connect(home / "sfa.db", isolation_level=None)
    connection.execute("PRAGMA cache_size = -262144")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    drop_triggers(connection)
    stages = [tuple(row) for row in connection.execute(_STAGES)]
    for number in range(_OWNERS):
        owner = (_id("c", number), _STAMP, _STAMP, ids.ref_of(_id("c", number)), f"Rep {number}", "rep")
        connection.execute(
            "INSERT INTO user (id, created_at, updated_at, ref, name, role) VALUES (?, ?, ?, ?, ?, ?)", owner
        )
    rows = _rows(count, stages)
    while batch := list(islice(rows, _BATCH)):
        connection.executemany(_DEAL, [deal for deal, _ in batch])
        connection.executemany(_EVENT, [event for _, events in batch for event in events])
    make_triggers(connection)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _id(kind: str, number: int) -> str:
    # The scattered half is at the end, as in real ids, whose front is the time.
    return (
        f"01a20000-{number >> 16 & 0xFFFF:04x}-7000-8{kind}00-{number * 2_654_435_761 & 0xFFFFFFFFFFFF:012x}"
    )


def _rows(count: int, stages: list[Stage]) -> Iterator[tuple[Cells, list[Cells]]]:
    open_ones = [stage for stage in stages if stage[4] == "open"]
    closed = [stage for stage in stages if stage[4] != "open"]
    for number in range(count):
        mixed = number * 2_654_435_761 % 4_294_967_296
        reached = 1 + mixed % (len(open_ones) - 1)
        # Two in five are closed, more of them lost than won.
        last = closed[mixed // 7 % 5 > 1] if mixed // 11 % 5 < 2 else open_ones[min(reached + 1, 3)]
        path = [open_ones[reached - 1], open_ones[reached], last]
        yield _deal(number, mixed, path)


def _deal(number: int, mixed: int, path: list[Stage]) -> tuple[Cells, list[Cells]]:
    deal, owner = _id("d", number), _id("c", mixed % _OWNERS)
    begun = _FIRST_DAY + timedelta(days=mixed % 640)
    days = [min(begun + timedelta(days=step * (3 + mixed % 17)), TODAY).isoformat() for step in range(EVENTS)]
    closes = (begun + timedelta(days=60 + mixed // 13 % 120)).isoformat()
    base = mixed % 90_000 + 10_000
    events: list[Cells] = []
    for step, (day, stage) in enumerate(zip(days, path, strict=True)):
        amount = base * (90 + 5 * step)
        stamp = f"{day}T08:00:00.000Z"
        events.append(
            (_id("e", number * EVENTS + step), stamp, stamp, deal, day, stamp, stage[0], amount, "USD",
             closes, stage[2], stage[3], owner)
        )  # fmt: skip
    last = path[-1]
    amount, closed = base * (85 + 5 * EVENTS), last[4] != "open"
    row: Cells = (
        deal, f"{days[0]}T08:00:00.000Z", f"{days[-1]}T08:00:00.000Z", ids.ref_of(deal), owner,
        f"Deal {number}", last[1], last[0], last[2], last[3], days[-1] if closed else None,
        path[-2][0] if closed else last[0], amount, "USD", closes,
    )  # fmt: skip
    return row, events
