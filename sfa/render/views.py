"""Saved views as a list."""

from __future__ import annotations

from collections.abc import Sequence

from sfa.fields import noun as noun_of
from sfa.finding.views import View
from sfa.i18n import tr
from sfa.render.cells import one_line
from sfa.render.tables import Col, Grid, grid_text, json_text


def views_text(views: Sequence[View], fmt: str) -> str:
    """Return views, a line each."""
    if fmt == "json":
        rows = [
            {
                "noun": view.noun,
                "name": view.name,
                "where": view.where,
                "sort": view.sort,
                "fields": [name for name, _ in view.columns],
                "shared": view.is_shared,
            }
            for view in views
        ]
        return json_text("sfa.view.list/1", {"rows": rows})
    people = fmt in {"table", "md"}
    columns = (
        Col("noun", tr("List")),
        Col("name", tr("Name")),
        Col("where", tr("Filter")),
        Col("sort", tr("Sorted by")),
        Col("fields", tr("Columns")),
        Col("shared", tr("Seen by")),
    )
    return grid_text(Grid(columns, tuple(_row(view, people=people) for view in views)), fmt)


def _row(view: View, *, people: bool) -> tuple[str, ...]:
    whose = tr("everybody") if view.is_shared else tr("you")
    return (
        tr(noun_of(view.noun).label_plural) if people else view.noun,
        one_line(view.name),
        one_line(view.where),
        view.sort,
        ",".join(name for name, _ in view.columns),
        whose if people else "everybody" if view.is_shared else "me",
    )
