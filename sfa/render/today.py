"""What today asks for, as text for people and in the formats of machines."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sfa.errors import Msg, msg
from sfa.i18n import tr, tr_plural
from sfa.ids import REF_SHOWN
from sfa.render import dates
from sfa.render.cells import one_line
from sfa.render.freshness import freshness_object, freshness_text
from sfa.render.tables import Col, Grid, grid_text, json_text, md_text, table_text
from sfa.reports.freshness import Freshness
from sfa.reports.today import Entry, Section, TodayReport
from sfa.terms import Priority

SCHEMA = "sfa.today/1"
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"

_TITLES: dict[str, Msg] = {
    "tasks": msg("Tasks due ({count})"),
    "visits": msg("Visits today ({count})"),
    "no_next_step": msg("Deals without a next step ({count})"),
    "silent": msg("Key accounts silent for {days} days ({count})"),
    "follow_ups": msg("Follow-ups due ({count})"),
}
_FLAT = ("section", "noun", "ref", "text", "about", "day", "time", "days", "priority")


def today_text(
    report: TodayReport,
    fmt: str,
    *,
    fresh: Freshness,
    now: datetime,
    width: int | None = None,
    bold: bool = False,
) -> str:
    """Return the day in a format; for people the empty questions are left out."""
    if fmt == "json":
        return json_text(SCHEMA, {**_object(report), "sync": freshness_object(fresh)})
    if fmt in {"tsv", "csv"}:
        return grid_text(_flat(report), fmt)
    title = tr("Today, {day}", day=dates.day(report.day))
    asked = [
        (title_of(report, section), _grid(report, section)) for section in report.sections if section.total
    ]
    age = freshness_text(fresh, now)
    if fmt == "md":
        parts = [f"\n## {heading}\n\n{md_text(grid)}" for heading, grid in asked]
        return "".join([f"# {title}\n", *([f"\n{age}\n"] if age else []), *parts])
    lines = [title, *([age] if age else [])]
    for heading, grid in asked:
        lines += ["", f"{_BOLD}{heading}{_PLAIN}" if bold else heading]
        lines += table_text(grid, width=width).splitlines()
    if not asked:
        lines.append(tr("Nothing is due. Plan a visit: sfa visit add, or see all deals: sfa deal list"))
    return "".join(f"{line}\n" for line in lines)


def agenda(report: TodayReport) -> list[tuple[str, list[tuple[Entry, str, str, str]]]]:
    """Return each question that has an answer with its entries as (entry, when, what, about)."""
    return [
        (
            title_of(report, section),
            [
                (entry, _when(report, section, entry), _what(section, entry), one_line(entry.about))
                for entry in section.entries
            ],
        )
        for section in report.sections
        if section.total
    ]


def title_of(report: TodayReport, section: Section) -> str:
    """Return a question's heading with how many answers it has."""
    return tr(_TITLES[section.kind], count=section.total, days=report.silent_days)


def _grid(report: TodayReport, section: Section) -> Grid:
    """Return the entries with what matters of them; how many more there are follows."""
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("when", tr("When"), rigid=True),
        Col("what", tr("What")),
        Col("about", tr("About")),
    )
    rows = tuple(
        (
            entry.ref[:REF_SHOWN],
            _when(report, section, entry),
            _what(section, entry),
            one_line(entry.about),
        )
        for entry in section.entries
    )
    kept = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    more = section.total - len(rows)
    footer = (tr_plural("and {count} more", "and {count} more", more),) if more else ()
    return Grid(
        tuple(columns[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows), footer
    )


def _what(section: Section, entry: Entry) -> str:
    mark = "! " if entry.priority == Priority.HIGH else ""
    if section.kind == "follow_ups" and not entry.text:
        return tr("next step")
    return mark + one_line(entry.text)


def _when(report: TodayReport, section: Section, entry: Entry) -> str:
    if section.kind == "silent":
        return tr_plural("{count} day", "{count} days", entry.days) if entry.days is not None else tr("never")
    if section.kind == "no_next_step":
        return entry.on or ""
    day = "" if section.kind == "visits" else _relative(report, entry)
    return " ".join(filter(None, (day, entry.time)))


def _relative(report: TodayReport, entry: Entry) -> str:
    return dates.relative_day(date.fromisoformat(entry.on), report.day) if entry.on else ""


def _object(report: TodayReport) -> dict[str, Any]:
    sections = {
        section.kind: {"total": section.total, "entries": [_entry(entry) for entry in section.entries]}
        for section in report.sections
    }
    return {"day": report.day.isoformat(), "silent_days": report.silent_days, **sections}


def _entry(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in asdict(entry).items() if value not in (None, "")}


def _flat(report: TodayReport) -> Grid:
    rows = tuple(
        (
            section.kind,
            entry.noun,
            entry.ref,
            entry.text,
            entry.about,
            entry.on or "",
            entry.time or "",
            "" if entry.days is None else str(entry.days),
            entry.priority,
        )
        for section in report.sections
        for entry in section.entries
    )
    return Grid(tuple(Col(name, name) for name in _FLAT), rows)
