"""Who works here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa.fields import noun
from sfa.i18n import tr
from sfa.render.tables import Col, Grid, grid_text, json_text, pairs_text
from sfa.render.values import show_value

if TYPE_CHECKING:
    from sfa.reports.whoami import Identity


def whoami_text(found: Identity, store: str, fmt: str) -> str:
    """Return the identity in a format; what is not known is left out for people."""
    if fmt == "json":
        return json_text("sfa.whoami/1", {**found._asdict(), "store": store})
    if fmt in {"tsv", "csv"}:
        rows = tuple((name, str(value)) for name, value in {**found._asdict(), "store": store}.items())
        return grid_text(Grid((Col("field", "field"), Col("value", "value")), rows), fmt)
    role = noun("user").field("role")
    assert role is not None
    pairs = [
        (tr("Name"), found.name),
        (tr("Role"), show_value(role, found.role)),
        (tr("Team"), found.team),
        (tr("Manager"), found.manager),
        (tr("Organisation"), found.organisation),
        (tr("Currency"), found.currency),
        (tr("Device"), found.device_id),
        (tr("Store"), store),
    ]
    known = [pair for pair in pairs if pair[1]]
    if fmt == "md":
        return grid_text(Grid((Col("field", tr("Field")), Col("value", tr("Value"))), tuple(known)), fmt)
    return pairs_text(known)
