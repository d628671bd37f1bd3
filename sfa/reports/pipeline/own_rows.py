"""One pass over the deals that their own rows speak for: cells, ages, and what is quiet.

The pass reads one index in its own order, so that nothing is sorted and no row and no
event is looked up. The largest deals are then asked for in the few cells that can hold
them, by the greatest amount of each.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sfa.reports.pipeline.cube import Cell, period_params
from sfa.reports.pipeline.figures import Scope, Tally
from sfa.reports.pipeline.open_deals import SHOWN, OpenDeals, Ranking, Touched, keep
from sfa.reports.pipeline.rates import Rates
from sfa.reports.pipeline.state import State

GROUPS = ("owner", "manager", "team")  # what the pass tells apart
_KEY = ("d.owner_id", "d.team_id", "d.stage_id", "d.category", "d.currency", "substr(d.closed_on, 1, 7)")
_FROM = "FROM deal d INDEXED BY ix_deal_print"
_STALE = "(d.event_on IS NULL OR d.event_on <= :cutoff)"
_SUMS = (
    "count(*)",
    "coalesce(sum(d.amount_minor), 0)",
    "coalesce(sum(d.amount_minor * d.probability_pct), 0)",
    "count(*) - count(d.close_on)",
    "coalesce(sum(d.close_on < :as_of), 0)",
    "count(d.stage_on)",
    "CAST(coalesce(sum(julianday(:as_of) - julianday(d.stage_on)), 0) AS INTEGER)",
    f"coalesce(sum({_STALE}), 0)",
    f"coalesce(sum(CASE WHEN {_STALE} THEN d.amount_minor END), 0)",
    "coalesce(max(d.amount_minor), -1)",
    f"coalesce(max(CASE WHEN {_STALE} THEN coalesce(d.amount_minor, 0) END), -1)",
)
_INSIDE = "d.closed_on BETWEEN :start AND :end"
_Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RowCell:
    """Deals alike in all that a print adds them up by; amounts in their own currency.

    ``largest`` and ``largest_stale`` are -1 where the cell has no such deal.
    """

    owner_id: str | None
    team_id: str | None
    stage_id: str
    category: str
    currency: str | None
    month: str | None
    count: int
    amount: int
    weighted: int
    no_close_date: int
    overdue: int
    entered: int
    days: int
    stale: int
    stale_amount: int
    largest: int
    largest_stale: int
    inside: int = 0
    inside_amount: int = 0

    def key(self) -> _Key:
        """Return what the cell's deals share, in the order of the index."""
        return (self.owner_id, self.team_id, self.stage_id, self.category, self.currency, self.month)


def read_row_cells(connection: sqlite3.Connection, state: State, scope: Scope, cutoff: date) -> list[RowCell]:
    """Return the cells of the deals whose rows say it; quiet since the cutoff are the stale ones."""
    if not state.rows:
        return []
    key = ", ".join(_KEY)
    inside = (f"sum({_INSIDE})", f"sum(CASE WHEN {_INSIDE} THEN d.amount_minor END)") if scope.period else ()
    sums = ", ".join([*_SUMS, *(f"coalesce({each}, 0)" for each in inside)])
    cursor = connection.cursor()
    cursor.row_factory = None
    rows = cursor.execute(
        f"SELECT {key}, {sums} {_FROM} WHERE {state.rows} GROUP BY {key}",
        {**state.params, **period_params(scope), "cutoff": cutoff.isoformat()},
    )
    return [RowCell(*row) for row in rows]


def cells_of(rows: Iterable[RowCell], scope: Scope) -> list[Cell]:
    """Return the cells by the scope's grouping, in a period apart from the others."""
    found: dict[tuple[str, str, str, str, str, bool], list[int]] = defaultdict(lambda: [0] * 6)
    for row in rows:
        group = row.team_id if scope.by == "team" else row.owner_id
        key = (row.stage_id, row.category, row.currency or "", group or "", row.month or "")
        without = 0 if row.currency else 1
        if scope.period is None or row.inside == row.count:
            parts = [(True, row.count, row.amount)]
        else:
            parts = [(False, row.count - row.inside, row.amount - row.inside_amount)]
            parts += [(True, row.inside, row.inside_amount)] if row.inside else []
        # Only closed deals are in a period or not, and of these nothing but count and amount is shown.
        weighted, no_close_date, overdue = row.weighted, row.no_close_date, row.overdue
        for inside, count, amount in parts:
            sums = found[(*key, inside)]
            added = (count, amount, weighted, without * count, no_close_date, overdue)
            found[(*key, inside)] = [old + new for old, new in zip(sums, added, strict=True)]
            weighted = no_close_date = overdue = 0
    return [Cell(*key, *sums) for key, sums in found.items()]


