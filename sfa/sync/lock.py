"""One sync of a home at a time, also over processes; a lock ends with the process that held it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sfa.errors import SyncError, msg
from sfa.store.locks import taken

LOCK_NAME = "sync.lock"


class AlreadySyncing(SyncError):
    """Another process syncs this home at the moment."""


@contextmanager
def sole(home: Path) -> Iterator[None]:
    """Hold the home's lock.

    Raises:
        AlreadySyncing: another process holds it.
    """
    descriptor = os.open(home / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not taken(descriptor):
            raise AlreadySyncing(
                msg("Another sync of this store is running."),
                hint=msg("Wait for it to end; nothing has to be done."),
            )
        yield
    finally:
        os.close(descriptor)
