"""The open deals: their ages, the largest ones, and the ones where nothing happens.

Here they are read from the events; those whose own row says it all come from ``own_rows``.
What a deal's events say comes packed in one text a deal, so that each event is looked up
once: the last day, the first event in the stage the deal stands in, and the last event in
another stage. Only a deal that came back to a stage is asked again.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappush, heappushpop

from sfa import clock
from sfa.reports.pipeline.figures import DealLine, Scope, Tally
from sfa.reports.pipeline.rates import Rates
from sfa.reports.pipeline.state import ORDER, State, entered, visible

SHOWN = 10
Ranking = list[tuple[int, int, str]]  # (amount, urgency, deal), a heap whose root is the least kept


@dataclass(slots=True)
class OpenDeals:
    """What the pass found, by currency shown; ``""`` for deals without an amount."""

    ages: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)  # deals, days a stage
    stale: dict[str, Tally] = field(default_factory=dict)
    top: dict[str, Ranking] = field(default_factory=lambda: defaultdict(list))
    stale_top: dict[str, Ranking] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Touched:
    """Deals with a done activity about them after a cutoff, up to the day asked for."""

    cutoff: date
    as_of: date

    def condition(self, activity: str) -> str:
        """Return the condition that an activity is one of those."""
        of = f"{activity}.deleted_at IS NULL AND {activity}.state = 'done' AND {activity}.at >= :after"
        return f"{of} AND {activity}.at < :until AND +{activity}.deal_id IS NOT NULL"

    def params(self) -> dict[str, str]:
        """Return the ends in time, as stored."""
        return {"after": _midnight_after(self.cutoff), "until": _midnight_after(self.as_of)}


def read_open_deals(
    connection: sqlite3.Connection, state: State, scope: Scope, rates: Rates, touched: Touched
) -> OpenDeals:
    """Return what those open deals have to show of which the events must be asked."""
    found = OpenDeals()
    if not state.events:
        return found
    entries: dict[tuple[str, str, str], int] = defaultdict(int)
    quiet: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    busy, last_quiet_day = _busy(connection, touched), touched.cutoff.isoformat()
    for deal, stage, own, minor, packed in _rows(connection, state, scope):
        currency, amount = rates.shown(minor or 0, own)
        last = packed[:10]
        if last:
            same, _, other = packed[10:].partition("|")
            day = same[:10] if same > other else _came_back(connection, state, scope, (deal, stage))
            # No day: a row that its latest event does not say, as when two devices' changes met.
            entries[stage, currency, day or last] += 1
        if minor is not None:
            keep(found.top[currency], amount, last, deal)
        if last <= last_quiet_day and deal not in busy:
            sums = quiet[currency]
            sums[0] += 1
            sums[1] += amount
            keep(found.stale_top[currency], amount, last, deal)
    found.ages = _ages(entries, scope.as_of)
    found.stale = {currency: Tally(*sums) for currency, sums in quiet.items()}
    return found


def _rows(connection: sqlite3.Connection, state: State, scope: Scope) -> sqlite3.Cursor:
    cursor = connection.cursor()
    cursor.row_factory = None
    key = ORDER.format("x")
    packed = (
        f"(SELECT max(x.effective_on) || coalesce(min(CASE WHEN x.stage_id = s.stage_id THEN {key} END), '')"
        f" || '|' || coalesce(max(CASE WHEN x.stage_id <> s.stage_id THEN {key} END), '')"
        f" FROM deal_event x WHERE x.deal_id = s.deal_id AND x.deleted_at IS NULL AND {visible('x', scope)})"
    )
    return cursor.execute(
        f"SELECT s.deal_id, s.stage_id, coalesce(s.currency, ''), s.amount_minor,"
        f" coalesce({packed}, '')"
        f" FROM ({state.events}) s WHERE s.stage_id IN ({state.ids('open')})",
        state.params,
    )


def _busy(connection: sqlite3.Connection, touched: Touched) -> set[str]:
    rows = connection.execute(
        f"SELECT v.deal_id FROM activity v WHERE {touched.condition('v')}", touched.params()
    )
    return {row[0] for row in rows}


def _midnight_after(day: date) -> str:
    return clock.to_text(clock.instant_at(day + timedelta(days=1), 0))


def _came_back(
    connection: sqlite3.Connection, state: State, scope: Scope, deal_and_stage: tuple[str, str]
) -> str | None:
    """Return the day a deal last entered its stage, for one that was in it before."""
    deal, stage = deal_and_stage
    sql = f"SELECT {entered(':deal', ':stage', scope)}"
    day: str | None = connection.execute(sql, {**state.params, "deal": deal, "stage": stage}).fetchone()[0]
    return day


def keep(ranking: Ranking, amount: int, last: str, deal: str) -> None:
    """Keep a deal when it is among the largest so far, or as large and quiet for longer."""
    if len(ranking) == SHOWN and amount < ranking[0][0]:
        return
    entry = (amount, -int(last.replace("-", "") or 0), deal)
    if len(ranking) < SHOWN:
        heappush(ranking, entry)
    elif entry > ranking[0]:
        heappushpop(ranking, entry)


def _ages(entries: dict[tuple[str, str, str], int], as_of: date) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for (stage, currency, day), count in entries.items():
        deals, days = found.get((stage, currency), (0, 0))
        age = (as_of - date.fromisoformat(day)).days
        found[stage, currency] = (deals + count, days + count * age)
    return found


def deal_lines(
    connection: sqlite3.Connection, state: State, rates: Rates, ranking: Ranking
) -> tuple[DealLine, ...]:
    """Return the ranked deals with their details, in the ranking's order."""
    rows = connection.execute(
        "SELECT s.deal_id, s.ref, s.name, (SELECT a.name FROM account a WHERE a.id = s.account_id),"
        " (SELECT u.name FROM user u WHERE u.id = s.owner_id), s.stage_id, s.amount_minor,"
        f" s.currency, s.close_on, s.next_step FROM ({state.sql}) s WHERE s.deal_id IN ({_places(ranking)})",
        {**state.params, **{f"deal{at}": deal for at, (_, _, deal) in enumerate(ranking)}},
    )
    lines = {row[0]: _line(row, state, rates) for row in rows}
    return tuple(lines[deal] for _, _, deal in ranking)


