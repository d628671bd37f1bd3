"""The model centre and a real one told the same, without faults that hang on time.

Held against each other are rows and their writers, conflicts, which changes were applied, and before
whom what was not. Not why one was held back, nor how a proposal tells it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from sfa.store.personal import ERASED
from sfa.sync.engine import sync
from sfa.sync.protocol import Outcome
from tests.simulation.centre.model import ModelCentre
from tests.simulation.centre.state import CENTRE, Row, State
from tests.simulation.chance import decided_by
from tests.simulation.company import ANN, BOB, CAT, MANAGER, founded
from tests.simulation.devices import EngineDevice, SimDevice
from tests.simulation.faults import NetPlan, watched_stores
from tests.simulation.real.centre import RealCentre, RealOffice
from tests.simulation.real.founding import FOUNDED, Ground
from tests.simulation.world import Profile, World, template

_TIMES = ("created_at", "state_on", "approved_at")  # the centre takes them from its own clock
_TEAM = (ANN, ANN, BOB, CAT, MANAGER)


class Calm(World):
    """People and administrators at work, whose clocks may be wrong; nothing is lost or killed."""

    def __init__(self, seed: int, ground: Ground | None) -> None:
        """Begin with stores that have seen no centre; without a ground the centre is the model."""
        self._ground = ground
        super().__init__(seed, homes=())
        self._machine = Random(seed)  # noqa: S311  chance that can be repeated is wanted
        self.profile = Profile(NetPlan(), clocks=0.04, office=0.12)
        if isinstance(self.centre, RealCentre):
            self.office = RealOffice(self.centre, self.rng)
        for user in self.rng.sample(_TEAM, 3):
            self.add_new(user)

    def _founded(self) -> ModelCentre:
        if self._ground is None:
            return founded(template().store, lambda: self.now)
        return RealCentre(self._ground.server, FOUNDED, self._ground.shapes, now_ms=lambda: self.now)

    @contextmanager
    def simulated(self) -> Iterator[None]:
        """Let ids be drawn apart: a centre that asked otherwise would change what people do next."""
        with decided_by(self._machine, self._wall_ms), watched_stores():
            yield

    def _transport(self, user: str) -> Any:
        if isinstance(self.centre, RealCentre):
            return self.centre.transport(user)
        return super()._transport(user)

    def sync(self, device: SimDevice, plan: NetPlan, *, verify: bool = False) -> str:
        """Sync a device past the network."""
        del plan
        with self._as(device), self._disk(device) as what:
            found = sync(
                EngineDevice(device), self._transport(device.user), now_ms=device.wall_ms, verify=verify
            )
            what[0] = f"pushed {found.pushed} applied {found.outcomes.get(Outcome.APPLIED, 0)}"
        return f"{device.name} {what[0]}"

    def _office(self) -> str:
        acts = (self.office.hand_over, self.office.edit, self.office.delete)
        return f"office: {self.rng.choice(acts)()}"

    def _sum_up(self) -> None:
        if isinstance(self.centre, RealCentre):
            self.centre.refresh()

    def contents(self) -> dict[str, Any]:
        """Return what the centre holds, less what it draws and times itself, and what it took."""
        state = self.centre.state
        return {**_rows(state), **_taken(state), "conflicts": _conflicts(state), **_proposals(state)}

    def close(self) -> None:
        """Leave nothing behind."""
        super().close()
        if isinstance(self.centre, RealCentre):
            self.centre.close()


def _rows(state: State) -> dict[str, Any]:
    return {
        f"{table} {row_id}": _row(state, row)
        for table, row_id, row in state.rows()
        if table not in {"conflict", "proposal"}
    }


def _conflicts(state: State) -> list[str]:
    """Return the conflicts without their ids, which are made of those of the centre's own ops."""
    names = ("kind", "on_table", "on_id", "unit", "state", "kept", "lost", "base")
    return sorted(
        json.dumps([_read(state, row.values[name]) for name in names], sort_keys=True)
        for row in state.tables["conflict"].values()
    )


def _proposals(state: State) -> dict[str, Any]:
    """Return of each proposal what it is about, who decides and what was decided."""
    names = ("kind", "on_table", "on_id", "tx_id", "author_id", "recipient_id", "state", "decided_by_id")
    return {
        f"proposal {row_id}": [row.values[name] for name in names]
        for row_id, row in state.tables["proposal"].items()
    }


def _row(state: State, row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    own_times = {name for name in _TIMES if _writer(state, row.writer(name)) == CENTRE}
    values = {name: value for name, value in row.values.items() if name not in own_times}
    read = {name: _read(state, value) for name, value in values.items()}
    return read, {name: _writer(state, row.writer(name)) for name in values}


def _read(state: State, value: Any) -> Any:
    """Return what JSON says, however it is spaced; of ops of the centre only that they are its own."""
    if isinstance(value, str) and value[:1] in {"{", "["} and value != ERASED:
        return _read(state, json.loads(value))
    if isinstance(value, dict):
        return {name: _read(state, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_read(state, each) for each in value]
    return _writer(state, value) if isinstance(value, str) else value


def _writer(state: State, op_id: str | None) -> str | None:
    op = state.ops.get(op_id) if op_id is not None else None
    return CENTRE if op is not None and op.device == CENTRE else op_id


def _taken(state: State) -> dict[str, bool]:
    """Return which of the devices' transactions were applied."""
    return {
        tx_id: tx.outcome in {Outcome.APPLIED, Outcome.IGNORED}
        for tx_id, tx in state.txs.items()
        if tx.device != CENTRE
    }


def differences(seed: int, ground: Ground) -> list[str]:
    """Run a schedule at both centres; return where they differ, the first act or sync before all."""
    told: list[tuple[list[str], dict[str, Any]]] = []
    for side in (None, ground):
        world = Calm(seed, side)
        try:
            world.run()
            told.append((world.trace.lines, world.contents()))
        finally:
            world.close()
    (lines, model), (others, real) = told
    found = [
        f"model: {one}\n real: {other}" for one, other in zip(lines, others, strict=False) if one != other
    ]
    found = found[:1]
    for name in sorted(model.keys() | real.keys()):
        if model.get(name) != real.get(name):
            found.append(f"{name}\nmodel: {model.get(name)}\n real: {real.get(name)}")
    return found


__all__ = ["Calm", "differences"]
