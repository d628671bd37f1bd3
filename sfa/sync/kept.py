"""A home's store that a running process keeps open between its syncs.

A sync with nothing to do takes less time than SQLite needs to read the schema of a store that it
opens. Between two syncs nothing is locked and nothing is being read: others write to the store,
migrate it, bring a backup back and fold its log in as if it was closed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sfa.store.home import identity, store_path
from sfa.store.schema import ready
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.device import Device


class KeptStore:
    """The store of a home, for one sync after another; whoever has it closes it."""

    def __init__(self, home: Path) -> None:
        """Open nothing yet."""
        self._home = home
        self._device: Device | None = None
        self._file: tuple[int, int] | None = None

    @contextmanager
    def lent(self) -> Iterator[Device]:
        """Lend the store as it is now: opened anew when it is another file or of another schema than before.

        It is closed when something fails, so that nothing of the failure is left on the connection.

        Raises:
            StoreUnusable: it cannot be opened, made or migrated.
        """
        if self._device is None or not self._is_as_it_was(self._device):
            self.close()
            # Before it is opened: should it be replaced just now, the next look finds another file.
            self._file = identity(ready(self._home))
            self._device = Device.open(self._home)
        try:
            yield self._device
            # What a sync has read would lie in memory until the next one.
            self._device.connection.execute("PRAGMA shrink_memory")
        except BaseException:
            self.close()
            raise

    def _is_as_it_was(self, device: Device) -> bool:
        if self._file is None or identity(store_path(self._home)) != self._file:
            return False
        try:
            version = device.connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.Error:
            return False
        return bool(version == SCHEMA_VERSION)

    def close(self) -> None:
        """Close the store; it may be lent again."""
        device, self._device = self._device, None
        if device is not None:
            device.close()
