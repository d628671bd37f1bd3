"""Files attached to records: the metadata is a row, the bytes lie in the content folder under their hash.

The bytes are written before the row is committed: a content without a row is harmless,
a row without its content would not be.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import msg
from sfa.fields import Field, Kind, noun
from sfa.finding.attachments import Attachment, look_at, one, unreadable
from sfa.interchange.values import check_text
from sfa.services import records
from sfa.store import change
from sfa.store.contents import keep_content

_NAME = Field("name", Kind.TEXT, msg("Name"), "attachment", "name", max_length=255)
_UNKNOWN_TYPE = "application/octet-stream"


def add(
    session: Session, noun_name: str, record_id: str, source: Path, *, folder: Path, name: str = ""
) -> Attachment:
    """Attach a file to a record; its bytes are kept in the content folder.

    Raises:
        BadUsage: the file is missing, no file, too large, or cannot be read.
        NotFound: no such record.
    """
    record = records.load(session, noun_name, record_id)
    sha256, size = _keep(folder, source)
    called = check_text(_NAME, name or source.name)
    row_id = ids.uuid7(clock.wall_ms())
    connection = records.raw(session)
    change.insert(
        connection,
        "attachment",
        {
            "id": row_id,
            f"{noun(noun_name).table}_id": record.id,
            "name": called,
            "media_type": mimetypes.guess_type(called)[0] or _UNKNOWN_TYPE,
            "size_bytes": size,
            "sha256": sha256,
        },
    )
    return one(connection, row_id)


def _keep(folder: Path, source: Path) -> tuple[str, int]:
    look_at(source)
    try:
        return keep_content(folder, source)
    except OSError as error:
        raise unreadable(source, error) from error


def delete(session: Session, row_id: str) -> None:
    """Take a file off its record; undo brings it back, so that the bytes stay."""
    change.update(
        records.raw(session), "attachment", row_id, {"deleted_at": records.change_of(session).stamp}
    )
