"""Bringing a store to the schema this program carries: making, migrating, refusing.

Migrations run exclusively, with foreign keys off (a batch rebuild would cascade
deletes and drop triggers) and uncaptured, after a verified backup.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC
from pathlib import Path

from sfa import clock
from sfa.errors import StoreUnusable, msg
from sfa.store import first_load
from sfa.store.connection import StoreConnection, is_busy, open_writing, private, unusable
from sfa.store.home import backup_dir, is_there, make_home, store_path
from sfa.store.version import APPLICATION_ID, SCHEMA_VERSION

# What a million leads take, several times over: whoever comes second waits for the first.
_UPGRADE_WAIT_S = 1_200.0

# An import writes each page twice, and half as many cost a quarter less than with SQLite's usual 4 KiB.
# Twice as large would be a little better there, and make a new store three times as large.
_PAGE_BYTES = 8192

# Alembic keeps what it works on in its module, and the app opens the store from several threads.
_one_thread = threading.RLock()
_read_before: set[tuple[int, int]] = set()  # files of stores whose header was read, by device and inode

Notice = Callable[[], None]


def ready(home: Path, *, on_upgrade: Notice | None = None) -> Path:
    """Return the path of a store of our version, made or migrated when need be.

    ``on_upgrade`` is called before a migration, which takes minutes in a large store.

    Raises:
        StoreUnusable: the store is newer than this program, damaged, or not ours.
    """
    path = store_path(home)
    if not is_there(path):
        with _one_thread:
            if not is_there(path):
                _make(home, path)
            _read_before.add(_identity(path))  # whoever asks next has a connection to it
        return path
    first_load.take_back_if_killed(path)
    version = stored_version(path)
    if version != SCHEMA_VERSION:
        refuse_newer(path, version)
        if on_upgrade is not None:
            on_upgrade()
        with _one_thread:
            _upgrade(home, path)
        refuse_newer(path, stored_version(path))  # another program may have come first
    return path


def stored_version(path: Path) -> int:
    """Return the schema version a store says it has.

    The header holds it at byte 60 (Source: SQLite, "Database File Format", 1.3); reading
    it there costs no connection. A store in write-ahead mode may be ahead of its header,
    so a differing value is asked again of SQLite.

    Only a process that has no connection to the file may read it so: closing a file takes every lock
    away that the process holds on it. Whoever else closes the store then believes to be the last, and
    folds in and removes the log that our connections go on writing (Source: SQLite, "How To Corrupt
    An SQLite Database File", 2.2). So each file is read once, before the first connection.
    """
    try:
        with _one_thread:
            file_id = _identity(path)
            header = b"" if file_id in _read_before else _header(path)
            _read_before.add(file_id)
    except OSError as error:
        raise StoreUnusable(
            msg("The store {path} cannot be opened."),
            why=msg("The system says: {system}."),
            hint=msg("Check that the folder exists and is yours, or set SFA_HOME to another folder."),
            path=str(path),
            system=error.strerror or str(error),
        ) from error
    if int.from_bytes(header[60:64], "big") == SCHEMA_VERSION and header.startswith(b"SQLite format 3\0"):
        return SCHEMA_VERSION
    try:
        return _asked_version(path, "mode=ro")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") not in {"SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY"}:
            raise unusable(error, path) from error
    try:
        return _asked_version(path, "immutable=1")  # as it is read then, too: in a folder nobody writes to
    except sqlite3.Error as error:
        raise unusable(error, path) from error


def _asked_version(path: Path, how: str) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?{how}", uri=True)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(72)


def refuse_newer(path: Path, version: int) -> None:
    """Raise StoreUnusable when a store was written by a newer program."""
    if version > SCHEMA_VERSION:
        raise StoreUnusable(
            msg("The store {path} was written by a newer sfa (schema {found}; this one knows {known})."),
            hint=msg("Update sfa on this machine; nothing was changed."),
            path=str(path),
            found=version,
            known=SCHEMA_VERSION,
        )


def _make(home: Path, path: Path) -> None:
    make_home(home)
    unfinished = path.with_name(f"{path.name}.new-{os.getpid()}")
    try:
        _make_at(unfinished)
        # Another process may have made the store meanwhile: the first one stays.
        os.link(unfinished, path)
    except FileExistsError:
        pass
    except sqlite3.Error as error:
        raise unusable(error, path) from error
    except OSError as error:
        raise StoreUnusable(
            msg("The store {path} cannot be made."),
            why=msg("The system says: {system}."),
            hint=msg("Set SFA_HOME to a folder you may write to."),
            path=str(path),
            system=error.strerror or str(error),
        ) from error
    finally:
        for leftover in (unfinished, *(Path(f"{unfinished}{end}") for end in ("-wal", "-shm", "-journal"))):
            leftover.unlink(missing_ok=True)


def _make_at(path: Path) -> None:
    from sfa.store.seed import seed

    with closing(sqlite3.connect(path, isolation_level=None)) as empty:
        empty.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        empty.execute("VACUUM")  # from here on the file has it
    connection = open_writing(path)
    try:
        private(path)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrate(connection)
        seed(connection)
        # Out of write-ahead mode, so that the file is whole and can be renamed.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.close()


def _upgrade(home: Path, path: Path) -> None:
    connection = open_writing(path)
    try:
        if _application_id(connection) != APPLICATION_ID:
            raise StoreUnusable(
                msg("The file {path} is a database, but no store of sfa."),
                hint=msg("Set SFA_HOME to another folder; nothing was changed."),
                path=str(path),
            )
        stamp = clock.utc_now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        backup = backup_dir(home) / f"before-schema-{SCHEMA_VERSION}-{stamp}.db"
        backup.parent.mkdir(mode=0o700, exist_ok=True)
        migrate(connection, first=lambda: _back_up(path, backup))
    except sqlite3.Error as error:
        raise unusable(error, path) from error
    finally:
        connection.close()


def _back_up(path: Path, target: Path) -> None:
    from sfa.store.backup import open_source, write_backup

    # A connection that writes cannot be copied from; another one reads what was there before.
    with closing(open_source(path)) as source:
        write_backup(source, target)


def _application_id(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA application_id").fetchone()[0])


def migrate(connection: StoreConnection, *, first: Callable[[], None] | None = None) -> None:
    """Run the missing revisions in one exclusive transaction and make the triggers anew.

    One process does it, the others wait for it. ``first`` is called in the transaction.

    Raises:
        StoreUnusable: a reference points nowhere afterwards; nothing was changed.
    """
    connection.execute("PRAGMA foreign_keys = OFF")
    _take_lock(connection)
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:
            if first is not None:
                first()
            _migrate_inside(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def _take_lock(connection: StoreConnection) -> None:
    # In steps of the busy timeout: SQLite's own waiting could not be broken off.
    deadline = time.monotonic() + _UPGRADE_WAIT_S
    while True:
        try:
            connection.execute("BEGIN EXCLUSIVE")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() >= deadline:
                raise


def _migrate_inside(connection: StoreConnection) -> None:
    from sfa.store.search.index import rebuild
    from sfa.store.search.state import is_current
    from sfa.store.triggers import drop_triggers, make_triggers

    drop_triggers(connection)
    _run_revisions(connection)
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StoreUnusable(
            msg("The store could not be brought to schema {version}: {count} references point nowhere."),
            hint=msg("Nothing was changed. Run: sfa doctor."),
            version=SCHEMA_VERSION,
            count=len(broken),
        )
    make_triggers(connection)
    if not is_current(connection):
        rebuild(connection)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _run_revisions(connection: StoreConnection) -> None:
    from alembic import command
    from alembic.config import Config

    from sfa.store.orm import engine_on

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    engine = engine_on(connection)
    with engine.connect() as bound:
        config.attributes["connection"] = bound
        command.upgrade(config, "head")
