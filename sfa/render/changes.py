"""What changes are called, and the list of those that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sfa.errors import Msg
from sfa.fields import noun_or_none
from sfa.i18n import tr
from sfa.render import dates
from sfa.render.tables import Col, Grid, grid_text, json_text
from sfa.reports.changes import Latest, Recent
from sfa.terms import ChangeKind


def change_name(name: Msg | str, arguments: Mapping[str, Any]) -> str:
    """Return a transaction's name in the user's language.

    The argument ``noun`` is a noun's word and shown by its label; a name from a newer
    version whose places are not known is shown as it is.
    """
    places = {key: _place(key, value) for key, value in arguments.items()}
    try:
        return tr(name, **places)
    except (KeyError, IndexError, ValueError):
        return tr(name)


def _place(key: str, value: Any) -> Any:
    if key != "noun":
        return value
    found = noun_or_none(str(value))
    if found is None:
        return tr(Msg(value))  # a setting, which is no noun
    return tr(found.label_plural if str(value) == found.plural else found.label)


def recent_text(changes: Sequence[Recent], fmt: str) -> str:
    """Return the changes, newest first."""
    if fmt == "json":
        rows = [
            {
                "id": each.tx_id,
                "ref": each.ref,
                "at": each.at,
                "name": change_name(each.name, each.arguments),
                "rows": each.rows,
                "undone": not each.in_force,
            }
            for each in changes
        ]
        return json_text("sfa.undo.list/1", {"rows": rows})
    people = fmt in {"table", "md"}
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("at", tr("When"), rigid=True),
        Col("name", tr("Change")),
        Col("rows", tr("Rows"), right=True),
        Col("undone", tr("Undone")),
    )
    return grid_text(Grid(columns, tuple(_row(each, people=people) for each in changes)), fmt)


def _row(each: Recent, *, people: bool) -> tuple[str, ...]:
    at = dates.instant(each.at) if people else each.at
    undone = (tr("yes") if people else "true") if not each.in_force else ("" if people else "false")
    return (each.ref, at, change_name(each.name, each.arguments), str(each.rows), undone)


def called(kind: ChangeKind, name: Msg | str, arguments: Mapping[str, Any]) -> str:
    """Return what a transaction is called, and whether it took something back."""
    plain = change_name(name, arguments)
    if kind is ChangeKind.UNDO:
        return tr("Undone: {name}", name=plain)
    return tr("Redone: {name}", name=plain) if kind is ChangeKind.REDO else plain


def latest_text(changes: Sequence[Latest], fmt: str) -> str:
    """Return everybody's changes, newest first; those without a reference were not made here."""
    if fmt == "json":
        rows = [
            {
                "id": each.tx_id,
                "ref": each.ref or None,
                "at": each.at,
                "author": each.author or None,
                "device": each.device or None,
                "name": called(each.kind, each.name, each.arguments),
                "rows": each.rows,
                "undone": not each.in_force,
            }
            for each in changes
        ]
        return json_text("sfa.history.latest/1", {"rows": rows})
    people = fmt in {"table", "md"}
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("at", tr("When"), rigid=True),
        Col("author", tr("Who")),
        Col("device", tr("Other device"), rigid=True),
        Col("name", tr("Change")),
        Col("rows", tr("Rows"), right=True),
        Col("undone", tr("Undone")),
    )
    grid = Grid(columns, tuple(_latest_row(each, people=people) for each in changes))
    return grid_text(without_devices(grid) if people else grid, fmt)


def without_devices(grid: Grid) -> Grid:
    """Leave out the column of devices where everything was made here."""
    place = next(index for index, column in enumerate(grid.columns) if column.name == "device")
    if any(row[place] for row in grid.rows):
        return grid
    columns = tuple(column for index, column in enumerate(grid.columns) if index != place)
    rows = tuple(tuple(cell for index, cell in enumerate(row) if index != place) for row in grid.rows)
    return Grid(columns, rows)


def device_text(device: str, *, people: bool) -> str:
    """Return a device as it is shown: people tell them apart by their first signs."""
    return device[:8] if people else device


def _latest_row(each: Latest, *, people: bool) -> tuple[str, ...]:
    at = dates.instant(each.at) if people else each.at
    undone = (tr("yes") if people else "true") if not each.in_force else ("" if people else "false")
    name = called(each.kind, each.name, each.arguments)
    return (each.ref, at, each.author, device_text(each.device, people=people), name, str(each.rows), undone)
