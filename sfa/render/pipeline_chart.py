"""The pipeline as bars: stages, groups, won by quarter; the same figures as the printed one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sfa.i18n import tr, tr_plural
from sfa.render import numbers
from sfa.render.cells import one_line
from sfa.render.charts import bar, bars, room_for
from sfa.render.pipeline_sections import GROUP_TITLES, group_name
from sfa.render.report_text import Page, Part, age_line, page_markdown, page_text, page_width, rate_notes
from sfa.reports.pipeline import Block, PipelineReport


def pipeline_chart_text(
    report: PipelineReport, fmt: str, *, now: datetime, width: int | None = None, bold: bool = False
) -> str:
    """Return the pipeline's charts for people: ``fmt`` is table or md."""
    width = width or page_width(fmt, chart=True)
    parts = [part for block in report.blocks for part in _parts(report, block, width)]
    period = report.scope.period
    facts = [
        tr("as of {day}", day=report.scope.as_of.isoformat()),
        tr("Currency: {currency}", currency=", ".join(block.currency for block in report.blocks)),
    ]
    if period is not None:
        facts.append(tr("Period: {period}", period=f"{period.label} ({period.start} – {period.end})"))
    title = tr_plural("Pipeline: {count} deal", "Pipeline: {count} deals", report.deals)
    notes = rate_notes(report.rates, report.unconverted, report.currency)
    page = Page(title, (" · ".join(facts), *age_line(report.freshness, now)), tuple(parts), notes)
    return page_markdown(page) if fmt == "md" else page_text(page, width=width, bold=bold)


def _parts(report: PipelineReport, block: Block, width: int) -> list[Part]:
    mark = f"{block.currency}: " if len(report.blocks) > 1 else ""
    stages = _pairs(
        [one_line(f"{line.pipeline}: {line.name}" if line.pipeline else line.name) for line in block.stages],
        [(line.weighted, line.tally.amount) for line in block.stages],
        [_count_amount(line.tally.count, line.tally.amount, block) for line in block.stages],
        width,
    )
    groups = _pairs(
        [group_name(report, line.name) for line in block.groups],
        [(line.weighted, line.open.amount) for line in block.groups],
        [_count_amount(line.open.count, line.open.amount, block) for line in block.groups],
        width,
    )
    quarters = _plain(
        [label for label, _ in block.quarters],
        [tally.amount for _, tally in block.quarters],
        [_count_amount(tally.count, tally.amount, block) for _, tally in block.quarters],
        width,
    )
    legend = tr("█ weighted  ░ the rest")
    found = [
        Part(f"{mark}{tr('Open deals by stage')}", chart=(*stages, legend) if stages else ()),
        Part(f"{mark}{tr(GROUP_TITLES[report.scope.by])}", chart=(*groups, legend) if groups else ()),
        Part(f"{mark}{tr('Won by quarter')}", chart=tuple(quarters)),
    ]
    return [part for part in found if part.chart]


def _count_amount(count: int, amount: int, block: Block) -> str:
    return f"{numbers.grouped(count):>5}  {numbers.whole(amount, block.currency):>13}"


def _pairs(
    names: Sequence[str], values: Sequence[tuple[int, int]], behind: Sequence[str], width: int
) -> list[str]:
    """Return a bar for each whole, its first part in full and the rest in the lightest shade."""
    room, most = room_for(names, behind, width), max((whole for _, whole in values), default=0)
    drawn = []
    for part, whole in values:
        ends = [(each * room + most // 2) // most if most else 0 for each in (min(part, whole), whole)]
        drawn.append("█" * ends[0] + "░" * (ends[1] - ends[0]))
    return bars(list(zip(names, drawn, behind, strict=True)), width)


def _plain(names: Sequence[str], values: Sequence[int], behind: Sequence[str], width: int) -> list[str]:
    room, most = room_for(names, behind, width), max(values, default=0)
    drawn = [bar(value, most, room) for value in values]
    return bars(list(zip(names, drawn, behind, strict=True)), width)
