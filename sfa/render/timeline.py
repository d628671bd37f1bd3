"""The timeline of a record, moment by moment, field by field."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from sfa.i18n import tr
from sfa.render import dates
from sfa.render.changes import called, device_text, without_devices
from sfa.render.tables import Col, Grid, grid_text, is_coloured, json_text
from sfa.render.values import flat_value, plain_value, show_value
from sfa.reports.timeline import FieldChange, Moment


def timeline_text(entries: Sequence[Moment], fmt: str) -> str:
    """Return the moments, newest first; for people a line a field, when and who only once."""
    if fmt == "json":
        return json_text("sfa.history/1", {"entries": [_body(entry) for entry in entries]})
    people = fmt in {"table", "md"}
    columns = (
        Col("at", tr("When"), rigid=True),
        Col("author", tr("Who")),
        Col("device", tr("Other device"), rigid=True),
        Col("change", tr("Change")),
        Col("field", tr("Field")),
        Col("before", tr("Before")),
        Col("after", tr("After")),
    )
    rows = tuple(row for entry in entries for row in _rows(entry, people=people))
    grid = Grid(columns, rows)
    return grid_text(without_devices(grid) if people else grid, fmt, bold=is_coloured(sys.stdout.isatty()))


def named(entry: Moment) -> str:
    """Return what a moment is called, and whether it took something back."""
    return called(entry.kind, entry.name, entry.arguments)


def moments_by_day(entries: Sequence[Moment]) -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    """Return each day with its moments as (transaction, time, what changed, who), newest first."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for entry in entries:
        day, _, at = dates.instant(entry.at).partition(" ")
        who = " · ".join(part for part in (entry.author, device_text(entry.device, people=True)) if part)
        found.setdefault(day, []).append((entry.tx_id, at, _in_words(entry), who))
    return list(found.items())


def _in_words(entry: Moment) -> str:
    changes = (_cells(each, people=True) for each in entry.changes)
    told = "; ".join(
        f"{field}: {before} → {after}" if before else f"{field}: {after}" for field, before, after in changes
    )
    return f"{named(entry)} · {told}" if told else named(entry)


def _rows(entry: Moment, *, people: bool) -> list[tuple[str, ...]]:
    at = dates.instant(entry.at) if people else entry.at
    head = (at, entry.author, device_text(entry.device, people=people), named(entry))
    cells = [_cells(each, people=people) for each in entry.changes] or [("", "", "")]
    blank = ("", "", "", "") if people else head
    return [(*(head if not index else blank), *each) for index, each in enumerate(cells)]


def _cells(each: FieldChange, *, people: bool) -> tuple[str, str, str]:
    if each.erased:
        return (
            tr(each.field.label) if people else each.field.name,
            "",
            tr("[erased]") if people else "[erased]",
        )
    show = show_value if people else flat_value
    before = show(each.field, each.before) if each.before is not None else ""
    after = show(each.field, each.after) if each.after is not None else ""
    return (tr(each.field.label) if people else each.field.name, before, after)


def _body(entry: Moment) -> dict[str, Any]:
    return {
        "id": entry.tx_id,
        "at": entry.at,
        "author": entry.author or None,
        "device": entry.device or None,
        "kind": entry.kind.value,
        "change": named(entry),
        "fields": [
            {
                "field": each.field.name,
                "before": _plain(each, each.before),
                "after": _plain(each, each.after),
                "erased": each.erased,
            }
            for each in entry.changes
        ],
    }


def _plain(each: FieldChange, value: Any) -> Any:
    return None if value is None or each.erased else plain_value(each.field, value)
