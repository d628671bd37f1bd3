"""What was done as text for people, as tables or charts, and in the formats of machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sfa.errors import Msg, msg
from sfa.finding.periods import Period
from sfa.i18n import tr, tr_plural
from sfa.render import numbers
from sfa.render.cells import cell_width, one_line
from sfa.render.charts import SHADES, bars, room_for, shaded, shrunk, sparkline
from sfa.render.freshness import freshness_object
from sfa.render.pipeline_sections import GROUP_TITLES, NOBODY
from sfa.render.report_text import Page, Part, age_line, page_markdown, page_text, page_width
from sfa.render.tables import GAP, Col, Grid, grid_text, json_text
from sfa.reports.activity import ActivityReport, Counts, GroupLine

SCHEMA = "sfa.report.activity/1"
FIGURES = tuple(each.name for each in fields(Counts))
_LABELS: dict[str, Msg] = {
    "visits": msg("Visits"),
    "calls": msg("Calls"),
    "meetings": msg("Meetings"),
    "messages": msg("Messages"),
    "other": msg("Others"),
    "tasks": msg("Tasks done"),
}
_STEPS: dict[str, Msg] = {
    "day": msg("Day by day"),
    "week": msg("Week by week"),
    "month": msg("Month by month"),
    "quarter": msg("Quarter by quarter"),
}
_FLAT = ("span", "start", "end", "name", *FIGURES)
_LEAST_NAME = 12
_WIDEST_LINE = 40  # cells of a line of letters


def activity_text(
    report: ActivityReport,
    fmt: str,
    *,
    now: datetime,
    width: int | None = None,
    bold: bool = False,
    chart: bool = False,
) -> str:
    """Return what was done in a format; ``chart`` draws bars instead of tables where people read it."""
    if fmt == "json":
        return json_text(SCHEMA, _object(report))
    if fmt in {"tsv", "csv"}:
        return grid_text(_flat(report), fmt)
    width = width or page_width(fmt, chart=chart)
    page = _page(report, now, width, chart)
    return page_markdown(page) if fmt == "md" else page_text(page, width=width, bold=bold)


def _page(report: ActivityReport, now: datetime, width: int, chart: bool) -> Page:
    scope, period = report.scope, report.scope.period
    facts = [tr("Period: {period}", period=f"{period.label} ({period.start} – {period.end})")]
    if scope.owner_id:
        facts.append(tr("Owner: {name}", name=one_line(scope.owner_name)))
    whole = report.total
    title = tr(
        "Activity: {visits}, {calls}, {tasks}",
        visits=tr_plural("{count} visit", "{count} visits", whole.visits),
        calls=tr_plural("{count} call", "{count} calls", whole.calls),
        tasks=tr_plural("{count} task done", "{count} tasks done", whole.tasks),
    )
    parts = _charts(report, width) if chart else _tables(report, width)
    notes = (tr("Activities that took place and tasks completed, by their owner. Formulas: docs/metrics.md"),)
    return Page(title, (" · ".join(facts), *age_line(report.freshness, now)), tuple(parts), notes)


# Tables --------------------------------------------------------------------------------------


def _tables(report: ActivityReport, width: int) -> list[Part]:
    parts = [Part(tr(GROUP_TITLES[report.scope.by]), _group_grid(report))]
    parts.append(Part(tr(_STEPS[report.scope.step]), _step_grid(report)))
    title = tr("Visits/activities of each, {steps}", steps=tr(_STEPS[report.scope.step]).lower())
    parts += [Part(title, grid) for grid in _cross_grids(report, width)]
    return parts


def _figure_columns() -> tuple[Col, ...]:
    named = (Col(name, tr(_LABELS[name]), right=True, rigid=True) for name in FIGURES)
    return (*named, Col("activities", tr("Activities"), right=True, rigid=True))


def _figures(counts: Counts) -> tuple[str, ...]:
    return (*(numbers.grouped(getattr(counts, name)) for name in FIGURES), numbers.grouped(counts.activities))


def _group_grid(report: ActivityReport) -> Grid:
    rows = [(_name(report, line), *_figures(line.total)) for line in report.lines]
    if len(rows) > 1:
        rows.append((tr("Together"), *_figures(report.total)))
    return Grid((Col("name", tr("Name")), *_figure_columns()), tuple(rows))


def _step_grid(report: ActivityReport) -> Grid:
    rows = tuple(
        (span_text(span), *_figures(counts)) for span, counts in zip(report.spans, report.steps, strict=True)
    )
    return Grid((Col("span", tr("When"), rigid=True), *_figure_columns()), rows)


def _cross_grids(report: ActivityReport, width: int) -> list[Grid]:
    """Return visits and other activities of each, step by step; as many tables as the width makes needful."""
    head = Col("name", tr("Name"))
    labels = [span_text(span) for span in report.spans]
    columns = [Col(f"span{at}", label, right=True, rigid=True) for at, label in enumerate(labels)]
    cells = [[_visits_of(counts) for counts in line.steps] for line in report.lines]
    widths = (
        [
            max(cell_width(column.label), *(cell_width(row[at]) for row in cells), 1) + GAP
            for at, column in enumerate(columns)
        ]
        if cells
        else []
    )
    found, begin = [], 0
    while begin < len(widths):
        end, room = begin + 1, width - _LEAST_NAME - widths[begin]
        while end < len(widths) and widths[end] <= room:
            room -= widths[end]
            end += 1
        rows = tuple(
            (_name(report, line), *row[begin:end]) for line, row in zip(report.lines, cells, strict=True)
        )
        found.append(Grid((head, *columns[begin:end]), rows))
        begin = end
    return found


def _visits_of(counts: Counts) -> str:
    """Return visits and all activities as ``2/5``; nothing where there was none."""
    return f"{counts.visits}/{counts.activities}" if counts.activities else "·"


def span_text(span: Period) -> str:
    """Return a step's name, a day with its month alone."""
    return span.label[5:] if span.start == span.end and span.label == span.start.isoformat() else span.label


