"""The printed pipeline as text for people, and in the formats of machines."""

from __future__ import annotations

from datetime import date, datetime

from sfa import clock
from sfa.i18n import tr, tr_plural
from sfa.render import dates, numbers
from sfa.render.cells import cell_width, clip, wrap
from sfa.render.freshness import freshness_text
from sfa.render.pipeline_data import flat_grid, pipeline_object
from sfa.render.pipeline_sections import Section, note_texts, remarks, sections
from sfa.render.tables import grid_text, json_text, md_text, table_text, terminal_width
from sfa.reports.pipeline import PipelineReport

SCHEMA = "sfa.pipeline.print/1"
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def pipeline_text(
    report: PipelineReport,
    fmt: str,
    *,
    now: datetime,
    today: date,
    width: int | None = None,
    bold: bool = False,
) -> str:
    """Return the print in a format; ``now`` tells the age of the data."""
    if fmt == "json":
        return json_text(SCHEMA, pipeline_object(report))
    if fmt in {"tsv", "csv"}:
        return grid_text(flat_grid(report), fmt)
    if fmt == "md":
        return _markdown(report, now, today)
    return _printed(report, now, today, width or terminal_width(), bold)


def _printed(report: PipelineReport, now: datetime, today: date, width: int, bold: bool) -> str:
    lines: list[str] = []
    for line in _header(report, now, today):
        lines += wrap(line, width)
    used: list[str] = []
    for block in report.blocks:
        if len(report.blocks) > 1:
            lines += ["", f"== {block.currency} =="]
        for section in sections(report, block):
            title = _title(section, used)
            lines += ["", f"{_BOLD}{title}{_PLAIN}" if bold else title]
            lines += table_text(section.grid, width=width).splitlines()
    lines += ["", *wrap(_gaps(report), width), ""]
    for number, note in enumerate(note_texts(report, used), 1):
        lines += _hanging(f"[{number}] ", note, width)
    for remark in remarks(report):
        lines += wrap(remark, width)
    return "".join(f"{line}\n" for line in lines)


def _markdown(report: PipelineReport, now: datetime, today: date) -> str:
    title, *rest = _header(report, now, today)
    parts = [f"# {title}\n", *(f"{line}  \n" for line in rest)]
    used: list[str] = []
    for block in report.blocks:
        if len(report.blocks) > 1:
            parts.append(f"\n## {block.currency}\n")
        for section in sections(report, block):
            parts += [f"\n## {_title(section, used)}\n\n", md_text(section.grid)]
    parts.append(f"\n{_gaps(report)}\n\n")
    parts += [f"{number}. {note}\n" for number, note in enumerate(note_texts(report, used), 1)]
    parts += [f"\n{remark}\n" for remark in remarks(report)]
    return "".join(parts)


def _title(section: Section, used: list[str]) -> str:
    """Return the title with its footnotes' numbers, and remember which are used."""
    marks = ""
    for name in section.notes:
        if name not in used:
            used.append(name)
        marks += f"[{used.index(name) + 1}]"
    return f"{section.title} {marks}".rstrip()


def _hanging(mark: str, text: str, width: int) -> list[str]:
    inner = wrap(text, width - cell_width(mark))
    return [(mark if not at else " " * cell_width(mark)) + line for at, line in enumerate(inner)]


def _header(report: PipelineReport, now: datetime, today: date) -> list[str]:
    """Return title, team, period, day, currency, filter and age of the data."""
    scope = report.scope
    relative = dates.relative_day(scope.as_of, today)
    day = tr("as of {day} ({relative})", day=scope.as_of.isoformat(), relative=relative)
    period = scope.period
    span = f"{period.label} ({period.start} – {period.end})" if period else tr("all up to that day")
    facts = [
        tr("Team: {team}", team=tr("everybody")),
        tr("Period: {period}", period=span),
        tr("Currency: {currency}", currency=", ".join(block.currency for block in report.blocks)),
        tr("Filter: {filter}", filter=_filter(report)),
    ]
    known = freshness_text(report.freshness, now) or _last_change(report, now)
    number = numbers.grouped(report.deals)
    title = tr_plural(
        "Pipeline {day}: {number} deal",
        "Pipeline {day}: {number} deals",
        report.deals,
        day=day,
        number=number,
    )
    return [title, " · ".join(facts), known]


def _filter(report: PipelineReport) -> str:
    scope = report.scope
    found = [tr("pipeline {name}", name=clip(scope.pipeline_name, 40))] if scope.pipeline_id else []
    if scope.known_on:
        found.append(tr("known on {day}", day=scope.known_on.isoformat()))
    return ", ".join(found) or tr("none")


def _last_change(report: PipelineReport, now: datetime) -> str:
    """Return the age of a store that never met a centre: what was last entered is all there is."""
    if not report.data_at:
        return tr("No data yet")
    age = dates.age(clock.from_text(report.data_at), now)
    return tr("Data as of {when} ({age})", when=dates.instant(report.data_at), age=age)


def _gaps(report: PipelineReport) -> str:
    gaps = report.gaps
    return tr(
        "Missing: account {account} (closed deals too); of open deals: amount {amount}, close date {close};"
        " close date past {overdue}.",
        account=numbers.grouped(gaps.no_account),
        amount=numbers.grouped(gaps.no_amount),
        close=numbers.grouped(gaps.no_close_date),
        overdue=numbers.grouped(gaps.overdue),
    )
