"""One seeded schedule: people, devices, a centre and what goes wrong, step by step."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from sfa.errors import Refused, StoreUnusable, SyncError
from sfa.store import schema
from sfa.sync.engine import SyncResult, sync
from sfa.sync.errors import CentreFailed
from sfa.sync.protocol import TableDigest, Transport
from tests.simulation.acts import act
from tests.simulation.centre.model import ModelCentre, ModelTransport
from tests.simulation.centre.state import State
from tests.simulation.chance import decided_by
from tests.simulation.company import (
    ADMIN,
    ANN,
    BOB,
    CAT,
    HEAD,
    MANAGER,
    ORGANISATION,
    OTHER_MANAGER,
    founded,
    shapes,
)
from tests.simulation.devices import EngineDevice, SimDevice
from tests.simulation.faults import Crash, DiskPlan, FaultyTransport, NetPlan, Network, watched_stores
from tests.simulation.office import Office
from tests.simulation.places import Image, Places, lay, stored
from tests.simulation.standing import confirmed_below_nothing

START_MS = 1_790_000_000_000
HOMES = (ANN, BOB, MANAGER, ANN, CAT, OTHER_MANAGER, ADMIN, BOB, HEAD, ANN)
STEPS = 40
# What a schedule costs besides its steps is half of a short one: many of them, and as many long ones as fit.
_LENGTHS = (10, 10, 20, STEPS)
ROUNDS = 3
_PAGE_BYTES = 1024


class Violation(AssertionError):
    """An invariant does not hold; the trace says how it came to that."""


def scratch() -> Path:
    """Return a folder in memory where there is one."""
    memory = Path("/dev/shm")  # noqa: S108  a folder of its own is made below it
    return Path(tempfile.mkdtemp(prefix="sfa-sim-", dir=memory if memory.is_dir() else None))


@dataclass(frozen=True, slots=True)
class Template:
    """A centre with a little data, and a store of each home that is in step with it."""

    folder: Path
    fresh: Path
    homes: tuple[Path, ...]
    state: State
    store: Path


@functools.cache
def template() -> Template:
    """Make the company's stores once in a process; schedules copy them."""
    folder = scratch()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rng, now = Random(0), [START_MS]  # noqa: S311  chance that can be repeated is wanted
    # What is written to a store is written page by page: small ones cost a schedule a tenth less.
    small = patch.object(schema, "_PAGE_BYTES", _PAGE_BYTES)
    with small, _plain_environment(), decided_by(rng, lambda: now[0]), watched_stores():
        fresh = folder / "fresh"
        store = schema.ready(fresh)
        centre = founded(store, lambda: now[0])
        homes, places = [], Places(folder)
        for number, user in enumerate(HOMES):
            device = SimDevice(f"t{number}", user, stored(fresh), wall_ms=lambda: now[0], places=places)
            _name(device, rng)
            for _ in range(2):
                sync(EngineDevice(device), ModelTransport(centre, user), now_ms=lambda: now[0])
                for _ in range(3):
                    now[0] += 1000
                    act(device, rng)
            homes.append(device)
        for _ in range(2):
            for device in homes:
                sync(EngineDevice(device), ModelTransport(centre, device.user), now_ms=lambda: now[0])
        for device in homes:
            device.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            device.close()
            lay(device.now(), folder / device.name)
        places.close()
    return Template(folder, fresh, tuple(folder / device.name for device in homes), centre.state, store)


@functools.cache
def _places_of(_process: int) -> Places:
    """Return a process's places; they go with the template's folder."""
    return Places(template().folder)


@contextmanager
def _plain_environment() -> Iterator[None]:
    """Let the stores speak English and belong to the same name on every machine."""
    plain = {"SFA_USER": "me", "LANG": "C.UTF-8"}
    with patch.dict(os.environ, plain):
        for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
            os.environ.pop(name, None)
        yield


def _name(device: SimDevice, rng: Random) -> None:
    """Give a copied fresh store a device id of its own, as one that was made for itself has."""
    new = str(uuid.UUID(bytes=rng.randbytes(16), version=4))
    device.connection.execute("UPDATE local_state SET value = ? WHERE key = 'device_id'", (new,))


