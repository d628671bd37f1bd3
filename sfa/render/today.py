"""What today asks for, as text for people and in the formats of machines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sfa.i18n import tr, tr_plural
from sfa.ids import REF_SHOWN
from sfa.render import dates, numbers
from sfa.render.freshness import freshness_object, freshness_text
from sfa.render.tables import Col, Grid, grid_text, json_text, md_text, table_text
from sfa.render.today_lines import about_of, change_of, title_of, what_of, when_of
from sfa.reports.freshness import Freshness
from sfa.reports.today import Entry, Section, TodayReport

SCHEMA = "sfa.today/1"
MORE = "more"
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"

_FLAT = ("section", "noun", "ref", "text", "about", "day", "time", "days", "priority")
_MORE = ("mark", "who", "change", "count", "before", "after", "amount", "currency")


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
    """Return each question that has an answer with its entries as (entry, when, what, about).

    Where there are more of them, the last one says how many: its noun is ``more``, its id the question.
    """
    found = []
    for section in report.sections:
        if section.total:
            lines = [(entry, *_words(report, section, entry)) for entry in section.entries]
            found.append((title_of(report, section), lines + _more(section)))
    return found


def _more(section: Section) -> list[tuple[Entry, str, str, str]]:
    left = section.total - len(section.entries)
    text = tr_plural("and {count} more", "and {count} more", left)
    return [(Entry(MORE, section.kind, "", "", ""), "", text, "")] if left > 0 else []


def _words(report: TodayReport, section: Section, entry: Entry) -> tuple[str, str, str]:
    return when_of(report, section, entry), what_of(section, entry), about_of(section, entry)


def _grid(report: TodayReport, section: Section) -> Grid:
    """Return the entries with what matters of them; how many more there are follows."""
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("when", tr("When"), rigid=True),
        Col("what", tr("What")),
        Col("about", tr("About")),
    )
    rows = tuple((entry.ref[:REF_SHOWN], *_words(report, section, entry)) for entry in section.entries)
    kept = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    more = section.total - len(rows)
    footer = (tr_plural("and {count} more", "and {count} more", more),) if more else ()
    return Grid(
        tuple(columns[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows), footer
    )


def _object(report: TodayReport) -> dict[str, Any]:
    sections = {
        section.kind: {"total": section.total, "entries": [_entry(entry) for entry in section.entries]}
        for section in report.sections
    }
    return {"day": report.day.isoformat(), "silent_days": report.silent_days, **sections}


def _entry(entry: Entry) -> dict[str, Any]:
    found = {name: value for name, value in _values(entry).items() if value not in (None, "")}
    return {"noun": entry.noun, "id": entry.id, "ref": entry.ref, "text": entry.text, **found}


def _values(entry: Entry) -> dict[str, Any]:
    """Return what an entry holds besides noun, id, ref and text, as machines read it."""
    amount = None
    if entry.amount is not None and entry.currency:
        amount = numbers.plain_amount(entry.amount, entry.currency)
    return {
        "about": entry.about,
        "on": entry.on,
        "time": entry.time,
        "days": entry.days,
        "priority": entry.priority,
        "mark": entry.mark,
        "who": entry.who,
        "change": change_of(entry) if entry.change else "",
        "count": entry.count,
        "before": entry.before,
        "after": entry.after,
        "amount": amount,
        "currency": entry.currency if amount else None,
    }


def _flat(report: TodayReport) -> Grid:
    rows = tuple(
        (section.kind, *(_cell(each) for each in _cells(entry)))
        for section in report.sections
        for entry in section.entries
    )
    return Grid(tuple(Col(name, name) for name in (*_FLAT, *_MORE)), rows)


def _cells(entry: Entry) -> tuple[Any, ...]:
    values = _values(entry)
    first = (entry.noun, entry.ref, entry.text, *(values[name] for name in ("about", "on", "time")))
    return (*first, values["days"], values["priority"], *(values[name] for name in _MORE))


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