def _name(report: ActivityReport, line: GroupLine) -> str:
    return one_line(line.name) if line.name else tr(NOBODY[report.scope.by])


# Charts --------------------------------------------------------------------------------------


def _charts(report: ActivityReport, width: int) -> list[Part]:
    kinds = FIGURES[:-1]
    legend = "  ".join(f"{shade} {tr(_LABELS[name])}" for name, shade in zip(kinds, SHADES, strict=True))
    names = [_name(report, line) for line in report.lines]
    parts = [
        Part(
            tr(GROUP_TITLES[report.scope.by]),
            chart=(*_stacked(names, [line.total for line in report.lines], width), legend),
        ),
        Part(
            tr(_STEPS[report.scope.step]),
            chart=(*_stacked([span_text(span) for span in report.spans], report.steps, width), legend),
        ),
    ]
    title = tr("Activities of each, {steps}", steps=tr(_STEPS[report.scope.step]).lower())
    return [*parts, Part(title, chart=tuple(_lines(report, names, width)))]


def _stacked(names: Sequence[str], counts: Sequence[Counts], width: int) -> list[str]:
    behind = [f"{numbers.grouped(each.activities):>5}" for each in counts]
    most = max((each.activities for each in counts), default=0)
    room = room_for(names, behind, width)
    drawn = [shaded([getattr(each, name) for name in FIGURES[:-1]], most, room) for each in counts]
    return bars(list(zip(names, drawn, behind, strict=True)), width)


def _lines(report: ActivityReport, names: Sequence[str], width: int) -> list[str]:
    """Return a line of letters for each: all at one scale, so that they can be compared."""
    room = min(_WIDEST_LINE, room_for(names, ["  9999"], width))
    lines = [shrunk([each.activities for each in line.steps], room) for line in report.lines]
    most = max((value for line in lines for value in line), default=0)
    behind = [f"{numbers.grouped(line.total.activities):>5}" for line in report.lines]
    drawn = [sparkline(line, most) for line in lines]
    return bars(list(zip(names, drawn, behind, strict=True)), min(width, _WIDEST_LINE + width // 3))


# Machines ------------------------------------------------------------------------------------


def _object(report: ActivityReport) -> dict[str, Any]:
    scope, period = report.scope, report.scope.period
    return {
        "as_of": report.as_of.isoformat(),
        "period": {"name": period.label, "start": str(period.start), "end": str(period.end)},
        "by": scope.by,
        "per": scope.step,
        "owner": scope.owner_name or None,
        "sync": freshness_object(report.freshness),
        "total": _counts(report.total),
        "spans": [
            {"name": span.label, "start": str(span.start), "end": str(span.end), **_counts(counts)}
            for span, counts in zip(report.spans, report.steps, strict=True)
        ],
        "groups": [
            {
                "id": line.group_id or None,
                "name": line.name or None,
                **_counts(line.total),
                "spans": [_counts(each) for each in line.steps],
            }
            for line in report.lines
        ],
    }


def _counts(counts: Counts) -> dict[str, int]:
    return {**{name: getattr(counts, name) for name in FIGURES}, "activities": counts.activities}


def _flat(report: ActivityReport) -> Grid:
    """Return a row for each who did anything in a step."""
    rows = tuple(
        (
            span.label,
            str(span.start),
            str(span.end),
            line.name,
            *(str(getattr(counts, name)) for name in FIGURES),
        )
        for line in report.lines
        for span, counts in zip(report.spans, line.steps, strict=True)
        if counts != Counts()
    )
    return Grid(tuple(Col(name, name) for name in _FLAT), rows)
