"""A schedule against a real centre: besides the simulator's faults cut lines, kills, and sessions at once."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sfa.sync.device import state
from sfa.sync.postgres import PostgresTransport
from sfa.sync.protocol import Page, Transport
from tests.simulation import invariants
from tests.simulation.centre.model import ModelCentre
from tests.simulation.devices import SimDevice
from tests.simulation.faults import NetPlan, watched_stores
from tests.simulation.places import lay, stored
from tests.simulation.real.centre import RealCentre, RealOffice
from tests.simulation.real.child import Child
from tests.simulation.real.founding import LIVED_IN, Ground
from tests.simulation.standing import confirmed_below_nothing
from tests.simulation.world import STEPS, World, scratch
from tests.sync.whole.line import Line

_TOGETHER = 3
_MOST_DEVICES = 6
_PATIENCE_S = 60.0


class RealWorld(World):
    """A schedule whose centre is a database; ``dies``: once, in a sync, the server is killed."""

    def __init__(
        self,
        seed: int,
        ground: Ground,
        *,
        dies: bool = False,
        aloud: bool = False,
        homes: Sequence[int] | None = None,
    ) -> None:
        """Set out as the seed says, on copies of what the ground holds."""
        self._ground = ground
        self.folder = scratch()
        self._by_line: Transport | None = None
        self._is_dying = False
        super().__init__(seed, aloud=aloud, homes=homes)
        self.office = RealOffice(self.database, self.rng)
        self._dies_at = self.rng.randrange(STEPS) if dies else -1
        self._steps = 0
        self.kills = 0
        self.syncs = 0
        self.crashes = 0
        epoch = self.database.epoch_now()
        with watched_stores():
            for device in self.devices:
                if device.store().epoch is not None:
                    self._keep(device, state.EPOCH, epoch)

    @staticmethod
    def _keep(device: SimDevice, key: str, value: str) -> None:
        with device.connection:
            state.put(device.connection, key, value)

    # ---- what stands for the centre

    @property
    def database(self) -> RealCentre:
        """Return the centre as what it is."""
        assert isinstance(self.centre, RealCentre)
        return self.centre

    def _founded(self) -> ModelCentre:
        return RealCentre(self._ground.server, LIVED_IN, self._ground.shapes, now_ms=lambda: self.now)

    def _home(self, number: int) -> Path:
        return self._ground.homes[number]

    def _transport(self, user: str) -> Transport:
        found, self._by_line = self._by_line, None
        return found or self.database.transport(user)

    def _look(self, user: str, page: object) -> None:
        """Note what a page shows that its reader may not see, if nobody has written since."""
        assert isinstance(page, Page)
        if page.entries and not self._is_dying:
            self.database.refresh()
            if self.database.state.version == page.newest:
                self.shown.extend(invariants.leaks(self.centre, user, page))

    # ---- steps

    def _step(self) -> str:
        self._steps += 1
        if self._steps == self._dies_at + 1:
            return self._server_dies()
        return super()._step()

    def _sync(self) -> str:
        drawn = self.rng.random()
        if drawn < 0.6:
            return super()._sync()
        if drawn < 0.75:
            return self._cut()
        return self._killed() if drawn < 0.88 else self._together()

    def sync(self, device: SimDevice, plan: NetPlan, *, verify: bool = False) -> str:
        """Run one sync of a device under a plan."""
        self.syncs += 1
        said = super().sync(device, plan, verify=verify)
        self.crashes += said.endswith("killed")
        return f"{said} at {device.store().cursor.version}"

    def _drawn_trip(self) -> tuple[str, int]:
        """Return a way and how many bytes go it before something happens."""
        return self.rng.choice(("up", "down")), int(2 ** self.rng.uniform(8, 15))

    def _idle(self) -> SimDevice:
        return self.rng.choice([device for device in self.devices if not device.is_busy])

    def _cut(self) -> str:
        """Sync over a line that is cut in the middle."""
        device, (way, after) = self._idle(), self._drawn_trip()
        with closing(Line(self._ground.server.port)) as line:
            line.trip(way, after, line.cut)
            said = self._over(line, device)
        return f"{said}, line cut after {after} bytes {way}"

    def _over(self, line: Line, device: SimDevice) -> str:
        with closing(PostgresTransport(self.database.address(device.user, line.port))) as transport:
            self._by_line = transport
            return self.sync(device, NetPlan())

    def _server_dies(self) -> str:
        """Kill the server in the middle of a sync, and start it again."""
        device, (way, after) = self._idle(), self._drawn_trip()
        server, self._is_dying = self._ground.server, True
        try:
            with closing(Line(server.port)) as line:
                line.trip(way, after, server.kill)
                said = self._over(line, device)
            server.kill()
        finally:
            server.start()
            self._is_dying = False
            self.database.hang_up()
        return f"{said}, server killed after {after} bytes {way}"

    def _started(self, device: SimDevice, port: int = 0, kill_at: int = 0) -> Child:
        """Start a sync in a process of its own, which kills itself at a statement."""
        self.syncs += 1
        self._keep(device, state.URL, self.database.address(device.user, port))
        device.close()
        lay(device.now(), self.home(device))
        return Child(self, device, self.home(device), self.rng.getrandbits(64), kill_at)

    def home(self, device: SimDevice) -> Path:
        """Return the folder where a device's store lies while a process has it."""
        return self.folder / device.name

    def _ended(self, child: Child) -> str:
        said = child.wait(_PATIENCE_S)
        self.kills += child.was_killed
        child.device.take(stored(self.home(child.device)))
        self._note_cursor(child.device)
        self.not_shown.extend(confirmed_below_nothing(child.device))
        return f"{child.device.name} {said} at {child.device.store().cursor.version}"

    def _killed(self) -> str:
        """Sync in a process that is killed: at a statement, or at a byte on the line."""
        device = self._idle()
        if self.rng.random() < 0.4:
            kill_at = self.rng.randint(1, 150)
            return f"{self._ended(self._started(device, kill_at=kill_at))}, at statement {kill_at}"
        way, after = self._drawn_trip()
        holds = self.rng.random() < 0.5
        with closing(Line(self._ground.server.port)) as line:
            if holds:
                line.trip(way, after, line.hold)
            child = self._started(device, line.port)
            if holds:
                child.kill_when(line.tripped)
            else:
                line.trip(way, after, child.kill)
            said = self._ended(child)
        return f"{said}, at {after} bytes {way}"

    def _together(self) -> str:
        """Let several devices sync at once, perhaps one and its copy: two sessions of one device."""
        idle = [device for device in self.devices if not device.is_busy]
        chosen = self.rng.sample(idle, min(len(idle), self.rng.randint(2, _TOGETHER)))
        if self.profile.copies and len(self.devices) < _MOST_DEVICES:
            twin = self._add(chosen[0].now(), chosen[0].user)
            twin.made = set(chosen[0].made)
            chosen.append(twin)
        kills = [self.rng.randint(1, 150) if self.rng.random() < 0.2 else 0 for _ in chosen]
        children = [self._started(each, kill_at=kill) for each, kill in zip(chosen, kills, strict=True)]
        return "together " + ", ".join(self._ended(each) for each in children)

    def _back_up_or_restore_centre(self) -> str:
        drawn = self.rng.random()
        if self.backups and drawn < 0.4:
            self.database.go_back(self.rng.choice(self.backups))
            self.was_restored = True
            return "centre restored from an older backup"
        if drawn < 0.5:
            self.centre.change_epoch()
            return "centre has another epoch"
        self.backups.append(self.database.save())
        return "centre backed up"

    # ---- the end

    def calm(self) -> None:
        """Let sessions end whose clients are gone, then as in the simulator."""
        self._wait_for_sessions()
        super().calm()

    def _wait_for_sessions(self) -> None:
        until = time.monotonic() + _PATIENCE_S
        while self.database.admin.execute(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
            " AND pid <> pg_backend_pid()"
        ).fetchone():
            assert time.monotonic() < until, "a session does not end"
            time.sleep(0.01)

    def _sum_up(self) -> None:
        self.database.refresh()
        super()._sum_up()

    def violations(self) -> list[str]:
        """Return everything that contradicts a promise; I4 also by the digests the centre itself gives."""
        self.database.refresh()
        return [*invariants.violations(self), *self._by_the_centres_digests()]

    def _by_the_centres_digests(self) -> list[str]:
        found = []
        for device in self.devices:
            theirs = {each.table: each for each in self.database.transport(device.user).digests().tables}
            found += [
                f"I4: {device.name} {mine.table}: {mine} here, {theirs[mine.table]} by the centre's count"
                for mine in device.store().digests()
                if theirs[mine.table] != mine
            ]
        return found

    def close(self) -> None:
        """Leave nothing behind."""
        super().close()
        self.database.close()
        shutil.rmtree(self.folder)


__all__ = ["RealWorld"]
