"""Putting a funnel together: where each deal stands and how far it came, counted by the store."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sfa.finding.organisation import currency as organisation_currency
from sfa.reports.freshness import freshness
from sfa.reports.funnel.figures import Funnel, FunnelReport, GroupLine, Scope, Step, Sum, percent
from sfa.reports.pipeline import groups
from sfa.reports.pipeline.figures import Scope as PrintScope
from sfa.reports.pipeline.rates import Rates, rates_into
from sfa.reports.pipeline.state import Stage, State, state_of

# The deals that came, with the day: one pass over an index, and only they are looked up.
_CAME = (
    "SELECT e.deal_id, min(e.effective_on) AS first_on FROM deal_event e"
    " WHERE e.deleted_at IS NULL AND e.effective_on <= :as_of GROUP BY e.deal_id"
)
# The furthest open stage it stood in; of a deal whose events name none what its row remembers.
_FURTHEST = (
    "coalesce((SELECT max(g.position) FROM deal_event n JOIN stage g ON g.id = n.stage_id"
    " WHERE n.deal_id = s.deal_id AND n.deleted_at IS NULL AND n.effective_on <= :as_of"
    " AND g.kind = 'open' AND g.pipeline_id = p.pipeline_id),"
    " (SELECT g.position FROM deal d JOIN stage g ON g.id = d.reached_stage_id WHERE d.id = s.deal_id"
    " AND g.kind = 'open' AND g.pipeline_id = p.pipeline_id))"
)
_GROUPS = {
    "owner": "s.owner_id",
    "manager": "s.owner_id",
    "team": "s.team_id",
    "sector": "(SELECT a.industry FROM account a WHERE a.id = s.account_id)",
    "source": "(SELECT d.source FROM deal d WHERE d.id = s.deal_id)",
    "month": "substr(s.first_on, 1, 7)",
}


@dataclass(frozen=True, slots=True)
class _Cell:
    """Deals alike in stage, furthest stage, currency and group; ``days`` from coming to closing, summed."""

    stage_id: str
    furthest: int | None
    currency: str
    group: str
    count: int
    amount: int
    days: int


def funnel_report(connection: sqlite3.Connection, scope: Scope) -> FunnelReport:
    """Return how far the deals came that entered in the scope's period, a funnel a pipeline.

    A deal came with its first event. Whoever won passed every stage; of one that was lost or is
    open the furthest open stage counts that it ever stood in, the first one where that is unknown.
    """
    state = state_of(connection, PrintScope(as_of=scope.as_of, pipeline_id=scope.pipeline_id))
    rates = rates_into(connection, organisation_currency(connection), scope.as_of)
    cells = _regrouped(connection, _read(connection, state, scope), scope)
    names = groups.names(connection, PrintScope(as_of=scope.as_of, by=scope.by))
    used = {cell.currency for cell in cells if cell.currency}
    pipelines = dict.fromkeys(stage.pipeline_id for stage in state.stages.values())
    funnels = (_funnel(each, cells, state.stages, rates, names) for each in pipelines)
    return FunnelReport(
        scope=scope,
        funnels=tuple(each for each in funnels if each.entered),
        currency=rates.currency,
        rates=tuple(rate for code, rate in sorted(rates.by_currency.items()) if code in used),
        unconverted=tuple(sorted({rates.shown_in(code) for code in used} - {rates.currency})),
        freshness=freshness(connection),
    )


def _read(connection: sqlite3.Connection, state: State, scope: Scope) -> list[_Cell]:
    own = " WHERE s.owner_id = :owner" if scope.owner_id else ""
    within = " HAVING first_on BETWEEN :start AND :end" if scope.period else ""
    group = f"coalesce({_GROUPS[scope.by]}, '')"
    sql = (
        f"SELECT stage_id, furthest, coalesce(currency, ''), {group}, count(*),"
        " coalesce(sum(amount_minor), 0),"
        " CAST(coalesce(sum(julianday(entered_on) - julianday(first_on)), 0) AS INTEGER)"
        f" FROM (SELECT s.*, c.first_on, {_FURTHEST} AS furthest FROM ({_CAME}{within}) c"
        f" CROSS JOIN ({state.sql}) s ON s.deal_id = c.deal_id JOIN stage p ON p.id = s.stage_id{own}) s"
        " GROUP BY 1, 2, 3, 4"
    )
    given = {**state.params, "owner": scope.owner_id}
    if scope.period:
        given |= {"start": scope.period.start.isoformat(), "end": scope.period.end.isoformat()}
    rows = connection.execute(sql, given).fetchall()
    return [_Cell(*row) for row in rows]


def _regrouped(connection: sqlite3.Connection, cells: list[_Cell], scope: Scope) -> list[_Cell]:
    if scope.by != "manager":
        return cells
    managers = dict(map(tuple, connection.execute("SELECT id, coalesce(manager_id, '') FROM user")))
    return [replace(cell, group=managers.get(cell.group, "")) for cell in cells]


def _funnel(
    pipeline: str,
    cells: Sequence[_Cell],
    stages: Mapping[str, Stage],
    rates: Rates,
    names: Mapping[str, str],
) -> Funnel:
    own = [stage for stage in stages.values() if stage.pipeline_id == pipeline]
    open_ = [stage for stage in own if stage.kind == "open"]
    mine = [cell for cell in cells if stages[cell.stage_id].pipeline_id == pipeline]
    won = [cell for cell in mine if stages[cell.stage_id].kind == "won"]
    lost = [cell for cell in mine if stages[cell.stage_id].kind == "lost"]
    count, days = _count(won), sum(cell.days for cell in won)
    by_group: dict[str, list[_Cell]] = defaultdict(list)
    for cell in mine:
        by_group[cell.group].append(cell)
    lines = [_line(group, each, open_, stages, rates, names) for group, each in by_group.items()]
    return Funnel(
        pipeline_id=pipeline,
        pipeline=own[0].pipeline,
        entered=_count(mine),
        won=count,
        lost=_count(lost),
        open=_count(mine) - count - _count(lost),
        won_days=(2 * days + count) // (2 * count) if count else None,
        steps=_steps(mine, open_, own, stages, rates),
        groups=tuple(sorted(lines, key=lambda line: (-line.won, -line.entered, line.name, line.group_id))),
    )


def _count(cells: Iterable[_Cell]) -> int:
    return sum(cell.count for cell in cells)


def _place(cell: _Cell, open_: Sequence[Stage], stages: Mapping[str, Stage]) -> int:
    """Return how many open stages the deals of a cell stood in or passed, less one; of won ones all."""
    if stages[cell.stage_id].kind == "won":
        return len(open_)
    if cell.furthest is None:
        return 0
    return max(0, sum(stage.position <= cell.furthest for stage in open_) - 1)


def _steps(
    cells: Sequence[_Cell],
    open_: Sequence[Stage],
    own: Sequence[Stage],
    stages: Mapping[str, Stage],
    rates: Rates,
) -> tuple[Step, ...]:
    won = next((stage for stage in own if stage.kind == "won"), None)
    heads = [(stage.stage_id, stage.name) for stage in open_] + [
        (won.stage_id if won else "", won.name if won else "")
    ]
    places = [_place(cell, open_, stages) for cell in cells]
    reached = [
        _count(cell for cell, at in zip(cells, places, strict=True) if at >= place)
        for place in range(len(heads))
    ]
    found = []
    for place, (stage_id, name) in enumerate(heads):
        passed = [cell for cell, at in zip(cells, places, strict=True) if at >= place]
        ended = [cell for cell, at in zip(cells, places, strict=True) if at == place < len(open_)]
        lost = _count(cell for cell in ended if stages[cell.stage_id].kind == "lost")
        onward = percent(reached[place + 1], reached[place]) if place < len(open_) else None
        found.append(
            Step(
                stage_id,
                name,
                reached[place],
                lost,
                _count(ended) - lost,
                onward,
                percent(reached[place], reached[0]),
                _sums(passed, rates),
            )
        )
    return tuple(found)


def _line(
    group: str,
    cells: Sequence[_Cell],
    open_: Sequence[Stage],
    stages: Mapping[str, Stage],
    rates: Rates,
    names: Mapping[str, str],
) -> GroupLine:
    won = [cell for cell in cells if stages[cell.stage_id].kind == "won"]
    lost = _count(cell for cell in cells if stages[cell.stage_id].kind == "lost")
    places = [_place(cell, open_, stages) for cell in cells]
    reached = tuple(
        _count(cell for cell, at in zip(cells, places, strict=True) if at >= place)
        for place in range(len(open_) + 1)
    )
    entered = _count(cells)
    return GroupLine(
        group,
        names.get(group, group),
        entered,
        reached,
        _count(won),
        lost,
        entered - _count(won) - lost,
        _sums(won, rates),
    )


def _sums(cells: Iterable[_Cell], rates: Rates) -> tuple[Sum, ...]:
    """Return a sum for each currency shown, the organisation's first."""
    found: dict[str, int] = defaultdict(int)
    for cell in cells:
        if cell.currency:
            found[rates.shown_in(cell.currency)] += rates.convert(cell.amount, cell.currency)
    return tuple(
        Sum(code, amount)
        for code, amount in sorted(found.items(), key=lambda each: (each[0] != rates.currency, each[0]))
    )
