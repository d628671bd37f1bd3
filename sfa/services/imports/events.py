"""The events of imported deals: one for every stage with a day, so that past pipelines can be asked for.

Events of a deal that was there are compared by what they say: a day corrected in
the file takes the place of the imported one, and a change of the forecast is
appended with the day of the import.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping

from sfa.services.imports.columns import Batch
from sfa.services.imports.deals import Path
from sfa.services.imports.record_ids import LISTED, child_ids
from sfa.services.imports.records import EMPTY, TOMBSTONE, TableWrites, Values, present_rows
from sfa.terms import Verdict

# What an event holds of its deal. Source: docs/metrics.md, deal events.
FORECAST = (
    "stage_id",
    "amount_minor",
    "currency",
    "close_on",
    "probability_pct",
    "category",
    "owner_id",
    "team_id",
)
# `recorded_at` is planned as milliseconds after the transaction's instant, so that events of
# one day keep their order.
_COLUMNS = ("id", "deal_id", "effective_on", "recorded_at", *FORECAST)
_Live = dict[str, list[tuple[str, str, Values]]]


def plan_events(
    connection: sqlite3.Connection, batch: Batch, paths: Mapping[int, Path], verdicts: list[Verdict]
) -> TableWrites:
    """Return the events to write; a deal that gets one was not the same after all."""
    writes = TableWrites("deal_event", _COLUMNS)
    finals = _Finals(connection, batch, verdicts)
    known: list[int] = []
    for place, path in paths.items():
        if verdicts[place] is Verdict.CREATE:
            writes.inserts += _new(batch, place, path, finals.new(place))
        elif verdicts[place] is not Verdict.REJECT:
            known.append(place)
    if known:
        _compare(connection, batch, paths, verdicts, writes, {place: finals.known(place) for place in known})
    return writes


def _new(batch: Batch, place: int, path: Path, final: Values) -> list[Values]:
    deal_id = batch.wanted.ids[place]
    row_ids = _event_ids(batch, deal_id, [(stage.id, day) for stage, day in path.steps])
    last = len(path.steps) - 1
    return [
        (row_id, deal_id, day, number, *(final if number == last else _passed(stage, final)))
        for number, (row_id, (stage, day)) in enumerate(zip(row_ids, path.steps, strict=True))
    ]


def _passed(stage: object, final: Values) -> Values:
    """Return the forecast at a stage that was left again: what it was worth then is not known."""
    return (
        getattr(stage, "id", None),
        None,
        None,
        None,
        getattr(stage, "probability_pct", 0),
        getattr(stage, "category", "pipeline"),
        *final[-2:],
    )


def _event_ids(batch: Batch, deal_id: str, steps: list[tuple[str, str]]) -> list[str]:
    parts = [f"event/{stage_id}/{day}" for stage_id, day in steps]
    return child_ids([deal_id] * len(parts), batch.wanted.source, parts)


class _Finals:
    """What each deal's forecast will be after the import."""

    def __init__(self, connection: sqlite3.Connection, batch: Batch, verdicts: list[Verdict]) -> None:
        self._columns = [batch.column(name) for name in FORECAST]
        self._defaults = [batch.wanted.defaults.get(name) for name in FORECAST]
        self._ids = batch.wanted.ids
        known = [
            row_id
            for row_id, verdict in zip(self._ids, verdicts, strict=True)
            if verdict is not Verdict.CREATE
        ]
        self._present = present_rows(connection, "deal", known, FORECAST)

    def new(self, place: int) -> Values:
        """Return the forecast of a deal that is created."""
        values = zip(self._columns, self._defaults, strict=True)
        return tuple(default if column[place] is None else column[place] for column, default in values)

    def known(self, place: int) -> Values:
        """Return the forecast of a deal that was there, with the import's changes."""
        _, *held = self._present[self._ids[place]]
        values = ((column[place], old) for column, old in zip(self._columns, held, strict=True))
        return tuple(old if new is None else None if new is EMPTY else new for new, old in values)