def _places(ranking: Ranking) -> str:
    return ", ".join(f":deal{at}" for at in range(len(ranking)))


def _line(row: sqlite3.Row, state: State, rates: Rates) -> DealLine:
    deal, ref, name, account, owner, stage, amount, currency, close_on, next_step = row
    return DealLine(
        deal_id=deal,
        ref=ref,
        name=name,
        account=account or "",
        owner=owner or "",
        stage=state.stages[stage].name,
        amount=rates.convert(amount, currency) if amount is not None else None,
        currency=rates.shown_in(currency) if currency else None,
        close_on=close_on,
        next_step=next_step,
    )


def quiet_days(connection: sqlite3.Connection, state: State, scope: Scope, deal: str) -> int | None:
    """Return the days since a deal's last event or activity; ``None`` when it has neither."""
    event, activity = connection.execute(
        "SELECT (SELECT max(q.effective_on) FROM deal_event q WHERE q.deal_id = :deal"
        f" AND q.deleted_at IS NULL AND {visible('q', scope)}),"
        " (SELECT max(c.at) FROM activity c WHERE c.deal_id = :deal"
        " AND c.deleted_at IS NULL AND c.state = 'done' AND c.at < :until)",
        {**state.params, "deal": deal, "until": _midnight_after(scope.as_of)},
    ).fetchone()
    days = [date.fromisoformat(event)] if event else []
    days += [clock.local_day(clock.from_text(activity))] if activity else []
    return (scope.as_of - max(days)).days if days else None
