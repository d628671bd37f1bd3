"""Backups: one file each, made while the store is in use, verified before they count.

A backup is a store with the attached contents in a table of its own, so that one file
alone brings everything back. Bringing back is in ``restoring``.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sfa import clock
from sfa.errors import NotFound, Refused, StoreUnusable, msg
from sfa.store.connection import unusable
from sfa.store.content_hash import content_hash
from sfa.store.contents import CHUNK, content_path, known_hashes
from sfa.store.home import backup_dir, content_dir, is_there, store_path
from sfa.store.schema import refuse_newer, stored_version
from sfa.store.version import SCHEMA_VERSION

CONTENT_TABLE = "backup_content"
_ELSEWHERE = "backups_elsewhere"  # local_state: paths of backups outside the home, for erase to name


@dataclass(frozen=True, slots=True)
class BackupResult:
    """A finished backup. ``missing`` are attached contents that were not in the content folder."""

    path: Path
    made_at: str
    content_hash: str
    size_bytes: int
    contents: int
    missing: tuple[str, ...]


def backup(home: Path, target: Path | None = None) -> BackupResult:
    """Copy the store and the attached contents into one verified file, or leave no file.

    Without a target, or with a folder, the file is named after the instant in UTC;
    the usual folder is ``backups`` in the home.

    Raises:
        NotFound: there is no store yet.
        Refused: the file exists already.
        StoreUnusable: the store cannot be read, or the copy not written or not sound.
    """
    path = store_path(home)
    if not is_there(path):
        raise NotFound(msg("There is no store in {path} yet."), path=str(home))
    refuse_newer(path, stored_version(path))
    place = _place(home, target)
    source = open_source(path)
    try:
        same, missing = _write_verified(source, place, content_dir(home))
        result = BackupResult(
            place,
            clock.to_text(clock.utc_now()),
            same,
            place.stat().st_size,
            len(known_hashes(source)) - len(missing),
            tuple(missing),
        )
    except sqlite3.Error as error:
        raise unusable(error, path) from error
    finally:
        source.close()
    if place.parent != backup_dir(home):
        _note_elsewhere(path, place)
    return result


def open_source(path: Path) -> sqlite3.Connection:
    """Open a store or a backup for copying, at one moment of it and without changing it.

    Raises:
        StoreUnusable: it cannot be opened.
    """
    try:
        return _opened(path, "mode=ro")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") not in {"SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY"}:
            raise unusable(error, path) from error
    try:
        # Without write access to the folder a file that nobody writes is read as it lies.
        return _opened(path, "immutable=1")
    except sqlite3.Error as error:
        raise unusable(error, path) from error


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=60.0)
    try:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def backups(home: Path) -> list[Path]:
    """Return the backups that are there, oldest first: those in the home, and those known elsewhere."""
    found = sorted(backup_dir(home).glob("*.db")) if backup_dir(home).is_dir() else []
    try:
        source = open_source(store_path(home))
    except StoreUnusable:
        return found
    try:
        return found + [Path(text) for text in _elsewhere(source) if Path(text).exists()]
    finally:
        source.close()


def stamp() -> str:
    """Return the present instant as backups are named, such as ``20261122T033612Z``."""
    return clock.utc_now().strftime("%Y%m%dT%H%M%SZ")


def unused_name(folder: Path, stem: str) -> Path:
    """Return a path in a folder that is not taken, numbered when the plain name is."""
    found = folder / f"{stem}.db"
    number = 2
    while found.exists():
        found = folder / f"{stem}-{number}.db"
        number += 1
    return found


def make_backup_dir(home: Path) -> Path:
    """Make the home's folder of backups, for its owner alone."""
    folder = backup_dir(home)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def _place(home: Path, target: Path | None) -> Path:
    if target is None or target.is_dir():
        folder = make_backup_dir(home) if target is None else target.absolute()
        return unused_name(folder, f"sfa-{stamp()}")
    if target.exists():
        raise Refused(
            msg("The file {path} exists already."),
            hint=msg("Choose another name; a backup never overwrites anything."),
            path=str(target),
        )
    return target.absolute()


