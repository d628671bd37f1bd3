"""Seeded fault schedules of whole syncs, none of which may break a promise.

``SFA_SCHEDULES`` says how many (by default two hundred, under CI 20,000); ``make simulate`` runs more.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.simulation.__main__ import report, run_seed

CHUNKS = 40
COUNT = int(os.environ.get("SFA_SCHEDULES", "20000" if os.environ.get("CI") else "200"))


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_fault_schedule_breaks_a_promise(chunk: int) -> None:
    failed = [report(seed, wrong) for seed in range(chunk, COUNT, CHUNKS) if (wrong := run_seed(seed)[0])]
    assert not failed, "\n\n".join(failed)


def test_a_seed_gives_the_same_trace_in_every_process() -> None:
    told = set()
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.simulation", "--seed", "5", "--trace"],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )  # fmt: skip
        assert "fingerprint" in done.stdout, done.stderr
        told.add(done.stdout)
    assert len(told) == 1