@dataclass(slots=True)
class Profile:
    """What kinds of faults a schedule has."""

    net: NetPlan
    crashes: float = 0.0
    disk: float = 0.0
    clocks: float = 0.0
    copies: float = 0.0
    backups: float = 0.0
    centre_backups: float = 0.0
    office: float = 0.1


def drawn_steps(seed: int) -> int:
    """Return how long a schedule is: half of them ten steps, a quarter twenty, a quarter forty."""
    return Random(f"steps of {seed}").choice(_LENGTHS)  # noqa: S311  chance that can be repeated is wanted


def drawn_profile(rng: Random) -> Profile:
    """Return a mixture: some schedules have one kind of fault, some have all."""

    def maybe(value: float) -> float:
        return value if rng.random() < 0.4 else 0.0

    net = NetPlan(maybe(0.1), maybe(0.1), maybe(0.1), maybe(0.08), maybe(0.3), maybe(0.3))
    return Profile(
        net,
        maybe(0.35),
        maybe(0.2),
        maybe(0.08),
        maybe(0.05),
        maybe(0.08),
        maybe(0.06),
        rng.choice((0.05, 0.15)),
    )


@dataclass(slots=True)
class Trace:
    """What happened, line by line."""

    lines: list[str] = field(default_factory=list)
    aloud: bool = False

    def tell(self, line: str) -> None:
        """Note a line."""
        self.lines.append(line)
        if self.aloud:
            import sys

            sys.stdout.write(f"{line}\n")


