"""A kill at every statement and before and after every send of three syncs.

What a kill leaves is the store's files and the centre, as they are at that moment. A sync
runs once, and at each of its statements and sends both are looked at; each different
pair is then started from, as the next start of the program does. Moments whose files are the
same byte for byte, with the same centre, have the same future and are started from once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from sfa.errors import msg
from sfa.store import change
from sfa.sync.engine import SyncResult, sync
from tests.simulation.acts import Hand
from tests.simulation.centre.model import ModelTransport
from tests.simulation.centre.state import State
from tests.simulation.company import ADMIN, ANN, CAT
from tests.simulation.devices import EngineDevice, SimDevice
from tests.simulation.faults import DiskPlan, FaultyTransport, NetPlan
from tests.simulation.invariants import violations
from tests.simulation.places import Image
from tests.simulation.world import World

ANNS, BOBS, ANNS_SECOND = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Moment:
    """What a kill leaves: a store's files, a centre, the time."""

    name: str
    files: Image
    state: State
    now: int


class Watch(DiskPlan):
    """Looks at what a kill would leave, at every statement and send of a device's sync."""

    def __init__(self, world: World, device: SimDevice) -> None:
        super().__init__()
        self.statements = self.sends = 0
        self.moments: list[Moment] = []
        self._world, self._device = world, device
        self._seen: set[tuple[int, bytes, bytes]] = set()

    def statement(self) -> None:
        self.statements += 1
        self.look(f"statement {self.statements}")

    def send(self) -> None:
        self.sends += 1
        self.look(f"{'after' if self.sends % 2 == 0 else 'before'} send {(self.sends + 1) // 2}")

    def look(self, name: str) -> None:
        files = self._device.now()
        found = (self.sends, files.file, files.log)
        if found in self._seen:
            return
        self._seen.add(found)
        self.moments.append(Moment(name, files, self._world.centre.backup(), self._world.now))


class WatchedTransport(FaultyTransport):
    """Sends without faults, and lets the watch look before and after."""

    def __init__(self, world: World, user: str, watch: Watch) -> None:
        super().__init__(ModelTransport(world.centre, user), user, world.network, NetPlan())
        self._watch = watch

    def _kill(self) -> None:
        self._watch.send()


@contextmanager
def writing(device: SimDevice, world: World) -> Iterator[Hand]:
    """Write one transaction on a device."""
    connection = device.connection
    world.now += 1000
    change.begin(connection)
    yield Hand(device, world.rng)
    tx_id = change.commit(connection, name=msg("Change"))
    device.made.update(row[0] for row in device.all("SELECT op_id FROM oplog WHERE tx_id = ?", tx_id))


def quietly(world: World, *devices: SimDevice) -> None:
    for device in devices:
        world.now += 1000
        sync(EngineDevice(device), ModelTransport(world.centre, device.user), now_ms=device.wall_ms)


def a_conflict(world: World) -> SimDevice:
    """Both of Ann's devices have changed the same field; the other one was first."""
    here, there = world.devices
    with writing(here, world) as hand:
        lead = hand.insert("lead", name="Wang", owner_id=ANN, status="new", pool_state="owned")
    quietly(world, here, there)
    with writing(there, world) as hand:
        hand.update("lead", lead, name="red", company="Pumps")
        hand.new_activity()
    quietly(world, there)
    with writing(here, world) as hand:
        hand.update("lead", lead, name="blue", notes="called")
        hand.new_task()
    return here


def a_hand_over(world: World) -> SimDevice:
    """Ann's account has gone to another region, while an edit of it and a new contact wait on her device."""
    here, _ = world.devices
    with writing(here, world) as hand:
        account = hand.insert("account", name="Acme", owner_id=ANN)
        contact = hand.insert("contact", name="王芳", owner_id=ANN)
        hand.insert("contact_account", contact_id=contact, account_id=account)
    quietly(world, *world.devices)
    with writing(here, world) as hand:
        hand.update("account", account, notes="green")
        later = hand.insert("contact", name="Li", owner_id=ANN)
        hand.insert("contact_account", contact_id=later, account_id=account)
    world.centre.edit([("account", account, {"owner_id": CAT})], author=ADMIN)
    return here


def a_first_login(world: World) -> SimDevice:
    """A store with work of its own meets the centre for the first time."""
    here = world.add_new(ANN)
    with writing(here, world) as hand:
        account = hand.insert("account", name="Own", owner_id=hand.user)
        hand.insert("task", subject="call", owner_id=hand.user, account_id=account)
    with writing(here, world) as hand:
        hand.update("account", account, notes="red")
    return here


def met_a_conflict(here: SimDevice, said: SyncResult) -> bool:
    about = here.all("SELECT unit FROM conflict WHERE on_table = 'lead'")
    return said.pushed > 0 and said.heard > 0 and ("name",) in about


def lost_sight(here: SimDevice, said: SyncResult) -> bool:
    gone = here.all("SELECT count(*) FROM account WHERE name = 'Acme' AND owner_id = ?", ANN)
    return said.pushed > 0 and gone == [(0,)]


def loaded(_here: SimDevice, said: SyncResult) -> bool:
    return said.pushed > 0 and said.loaded > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "homes", "came_about"),
    [
        (a_conflict, (ANNS, ANNS_SECOND), met_a_conflict),
        (a_hand_over, (ANNS, BOBS), lost_sight),
        (a_first_login, (BOBS,), loaded),
    ],
)
def test_no_kill_at_a_statement_or_a_send_breaks_a_promise(
    script: Callable[[World], SimDevice],
    homes: tuple[int, ...],
    came_about: Callable[[SimDevice, SyncResult], bool],
) -> None:
    world = World(1, homes=homes)
    try:
        with world.simulated():
            here = script(world)
            watch, said = watched_sync(world, here)
            assert came_about(here, said), said
            assert watch.statements > 50, watch.statements
            assert len(watch.moments) > watch.sends, "the store changed between sends, too"
            others = {device.name: device.now() for device in world.devices if device is not here}
            failed = {
                moment.name: wrong
                for moment in watch.moments
                if (wrong := after(world, moment, {**others, here.name: moment.files}))
            }
    finally:
        world.close()
    assert not failed, failed


def watched_sync(world: World, here: SimDevice) -> tuple[Watch, SyncResult]:
    """Sync a device, looking at every moment on the way."""
    watch = Watch(world, here)
    usual = here.plan
    here.plan = here.connection.plan = watch
    world.now += 1000
    transport = WatchedTransport(world, here.user, watch)
    said = sync(EngineDevice(here), transport, now_ms=here.wall_ms)
    here.plan = here.connection.plan = usual
    watch.look("the end")
    return watch, said


def after(world: World, moment: Moment, stores: Mapping[str, Image]) -> list[str]:
    """Start from what a kill left; return what is wrong when all have synced three times."""
    for device in world.devices:
        device.take(stores[device.name])
        device.seen_version, device.seen_epoch = 0, None
    world.centre.put_back(moment.state)
    world.now = moment.now
    world.unquiet, world.cursors_back, world.shown = [], [], []
    world.calm()
    return violations(world)
