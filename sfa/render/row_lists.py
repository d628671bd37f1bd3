"""Several changed records at once, each with what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa.fields import noun
from sfa.i18n import tr
from sfa.render.tables import Col, Grid, grid_text, json_text

if TYPE_CHECKING:
    from sfa.services.rows import Row

Done = tuple[str, "Row"]


def rows_text(schema: str, rows: Sequence[Done], fmt: str) -> str:
    """Return (what happened, record) pairs; what happened is a plain word such as ``created``."""
    if fmt == "json":
        body = [
            {
                "action": what,
                "noun": row.noun,
                "id": row.id,
                "ref": row.ref,
                "name": row.label,
                "version": row.version,
            }
            for what, row in rows
        ]
        return json_text(schema, {"records": body})
    for_people = fmt in {"table", "md"}
    columns = (
        Col("action", tr("Change")),
        Col("noun", tr("Record")),
        Col("ref", tr("Reference"), rigid=True),
        Col("name", tr("Name")),
    )
    cells = tuple(
        (
            _word(what) if for_people else what,
            tr(noun(row.noun).label) if for_people else row.noun,
            row.ref[:6] if for_people else row.ref,
            row.label,
        )
        for what, row in rows
    )
    return grid_text(Grid(columns, cells), fmt)


def _word(what: str) -> str:
    words = {
        "created": tr("created"),
        "changed": tr("changed"),
        "attached": tr("attached"),
        "converted": tr("converted"),
        "done": tr("done"),
        "next": tr("next"),
        "follow-up": tr("follow-up"),
    }
    return words.get(what, what)
