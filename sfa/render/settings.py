"""Settings with their values and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sfa.errors import msg
from sfa.i18n import tr
from sfa.render.tables import Col, Grid, grid_text, json_text


class Line(NamedTuple):
    """A setting as it is listed."""

    name: str
    value: str
    origin: str
    help: str


def settings_text(schema: str, lines: Sequence[Line], fmt: str) -> str:
    """Return the settings in a format."""
    if fmt == "json":
        return json_text(schema, {"settings": [line._asdict() for line in lines]})
    columns = (
        Col("name", tr("Name"), rigid=True),
        Col("value", tr("Value")),
        Col("origin", tr("Source")),
        Col("help", tr("What it is for")),
    )
    for_people = fmt in {"table", "md"}
    rows = ((line.name, line.value, _origin(line.origin, for_people=for_people), line.help) for line in lines)
    return grid_text(Grid(columns, tuple(rows)), fmt)


def _origin(origin: str, *, for_people: bool) -> str:
    words = {"default": msg("default"), "organisation": msg("organisation")}
    return tr(words.get(origin, origin)) if for_people else origin
