"""All nouns out and in: every table with its ids, and the attached contents, as plain files.

A fresh store becomes the archive, row for row. A store in use takes it row by row:
what it lacks is created, what differs is changed, and one undo takes all of it back.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sfa import clock
from sfa.errors import InvalidInput, Refused, StoreUnusable, msg
from sfa.fields import TABLES, Table
from sfa.interchange.archive_files import (
    Archive,
    Manifest,
    Row,
    TableFile,
    content_file,
    contents_dir,
    read_table,
    write_manifest,
    write_table,
)
from sfa.store import change
from sfa.store.backup import one_moment
from sfa.store.content_hash import content_hash
from sfa.store.contents import content_path, keep_content, known_hashes
from sfa.store.erasure import erasures
from sfa.store.perform import Change
from sfa.store.version import SCHEMA_VERSION
from sfa.terms import ChangeKind

_BATCH = 500
_OWN_SETTING = "organisation_id"  # ids of imported records are made from it


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished archive; ``missing`` are attached contents that were not in the content folder."""

    path: Path
    rows: int
    contents: int
    missing: tuple[str, ...]


@dataclass(slots=True)
class Imported:
    """What an archive did to the store; ``kept`` are rows erased or append-only here, left as they are."""

    fresh: bool
    created: int = 0
    updated: int = 0
    same: int = 0
    kept: int = 0
    contents: int = 0


def export_all(connection: sqlite3.Connection, directory: Path, *, contents: Path) -> Exported:
    """Write every table, deleted rows too, and the attached contents into a new folder, whole or not at all.

    Raises:
        Refused: the folder exists and is not empty.
        StoreUnusable: it cannot be written.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise Refused(
            msg("The folder {path} is not empty."),
            hint=msg("Name a new folder; an archive never overwrites anything."),
            path=str(directory),
        )
    try:
        with _unfinished(directory.absolute()) as folder, one_moment(connection):
            tables = {table.name: _write(connection, folder, table) for table in TABLES.values()}
            sizes, missing = _copy_contents(connection, folder, contents)
            write_manifest(folder, _manifest(connection, tables, sizes))
    except OSError as error:
        raise StoreUnusable(
            msg("The archive {path} could not be written."),
            why=msg("The system says: {system}."),
            hint=msg("Choose another place, or free some space."),
            path=str(directory),
            system=error.strerror or str(error),
        ) from error
    return Exported(directory, sum(each.rows for each in tables.values()), len(sizes), tuple(missing))


@contextmanager
def _unfinished(directory: Path) -> Iterator[Path]:
    folder = directory.with_name(f".{directory.name}.{os.getpid()}.part")
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
        if directory.exists():
            directory.rmdir()
        folder.rename(directory)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _columns(table: Table) -> list[str]:
    names = [column.name for column in table.captured()]
    return ["id", *names, "updated_at", "updated_by"]


def _write(connection: sqlite3.Connection, folder: Path, table: Table) -> TableFile:
    names = _columns(table)
    cursor = connection.cursor()
    cursor.row_factory = None
    quoted = ", ".join(f'"{name}"' for name in names)
    rows = cursor.execute(f"SELECT {quoted} FROM {table.name} ORDER BY id")
    return write_table(folder, table.name, (dict(zip(names, row, strict=True)) for row in rows))


def _copy_contents(
    connection: sqlite3.Connection, folder: Path, contents: Path
) -> tuple[dict[str, int], list[str]]:
    sizes: dict[str, int] = {}
    missing = []
    for sha256 in known_hashes(connection):
        source = content_path(contents, sha256)
        if source.exists():
            sizes[sha256] = keep_content(contents_dir(folder), source)[1]
        else:
            missing.append(sha256)
    return sizes, missing


def _manifest(
    connection: sqlite3.Connection, tables: dict[str, TableFile], contents: dict[str, int]
) -> Manifest:
    return Manifest(
        SCHEMA_VERSION,
        clock.to_text(clock.utc_now()),
        change.local_state(connection, "user_id") or "",
        content_hash(connection),
        tables,
        contents,
    )


def import_all(open_change: Change, archive: Archive, *, contents: Path | None) -> Imported:
    """Bring an archive's rows and contents into the store, in the open transaction.

    Into a fresh store everything comes as it is, and the archive's user is the one who
    works here; there is then nothing to undo. Elsewhere the organisation's identity stays.
    Without a content folder (a dry run) the contents stay where they are.

    Raises:
        InvalidInput: a row has columns this program does not know.
        Refused: a row refers to one that is in neither the archive nor the store.
    """
    connection = open_change.connection
    done = Imported(fresh=_is_fresh(connection))
    if done.fresh:
        open_change.kind = ChangeKind.SYSTEM
        _make_room(connection, archive.manifest.user_id)
    erased = set(erasures(connection))
    for table in TABLES.values():
        if table.name in archive.manifest.tables:
            lines = read_table(archive, table.name)
            while rows := list(islice(lines, _BATCH)):
                _take(open_change, table, rows, erased, done)
    if contents is not None:
        for sha256 in archive.manifest.contents:
            keep_content(contents, content_file(archive.folder, sha256))
        done.contents = len(archive.manifest.contents)
    open_change.call(
        msg("Import the archive {folder}: {count} rows"),
        folder=archive.folder.absolute().name,
        count=done.created + done.updated,
    )
    return done


def _is_fresh(connection: sqlite3.Connection) -> bool:
    kinds = [row[0] for row in connection.execute("SELECT kind FROM tx LIMIT 2")]
    return kinds in ([], [ChangeKind.SYSTEM.value])


def _make_room(connection: Any, user_id: str) -> None:
    """Remove what a new store made for itself, and let the archive's user work here."""
    for table in reversed(TABLES.values()):
        connection.execute(f"DELETE FROM {table.name}")
    if user_id:
        connection.execute("UPDATE local_state SET value = ? WHERE key = 'user_id'", (user_id,))
        connection.capture.actor = user_id