class World:
    """A schedule as it runs."""

    def __init__(
        self, seed: int, *, aloud: bool = False, homes: Sequence[int] | None = None, steps: int = STEPS
    ) -> None:
        """Set out the devices and the centre that a seed draws, or those of given homes."""
        self.seed = seed
        self.steps = steps
        self.rng = Random(seed)  # noqa: S311  chance that can be repeated is wanted
        self.now = START_MS + 10_000_000
        self.trace = Trace(aloud=aloud)
        self.centre = self._founded()
        self.devices: list[SimDevice] = []
        self.network = Network(self.rng, self.trace.tell, self._meanwhile, on_page=self._look)
        self.office = Office(self.centre, self.rng)
        self.profile = drawn_profile(self.rng)
        self.kept: dict[str, Image] = {}
        self.backups: list[Any] = []
        self.was_restored = False
        self.shown: list[tuple[str, str, str]] = []
        self.cursors_back: list[str] = []
        self.not_shown: list[str] = []
        self.unquiet: list[str] = []
        self.held: dict[str, tuple[TableDigest, ...]] = {}  # by each device when all had come to rest
        self._running: SimDevice | None = None
        self._depth = 0
        if homes is None:
            count = self.rng.choice((2, 2, 3, 4))
            homes = self.rng.sample(range(len(HOMES)), count)
            newcomer = self.rng.choice((ANN, CAT)) if self.rng.random() < 0.15 else None
        else:
            newcomer = None
        for number in homes:
            self._add(stored(self._home(number)), HOMES[number])
        if newcomer is not None:
            self.add_new(newcomer)

    # ---- what stands for the centre

    def _founded(self) -> ModelCentre:
        """Return the centre as the schedule finds it."""
        made = template()
        centre = ModelCentre(ORGANISATION, shapes(made.store), now_ms=lambda: self.now)
        centre.state = made.state.copied()
        centre.skip_ids(1_000_000)
        return centre

    def _home(self, number: int) -> Path:
        """Return the folder of a store that is in step with the centre."""
        return template().homes[number]

    def _transport(self, user: str) -> Transport:
        """Return a way to the centre for a signed-in user."""
        return ModelTransport(self.centre, user)

    # ---- devices

    def add_new(self, user: str) -> SimDevice:
        """Add a device whose store has not seen a centre yet."""
        device = self._add(stored(template().fresh), user)
        with watched_stores():
            _name(device, self.rng)
        return device

    def _add(self, store: Image, user: str) -> SimDevice:
        name, places = f"d{len(self.devices)}", _places_of(os.getpid())
        device = SimDevice(name, user, store, wall_ms=lambda: self.now, places=places)
        self.devices.append(device)
        return device

    # ---- time and order

    @contextmanager
    def _as(self, device: SimDevice) -> Iterator[None]:
        """Let the program's clock be the device's while it runs."""
        before, self._running = self._running, device
        try:
            yield
        finally:
            self._running = before

    def _wall_ms(self) -> int:
        return self._running.wall_ms() if self._running is not None else self.now

    @contextmanager
    def simulated(self) -> Iterator[None]:
        """Let time, chance and stores be the world's."""
        with decided_by(self.rng, self._wall_ms), watched_stores():
            yield

    def run(self) -> None:
        """Run the schedule to its end and let the faults stop."""
        with self.simulated():
            for number in range(self.steps):
                self.now += self.rng.choice((0, 1, 50, 1000, 20_000))
                self.trace.tell(f"{number:3} {self.now - START_MS} {self._step()}")
            self.calm()

    def _step(self) -> str:
        drawn, profile = self.rng.random(), self.profile
        for chance, step in (
            (profile.clocks, self._break_clock),
            (profile.copies, self._copy),
            (profile.backups, self._back_up_or_restore),
            (profile.centre_backups, self._back_up_or_restore_centre),
            (profile.office, self._office),
            (0.05, self._deliver),
            (0.25, self._sync),
        ):
            if drawn < chance:
                return step()
            drawn -= chance
        return self._act()

    # ---- steps

    def _act(self) -> str:
        device = self.rng.choice(self.devices)
        with self._as(device), self._disk(device) as what:
            what[0] = act(device, self.rng)
        return f"{device.name} {what[0]}"

    def _sync(self) -> str:
        device = self.rng.choice(self.devices)
        return self.sync(device, self._drawn_net())

    def _drawn_net(self) -> NetPlan:
        net = self.profile.net
        crash = self.rng.randint(1, 14) if self.rng.random() < self.profile.crashes else 0
        return NetPlan(net.lost, net.answer_lost, net.doubled, net.late, net.cut, net.meanwhile, crash)

    def sync(self, device: SimDevice, plan: NetPlan, *, verify: bool = False) -> str:
        """Run one sync of a device under a plan."""
        transport = FaultyTransport(self._transport(device.user), device.user, self.network, plan)
        with self._as(device), self._disk(device) as what:
            self._depth += 1
            try:
                found = sync(EngineDevice(device), transport, now_ms=device.wall_ms, verify=verify)
                what[0] = _short(found)
            finally:
                self._depth -= 1
        return f"{device.name} sync {what[0]}"

    @contextmanager
    def _disk(self, device: SimDevice) -> Iterator[list[str]]:
        """Let the device's statements fail or the program be killed, and start it again then."""
        plan, what = device.plan, ["stopped"]
        plan.count = plan.crash_at = plan.fail_at = 0
        plan.on_crash = device.crash
        if self.rng.random() < self.profile.crashes:
            plan.crash_at = self.rng.randint(1, 150)
        elif self.rng.random() < self.profile.disk:
            plan.fail_at = self.rng.randint(1, 150)
            plan.failure = self.rng.choice(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_BUSY"))
        device.is_busy = True
        try:
            yield what
        except Crash:
            what[0] = "killed"
            device.start_again()
        except (SyncError, StoreUnusable, Refused, sqlite3.OperationalError) as error:
            what[0] = _named(error)
            if device.connection.in_transaction:
                device.close()
        finally:
            device.is_busy = False
            plan.crash_at = plan.fail_at = 0
            if not device.is_as_looked_at():
                self._note_cursor(device)
                self.not_shown.extend(confirmed_below_nothing(device))

    def _note_cursor(self, device: SimDevice) -> None:
        """Note a cursor that went back within an epoch."""
        version, epoch = device.place_in_feed()
        if epoch == device.seen_epoch and version < device.seen_version:
            self.cursors_back.append(f"{device.name} from {device.seen_version} to {version}")
        device.seen_version, device.seen_epoch = version, epoch

    def _break_clock(self) -> str:
        device = self.rng.choice(self.devices)
        day = 86_400_000
        device.skew_ms = self.rng.choice((0, 1000, -1000, 3_600_000, -day, day, 3650 * day, -3650 * day))
        device.frozen_at = self.now if self.rng.random() < 0.2 else None
        return f"{device.name} clock {device.skew_ms} {'frozen' if device.frozen_at else ''}"

    def _copy(self) -> str:
        device = self.rng.choice(self.devices)
        if len(self.devices) > 5:
            return "no more copies"
        new = self._add(device.now(), device.user)
        new.made = set(device.made)
        return f"{new.name} is a copy of {device.name}"

    def _back_up_or_restore(self) -> str:
        device = self.rng.choice(self.devices)
        kept = self.kept.get(device.name)
        if kept is not None and self.rng.random() < 0.5:
            device.take(kept)
            device.seen_epoch, device.seen_version = None, 0  # it may be from before its first sync
            device.forget_what_is_gone()
            return f"{device.name} restored from its backup"
        self.kept[device.name] = device.now()
        return f"{device.name} backed up"

    def _back_up_or_restore_centre(self) -> str:
        drawn = self.rng.random()
        if self.backups and drawn < 0.4:
            self.centre.restore(self.rng.choice(self.backups))
            self.was_restored = True
            return "centre restored from an older backup"
        if drawn < 0.5:
            self.centre.change_epoch()
            return "centre has another epoch"
        self.backups.append(self.centre.backup())
        return "centre backed up"

    def _office(self) -> str:
        return f"office: {self.office.something()}"

    def _deliver(self) -> str:
        self.network.deliver_late()
        return "late messages arrive"

    def _meanwhile(self) -> None:
        """Let others act while a message is under way."""
        if self._depth > 1:
            return
        if self.rng.random() < 0.5:
            self.trace.tell(f"  meanwhile {self._office()}")
            return
        idle = [device for device in self.devices if not device.is_busy]
        if idle:
            other = self.rng.choice(idle)
            self.trace.tell(f"  meanwhile {self.sync(other, NetPlan())}")

    def _look(self, user: str, page: object) -> None:
        """Note what was shown to whom, for the check that nothing was shown that may not be."""
        from tests.simulation.invariants import leaks

        self.shown.extend(leaks(self.centre, user, page))

    # ---- the end

    def calm(self) -> None:
        """Let the faults stop; every device must be quiet after three syncs."""
        self.trace.tell("faults stop")
        self.profile = Profile(NetPlan())
        self.network.deliver_late()
        for number in range(ROUNDS + 1):
            moved = [said for device in self.devices if (said := self._moved(device, number)) is not None]
            if not moved:
                return self._sum_up()
        self.unquiet = moved
        return self._sum_up()

    def _moved(self, device: SimDevice, number: int) -> str | None:
        """Sync a device without faults; return what it says if anything came of it here or there."""
        self.now += 1000
        before = _standing(device)
        said = self.sync(device, NetPlan())
        self.trace.tell(f"round {number} {said}")
        return said if _standing(device) != before else None

    def _sum_up(self) -> None:
        """Note what centre and devices hold, as sums of digests."""
        told = ModelTransport(self.centre, ADMIN).digests()
        self.trace.tell(f"centre {told.version} {[(each.count, each.total) for each in told.tables]}")
        for device in self.devices:
            held = self.held[device.name] = device.store().digests()
            found = [(each.count, each.total) for each in held]
            self.trace.tell(f"{device.name} {device.store().head_seq} {found}")

    def close(self) -> None:
        """Leave nothing behind."""
        for device in self.devices:
            device.drop()

    def dissolve(self) -> None:
        """Let go of everything: what points back at a world would keep it until somebody looks for cycles."""
        vars(self).clear()


def _standing(device: SimDevice) -> tuple[Any, ...]:
    """Return what a sync that moves nothing leaves as it was, whatever the clock does meanwhile."""
    heard = "SELECT coalesce((SELECT max(no) FROM history), 0), coalesce((SELECT max(seq) FROM oplog), 0)"
    return *device.all(heard), *device.all(
        "SELECT key, value FROM local_state WHERE key <> 'clock_offset_ms' ORDER BY key"
    )


def _named(error: Exception) -> str:
    """Return an error's name; of a centre that failed with what it said: no schedule should meet that."""
    name = type(error).__name__
    return f"{name} ({error.__cause__ or error})" if isinstance(error, CentreFailed) else name


def _short(found: SyncResult) -> str:
    return (
        f"pushed {found.pushed} pulled {found.pulled} loaded {found.loaded} repaired {found.repaired}"
        f" brought {found.brought_back}{' forked' if found.forked else ''}"
        f" {dict(sorted((str(word), count) for word, count in found.outcomes.items()))}"
    )


__all__ = ["DiskPlan", "Violation", "World", "template"]
