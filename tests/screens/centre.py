"""A centre in plain Python for the app: people who sync with it, and an app that does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from sfa import clock
from sfa.store.version import SCHEMA_VERSION
from sfa.sync import running
from sfa.sync.device import Device
from sfa.sync.postgres import Traffic
from sfa.sync.protocol import Hello, Page, Pull, Welcome
from tests.simulation.centre.model import ModelCentre, ModelTransport

URL = "postgresql://ann@centre.example/sfa"


class ModelLine(ModelTransport):
    """A line to the model: it counts nothing, and holds calls back when a test wants it to."""

    def __init__(self, centre: ModelCentre, user: str, gate: threading.Event | None = None) -> None:
        super().__init__(centre, user)
        self.traffic = Traffic()
        self._gate = gate

    def hello(self, hello: Hello) -> Welcome:
        """Answer once the gate is open: a pull that has nothing to bring is left out."""
        self._wait()
        return super().hello(hello)

    def pull(self, pull: Pull) -> Page:
        """Answer once the gate is open."""
        self._wait()
        return super().pull(pull)

    def _wait(self) -> None:
        if self._gate is not None:
            self._gate.wait()


def sign_in(home: Path, centre: ModelCentre, user: str) -> None:
    """Make a home a device of a user, and sync it for the first time."""
    transport = ModelTransport(centre, user)
    with closing(Device.open(home)) as device:
        welcome = transport.register(device.device_id, "laptop", device.local_author(), SCHEMA_VERSION)
        device.met(welcome, clock.wall_ms())
        device.remember_centre(URL)
    syncer(centre, user)(home, password=None, on_progress=None, sleep=lambda _: None)


def syncer(centre: ModelCentre, user: str, gate: threading.Event | None = None) -> Callable[..., Any]:
    """Return what syncs a home of the user once."""

    def connect(url: str, password: str | None) -> running.Line:
        del url, password
        return ModelLine(centre, user, gate)

    return partial(running.sync, connect=connect)


class _DeadLine(ModelLine):
    """A line on which every call fails."""

    error: Exception

    def hello(self, hello: Hello) -> Welcome:
        """Fail."""
        del hello
        raise self.error


def failing(centre: ModelCentre, error: Exception) -> Callable[..., Any]:
    """Return a sync that fails with its first call."""

    def connect(url: str, password: str | None) -> running.Line:
        del url, password
        line = _DeadLine(centre, "")
        line.error = error
        return line

    return partial(running.sync, connect=connect)