# What the centre alone writes: it would refuse the whole import for it.
_CENTRES_ROWS = frozenset({"conflict", "proposal"})
_CENTRES_COLUMNS = {"quote": ("approved_digest", "approved_by_id", "approved_at")}


def _take(
    open_change: Change, table: Table, rows: Iterable[Row], erased: set[tuple[str, str]], done: Imported
) -> None:
    wanted = {row["id"]: row for row in rows}
    known = set(_columns(table))
    # What a line leaves out is empty: nobody's row is not the importer's.
    empty = {column.name: None for column in table.columns if column.nullable}
    present = _present(open_change, table, list(wanted))
    for row_id, row in wanted.items():
        if not row.keys() <= known:
            raise InvalidInput(
                f"{table.name}.jsonl",
                msg("it has columns this program does not know: {columns}"),
                columns=", ".join(sorted(row.keys() - known)),
            )
        if row_id not in present and not done.fresh and table.name in _CENTRES_ROWS:
            done.kept += 1
        elif row_id not in present:
            own = () if done.fresh else _CENTRES_COLUMNS.get(table.name, ())
            change.insert(open_change.connection, table.name, {**empty, **row, **dict.fromkeys(own)})
            done.created += 1
        else:
            _change(open_change, table, row, present[row_id], erased, done)


def _present(open_change: Change, table: Table, row_ids: list[str]) -> dict[str, dict[str, Any]]:
    names = [column.name for column in table.captured()]
    cursor = open_change.connection.cursor()
    cursor.row_factory = None
    quoted = ", ".join(f'"{name}"' for name in ["id", *names])
    places = ", ".join("?" * len(row_ids))
    rows = cursor.execute(f"SELECT {quoted} FROM {table.name} WHERE id IN ({places})", row_ids)
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def _change(
    open_change: Change,
    table: Table,
    row: Row,
    present: dict[str, Any],
    erased: set[tuple[str, str]],
    done: Imported,
) -> None:
    centres = present if table.name in _CENTRES_ROWS else _CENTRES_COLUMNS.get(table.name, ())
    differing = {
        name: row.get(name)
        for name, value in present.items()
        if row.get(name) != value and name not in centres
    }
    is_own = table.name == "setting" and present["key"] == _OWN_SETTING
    if not differing or is_own:
        done.same += 1
    elif (table.name, row["id"]) in erased or (table.append_only and differing.keys() != {"deleted_at"}):
        done.kept += 1
    else:
        change.update(open_change.connection, table.name, row["id"], differing)
        done.updated += 1
