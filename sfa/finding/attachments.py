"""Files attached to records: what there is, and copies of their bytes from the content folder."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import NamedTuple

from sfa import ids
from sfa.errors import Ambiguous, BadUsage, NotFound, Refused, msg
from sfa.fields import noun
from sfa.finding.labels import labels
from sfa.store.contents import content_path, hash_of
from sfa.store.personal import ERASED

_TABLES = ("lead", "account", "contact", "deal", "activity", "task", "product", "user")


class Attachment(NamedTuple):
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
    table = next(table for table in _TABLES if row[f"{table}_id"] is not None)
    record_id = row[f"{table}_id"]
    return Attachment(
        row["id"],
        ids.ref_of(row["id"]),
        row["name"],
        row["media_type"],
        row["size_bytes"],
        row["sha256"],
        row["created_at"],
        table,
        labels(connection, table, [record_id]).get(record_id, ""),
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


def save_copy(found: Attachment, target: Path, *, folder: Path, overwrite: bool = False) -> Path:
    """Copy a file's bytes to a path, whole or not at all; into a folder under its own name.

    Raises:
        Refused: the person it was about was erased, the bytes are missing or damaged, or a file is there.
        BadUsage: the target cannot be written.
    """
    source = _content(found, folder)
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


def read_content(found: Attachment, *, folder: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        Refused: the person it was about was erased, or the bytes are missing or damaged.
    """
    return _content(found, folder).read_bytes()


def _content(found: Attachment, folder: Path) -> Path:
    source = content_path(folder, found.sha256)
    if found.sha256 == ERASED:
        raise Refused(msg("The file was erased with the person it was about."))
    if not source.exists() or hash_of(source) != found.sha256:
        raise Refused(
            msg("The content of {name} is missing or damaged."),
            hint=msg("Run: sfa doctor. A backup is brought back with: sfa backup restore FILE."),
            name=found.name,
        )
    return source
