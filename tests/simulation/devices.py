"""A simulated device: a real store on a file, a clock that may be wrong, a program that may be killed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sfa.store.connection import open_writing
from sfa.sync import device as store_side
from sfa.sync.protocol import MAX_BYTES, Push
from tests.simulation.faults import DiskPlan, WatchedConnection

STORE = "sfa.db"
FEW = 7
ENDS = ("", "-wal")


def copy_store(source: Path, target: Path) -> None:
    """Copy a store's file and its log as they lie, as a crash or a copying user leaves them."""
    target.mkdir(parents=True, exist_ok=True)
    for end in (*ENDS, "-shm"):
        (target / f"{STORE}{end}").unlink(missing_ok=True)
    for end in ENDS:
        if (source / f"{STORE}{end}").exists():
            shutil.copyfile(source / f"{STORE}{end}", target / f"{STORE}{end}")


class SimDevice:
    """One home of one user."""

    def __init__(self, name: str, user: str, folder: Path, wall_ms: Callable[[], int]) -> None:
        """Name a home; its store is copied into it before it is opened."""
        self.name = name
        self.user = user
        self.folder = folder
        self.skew_ms = 0
        self.frozen_at: int | None = None
        self.plan = DiskPlan()
        self.made: set[str] = set()
        self.seen_version = 0
        self.seen_epoch: str | None = None
        self.generation = 0
        self.is_busy = False
        self._wall_ms = wall_ms
        self._connection: WatchedConnection | None = None

    # ---- the machine

    def wall_ms(self) -> int:
        """Return what this machine's clock shows."""
        return max((self.frozen_at or self._wall_ms()) + self.skew_ms, 1)

    @property
    def home(self) -> Path:
        """Return the folder that holds the store now; after a crash the copy of the old one."""
        return self.folder / str(self.generation)

    @property
    def connection(self) -> WatchedConnection:
        """Return the open store."""
        if self._connection is None:
            found = open_writing(self.home / STORE)
            assert isinstance(found, WatchedConnection)
            found.execute("PRAGMA synchronous = OFF")
            found.plan = self.plan
            self._connection = found
        return self._connection

    def image(self) -> None:
        """Copy the files as a kill at this moment leaves them."""
        copy_store(self.home, self.folder / str(self.generation + 1))

    def start_again(self) -> None:
        """Go on from the image, as the next start of the program does."""
        if not (self.folder / str(self.generation + 1) / STORE).exists():
            self.image()
        self.close()
        shutil.rmtree(self.home)
        self.generation += 1

    def save_to(self, folder: Path) -> None:
        """Keep a backup of the files."""
        copy_store(self.home, folder)

    def take_from(self, folder: Path) -> None:
        """Put older files in the place of the present ones."""
        self.close()
        copy_store(folder, self.home)

    def forget_what_is_gone(self) -> None:
        """Take it that what is not in the store was never made: an older backup does not have it."""
        self.made = {row[0] for row in self.all("SELECT op_id FROM oplog")}

    def close(self) -> None:
        """Close the store without a trace of the faults."""
        if self._connection is not None:
            self._connection.plan = None
            self._connection.close()
            self._connection = None

    # ---- what is asked of the store

    def all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query, uncounted."""
        connection, plan = self.connection, self.plan
        connection.plan = None
        try:
            cursor = connection.cursor()
            cursor.row_factory = None
            return cursor.execute(query, values).fetchall()
        finally:
            connection.plan = plan

    def store(self) -> store_side.Device:
        """Return the store as the engine uses it."""
        return store_side.Device.on(self.connection)


class EngineDevice(store_side.Device):
    """The store as the engine uses it, with batches so small that transactions are split."""

    def __init__(self, device: SimDevice) -> None:
        """Speak for a device."""
        super().__init__(device.connection)

    def batches(self, *, max_ops: int = FEW, max_bytes: int = MAX_BYTES) -> Iterator[Push]:
        """Yield what is unsent, a few ops at a time."""
        return super().batches(max_ops=max_ops, max_bytes=max_bytes)
