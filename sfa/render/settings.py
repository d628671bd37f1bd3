"""Settings with their values and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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
        Col("origin", tr("From")),
        Col("help", tr("What it is for")),
    )
    return grid_text(Grid(columns, tuple(tuple(line) for line in lines)), fmt)
