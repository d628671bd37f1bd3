"""One record in full, and the short answer after a change."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from sfa.fields import Field, Kind
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.render.cells import cell_width, clip, one_line, pad, wrap
from sfa.render.listings import column, without_empty_columns
from sfa.render.stacked import is_cut_short, stacked_text
from sfa.render.tables import (
    Col,
    Grid,
    grid_text,
    is_coloured,
    json_text,
    natural,
    pairs_text,
    table_text,
    table_width,
    terminal_width,
)
from sfa.render.values import WITH_CURRENCY, flat_value, plain_value, show_long, show_value

if TYPE_CHECKING:
    from sfa.finding.sections import Section
    from sfa.finding.showing import Shown
    from sfa.services.rows import Row


def record_text(shown: Shown, fmt: str) -> str:
    """Return a record in full; for machines as field and value, or as one JSON object."""
    if fmt == "json":
        return json_text(f"sfa.{shown.noun}/1", _body(shown))
    if fmt in {"tsv", "csv"}:
        return grid_text(_machine_grid(shown), fmt)
    if fmt == "md":
        return _markdown(shown)
    return _people_text(shown)


def _body(shown: Shown) -> dict[str, Any]:
    fields = {field.name: plain_value(field, value) for field, value in shown.values}
    sections = {
        section.name: [
            {field.name: plain_value(field, value) for field, value in zip(section.columns, row, strict=True)}
            for row in section.rows
        ]
        for section in shown.sections
    }
    return {"id": shown.id, "ref": shown.ref, "version": shown.version, **fields, **sections}


def _machine_grid(shown: Shown) -> Grid:
    rows = [("id", shown.id), ("ref", shown.ref), ("version", str(shown.version))]
    rows += [(field.name, flat_value(field, value)) for field, value in shown.values]
    return Grid((Col("field", "field"), Col("value", "value")), tuple(rows))


# Who it is and how to reach them comes first, what the store notes by itself last.
_NAMING = frozenset({"name", "short_name", "subject", "company", "title"})
_REACHING = frozenset({"phones", "emails", "addresses", "website"})
_NOTED = frozenset({"pool", "created", "created_by", "updated", "deleted", "external_ids"})


def _place(field: Field) -> int:
    return 0 if field.name in _NAMING else 1 if field.name in _REACHING else 3 if field.name in _NOTED else 2


def _pairs(shown: Shown) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return label and text of the fields that come before what hangs on a record, and of those after it.

    Before the lines of a quote or order stands what a list of them shows; of other records, all.
    """
    found = []
    for field, value in sorted(shown.values, key=lambda pair: _place(pair[0])):
        text = show_long(field, value)
        # A flag that is not set says nothing: four lines of "no" would hide what matters.
        if text and not (field.kind is Kind.FLAG and value == 0):
            found.append((field.name, (tr(field.label), text)))
    ref, version = (tr("Ref"), shown.ref), (tr("Version"), str(shown.version))
    if not shown.sections or shown.sections[0].name != "lines":
        return [ref, *(pair for _, pair in found), version], []
    listed = noun_of(shown.noun).listed
    first = sorted((each for each in found if each[0] in listed), key=lambda each: listed.index(each[0]))
    rest = [pair for name, pair in found if name not in listed]
    return [pair for _, pair in first], [ref, *rest, version]


class Paragraph(NamedTuple):
    """A line of a record as the app shows it: a heading, or a label with its text."""

    label: str
    text: str
    heading: bool = False


def record_paragraphs(shown: Shown, width: int) -> list[Paragraph]:
    """Return a record line by line for a view of so many cells: title, fields, then what hangs on it."""
    kind = tr(noun_of(shown.noun).label)
    found = [Paragraph("", line, heading=True) for line in wrap(f"{kind} {one_line(shown.label)}", width)]
    before, after = _pairs(shown)
    found += _field_paragraphs(before, width)
    for section in shown.sections:
        found += _heading(tr(section.label) + (" …" if section.more else ""))
        table = _table(section, width)
        found += [Paragraph("", line) for line in table.splitlines()]
    if after:
        found += [*_heading(tr("Terms and more")), *_field_paragraphs(after, width)]
    return found


