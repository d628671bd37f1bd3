"""Files attached to records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa import ids
from sfa.i18n import tr
from sfa.render import dates
from sfa.render.tables import Col, Grid, grid_text, json_text

if TYPE_CHECKING:
    from sfa.finding.attachments import Attachment

_STEP = 1024


def attachments_text(files: Sequence[Attachment], fmt: str) -> str:
    """Return the files, oldest first; nothing for none on a terminal."""
    if fmt == "json":
        return json_text("sfa.attachment.list/1", {"rows": [each._asdict() for each in files]})
    if not files and fmt == "table":
        return ""
    people = fmt in {"table", "md"}
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("name", tr("Name")),
        Col("media_type", tr("Type")),
        Col("size_bytes", tr("Size"), right=True, rigid=True),
        Col("added_at", tr("Added"), rigid=True),
    )
    return grid_text(Grid(columns, tuple(_row(each, people=people) for each in files)), fmt)


def _row(each: Attachment, *, people: bool) -> tuple[str, ...]:
    if not people:
        return (each.ref, each.name, each.media_type, str(each.size_bytes), each.added_at)
    return (
        each.ref[: ids.REF_SHOWN],
        each.name,
        each.media_type,
        _size(each.size_bytes),
        dates.instant(each.added_at),
    )


def _size(count: int) -> str:
    """Return a size in the largest unit that leaves a number above one."""
    size, units = float(count), ["B", "KiB", "MiB", "GiB"]
    while size >= _STEP and len(units) > 1:
        size /= _STEP
        units.pop(0)
    return f"{count} B" if units[0] == "B" else f"{size:.1f} {units[0]}"