def add_open_deals(
    found: OpenDeals,
    connection: sqlite3.Connection,
    state: State,
    rates: Rates,
    rows: Iterable[RowCell],
    touched: Touched,
    *,
    first: str,
) -> None:
    """Add what the open deals among the rows have to show: ages, the largest ones, the stale ones.

    Deals without an amount are ranked only when the currency shown first leaves places free.
    """
    opened = [row for row in rows if state.stages[row.stage_id].kind == "open"]
    _add_ages(found, rates, opened)
    busy = _busy(connection, state, touched)
    _add_stale(found, rates, opened, busy)
    asked = _Asked(connection, state, rates, touched.cutoff.isoformat(), first)
    _rank(found.top, asked, [(row.largest, row) for row in opened], {}, "d.amount_minor IS NOT NULL")
    _rank(found.stale_top, asked, [(row.largest_stale, row) for row in opened], busy, _STALE)


def _add_ages(found: OpenDeals, rates: Rates, opened: list[RowCell]) -> None:
    for row in opened:
        if row.entered:
            key = (row.stage_id, rates.shown_in(row.currency or ""))
            count, days = found.ages.get(key, (0, 0))
            found.ages[key] = (count + row.entered, days + row.days)


_Busy = dict[_Key, dict[str, int]]  # a cell's key -> deal -> amount


def _busy(connection: sqlite3.Connection, state: State, touched: Touched) -> _Busy:
    """Return the deals without a late event that an activity keeps from being stale."""
    found: _Busy = defaultdict(dict)
    sql = (
        f"SELECT DISTINCT d.id, coalesce(d.amount_minor, 0), {', '.join(_KEY)} FROM activity v"
        f" CROSS JOIN deal d ON d.id = v.deal_id WHERE {touched.condition('v')} AND {state.rows}"
        f" AND {_STALE} AND d.stage_id IN ({state.ids('open')})"
    )
    params = {**state.params, **touched.params(), "cutoff": touched.cutoff.isoformat()}
    for deal, amount, *key in connection.execute(sql, params):
        found[tuple(key)][deal] = amount
    return found


def _add_stale(found: OpenDeals, rates: Rates, opened: list[RowCell], busy: _Busy) -> None:
    sums: dict[str, Tally] = defaultdict(Tally)
    for row in opened:
        own = busy.get(row.key(), {})
        sums[row.currency or ""] += Tally(row.stale - len(own), row.stale_amount - sum(own.values()))
    for currency, tally in sums.items():
        if tally.count:
            shown = rates.shown_in(currency)
            converted = Tally(tally.count, rates.convert(tally.amount, currency))
            found.stale[shown] = found.stale.get(shown, Tally()) + converted


@dataclass(frozen=True, slots=True)
class _Asked:
    connection: sqlite3.Connection
    state: State
    rates: Rates
    cutoff: str
    first: str


def _rank(
    rankings: dict[str, Ranking],
    asked: _Asked,
    cells: list[tuple[int, RowCell]],
    busy: _Busy,
    condition: str,
) -> None:
    """Add the largest deals under a condition, asking only the cells that can have one of them."""
    candidates = []
    for largest, row in cells:
        if largest >= 0:
            shown, amount = asked.rates.shown(largest, row.currency or "")
            candidates.append((amount, shown, row))
    for amount, shown, row in sorted(candidates, key=lambda each: (not each[1], -each[0], each[1])):
        ranking = rankings[shown]
        if len(ranking) == SHOWN and amount < ranking[0][0]:
            continue
        if not shown and len(rankings[asked.first]) == SHOWN:
            continue
        skipped = busy.get(row.key(), {})
        for deal, minor, last in _largest(asked, row, condition, SHOWN + len(skipped)):
            if deal not in skipped:
                keep(ranking, asked.rates.shown(minor, row.currency or "")[1], last, deal)


def _largest(asked: _Asked, row: RowCell, condition: str, count: int) -> list[tuple[str, int, str]]:
    """Return a cell's largest deals, among equals the quietest: at least so many where there are.

    The last one's place is found in the index alone; only those before it are looked up.
    """
    params = {**asked.state.params, "cutoff": asked.cutoff, "nth": count - 1}
    params.update((f"key{place}", value) for place, value in enumerate(row.key()))
    same = " AND ".join(f"{column} IS :key{place}" for place, column in enumerate(_KEY))
    where = f"WHERE {asked.state.rows} AND {same} AND {condition}"
    amount, last = "coalesce(d.amount_minor, 0)", "coalesce(d.event_on, '')"
    cursor = asked.connection.cursor()
    cursor.row_factory = None
    return cursor.execute(
        f"WITH place(amount, last) AS MATERIALIZED (SELECT {amount}, {last} {_FROM} {where}"
        " ORDER BY 1 DESC, 2 LIMIT 1 OFFSET :nth)"
        f" SELECT d.id, {amount}, {last} {_FROM} LEFT JOIN place p {where} AND (p.amount IS NULL"
        f" OR {amount} > p.amount OR {amount} = p.amount AND {last} <= p.last)",
        params,
    ).fetchall()
