"""What a search found, with the words around the match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.render.tables import Col, Grid, grid_text, json_text

if TYPE_CHECKING:
    from sfa.finding.searching import Hit


def hits_text(hits: Sequence[Hit], fmt: str) -> str:
    """Return the hits, best first; nothing for none but in JSON."""
    if fmt == "json":
        rows = [
            {
                "noun": hit.noun,
                "id": hit.id,
                "ref": hit.ref,
                "name": hit.label,
                "field": hit.field,
                "excerpt": hit.excerpt,
            }
            for hit in hits
        ]
        return json_text("sfa.find/1", {"rows": rows})
    if not hits and fmt == "table":
        return ""
    people = fmt in {"table", "md"}
    columns = (
        Col("noun", tr("Record")),
        Col("ref", tr("Ref"), rigid=True),
        Col("name", tr("Name")),
        Col("field", tr("Field")),
        Col("excerpt", tr("Found in")),
    )
    return grid_text(Grid(columns, tuple(_row(hit, people=people) for hit in hits)), fmt)


def _row(hit: Hit, *, people: bool) -> tuple[str, ...]:
    if not people:
        return (hit.noun, hit.ref, hit.label, hit.field, hit.excerpt)
    entity = noun_of(hit.noun)
    fields = (each for each in entity.fields if hit.field in {each.column, each.name} and not each.through)
    field = next(fields, None)
    excerpt = "" if hit.excerpt == hit.label else hit.excerpt
    return (tr(entity.label), hit.ref, hit.label, tr(field.label) if field else hit.field, excerpt)
