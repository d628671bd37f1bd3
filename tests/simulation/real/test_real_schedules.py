"""Seeded fault schedules on real PostgreSQL, none of which may break a promise; and a team at work.

``SFA_REAL_SCHEDULES`` says how many (by default ten, under CI 200), ``SFA_SOAK_MINUTES`` how long.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.simulation.real.differential import differences
from tests.simulation.real.founding import Ground
from tests.simulation.real.running import ground_of, report, run_seed
from tests.simulation.real.soak import soak
from tests.sync.servers import versions

CHUNKS = 9
COUNT = int(os.environ.get("SFA_REAL_SCHEDULES", "200" if os.environ.get("CI") else "10"))
MINUTES = float(os.environ.get("SFA_SOAK_MINUTES", "0.1"))
# The last tenth runs on the newest server there is.
ON_THE_USUAL = COUNT - COUNT // 10

GroundOf = Callable[[str], Ground]


@pytest.fixture(scope="session")
def ground() -> Iterator[GroundOf]:
    """Return what prepares a server of a version; without PostgreSQL skip, and in CI fail."""
    if not versions():
        reason = "no PostgreSQL server is installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    made: dict[str, Ground] = {}

    def of(version: str) -> Ground:
        if version not in made:
            made[version] = ground_of(version)
        return made[version]

    yield of
    for each in made.values():
        each.close()


def _failed(seeds: range, version: str, ground: GroundOf) -> list[str]:
    found = []
    for seed in seeds:
        wrong, trace = run_seed(seed, ground(version))
        if wrong:
            found.append(report(seed, version, wrong, trace))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_fault_schedule_on_a_real_server_breaks_a_promise(chunk: int, ground: GroundOf) -> None:
    failed = _failed(range(chunk, ON_THE_USUAL, CHUNKS), "", ground)
    assert not failed, "\n\n".join(failed)


@pytest.mark.slow
def test_nor_does_one_on_the_newest_server(ground: GroundOf) -> None:
    failed = _failed(range(ON_THE_USUAL, COUNT), [*versions()][-1], ground)
    assert not failed, "\n\n".join(failed)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(2))
def test_the_model_and_a_real_centre_hold_the_same_after_the_same(chunk: int, ground: GroundOf) -> None:
    for seed in range(chunk, max(COUNT // 5, 2), 2):
        found = differences(seed, ground(""))
        assert not found, f"seed {seed}:\n" + "\n".join(found)


@pytest.mark.slow
def test_a_team_at_work_with_faults_is_in_step_and_sound_when_they_stop(ground: GroundOf) -> None:
    wrong, done, trace = soak(1, ground(""), MINUTES)
    assert not wrong, "\n".join([*trace, done, *wrong])
