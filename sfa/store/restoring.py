"""Bringing a backup back: verified first, the present store kept aside, replaced whole.

The present store is overwritten through SQLite, as one transaction, so that a process
that has it open sees the old content or the new, and never writes into a file that is
gone. Whoever was erased since the backup was made is erased again before anybody
can read the restored store.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sfa.errors import NotFound, StoreUnusable, msg
from sfa.store import change
from sfa.store.backup import CONTENT_TABLE, copy_as_it_is, make_backup_dir, open_source, stamp, unused_name
from sfa.store.connection import StoreConnection, open_writing, private, unusable
from sfa.store.content_hash import content_hash
from sfa.store.contents import CHUNK, content_path, hash_of, known_hashes
from sfa.store.erasure import (
    SWEEP_DUE,
    RowKey,
    erase_rows,
    erasures,
    remember_erasures,
    still_readable,
    sweep,
)
from sfa.store.home import content_dir, make_home, store_path
from sfa.store.schema import migrate, refuse_newer
from sfa.store.search.index import renumber
from sfa.store.version import APPLICATION_ID, SCHEMA_VERSION
from sfa.terms import ChangeKind


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """What a restore did.

    ``kept`` is where the store from before lies now, if there was one. When it was too
    damaged to be read, ``erasures_unknown`` says that nobody could be erased again.
    """

    source: Path
    kept: Path | None
    migrated_from: int | None
    erased_again: int
    erasures_unknown: bool
    contents: int
    content_hash: str


def restore_backup(home: Path, file: Path) -> RestoreResult:
    """Replace the store by a backup, or change nothing.

    Raises:
        NotFound: there is no such file.
        StoreUnusable: the file is no store, damaged or of a newer version; or the present
            store is locked, of a newer version, or cannot be written.
    """
    version = verify(file)
    make_home(home)
    path = store_path(home)
    unfinished = home / f".{path.name}.{os.getpid()}.part"
    try:
        _copy_from(file, unfinished)
        known = _present_erasures(path)
        erased = _prepare(unfinished, known or {})
        contents = _take_contents(unfinished, content_dir(home))
        _finish(unfinished)
        kept = _replace(home, path, unfinished, known or {})
    except OSError as error:
        raise _failed(file, error) from error
    except sqlite3.Error as error:
        raise unusable(error, path) from error
    finally:
        for leftover in (unfinished, *_beside(unfinished)):
            leftover.unlink(missing_ok=True)
    if erased:
        sweep(home)
    return RestoreResult(
        file,
        kept,
        version if version != SCHEMA_VERSION else None,
        erased,
        known is None,
        contents,
        _hash(path),
    )


def verify(file: Path) -> int:
    """Check that a file is a sound store this program can read; return its schema version.

    Raises:
        NotFound: there is no such file.
        StoreUnusable: it is no store, damaged, or newer than this program.
    """
    if not file.is_file():
        raise NotFound(
            msg("There is no backup {path}."),
            hint=msg("Backups are listed with: sfa backup list."),
            path=str(file),
        )
    source = open_source(file)
    try:
        if source.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreUnusable(
                msg("The file {path} is a database, but no backup of sfa."),
                hint=msg("Nothing was changed. Backups are listed with: sfa backup list."),
                path=str(file),
            )
        version = int(source.execute("PRAGMA user_version").fetchone()[0])
        refuse_newer(file, version)
        verdict = source.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise StoreUnusable(
                msg("The backup {path} is damaged: {verdict}."),
                hint=msg("Nothing was changed. Try another backup: sfa backup list."),
                path=str(file),
                verdict=str(verdict),
            )
        return version
    except sqlite3.Error as error:
        raise unusable(error, file) from error
    finally:
        source.close()


def _copy_from(file: Path, target: Path) -> None:
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    source = open_source(file)
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
        source.close()


def _present_erasures(path: Path) -> dict[RowKey, str] | None:
    """Return what the present store knows to be erased; ``None`` when it cannot be read."""
    if not path.exists():
        return {}
    try:
        source = open_source(path)
    except StoreUnusable:
        return None
    try:
        refuse_newer(path, int(source.execute("PRAGMA user_version").fetchone()[0]))
        return erasures(source)
    except sqlite3.Error:
        return None
    finally:
        source.close()


def _prepare(unfinished: Path, known: dict[RowKey, str]) -> int:
    """Migrate the copy and erase again in it; return how many rows were erased."""
    connection = open_writing(unfinished)
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
            migrate(connection)
        rows = still_readable(connection, known)
        # Its own sweep, if one was owed when the backup was made, belongs to the home's files.
        connection.execute("DELETE FROM local_state WHERE key = ?", (SWEEP_DUE,))
        if rows:
            _erase_again(connection, rows)
        remember_erasures(connection, {**known, **erasures(connection)})
        return len(rows)
    finally:
        connection.close()


def _erase_again(connection: StoreConnection, rows: list[RowKey]) -> None:
    change.begin(connection)
    try:
        erase_rows(connection, rows)
        change.commit(
            connection, name=msg("Erase again what was erased after the backup"), kind=ChangeKind.SYSTEM
        )
    except BaseException:
        change.rollback(connection)
        raise


def _take_contents(unfinished: Path, folder: Path) -> int:
    """Move the contents out of the copy into the content folder; return how many came."""
    connection = sqlite3.connect(unfinished, isolation_level=None)
    try:
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (CONTENT_TABLE,)).fetchone()
        if there is None:
            return 0
        wanted = set(known_hashes(connection))
        rows = connection.execute(f"SELECT number, sha256 FROM {CONTENT_TABLE}").fetchall()
        taken = [
            _take_one(connection, number, content_path(folder, sha256))
            for number, sha256 in rows
            if sha256 in wanted
        ]
        connection.execute(f"DROP TABLE {CONTENT_TABLE}")
        return sum(taken)
    finally:
        connection.close()


def _take_one(connection: sqlite3.Connection, number: int, target: Path) -> bool:
    if target.exists() and hash_of(target) == target.name:
        return False
    for made in (target.parent.parent, target.parent):
        made.mkdir(mode=0o700, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with (
            part.open("wb") as file,
            connection.blobopen(CONTENT_TABLE, "content", number, readonly=True) as blob,
        ):
            while piece := blob.read(CHUNK):
                file.write(piece)
        part.chmod(0o600)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return True


def _finish(unfinished: Path) -> None:
    """Make the copy one small file that holds nothing of what was dropped or erased."""
    connection = open_writing(unfinished)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
        renumber(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.close()


def _replace(home: Path, path: Path, unfinished: Path, known: dict[RowKey, str]) -> Path | None:
    if not path.exists():
        unfinished.replace(path)
        return None
    folder = make_backup_dir(home)
    if _is_sound(path):
        kept = unused_name(folder, f"before-restore-{stamp()}")
        _overwrite(path, unfinished, kept, known)
        return kept
    kept = unused_name(folder, f"damaged-{stamp()}")
    for old, copy in [(path, kept), *((Path(f"{path}{end}"), Path(f"{kept}{end}")) for end in _ENDS)]:
        if old.exists():
            shutil.copyfile(old, copy)
            private(copy)
    # First the old log: it would be taken for the new file's own.
    for old in _beside(path):
        old.unlink(missing_ok=True)
    unfinished.replace(path)
    return kept


def _is_sound(path: Path) -> bool:
    try:
        source = open_source(path)
    except StoreUnusable:
        return False
    try:
        return str(source.execute("PRAGMA quick_check(1)").fetchone()[0]) == "ok"
    except sqlite3.Error:
        return False
    finally:
        source.close()


def _in_pages_of(path: Path, unfinished: Path) -> None:
    """Write the copy anew when its pages are of another size, which SQLite does not copy over a store."""
    with closing(sqlite3.connect(path)) as target:
        wanted = target.execute("PRAGMA page_size").fetchone()[0]
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
        if copy.execute("PRAGMA page_size").fetchone()[0] == wanted:
            return
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute(f"PRAGMA page_size = {wanted}")
        copy.execute("VACUUM")
        renumber(copy)


def _overwrite(path: Path, unfinished: Path, kept: Path, known: dict[RowKey, str]) -> None:
    """Write the copy over the store in one transaction; what it held goes to ``kept`` first."""
    deadline = time.monotonic() + change.BUSY_WAIT_S

    def at_step(status: int, _remaining: int, _total: int) -> None:
        if status != sqlite3.SQLITE_OK:
            if status != sqlite3.SQLITE_DONE and time.monotonic() > deadline:
                raise _too_long()
        elif not kept.exists():
            _keep_aside(path, kept, known)

    _in_pages_of(path, unfinished)
    source = sqlite3.connect(unfinished, isolation_level=None)
    target = sqlite3.connect(path, isolation_level=None, timeout=1.0)
    try:
        # In write-ahead mode the old content can be read while the new is being written.
        target.execute("PRAGMA journal_mode = WAL")
        source.backup(target, pages=_PAGES_A_STEP, progress=at_step)
        target.execute("PRAGMA busy_timeout = 60000")
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        target.close()
        source.close()
    private(path)


def _keep_aside(path: Path, kept: Path, known: dict[RowKey, str]) -> None:
    # The first step has taken the write lock: from here on nobody else changes the store.
    present = open_source(path)
    try:
        if erasures(present) != known:
            raise StoreUnusable(
                msg("Somebody was erased while the backup was brought back."),
                hint=msg("Nothing was changed. Run the command again."),
            )
        copy_as_it_is(present, kept)
    finally:
        present.close()


def _too_long() -> StoreUnusable:
    return StoreUnusable(
        msg("Another process has been changing the store for over a minute."),
        hint=msg("Wait for it to end (an import, a backup), then run the command again."),
    )


_PAGES_A_STEP = 64
_ENDS = ("-wal", "-shm", "-journal")


def _beside(path: Path) -> list[Path]:
    return [Path(f"{path}{end}") for end in _ENDS]


def _hash(path: Path) -> str:
    source = open_source(path)
    try:
        return content_hash(source)
    finally:
        source.close()


def _failed(file: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(
        msg("The backup {path} could not be brought back; the store is as it was."),
        why=msg("The system says: {system}."),
        hint=msg("Free some space or check the permissions, then run the command again."),
        path=str(file),
        system=error.strerror or str(error),
    )
