"""A simulated device: a real store on a file, a clock that may be wrong, a program that may be killed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sfa.sync import device as store_side
from sfa.sync.protocol import MAX_BYTES, Push
from tests.simulation.faults import DiskPlan, WatchedConnection
from tests.simulation.places import STORE, Place, Places, copy_store

FEW = 7


class SimDevice:
    """One home of one user."""

    def __init__(
        self, name: str, user: str, folder: Path, *, wall_ms: Callable[[], int], places: Places
    ) -> None:
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
        self.is_busy = False
        self._wall_ms = wall_ms
        self._places = places
        self._place: Place | None = None
        self._connection: WatchedConnection | None = None

    # ---- the machine

    def wall_ms(self) -> int:
        """Return what this machine's clock shows."""
        return max((self.frozen_at or self._wall_ms()) + self.skew_ms, 1)

    @property
    def home(self) -> Path:
        """Return the folder that holds the store now."""
        return self._place.folder if self._place is not None else self._closed

    @property
    def _closed(self) -> Path:
        return self.folder / "closed"

    @property
    def _image(self) -> Path:
        return self.folder / "image"

    @property
    def connection(self) -> WatchedConnection:
        """Return the open store."""
        if self._connection is None:
            self._place = self._places.take(self._closed)
            self._connection = self._place.opened(self._closed)
            self._connection.plan = self.plan
        return self._connection

    def image(self) -> None:
        """Copy the files as a kill at this moment leaves them."""
        copy_store(self.home, self._image)

    def start_again(self) -> None:
        """Go on from the image, as the next start of the program does."""
        if not (self._image / STORE).exists():
            self.image()
        self.drop()
        shutil.rmtree(self._closed)
        self._image.rename(self._closed)

    def save_to(self, folder: Path) -> None:
        """Keep a backup of the files."""
        copy_store(self.home, folder)

    def take_from(self, folder: Path) -> None:
        """Put older files in the place of the present ones."""
        self.drop()
        copy_store(folder, self._closed)

    def forget_what_is_gone(self) -> None:
        """Take it that what is not in the store was never made: an older backup does not have it."""
        self.made = {row[0] for row in self.all("SELECT op_id FROM oplog")}

    def close(self) -> None:
        """Close the store; a transaction that is open is not in it."""
        if self._place is not None:
            copy_store(self.home, self._closed)
            self.drop()

    def drop(self) -> None:
        """Let go of the store as it lies open."""
        if self._place is not None:
            self._connection, place = None, self._place
            self._place = None
            self._places.give_back(place)

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
