"""Files attached to records: the metadata is a row, the bytes lie in the content folder under their hash.

The bytes are written before the row is committed: a content without a row is harmless,
a row without its content would not be.
"""

from __future__ import annotations

import mimetypes
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import Ambiguous, BadUsage, NotFound, Refused, msg
from sfa.fields import Field, Kind, noun
from sfa.finding.labels import labels
from sfa.interchange.values import check_text
from sfa.services import records
from sfa.store import change
from sfa.store.contents import ERASED, content_path, hash_of, keep_content

ABOUT = ("lead", "account", "contact", "deal", "visit", "activity", "task", "product", "user")
_NAME = Field("name", Kind.TEXT, msg("Name"), "attachment", "name", max_length=255)
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a record; ``about`` is the record's label."""

    id: str
    ref: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    added_at: str
    noun: str
    about: str


def add(
    session: Session, noun_name: str, record_id: str, source: Path, *, folder: Path, name: str = ""
) -> Attachment:
    """Attach a file to a record; its bytes are kept in the content folder.

    Raises:
        BadUsage: the file is missing, no file, or cannot be read.
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
    if not source.exists():
        raise BadUsage(msg("There is no file {path}."), path=str(source))
    if not source.is_file():
        raise BadUsage(msg("{path} is no file."), path=str(source))
    try:
        return keep_content(folder, source)
    except OSError as error:
        raise BadUsage(
            msg("The file {path} cannot be kept."),
            why=msg("The system says: {system}."),
            path=str(source),
            system=error.strerror or str(error),
        ) from error


def of_record(connection: sqlite3.Connection, noun_name: str, record_id: str) -> list[Attachment]:
    """Return the files of a record, oldest first."""
    rows = connection.execute(
        f"SELECT * FROM attachment WHERE {noun(noun_name).table}_id = ? AND deleted_at IS NULL ORDER BY id",
        (record_id,),
    ).fetchall()
    return [_attachment(connection, row) for row in rows]


def one(connection: sqlite3.Connection, row_id: str) -> Attachment:
    """Return a file that is known to be there."""
    row = connection.execute("SELECT * FROM attachment WHERE id = ?", (row_id,)).fetchone()
    return _attachment(connection, row)


def _attachment(connection: sqlite3.Connection, row: sqlite3.Row) -> Attachment:
    tables = {noun(word).table: word for word in ABOUT if word != "visit"}
    table = next(table for table in tables if row[f"{table}_id"] is not None)
    record_id = row[f"{table}_id"]
    return Attachment(
        row["id"],
        ids.ref_of(row["id"]),
        row["name"],
        row["media_type"],
        row["size_bytes"],
        row["sha256"],
        row["created_at"],
        tables[table],
        labels(connection, tables[table], [record_id]).get(record_id, ""),
    )


def find(connection: sqlite3.Connection, typed: str, *, deleted: bool = False) -> Attachment:
    """Return the one file that a reference or a name means.

    Raises:
        NotFound: none.
        Ambiguous: several.
    """
    live = "IS NOT NULL" if deleted else "IS NULL"
    plain = typed.strip()
    rows = connection.execute(f"SELECT * FROM attachment WHERE deleted_at {live} ORDER BY id").fetchall()
    found = [row for row in rows if row["name"] == plain or row["id"] == plain]
    if not found and plain:
        found = [row for row in rows if ids.ref_of(row["id"]).startswith(ids.plain_ref(plain))]
    if not found:
        raise NotFound(
            msg("There is no file {typed!r}."),
            hint=msg("See the files of a record with: sfa attachment list REF."),
            typed=typed,
        )
    if len(found) > 1:
        many = [_attachment(connection, row) for row in found[:10]]
        raise Ambiguous(
            msg("{typed!r} fits several files."),
            matches=[(each.ref[: ids.REF_SHOWN + 3], f"{each.name} ({each.about})") for each in many],
            hint=msg("Type the reference in front of the one you mean."),
            typed=typed,
        )
    return _attachment(connection, found[0])


def delete(session: Session, row_id: str) -> None:
    """Take a file off its record; undo brings it back, so that the bytes stay."""
    change.update(
        records.raw(session), "attachment", row_id, {"deleted_at": records.change_of(session).stamp}
    )


def save(found: Attachment, target: Path, *, folder: Path, overwrite: bool = False) -> Path:
    """Copy a file's bytes to a path, whole or not at all; into a folder under its own name.

    Raises:
        Refused: the person it was about was erased, the bytes are missing or damaged, or a file is there.
        BadUsage: the target cannot be written.
    """
    source = content_path(folder, found.sha256)
    if found.sha256 == ERASED:
        raise Refused(msg("The file was erased with the person it was about."))
    if not source.exists() or hash_of(source) != found.sha256:
        raise Refused(
            msg("The content of {name} is missing or damaged."),
            hint=msg("Run: sfa doctor. A backup is brought back with: sfa backup restore FILE."),
            name=found.name,
        )
    place = target / Path(found.name).name if target.is_dir() else target
    if place.exists() and not overwrite:
        raise Refused(msg("{path} exists already."), hint=msg("Overwrite it with --force."), path=str(place))
    try:
        _copy(source, place)
    except OSError as error:
        raise BadUsage(
            msg("{path} cannot be written."),
            why=msg("The system says: {system}."),
            path=str(place),
            system=error.strerror or str(error),
        ) from error
    return place


def _copy(source: Path, place: Path) -> None:

    unfinished = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(source, unfinished)
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)
