"""A server with a founded company, and stores that are in step with it: made once in a process."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sfa.sync.engine import sync
from tests.simulation.acts import act
from tests.simulation.centre.shapes import Shapes
from tests.simulation.chance import decided_by
from tests.simulation.company import shapes
from tests.simulation.devices import EngineDevice, SimDevice
from tests.simulation.faults import watched_stores
from tests.simulation.places import Places, lay, stored
from tests.simulation.real.centre import RealCentre, found_company
from tests.simulation.real.server import RealServer
from tests.simulation.world import HOMES, START_MS, _name, _plain_environment, scratch, template

BY_THE_WALL = "by_the_wall"
FOUNDED = "founded"
LIVED_IN = "lived_in"


@dataclass(frozen=True)
class Ground:
    """What schedules start from: a server, and the homes that go with its database ``LIVED_IN``.

    Its database ``FOUNDED`` holds the company alone, ``BY_THE_WALL`` does and goes by the wall clock.
    """

    server: RealServer
    folder: Path
    homes: tuple[Path, ...]
    shapes: Shapes

    def close(self) -> None:
        """Leave nothing behind."""
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def prepared(binaries: Path | None = None) -> Ground:
    """Start a server, found a company, and let everybody work and sync a little."""
    server = RealServer(binaries)
    try:
        return _prepared(server)
    except BaseException:
        server.close()
        raise


def _prepared(server: RealServer) -> Ground:
    folder, fresh = scratch(), template().fresh
    known = shapes(template().store)
    for name in (BY_THE_WALL, FOUNDED):
        server.copy("template0", name)
        with server.connect(name) as connection:
            found_company(connection, simulated=name == FOUNDED)
    rng, now = Random(0), [START_MS]  # noqa: S311  chance that can be repeated is wanted
    centre = RealCentre(server, FOUNDED, known, now_ms=lambda: now[0])
    places, devices = Places(folder), []
    with _plain_environment(), decided_by(rng, lambda: now[0]), watched_stores():
        for number, user in enumerate(HOMES):
            device = SimDevice(f"t{number}", user, stored(fresh), wall_ms=lambda: now[0], places=places)
            _name(device, rng)
            devices.append(device)
            for _ in range(2):
                sync(EngineDevice(device), centre.transport(user), now_ms=lambda: now[0])
                for _ in range(3):
                    now[0] += 1000
                    act(device, rng)
        for device in devices * 2:
            sync(EngineDevice(device), centre.transport(device.user), now_ms=lambda: now[0])
        for device in devices:
            device.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            device.close()
            lay(device.now(), folder / device.name)
    places.close()
    centre.hang_up()
    server.copy(centre.database, LIVED_IN)
    centre.close()
    return Ground(server, folder, tuple(folder / device.name for device in devices), known)


__all__ = ["BY_THE_WALL", "FOUNDED", "LIVED_IN", "Ground", "prepared"]
