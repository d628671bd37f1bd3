"""A sync in a process of its own, by the way the command line takes; it may be killed at any moment."""

from __future__ import annotations

import os
import select
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sfa.errors import Refused, StoreUnusable, SyncError
from sfa.sync import running
from sfa.sync.device import Device
from sfa.sync.protocol import MAX_BYTES, Push
from tests.simulation.devices import FEW, SimDevice
from tests.simulation.faults import DiskPlan, WatchedConnection

if TYPE_CHECKING:
    from tests.simulation.world import World

_BUG = "bug: "


class Child:
    """A process that syncs a device whose store nobody has open."""

    def __init__(self, world: World, device: SimDevice, home: Path, seed: int, kill_at: int) -> None:
        """Start it; its chance is its own, and at a statement it kills itself (0 for never)."""
        self.device = device
        self.was_killed = False
        self._lock = threading.Lock()
        self._is_there = True
        self._said, telling = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our other threads forward bytes and hold nothing it needs
            self._pid = os.fork()
        if self._pid == 0:
            _end(telling, lambda: _sync(world, device, home, seed, kill_at))
        os.close(telling)
        device.is_busy = True

    def kill(self) -> None:
        """End it with SIGKILL, if it is there."""
        with self._lock:
            if self._is_there:
                os.kill(self._pid, signal.SIGKILL)

    def kill_when(self, happened: threading.Event) -> None:
        """End it once something has happened; it may end before by itself."""
        while not happened.wait(0.002):
            if select.select([self._said], [], [], 0)[0]:
                return
        self.kill()

    def wait(self, patience_s: float) -> str:
        """Wait for its end; return what it said.

        Raises:
            AssertionError: it met what no sync may meet, or does not end.
        """
        ready, _, _ = select.select([self._said], [], [], patience_s)
        if not ready:
            self.kill()
        with open(self._said, encoding="utf-8") as pipe:  # noqa: PTH123  a pipe has no path
            said = pipe.read()
        with self._lock:
            _, status = os.waitpid(self._pid, 0)
            self._is_there = False
        self.device.is_busy = False
        assert ready, f"{self.device.name}: a sync did not end in {patience_s:.0f} s"
        assert not said.startswith(_BUG), said
        self.was_killed = os.WIFSIGNALED(status)
        return f"process {said or 'killed'}"


def _end(telling: int, work: Callable[[], str]) -> None:
    """Do the child's work and leave without anything that belongs to the parent."""
    try:
        text = work()
    except BaseException:  # noqa: BLE001  whatever it is, the parent is told
        text = _BUG + traceback.format_exc()
    try:
        os.write(telling, text.encode()[:60_000])
    finally:
        os._exit(0)


class _Watched(Device):
    """The store with batches as small as in the simulator."""

    def batches(self, *, max_ops: int = FEW, max_bytes: int = MAX_BYTES) -> Iterator[Push]:
        """Yield what is unsent, a few ops at a time."""
        return super().batches(max_ops=max_ops, max_bytes=max_bytes)


def _sync(world: World, device: SimDevice, home: Path, seed: int, kill_at: int) -> str:
    world.rng.seed(seed)
    plan = DiskPlan(crash_at=kill_at, on_crash=_kill_oneself)

    def opened(folder: Path) -> Device:
        found = Device.open(folder)
        assert isinstance(found.connection, WatchedConnection)
        found.connection.plan = plan
        return _Watched(found.connection, found._path)

    vars(running)["Device"] = _Opener(opened)
    with world._as(device):
        try:
            done = running.sync(home, password="none", sleep=lambda _: None)
        except (SyncError, Refused, StoreUnusable) as error:
            return type(error).__name__
    result = done.result
    return f"pushed {result.pushed} pulled {result.pulled} {dict(sorted(result.outcomes.items()))}"


class _Opener:
    """Stands for the class of stores where only ``open`` is asked for."""

    def __init__(self, opened: Callable[[Path], Device]) -> None:
        self.open = opened


def _kill_oneself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


__all__ = ["Child"]