def write_backup(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the open store to a file, whole and verified, without attached contents, or leave no file.

    Raises:
        StoreUnusable: the copy cannot be written, or is not the same as the store.
    """
    _write_verified(connection, target, None)


def _write_verified(
    connection: sqlite3.Connection, target: Path, contents: Path | None
) -> tuple[str, list[str]]:
    """Return the content hash that store and copy share, and the contents that are not there."""
    with _unfinished(target) as unfinished, one_moment(connection):
        missing = _copy(connection, unfinished, contents)
        wanted = _fingerprint(connection)
        verdict = _verdict(unfinished, wanted)
        if verdict != "ok":
            raise StoreUnusable(
                msg("The backup {path} is not sound: {verdict}."),
                hint=msg("Run: sfa doctor."),
                path=str(target),
                verdict=verdict,
            )
        _publish(unfinished, target)
    return wanted, missing


@contextmanager
def one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Read from one moment of the store, whoever writes meanwhile."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def copy_as_it_is(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the open store to a file without asking whether it is sound: what a repair starts from."""
    with _unfinished(target) as unfinished:
        _copy(connection, unfinished, None)
        _publish(unfinished, target)


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    path = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        yield path
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(target, error) from error
    finally:
        for leftover in (path, Path(f"{path}-journal")):
            leftover.unlink(missing_ok=True)


def _unwritable(target: Path, error: Exception) -> StoreUnusable:
    return StoreUnusable(
        msg("The backup {path} could not be written."),
        why=msg("The system says: {system}."),
        hint=msg("Choose another place with: sfa backup make FILE."),
        path=str(target),
        system=getattr(error, "strerror", None) or str(error),
    )


def _copy(connection: sqlite3.Connection, target: Path, contents: Path | None) -> list[str]:
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        connection.backup(copy)
        # A single file without a log beside it; a copy that fails is thrown away whole.
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA synchronous = OFF")
        return _embed(copy, contents) if contents is not None else []
    finally:
        copy.close()


def _embed(copy: sqlite3.Connection, folder: Path) -> list[str]:
    copy.execute(
        f"CREATE TABLE {CONTENT_TABLE} (number INTEGER NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL,"
        " content BLOB NOT NULL) STRICT"
    )
    missing = []
    for sha256 in known_hashes(copy):
        path = content_path(folder, sha256)
        if path.exists():
            _embed_one(copy, sha256, path)
        else:
            missing.append(sha256)
    return missing


def _embed_one(copy: sqlite3.Connection, sha256: str, path: Path) -> None:
    copy.execute("BEGIN")
    copy.execute(
        f"INSERT INTO {CONTENT_TABLE} (sha256, content) VALUES (?, zeroblob(?))",
        (sha256, path.stat().st_size),
    )
    number = copy.execute("SELECT last_insert_rowid()").fetchone()[0]
    with path.open("rb") as file, copy.blobopen(CONTENT_TABLE, "content", number) as blob:
        while part := file.read(CHUNK):
            blob.write(part)
    copy.execute("COMMIT")


def _fingerprint(connection: sqlite3.Connection) -> str:
    # An older store has other columns: its own program could compare it, this one cannot.
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    return content_hash(connection) if version == SCHEMA_VERSION else ""


def _verdict(path: Path, wanted: str) -> str:
    copy = sqlite3.connect(path, isolation_level=None)
    try:
        found = str(copy.execute("PRAGMA integrity_check(1)").fetchone()[0])
        if found == "ok" and _fingerprint(copy) != wanted:
            return "its content differs from the store's"
        return found
    finally:
        copy.close()


def _publish(unfinished: Path, target: Path) -> None:
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _elsewhere(connection: sqlite3.Connection) -> list[str]:
    import json

    row = connection.execute("SELECT value FROM local_state WHERE key = ?", (_ELSEWHERE,)).fetchone()
    return list(json.loads(row[0])) if row else []


def _note_elsewhere(path: Path, place: Path) -> None:
    import json

    connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
    try:
        known = [text for text in _elsewhere(connection) if text != str(place) and Path(text).exists()]
        connection.execute(
            "INSERT OR REPLACE INTO local_state (key, value) VALUES (?, ?)",
            (_ELSEWHERE, json.dumps([*known, str(place)])),
        )
    except sqlite3.OperationalError:
        # A store that cannot be written at this moment can be backed up all the same.
        pass
    finally:
        connection.close()
