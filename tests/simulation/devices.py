"""A simulated device: a real store on a file, a clock that may be wrong, a program that may be killed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sfa.sync import device as store_side
from sfa.sync.device.state import CURSOR, EPOCH
from sfa.sync.protocol import MAX_BYTES, Push, Snapshot, Welcome
from tests.simulation.faults import DiskPlan, WatchedConnection
from tests.simulation.places import Image, Place, Places

FEW = 7


class SimDevice:
    """One home of one user."""

    def __init__(
        self, name: str, user: str, store: Image, *, wall_ms: Callable[[], int], places: Places
    ) -> None:
        """Name a home that has a store."""
        self.name = name
        self.user = user
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
        self._closed = store
        self._left: Image | None = None
        self._alters = False
        self._connection: WatchedConnection | None = None
        self._looked_at: tuple[Place, int] | None = None

    # ---- the machine

    def wall_ms(self) -> int:
        """Return what this machine's clock shows."""
        return max((self.frozen_at or self._wall_ms()) + self.skew_ms, 1)

    @property
    def connection(self) -> WatchedConnection:
        """Return the open store."""
        if self._connection is None:
            self._place, self._connection = self._places.take(self._closed, alters=self._alters)
            self._connection.plan = self.plan
        return self._connection

    def now(self) -> Image:
        """Return the files as a kill at this moment leaves them."""
        if self._place is not None:
            return self._place.image()
        return self._closed

    def crash(self) -> None:
        """Keep the files as they are at the moment of a kill."""
        self._left = self.now()

    def start_again(self) -> None:
        """Go on from what the kill left, as the next start of the program does."""
        self.take(self._left if self._left is not None else self.now())

    def take(self, image: Image) -> None:
        """Put other files in the place of the present ones."""
        self.drop()
        self._closed, self._left, self._alters = image, None, False

    @contextmanager
    def altered(self) -> Iterator[WatchedConnection]:
        """Work where the schema may be changed, as another run of the program between two transactions."""
        self._close()
        self._alters = True
        yield self.connection
        assert self._place is not None
        self._place.number_anew()
        self._close()
        self._alters = False

    def _close(self) -> None:
        self._closed = self.now()
        self.drop()

    def forget_what_is_gone(self) -> None:
        """Take it that what is not in the store was never made: an older backup does not have it."""
        self.made = {row[0] for row in self.all("SELECT op_id FROM oplog")}

    def close(self) -> None:
        """Close the store; a transaction that is open is not in it."""
        self.take(self.now())

    def drop(self) -> None:
        """Let go of the store as it lies open."""
        if self._place is not None:
            self._connection, place = None, self._place
            self._place = self._looked_at = None
            self._places.give_back(place)

    # ---- what is asked of the store

    def all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query, uncounted."""
        connection = self.connection
        plan, connection.plan = connection.plan, None
        try:
            cursor = connection.cursor()
            cursor.row_factory = None
            return cursor.execute(query, values).fetchall()
        finally:
            connection.plan = plan

    def is_as_looked_at(self) -> bool:
        """Say whether nothing was written since this was asked before."""
        changes, before = self.connection.total_changes, self._looked_at
        assert self._place is not None
        self._looked_at = (self._place, changes)
        return before == self._looked_at

    def place_in_feed(self) -> tuple[int, str | None]:
        """Return the version of the cursor, 0 without one, and its epoch."""
        known = dict(self.all("SELECT key, value FROM local_state WHERE key IN (?, ?)", CURSOR, EPOCH))
        return json.loads(known[CURSOR])["version"] if CURSOR in known else 0, known.get(EPOCH)

    def store(self) -> store_side.Device:
        """Return the store as the engine uses it."""
        return store_side.Device.on(self.connection)


class EngineDevice(store_side.Device):
    """The store as the engine uses it, with batches so small that transactions are split."""

    def __init__(self, device: SimDevice) -> None:
        """Speak for a device."""
        super().__init__(device.connection)
        self._device = device

    def met(self, welcome: Welcome, now_ms: int) -> None:
        """Remember what the centre said; the first time drops triggers and makes them anew."""
        [(user,)] = self._device.all("SELECT value FROM local_state WHERE key = 'user_id'")
        if user == welcome.user_id:
            super().met(welcome, now_ms)
            return
        with self._altered():
            super().met(welcome, now_ms)

    def load(self, snapshot: Snapshot) -> int:
        """Load a snapshot, which drops triggers and makes them anew."""
        with self._altered():
            return super().load(snapshot)

    @contextmanager
    def _altered(self) -> Iterator[None]:
        with self._device.altered() as self.connection:
            yield
        self.connection = self._device.connection

    def batches(self, *, max_ops: int = FEW, max_bytes: int = MAX_BYTES) -> Iterator[Push]:
        """Yield what is unsent, a few ops at a time."""
        return super().batches(max_ops=max_ops, max_bytes=max_bytes)
