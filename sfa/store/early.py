"""Having the system write a growing log to the disk before the commit asks for it.

A help and no promise: what makes a commit last is SQLite's own sync, which then waits for
the log's end instead of all of it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_EVERY_S = 0.1
sync = getattr(os, "fdatasync", os.fsync)


@contextmanager
def written_early(connection: sqlite3.Connection) -> Iterator[None]:
    """Write the store's log out meanwhile, in a thread; where that cannot be done, nothing happens."""
    store = connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0]
    ended = threading.Event()
    writing = threading.Thread(target=_write, args=(f"{store}-wal", ended), name="early", daemon=True)
    writing.start()
    try:
        yield
    finally:
        ended.set()
        writing.join()


def _write(log: str, ended: threading.Event) -> None:
    with suppress(OSError):
        # Not the store itself: closing that would take SQLite's locks on it away.
        file = os.open(log, os.O_RDONLY)
        try:
            while not ended.wait(_EVERY_S):
                sync(file)
        finally:
            os.close(file)
