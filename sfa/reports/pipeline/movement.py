"""What moved in a window: deals that came, slipped, were won or lost.

A deal's state after the window is compared with its state before it, both from the events.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from sfa.reports.pipeline.cube import period_params
from sfa.reports.pipeline.figures import LastPrint, Movement, Scope, Tally
from sfa.reports.pipeline.rates import Rates
from sfa.reports.pipeline.state import State, latest, visible

_WINDOWS = {
    "period": (("e.effective_on BETWEEN :start AND :end",), "v.effective_on < :start"),
    # What the last print could not show: later days, and what was recorded only afterwards.
    # Two questions, each with an index of its own: with OR all events would be read.
    "print": (
        ("e.effective_on > :last_as_of", "e.recorded_at > :last_at"),
        "v.effective_on <= :last_as_of AND v.recorded_at <= :last_at",
    ),
}


def movement(
    connection: sqlite3.Connection, state: State, scope: Scope, last: LastPrint | None, rates: Rates
) -> dict[str, Movement]:
    """Return what moved, by currency shown: within the period, else since the last print.

    Without either nothing did.
    """
    if scope.period is None and last is None:
        return {}
    rows = connection.execute(_sql(state, scope), {**state.params, **period_params(scope), **_last(last)})
    found: dict[str, Movement] = defaultdict(Movement)
    for currency, *numbers in rows:
        shown = rates.shown_in(currency)
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        found[shown] += Movement(*(Tally(count, rates.convert(amount, currency)) for count, amount in pairs))
    return dict(found)


def _last(last: LastPrint | None) -> dict[str, str]:
    return {"last_as_of": last.as_of, "last_at": last.printed_at} if last else {}


def _sql(state: State, scope: Scope) -> str:
    fresh, earlier = _WINDOWS["period" if scope.period else "print"]
    at_end = visible("v", scope) + (" AND v.effective_on <= :end" if scope.period else "")
    flags = {
        "new": "b.id IS NULL",
        "slipped": f"a.stage_id IN ({state.ids('open')}) AND b.stage_id IN ({state.ids('open')})"
        " AND a.close_on > b.close_on",
        "won": _became(state, "won"),
        "lost": _became(state, "lost"),
    }
    sums = ", ".join(
        f"coalesce(sum({flag}), 0), coalesce(sum(CASE WHEN {flag} THEN a.amount_minor END), 0)"
        for flag in flags.values()
    )
    moved = " UNION ".join(
        f"SELECT DISTINCT e.deal_id FROM deal_event e WHERE e.deleted_at IS NULL"
        f" AND {each} AND {visible('+e', scope)}"  # the plus keeps its index to the window
        for each in fresh
    )
    return (
        f"WITH moved AS ({moved})"
        f" SELECT coalesce(a.currency, ''), {sums} FROM moved m"
        " CROSS JOIN deal d ON d.id = m.deal_id AND d.deleted_at IS NULL"
        f" CROSS JOIN deal_event a ON a.rowid = {latest('m.deal_id', scope, when=at_end)}"
        f" LEFT JOIN deal_event b ON b.rowid = {latest('m.deal_id', scope, when=earlier)}"
        f" WHERE a.stage_id IN ({state.ids('open', 'won', 'lost')}) GROUP BY 1"
    )


def _became(state: State, kind: str) -> str:
    ids = state.ids(kind)
    return f"(a.stage_id IN ({ids}) AND (b.id IS NULL OR b.stage_id NOT IN ({ids})))"
