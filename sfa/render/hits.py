"""What a search found, with the words around the match."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.render.tables import Col, Grid, grid_text, is_coloured, json_text

if TYPE_CHECKING:
    from sfa.finding.searching import Hit


# Signs without width that stand around a match until the table is laid out; no text shown has them.
_OPEN, _CLOSE = "\u2063", "\u2064"
_MARKED = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}…\n]*){_CLOSE}?")
_NO_MARKS = str.maketrans("", "", _OPEN + _CLOSE)
_LIT, _UNLIT = "\x1b[1;4m", "\x1b[22;24m"  # bold and underlined: not told by colour


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
                "matches": [list(span) for span in hit.spans],
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
    lit = fmt == "table" and is_coloured(sys.stdout.isatty())
    text = grid_text(Grid(columns, tuple(_row(hit, people=people, lit=lit) for hit in hits)), fmt)
    return _MARKED.sub(rf"{_LIT}\1{_UNLIT}", text).translate(_NO_MARKS) if lit else text


def marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a text with marks without width around its matches."""
    parts, end = [], 0
    for start, stop in spans:
        parts += [text[end:start], _OPEN, text[start:stop], _CLOSE]
        end = stop
    return "".join([*parts, text[end:]])


def _row(hit: Hit, *, people: bool, lit: bool) -> tuple[str, ...]:
    if not people:
        return (hit.noun, hit.ref, hit.label, hit.field, hit.excerpt)
    entity = noun_of(hit.noun)
    fields = (each for each in entity.fields if hit.field in {each.column, each.name} and not each.through)
    field = next(fields, None)
    found = marked(hit.excerpt, hit.spans) if lit else hit.excerpt
    label, excerpt = (found, "") if hit.excerpt == hit.label else (hit.label, found)
    return (tr(entity.label), hit.ref, label, tr(field.label) if field else hit.field, excerpt)