def _heading(text: str) -> list[Paragraph]:
    return [Paragraph("", ""), Paragraph("", text, heading=True)]


def _field_paragraphs(pairs: list[tuple[str, str]], width: int) -> list[Paragraph]:
    found = []
    left = min(max(cell_width(label) for label, _ in pairs), width // 3)
    for label, value in pairs:
        lines = wrap(value, max(10, width - left - 2))
        found.append(Paragraph(pad(clip(label, left), left) + "  ", lines[0]))
        found += [Paragraph(" " * (left + 2), line) for line in lines[1:]]
    return found


def _people_text(shown: Shown) -> str:
    bold = is_coloured(sys.stdout.isatty())
    before, after = _pairs(shown)
    parts = [pairs_text(before, bold=bold)]
    for section in shown.sections:
        heading = tr(section.label) + (" …" if section.more else "")
        parts.append(f"\n{heading}\n{_table(section, terminal_width(), bold=bold)}")
    if after:
        parts.append(f"\n{tr('Terms and more')}\n{pairs_text(after, bold=bold)}")
    return "".join(parts)


def _markdown(shown: Shown) -> str:
    before, after = _pairs(shown)
    parts = [f"# {tr(noun_of(shown.noun).label)} {shown.label}\n\n{_fields_grid(before)}"]
    parts += [
        f"\n## {tr(section.label)}\n\n{grid_text(_section_grid(section), 'md')}" for section in shown.sections
    ]
    if after:
        parts.append(f"\n## {tr('Terms and more')}\n\n{_fields_grid(after)}")
    return "".join(parts)


def _fields_grid(pairs: list[tuple[str, str]]) -> str:
    return grid_text(Grid((Col("field", tr("Field")), Col("value", tr("Value"))), tuple(pairs)), "md")


def _table(section: Section, width: int, *, bold: bool = False) -> str:
    """Return a section without empty columns, and where it would be clipped with those that people need.

    Where there is no room for what the lines are called either, that stands above their figures.
    """
    whole = without_empty_columns(_section_grid(section))
    if not section.narrow or table_width(natural(whole)) <= width:
        return table_text(whole, width=width, bold=bold)
    kept = _only(whole, section.narrow)
    at = next((at for at, each in enumerate(kept.columns) if each.name == "name"), None)
    if at is None or at == len(kept.columns) - 1 or not is_cut_short(kept, at, width):
        return table_text(kept, width=width, bold=bold)
    return stacked_text(_only(_section_grid(section, brief=True), kept.names()), at, width, bold=bold)


def _only(grid: Grid, names: Collection[str]) -> Grid:
    kept = [at for at, each in enumerate(grid.columns) if each.name in names]
    rows = tuple(tuple(row[at] for at in kept) for row in grid.rows)
    return Grid(tuple(grid.columns[at] for at in kept), rows, grid.footer)


def _section_grid(section: Section, *, brief: bool = False) -> Grid:
    """Return a section as texts; ``brief`` leaves out a currency that all its amounts have."""
    rows = tuple(
        tuple(show_value(field, value) for field, value in zip(section.columns, row, strict=True))
        for row in section.rows
    )
    if brief:
        priced = [at for at, field in enumerate(section.columns) if field.kind in WITH_CURRENCY]
        shared = {row[at][1] for row in section.rows for at in priced if row[at]}
        end = f" {shared.pop()}" if len(shared) == 1 else ""
        rows = tuple(
            tuple(cell.removesuffix(end) if at in priced else cell for at, cell in enumerate(row))
            for row in rows
        )
    return Grid(tuple(column(field) for field in section.columns), rows)


def row_text(row: Row, fmt: str) -> str:
    """Return the reference of a changed record, as data for the next command in a script."""
    if fmt == "json":
        body = {"id": row.id, "ref": row.ref, "version": row.version, "label": row.label}
        return json_text(
            f"sfa.{row.noun}.changed/1", {**body, "created": row.created, "changed": row.changed}
        )
    columns = tuple(Col(name, name) for name in ("ref", "id", "version", "label"))
    return grid_text(Grid(columns, ((row.ref, row.id, str(row.version), row.label),)), _row_format(fmt))


def _row_format(fmt: str) -> str:
    return "tsv" if fmt == "table" else fmt
