"""Running schedules by their seeds, and saying what is wrong with one and how to run it again."""

from __future__ import annotations

import traceback

from sfa.sync.centre.cluster import programs
from tests.simulation.faults import watched_stores
from tests.simulation.real.founding import Ground, prepared
from tests.simulation.real.world import RealWorld
from tests.sync.servers import versions

_DYING = 10  # of so many schedules the server is killed in one


def ground_of(version: str) -> Ground:
    """Prepare a server of a major version, by default of the one that a user would get."""
    return prepared(versions()[version] if version else programs())


def dies(seed: int) -> bool:
    """Say whether the server is killed in a schedule."""
    return seed % _DYING == _DYING - 1


def run_seed(seed: int, ground: Ground, *, aloud: bool = False) -> tuple[list[str], list[str]]:
    """Run one schedule; return what is wrong, and the trace."""
    world = RealWorld(seed, ground, dies=dies(seed), aloud=aloud)
    try:
        world.run()
        with watched_stores():
            wrong = world.violations()
    except Exception:  # noqa: BLE001  whatever a schedule stumbles over is a finding
        wrong = [traceback.format_exc()]
    finally:
        world.close()
    return wrong, world.trace.lines


def report(seed: int, version: str, wrong: list[str], trace: list[str]) -> str:
    """Return what happened in a schedule, what is wrong with it, and how anyone runs it again."""
    server = f" --server {version}" if version else ""
    again = f"python -m tests.simulation.real --seed {seed}{server} --trace"
    return "\n".join([*trace, f"seed {seed}:", *wrong, f"Run it again: {again}"])
