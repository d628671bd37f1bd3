"""Adding cells up: totals, stages, forecast categories, groups, quarters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sfa.finding.periods import month_quarter
from sfa.reports.pipeline.cube import Cell
from sfa.reports.pipeline.figures import CategoryLine, GroupLine, Scope, StageLine, Tally, total
from sfa.reports.pipeline.state import Stage
from sfa.terms import ForecastCategory

_SURENESS = (
    ForecastCategory.CLOSED,
    ForecastCategory.COMMIT,
    ForecastCategory.BEST_CASE,
    ForecastCategory.PIPELINE,
)


def tally(cells: Iterable[Cell]) -> Tally:
    """Return the number and amount of cells."""
    return total([Tally(cell.count, cell.amount) for cell in cells])


def weighted(cells: Iterable[Cell]) -> int:
    """Return the weighted amount, rounded half up once, at the end."""
    return (sum(cell.weighted for cell in cells) + 50) // 100


def of_kind(cells: Iterable[Cell], stages: Mapping[str, Stage], kind: str) -> list[Cell]:
    """Return the cells in stages of a kind; won and lost ones only when closed within the period."""
    own = [cell for cell in cells if stages[cell.stage_id].kind == kind]
    return own if kind == "open" else [cell for cell in own if cell.in_period]


def stage_lines(
    cells: list[Cell], stages: Mapping[str, Stage], ages: Mapping[str, tuple[int, int]]
) -> tuple[StageLine, ...]:
    """Return every open stage of the pipelines that have open deals here, in the order of selling."""
    grouped = _by(cells, "stage_id")
    used = {stages[stage].pipeline_id for stage in grouped if stages[stage].kind == "open"}
    return tuple(
        StageLine(
            stage.stage_id,
            stage.name,
            stage.pipeline if len(used) > 1 else "",
            tally(grouped[stage.stage_id]),
            weighted(grouped[stage.stage_id]),
            _average(ages.get(stage.stage_id)),
        )
        for stage in stages.values()
        if stage.kind == "open" and stage.pipeline_id in used
    )


def _average(age: tuple[int, int] | None) -> int | None:
    """Return whole days, rounded half up; ``None`` when no deal's entry is known."""
    return (2 * age[1] + age[0]) // (2 * age[0]) if age and age[0] else None


def category_lines(opened: list[Cell], won: list[Cell]) -> tuple[CategoryLine, ...]:
    """Return the forecast: each category holds, cumulatively, what is at least as sure.

    Won deals are the closed category whatever they are marked; omitted deals stay apart.
    """
    grouped = _by(opened, "category")
    own = {category: tally(grouped[category]) for category in _SURENESS}
    own[ForecastCategory.CLOSED] = tally(won)
    lines: list[CategoryLine] = []
    running = 0
    for category in _SURENESS:
        running += own[category].amount
        lines.append(CategoryLine(category.value, own[category], running))
    known = {category.value for category in _SURENESS}
    lines += [
        CategoryLine(category, tally(grouped[category]), None)
        for category in sorted({ForecastCategory.OMITTED.value, *grouped} - known)
    ]
    return tuple(reversed(lines[:4])) + tuple(lines[4:])


def group_lines(
    cells: list[Cell], stages: Mapping[str, Stage], names: Mapping[str, str], scope: Scope
) -> tuple[GroupLine, ...]:
    """Return a line a group, those who won most first; ``""`` names deals without one."""
    lines: list[GroupLine] = []
    for group, own in _by(cells, "group").items():
        opened, won = of_kind(own, stages, "open"), of_kind(own, stages, "won")
        lost = tally(of_kind(own, stages, "lost"))
        lines.append(
            GroupLine(
                group,
                names.get(group, group),
                tally(opened),
                weighted(opened),
                tally(won),
                lost,
                quarter_lines(won, scope),
            )
        )
    return tuple(sorted(lines, key=lambda line: (-line.won.amount, -line.open.amount, line.name)))


def quarter_lines(won: list[Cell], scope: Scope) -> tuple[tuple[str, Tally], ...]:
    """Return what was won in each fiscal quarter, in order; unknown days of closing are left out."""
    found: dict[str, Tally] = defaultdict(Tally)
    for cell in won:
        if cell.month:
            found[month_quarter(cell.month, scope.fiscal_start)] += Tally(cell.count, cell.amount)
    return tuple(sorted(found.items()))


def _by(cells: Iterable[Cell], column: str) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[getattr(cell, column)].append(cell)
    return found
