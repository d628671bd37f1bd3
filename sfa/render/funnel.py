"""The funnel as text for people, as a table or a chart, and in the formats of machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sfa.errors import Msg, msg
from sfa.i18n import tr, tr_plural
from sfa.render import numbers
from sfa.render.cells import one_line
from sfa.render.charts import bar, bars, room_for
from sfa.render.freshness import freshness_object
from sfa.render.pipeline_sections import GROUP_TITLES, NOBODY
from sfa.render.report_text import Page, Part, age_line, page_markdown, page_text, page_width, rate_notes
from sfa.render.tables import Col, Grid, grid_text, json_text
from sfa.reports.funnel import Funnel, FunnelReport, GroupLine, Step
from sfa.reports.funnel.figures import Sum

SCHEMA = "sfa.report.funnel/1"
_TITLES: dict[str, Msg] = {
    **GROUP_TITLES,
    "source": msg("By source"),
    "month": msg("By month of coming"),
}
_NOBODY: dict[str, Msg] = {**NOBODY, "source": msg("(no source)")}
_FLAT = (
    "pipeline", "section", "name", "reached", "onward_pct", "share_pct", "won", "lost", "open", "win_pct",
    "amount", "currency",
)  # fmt: skip


def funnel_text(
    report: FunnelReport,
    fmt: str,
    *,
    now: datetime,
    width: int | None = None,
    bold: bool = False,
    chart: bool = False,
) -> str:
    """Return the funnel in a format; ``chart`` draws bars instead of tables where people read it."""
    if fmt == "json":
        return json_text(SCHEMA, _object(report))
    if fmt in {"tsv", "csv"}:
        return grid_text(_flat(report), fmt)
    width = width or page_width(fmt, chart=chart)
    page = _page(report, now, width, chart)
    return page_markdown(page) if fmt == "md" else page_text(page, width=width, bold=bold)


def _page(report: FunnelReport, now: datetime, width: int, chart: bool) -> Page:
    scope = report.scope
    span = f"{scope.period.label} ({scope.period.start} – {scope.period.end})" if scope.period else tr("all")
    facts = [tr("Came in: {period}", period=span), tr("as of {day}", day=scope.as_of.isoformat())]
    if scope.owner_id:
        facts.append(tr("Owner: {name}", name=one_line(scope.owner_name)))
    parts: list[Part] = []
    for funnel in report.funnels:
        name = f"{one_line(funnel.pipeline)}: " if len(report.funnels) > 1 else ""
        steps, groups = f"{name}{_summary(funnel)}", f"{name}{tr(_TITLES[scope.by])}"
        if chart:
            parts.append(Part(steps, chart=tuple(_step_bars(funnel, width))))
            parts.append(Part(groups, chart=tuple(_group_bars(report, funnel, width))))
        else:
            parts += [Part(steps, _step_grid(report, funnel)), Part(groups, _group_grid(report, funnel))]
    if not parts:
        parts.append(Part(tr("No deal came in this time.")))
    notes = (
        tr("Reached: stood in the stage or a later one; won deals passed all. Formulas: docs/metrics.md"),
        *rate_notes(report.rates, report.unconverted, report.currency),
    )
    title = tr_plural("Funnel: {count} deal came in", "Funnel: {count} deals came in", report.entered)
    return Page(title, (" · ".join(facts), *age_line(report.freshness, now)), tuple(parts), notes)


def _summary(funnel: Funnel) -> str:
    parts = [
        tr("{count} came in", count=numbers.grouped(funnel.entered)),
        tr("{count} won", count=numbers.grouped(funnel.won)),
        tr("{count} lost", count=numbers.grouped(funnel.lost)),
        tr("{count} open", count=numbers.grouped(funnel.open)),
    ]
    if funnel.win_pct is not None:
        parts.append(tr("win rate {percent}", percent=_percent(funnel.win_pct)))
    if funnel.won_days is not None:
        parts.append(tr("won after {days} days", days=numbers.grouped(funnel.won_days)))
    return " · ".join(parts)


def _percent(value: int | None) -> str:
    return "" if value is None else numbers.percent(value)


def _name(step: Step) -> str:
    return one_line(step.name) if step.name else tr("Won")


def _step_grid(report: FunnelReport, funnel: Funnel) -> Grid:
    columns = (
        Col("stage", tr("Stage")),
        _number("reached", tr("Reached")),
        _number("share", tr("Of all")),
        _number("onward", tr("To next")),
        _number("lost", tr("Lost here")),
        _number("open", tr("Open here")),
        _number("amount", tr("Amount")),
    )
    rows = tuple(
        (
            _name(step),
            numbers.grouped(step.reached),
            _percent(step.share_pct),
            _percent(step.onward_pct),
            numbers.grouped(step.lost) if place < len(funnel.steps) - 1 else "",
            numbers.grouped(step.open) if place < len(funnel.steps) - 1 else "",
            _sums(report, step.sums),
        )
        for place, step in enumerate(funnel.steps)
    )
    return Grid(columns, rows)


def _group_grid(report: FunnelReport, funnel: Funnel) -> Grid:
    columns = (
        Col("name", tr("Name")),
        _number("entered", tr("Came")),
        _number("won", tr("Won")),
        _number("lost", tr("Lost")),
        _number("open", tr("Open")),
        _number("win", tr("Win rate")),
        _number("amount", tr("Won amount")),
    )
    rows = tuple(
        (
            _group(report, line),
            *(numbers.grouped(each) for each in (line.entered, line.won, line.lost, line.open)),
            _percent(line.win_pct),
            _sums(report, line.sums),
        )
        for line in _ordered(report, funnel)
    )
    return Grid(columns, rows)


def _ordered(report: FunnelReport, funnel: Funnel) -> Sequence[GroupLine]:
    if report.scope.by != "month":
        return funnel.groups
    return sorted(funnel.groups, key=lambda line: line.name)


def _number(name: str, label: str) -> Col:
    return Col(name, label, right=True, rigid=True)


def _group(report: FunnelReport, line: GroupLine) -> str:
    return one_line(line.name) if line.name else tr(_NOBODY.get(report.scope.by, msg("(none)")))


def _sums(report: FunnelReport, sums: Sequence[Sum]) -> str:
    """Return sums as people read them: the organisation's without its code, others with theirs."""
    return " + ".join(
        numbers.whole(each.amount, each.currency)
        if each.currency == report.currency
        else f"{numbers.whole(each.amount, each.currency)} {each.currency}"
        for each in sums
    )


