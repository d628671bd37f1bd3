"""Files attached to records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa import ids
from sfa.i18n import tr
from sfa.render import dates, numbers
from sfa.render.cells import one_line
from sfa.render.tables import Col, Grid, grid_text, json_text

if TYPE_CHECKING:
    from sfa.finding.attachments import Attachment


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
        Col("size_bytes", tr("File size"), right=True, rigid=True),
        Col("added_at", tr("Added"), rigid=True),
        Col("added_by", tr("By")),
    )
    return grid_text(Grid(columns, tuple(_row(each, people=people) for each in files)), fmt)


def _row(each: Attachment, *, people: bool) -> tuple[str, ...]:
    if not people:
        return (each.ref, each.name, each.media_type, str(each.size_bytes), each.added_at, each.added_by)
    return (
        each.ref[: ids.REF_SHOWN],
        one_line(each.name),
        each.media_type,
        numbers.file_size(each.size_bytes),
        dates.instant(each.added_at),
        one_line(each.added_by),
    )


def file_line(each: Attachment) -> tuple[str, str, str]:
    """Return (when it was added, what it is called and its size, its type and who added it)."""
    what = f"{one_line(each.name)} · {numbers.file_size(each.size_bytes)}"
    about = " · ".join(part for part in (one_line(each.added_by), each.media_type) if part)
    return dates.instant(each.added_at), what, about
