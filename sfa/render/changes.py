"""What changes are called, and the list of those that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sfa.errors import Msg
from sfa.fields import noun_or_none
from sfa.i18n import tr
from sfa.render import dates
from sfa.render.tables import Col, Grid, grid_text, json_text
from sfa.reports.changes import Recent


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