def _step_bars(funnel: Funnel, width: int) -> list[str]:
    names = [_name(step) for step in funnel.steps]
    behind = [
        f"{numbers.grouped(step.reached):>6}  {_percent(step.share_pct):>4}  {_onward(step)}".rstrip()
        for step in funnel.steps
    ]
    room, most = room_for(names, behind, width), max((step.reached for step in funnel.steps), default=0)
    drawn = [bar(step.reached, most, room) for step in funnel.steps]
    return bars(list(zip(names, drawn, behind, strict=True)), width)


def _onward(step: Step) -> str:
    return "" if step.onward_pct is None else f"↓ {numbers.percent(step.onward_pct)}"


def _group_bars(report: FunnelReport, funnel: Funnel, width: int) -> list[str]:
    lines = _ordered(report, funnel)
    names = [_group(report, line) for line in lines]
    behind = [
        tr(
            "{won} of {entered}",
            won=f"{numbers.grouped(line.won):>4}",
            entered=f"{numbers.grouped(line.entered):>4}",
        )
        for line in lines
    ]
    room, most = room_for(names, behind, width), max((line.entered for line in lines), default=0)
    # Won in full, the others that came in the lightest shade behind it.
    drawn = []
    for line in lines:
        whole = (line.entered * room + most // 2) // most if most else 0
        won = min(whole, (line.won * room + most // 2) // most) if most else 0
        drawn.append("█" * won + "░" * (whole - won))
    legend = tr("█ won  ░ came in")
    return [*bars(list(zip(names, drawn, behind, strict=True)), width), legend]


# Machines ------------------------------------------------------------------------------------


def _object(report: FunnelReport) -> dict[str, Any]:
    scope, period = report.scope, report.scope.period
    return {
        "as_of": scope.as_of.isoformat(),
        "period": period and {"name": period.label, "start": str(period.start), "end": str(period.end)},
        "by": scope.by,
        "owner": scope.owner_name or None,
        "currency": report.currency,
        "unconverted": list(report.unconverted),
        "entered": report.entered,
        "sync": freshness_object(report.freshness),
        "funnels": [_funnel_object(each) for each in report.funnels],
    }


def _funnel_object(funnel: Funnel) -> dict[str, Any]:
    return {
        "pipeline": funnel.pipeline,
        "entered": funnel.entered,
        "won": funnel.won,
        "lost": funnel.lost,
        "open": funnel.open,
        "win_pct": funnel.win_pct,
        "won_days": funnel.won_days,
        "steps": [
            {
                "id": step.stage_id or None,
                "name": step.name or None,
                "reached": step.reached,
                "onward_pct": step.onward_pct,
                "share_pct": step.share_pct,
                "lost": step.lost,
                "open": step.open,
                "sums": _sum_objects(step.sums),
            }
            for step in funnel.steps
        ],
        "groups": [
            {
                "id": line.group_id or None,
                "name": line.name or None,
                "entered": line.entered,
                "reached": list(line.reached),
                "won": line.won,
                "lost": line.lost,
                "open": line.open,
                "win_pct": line.win_pct,
                "won_sums": _sum_objects(line.sums),
            }
            for line in funnel.groups
        ],
    }


def _sum_objects(sums: Sequence[Sum]) -> list[dict[str, str]]:
    return [
        {"amount": numbers.plain_amount(each.amount, each.currency), "currency": each.currency}
        for each in sums
    ]


def _flat(report: FunnelReport) -> Grid:
    """Return a row a step and a group; further currencies follow in rows with their amounts alone."""
    rows: list[dict[str, Any]] = []
    for funnel in report.funnels:
        head = {"pipeline": funnel.pipeline}
        for step in funnel.steps:
            figures = {
                "section": "step", "name": step.name, "reached": step.reached, "lost": step.lost,
                "open": step.open, "onward_pct": step.onward_pct, "share_pct": step.share_pct,
            }  # fmt: skip
            rows += _with_sums({**head, **figures}, step.sums)
        for line in _ordered(report, funnel):
            figures = {
                "section": report.scope.by, "name": line.name, "reached": line.entered, "won": line.won,
                "lost": line.lost, "open": line.open, "win_pct": line.win_pct,
            }  # fmt: skip
            rows += _with_sums({**head, **figures}, line.sums)
    cells = tuple(tuple(_cell(row.get(name)) for name in _FLAT) for row in rows)
    return Grid(tuple(Col(name, name) for name in _FLAT), cells)


def _with_sums(figures: dict[str, Any], sums: Sequence[Sum]) -> list[dict[str, Any]]:
    first, *more = _sum_objects(sums) or [{}]
    name = {key: figures[key] for key in ("pipeline", "section", "name")}
    return [{**figures, **first}, *({**name, **each} for each in more)]


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
