"""What a handover moves, record by record."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sfa.fields import noun
from sfa.i18n import tr
from sfa.render.tables import Col, Grid, grid_text, json_text

if TYPE_CHECKING:
    from sfa.services.handover import Handover


def handover_text(done: Handover, fmt: str, *, width: int | None = None) -> str:
    """Return every record that changes hands, accounts first."""
    if fmt == "json":
        return json_text(
            "sfa.handover/1", {"to": done.to_user, "moved": [asdict(each) for each in done.moved]}
        )
    is_shown = fmt in {"table", "md"}
    columns = (
        Col("noun", tr("Record")),
        Col("ref", tr("Ref"), rigid=True),
        Col("label", tr("Name")),
    )
    cells = tuple(
        (
            tr(noun(each.noun).label) if is_shown else each.noun,
            each.ref[:5] if is_shown else each.ref,
            each.label,
        )
        for each in done.moved
    )
    return grid_text(Grid(columns, cells), fmt, width=width)
