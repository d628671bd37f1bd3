"""A team at work for a long time, with faults; then quiet, in step and sound.

``python -m tests.simulation.real.soak --minutes 30 --seed 1``
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import closing

from sfa.store import doctor
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ANN, BOB, MANAGER
from tests.simulation.faults import NetPlan, watched_stores
from tests.simulation.places import lay
from tests.simulation.real.centre import RealCentre
from tests.simulation.real.founding import BY_THE_WALL, Ground, prepared
from tests.simulation.real.world import RealWorld
from tests.simulation.world import Profile

_TEAM = (ANN, ANN, BOB, MANAGER)
_FAULTS = NetPlan(lost=0.04, answer_lost=0.04, doubled=0.04, late=0.03, cut=0.1, meanwhile=0.1)
_BETWEEN_KILLS_S = 60.0
_LOOKS = 100  # pages for each one whose every entry is asked for
# The acts write deals without the events that services would write.
_OF_THE_ACTS = {"deal_event_differs"}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class Soak(RealWorld):
    """Two devices of a rep, one of another, one of their manager, by the wall clock."""

    def __init__(self, seed: int, ground: Ground, *, minutes: float, aloud: bool = False) -> None:
        """Begin with stores that have seen no centre."""
        super().__init__(seed, ground, homes=(), aloud=aloud)
        self.now = _now_ms()
        self._until = time.monotonic() + minutes * 60
        self._next_kill = time.monotonic() + min(_BETWEEN_KILLS_S, minutes * 30)
        self._pages = 0
        self.profile = Profile(_FAULTS, crashes=0.1, disk=0.05, clocks=0.005, office=0.05)
        for user in _TEAM:
            self.add_new(user)

    def _founded(self) -> ModelCentre:
        return RealCentre(self._ground.server, BY_THE_WALL, self._ground.shapes, now_ms=None)

    def run(self) -> None:
        """Work until the time is over, then let the faults stop."""
        with self.simulated():
            while time.monotonic() < self._until:
                self.now = _now_ms()
                self.trace.tell(f"{self._steps:6} {self._step()}")
            self.now = _now_ms()
            self.calm()

    def _step(self) -> str:
        if time.monotonic() > self._next_kill:
            self._next_kill = time.monotonic() + self.rng.uniform(0.5, 1.5) * _BETWEEN_KILLS_S
            return self._server_dies()
        return super()._step()

    def _sync(self) -> str:
        drawn = self.rng.random()
        return self._together() if drawn < 0.3 else super()._sync()

    def _look(self, user: str, page: object) -> None:
        self._pages += 1
        if self._pages % _LOOKS == 0:
            super()._look(user, page)

    def violations(self) -> list[str]:
        """Return what contradicts a promise, and what the doctor finds on the devices."""
        return [*super().violations(), *self._found_by_the_doctor()]

    def _found_by_the_doctor(self) -> Iterator[str]:
        for device in self.devices:
            home = self.home(device)
            lay(device.now(), home)
            for path in (home, *home.iterdir()):
                # The simulator writes files without the modes of a home.
                path.chmod(0o700 if path.is_dir() else 0o600)
            for finding in doctor.examine(home):
                if finding.code not in _OF_THE_ACTS:
                    yield f"doctor: {device.name} {finding}"

    def summary(self) -> str:
        """Return in a line what was done."""
        state = self.database.state
        written = sum(len(device.made) for device in self.devices)
        return (
            f"seed {self.seed}, PostgreSQL {self._ground.server.version}: {self._steps} steps,"
            f" {self.syncs} syncs, {self.kills} processes killed, {self.crashes} ended at a statement,"
            f" {self._ground.server.kills} kills of the server; {written} ops written on devices,"
            f" {len(state.ops)} at the centre in {state.version} transactions,"
            f" {len(state.tables['conflict'])} conflicts, {len(state.tables['proposal'])} proposals"
        )


def soak(
    seed: int, ground: Ground, minutes: float, *, aloud: bool = False
) -> tuple[list[str], str, list[str]]:
    """Let a team work; return what is wrong, what was done, and the trace."""
    with closing(Soak(seed, ground, minutes=minutes, aloud=aloud)) as world:
        world.run()
        with watched_stores():
            wrong = world.violations()
        return wrong, world.summary(), world.trace.lines


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.real.soak")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trace", action="store_true", help="say what happens, step by step")
    given = parser.parse_args()
    with closing(prepared()) as ground:
        wrong, done, _ = soak(given.seed, ground, given.minutes, aloud=given.trace)
    sys.stdout.write("\n".join([done, *wrong, f"{len(wrong)} broken promises", ""]))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
