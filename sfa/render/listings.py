"""A listing as table, TSV, CSV, JSON or Markdown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from sfa.fields import noun as noun_of
from sfa.fields.spec import Field, Kind
from sfa.i18n import tr
from sfa.render.cells import cell_width, one_line, wrap
from sfa.render.tables import (
    GAP,
    Col,
    Grid,
    fit,
    grid_text,
    is_coloured,
    json_text,
    table_width,
    terminal_width,
)
from sfa.render.values import (
    RIGHT_ALIGNED,
    WITH_CURRENCY,
    flat_currency,
    flat_value,
    plain_value,
    show_value,
)

if TYPE_CHECKING:
    from sfa.finding.listing import Listing

_KEPT = 3  # columns that are shown however narrow the terminal is
_LEGIBLE = 6  # cells of a clipped column
_UNBOUND = 100_000
PEOPLE = frozenset({"table", "md"})


def listing_text(listing: Listing, fmt: str) -> str:
    """Return the listing in a format; for people with labels, for machines with field names."""
    if fmt == "json":
        return json_text(f"sfa.{listing.noun}.list/1", listing_body(listing))
    grid = people_grid(listing) if fmt in PEOPLE else machine_grid(listing)
    if fmt == "table" and not listing.chosen and natural_width(grid) > terminal_width():
        grid = _within(without_empty_columns(grid), terminal_width())
    return grid_text(grid, fmt, bold=is_coloured(sys.stdout.isatty()))


def listing_body(listing: Listing) -> dict[str, Any]:
    """Return the JSON body of a listing: its rows as objects, and whether there are more."""
    return {
        "rows": [
            {field.name: plain_value(field, value) for field, value in zip(listing.columns, row, strict=True)}
            for row in listing.rows
        ],
        "more": listing.more,
    }


def people_grid(listing: Listing) -> Grid:
    """Return the listing with labels and values for people."""
    return Grid(
        tuple(column(field) for field in listing.columns),
        tuple(
            tuple(show_value(field, value) for field, value in zip(listing.columns, row, strict=True))
            for row in listing.rows
        ),
    )


def natural_width(grid: Grid) -> int:
    """Return how many cells the grid takes as a table when nothing is clipped."""
    widths = [
        max(cell_width(text) for text in (col.label, *(row[index] for row in grid.rows)))
        for index, col in enumerate(grid.columns)
    ]
    return sum(widths) + GAP * (len(widths) - 1)


def without_empty_columns(grid: Grid) -> Grid:
    """Return the grid without the columns in which no row says anything, so that the others have room."""
    kept = [index for index in range(len(grid.columns)) if any(row[index] for row in grid.rows)]
    if not kept:
        return grid
    rows = tuple(tuple(row[index] for index in kept) for row in grid.rows)
    return Grid(tuple(grid.columns[index] for index in kept), rows, grid.footer)


def _within(grid: Grid, room: int) -> Grid:
    """Return the grid without the last columns for which a line has no room, and says which these are."""
    kept = len(grid.columns)
    while kept > _KEPT and not _is_readable(grid, kept, room):
        kept -= 1
    if kept == len(grid.columns):
        return grid
    left = ", ".join(column.label for column in grid.columns[kept:])
    note = tr("No room for: {columns}. A wider terminal shows them; so does --fields.", columns=left)
    return Grid(
        grid.columns[:kept], tuple(row[:kept] for row in grid.rows), (*grid.footer, *wrap(note, room))
    )


def _is_readable(grid: Grid, count: int, room: int) -> bool:
    """Say whether the first columns fit with none of them crowded: what is clipped shows some cells."""
    cut = Grid(grid.columns[:count], tuple(row[:count] for row in grid.rows))
    widths = fit(cut, room)
    natural = fit(cut, _UNBOUND)
    crowded = any(width < min(_LEGIBLE, wanted) for width, wanted in zip(widths, natural, strict=True))
    return table_width(widths) <= room and not crowded


def column(field: Field) -> Col:
    """Return a field's column: numbers to the right, references and amounts never cut."""
    right = field.kind in RIGHT_ALIGNED
    rigid = right or field.kind in {Kind.DAY, Kind.INSTANT} or field.name in {"ref", "number"}
    return Col(field.name, tr(field.label), right=right, rigid=rigid)


def machine_grid(listing: Listing) -> Grid:
    """Return the listing with field names and plain values; currencies follow at the end."""
    priced = [index for index, field in enumerate(listing.columns) if field.kind in WITH_CURRENCY]
    columns = [Col(field.name, field.name) for field in listing.columns]
    columns += [Col(name, name) for name in (f"{listing.columns[index].name}_currency" for index in priced)]
    rows = []
    for row in listing.rows:
        cells = [flat_value(field, value) for field, value in zip(listing.columns, row, strict=True)]
        rows.append((*cells, *(flat_currency(row[index]) for index in priced)))
    return Grid(tuple(columns), tuple(rows))


def list_state(
    noun: str, count: int, *, complete: bool, filtered: str = "", sought: str = "", marked: int = 0
) -> str:
    """Return what a list on the screen holds: how many, by which filter, what was sought, how many marked."""
    from sfa.render import numbers  # decimals with them, and only the app asks

    entity = noun_of(noun)
    number = numbers.grouped(count) + ("" if complete else "+")
    label = entity.label if count == 1 and complete else entity.label_plural
    parts = [tr("{number} {nouns}", number=number, nouns=label)]
    if filtered:
        parts.append(tr("filter: {filter}", filter=one_line(filtered)))
    if sought:
        parts.append(tr("find: {text}", text=one_line(sought)))
    if marked:
        parts.append(tr("{number} marked", number=numbers.grouped(marked)))
    return " · ".join(parts)
