"""Files attached to records: what there is, and copies of their bytes from the content folder."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
import uuid
from contextlib import suppress
from errno import EACCES
from pathlib import Path
from typing import NamedTuple

from sfa import ids
from sfa.errors import Ambiguous, BadUsage, NotFound, Refused, msg
from sfa.fields import noun
from sfa.finding.labels import labels
from sfa.store.contents import content_path, hash_of, opened_copy
from sfa.store.home import content_dir, opened_dir
from sfa.store.personal import ERASED

_NOT_IN_NAMES = frozenset('/\\:*?"<>|')
MOST_BYTES = 100 << 20  # every backup and archive copies them
_KEPT_S = 86_400  # copies that a program was shown
# table -> the noun that its files are listed under
_TABLES = {
    **{name: name for name in ("lead", "account", "contact", "deal", "activity", "task", "product", "user")},
    "quote": "quote",
    "sales_order": "order",
}


class Attachment(NamedTuple):
    """A file of a record; ``about`` is the record's label."""

    id: str
    ref: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    added_at: str
    added_by: str
    noun: str
    about: str


# Every column, and who added it.
_SELECT = (
    "SELECT a.*, coalesce(u.name, '') AS added_by FROM attachment a LEFT JOIN user u ON u.id = a.created_by"
)


def of_record(connection: sqlite3.Connection, noun_name: str, record_id: str) -> list[Attachment]:
    """Return the files of a record, oldest first."""
    rows = connection.execute(
        f"{_SELECT} WHERE a.{noun(noun_name).table}_id = ? AND a.deleted_at IS NULL ORDER BY a.id",
        (record_id,),
    ).fetchall()
    label = _label(connection, rows[0]) if rows else ""
    return [_attachment(row, label) for row in rows]


def one(connection: sqlite3.Connection, row_id: str) -> Attachment:
    """Return a file that is known to be there."""
    row = connection.execute(f"{_SELECT} WHERE a.id = ?", (row_id,)).fetchone()
    return _attachment(row, _label(connection, row))


def _table_of(row: sqlite3.Row) -> str:
    return next(table for table in _TABLES if row[f"{table}_id"] is not None)


def _label(connection: sqlite3.Connection, row: sqlite3.Row) -> str:
    table = _table_of(row)
    record_id = row[f"{table}_id"]
    return labels(connection, _TABLES[table], [record_id]).get(record_id, "")


def _attachment(row: sqlite3.Row, about: str) -> Attachment:
    return Attachment(
        row["id"],
        ids.ref_of(row["id"]),
        row["name"],
        row["media_type"],
        row["size_bytes"],
        row["sha256"],
        row["created_at"],
        row["added_by"],
        _TABLES[_table_of(row)],
        about,
    )


def find(connection: sqlite3.Connection, typed: str, *, deleted: bool = False) -> Attachment:
    """Return the one file that a reference or a name means.

    Raises:
        NotFound: none.
        Ambiguous: several.
    """
    live = "IS NOT NULL" if deleted else "IS NULL"
    plain = typed.strip()
    rows = connection.execute(f"{_SELECT} WHERE a.deleted_at {live} ORDER BY a.id").fetchall()
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
        many = [_attachment(row, _label(connection, row)) for row in found[:10]]
        raise Ambiguous(
            msg("{typed!r} fits several files."),
            matches=[(each.ref[: ids.REF_SHOWN + 3], f"{each.name} ({each.about})") for each in many],
            hint=msg("Type the reference in front of the one you mean."),
            typed=typed,
        )
    return _attachment(found[0], _label(connection, found[0]))


def look_at(source: Path) -> None:
    """Look whether a file can be attached, without reading it.

    Raises:
        BadUsage: it is missing, no file, too large, or may not be read.
    """
    try:
        if not source.exists():
            raise BadUsage(msg("There is no file {path}."), path=str(source))
        if not source.is_file():
            raise BadUsage(msg("{path} is no file."), path=str(source))
        size = source.stat().st_size
        if not os.access(source, os.R_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))
    except OSError as error:
        raise unreadable(source, error) from error
    if size > MOST_BYTES:
        raise BadUsage(
            msg("{path} is too large."),
            why=msg("It has {size} MiB; {limit} MiB can be attached, for every backup copies it."),
            hint=msg("Attach a smaller one, or write into the notes where it lies."),
            path=str(source),
            size=-(-size >> 20),
            limit=MOST_BYTES >> 20,
        )


def unreadable(source: Path, error: OSError) -> BadUsage:
    """Return the error for a file that the system will not have read."""
    return BadUsage(
        msg("The file {path} cannot be kept."),
        why=msg("The system says: {system}."),
        path=str(source),
        system=error.strerror or str(error),
    )


def save_copy(found: Attachment, target: Path, *, folder: Path, overwrite: bool = False) -> Path:
    """Copy a file's bytes to a path, whole or not at all; into a folder under its own name.

    Raises:
        Refused: the person it was about was erased, the bytes are missing or damaged, or a file is there.
        BadUsage: the target cannot be written.
    """
    source = _content(found, folder)
    place = target / file_name(found.name) if target.is_dir() else target
    if place.exists() and not overwrite:
        raise Refused(msg("{path} exists already."), hint=msg("Overwrite it with --force."), path=str(place))
    try:
        _copy(source, place)
    except OSError as error:
        raise _unwritable(place, error) from error
    return place


def _unwritable(place: Path, error: OSError) -> BadUsage:
    return BadUsage(
        msg("{path} cannot be written."),
        why=msg("The system says: {system}."),
        path=str(place),
        system=error.strerror or str(error),
    )


def _copy(source: Path, place: Path) -> None:
    unfinished = place.with_name(
        f".{uuid.uuid4().hex}.{os.getpid()}.part"
    )  # the name alone may be as long as can be
    try:
        shutil.copyfile(source, unfinished)
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)


def lay_open(found: Attachment, *, home: Path) -> Path:
    """Copy a file to where the system's programs may look at it, under its own name; nobody writes there.

    The copies of other days go.

    Raises:
        Refused: as ``save_copy``.
        BadUsage: the copy cannot be written.
    """
    source = _content(found, content_dir(home))
    place = opened_copy(home, found.sha256) / file_name(found.name)
    try:
        _drop_old(opened_dir(home))
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy(source, place)
        place.chmod(0o400)
    except OSError as error:
        raise _unwritable(place, error) from error
    return place


def file_name(name: str) -> str:
    """Return the name under which a file lies in a folder: the one it has might lead elsewhere."""
    plain = "".join("_" if char in _NOT_IN_NAMES or ord(char) < 32 else char for char in name).strip()
    return plain if plain.strip(". ") else "file"


def _drop_old(folder: Path) -> None:
    for each in folder.glob("*"):
        with suppress(OSError):
            if time.time() - each.stat().st_mtime > _KEPT_S:
                shutil.rmtree(each, ignore_errors=True)


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
    if not source.exists():
        raise Refused(
            msg("The bytes of {name} are not on this machine."),
            why=msg("A sync carries what a file is called; its bytes stay where it was attached."),
            hint=msg(
                "Ask {who}. Or were they here before? Then bring a backup back: sfa backup restore FILE."
            ),
            name=found.name,
            who=found.added_by or "?",
        )
    if hash_of(source) != found.sha256:
        raise Refused(
            msg("The content of {name} is damaged."),
            hint=msg("Run: sfa doctor. A backup is brought back with: sfa backup restore FILE."),
            name=found.name,
        )
    return source