def _compare(
    connection: sqlite3.Connection,
    batch: Batch,
    paths: Mapping[int, Path],
    verdicts: list[Verdict],
    writes: TableWrites,
    finals: Mapping[int, Values],
) -> None:
    live = _live_events(connection, [batch.wanted.ids[place] for place in finals])
    for place, final in finals.items():
        before = len(writes.inserts) + len(writes.updates)
        _compare_one(connection, batch, place, paths[place], final, live, writes)
        if len(writes.inserts) + len(writes.updates) > before and verdicts[place] is Verdict.SAME:
            verdicts[place] = Verdict.UPDATE


def _live_events(connection: sqlite3.Connection, deal_ids: list[str]) -> _Live:
    found: _Live = defaultdict(list)
    rows = connection.execute(
        f"SELECT deal_id, id, effective_on, {', '.join(FORECAST)} FROM deal_event"
        f" WHERE deal_id IN {LISTED} AND deleted_at IS NULL ORDER BY effective_on, recorded_at, id",
        (json.dumps(deal_ids),),
    )
    for row in rows:
        found[row[0]].append((row[1], row[2], tuple(row)[3:]))
    return found


def _compare_one(
    connection: sqlite3.Connection,
    batch: Batch,
    place: int,
    path: Path,
    final: Values,
    live: _Live,
    writes: TableWrites,
) -> None:
    deal_id = batch.wanted.ids[place]
    events = list(live[deal_id])
    own = path.steps[-1][0].id
    for stage, day in path.steps:
        stays = stage.id == own and not path.moves and not path.is_dated
        if stays and any(event[2][0] == own for event in events):
            continue  # no day in the file: the day of the first import stands
        if any(event[1] == day and event[2][0] == stage.id for event in events):
            continue
        events = _without_misdated(batch, deal_id, stage.id, day, events, writes)
        row_id = _event_ids(batch, deal_id, [(stage.id, day)])[0]
        values = final if stage.id == own else _passed(stage, final)
        _put(connection, writes, (row_id, deal_id, day, len(events)), values)
        events.append((row_id, day, values))
    events.sort(key=lambda event: event[1])
    if not events or events[-1][2] != final:
        _append(connection, batch, deal_id, final, writes)


def _without_misdated(
    batch: Batch,
    deal_id: str,
    stage_id: str,
    day: str,
    events: list[tuple[str, str, Values]],
    writes: TableWrites,
) -> list[tuple[str, str, Values]]:
    """Take away what an earlier import said of the same stage with another day."""
    kept = []
    for event in events:
        imported = event[0] == _event_ids(batch, deal_id, [(stage_id, event[1])])[0]
        if imported and event[2][0] == stage_id and event[1] != day:
            writes.updates.append((event[0], {"deleted_at": TOMBSTONE}))
        else:
            kept.append(event)
    return kept


def _put(
    connection: sqlite3.Connection, writes: TableWrites, front: tuple[str, str, str, int], values: Values
) -> None:
    """Insert an event, or bring it back when an undo took it away and it says the same."""
    row_id, deal_id, *rest = front
    present = present_rows(connection, "deal_event", [row_id], FORECAST)
    if row_id not in present:
        writes.inserts.append((*front, *values))
    elif present[row_id][1:] == values:
        writes.updates.append((row_id, {"deleted_at": None}))
    else:
        again = child_ids([deal_id], row_id, [json.dumps(values)])[0]
        writes.inserts.append((again, deal_id, *rest, *values))


def _append(
    connection: sqlite3.Connection, batch: Batch, deal_id: str, final: Values, writes: TableWrites
) -> None:
    """Append the new forecast with the day of the import."""
    day = batch.context.today.isoformat()
    part = json.dumps(
        ["forecast", day, connection.execute("SELECT max(seq) FROM oplog").fetchone()[0], *final]
    )
    row_id = child_ids([deal_id], batch.wanted.source, [part])[0]
    writes.inserts.append((row_id, deal_id, day, len(FORECAST), *final))
