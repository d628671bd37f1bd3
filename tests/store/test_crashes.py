"""A process killed at any moment leaves each change whole, with its ops, or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sfa.errors import msg
from sfa.store import change
from sfa.store.backup import backup
from sfa.store.doctor import examine
from sfa.store.first_load import PAYS_FROM
from sfa.store.perform import changing
from sfa.store.reading import reading
from tests.store.rows import add, new_id

PROJECT = Path(__file__).resolve().parents[2]
RUNS = 2000 if os.environ.get("SFA_PROVE") else 200
PARTS = 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.parametrize("part", range(PARTS))
def test_killed_writer_leaves_every_change_whole_or_absent(home: Path, part: int) -> None:
    add(home, "team", name="nobody yet")
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.crash_runs", str(home), str(part), str(RUNS // PARTS)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["runs"] == RUNS // PARTS
    assert found["changes"] > RUNS // PARTS / 4, "the writers were killed before they wrote anything"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize(("new_rows", "written"), [(0, "wal"), (PAYS_FROM, "journal")])
def test_a_bulk_insert_killed_half_way_leaves_no_row_and_every_trigger_and_index(
    home: Path, processes: int, new_rows: int, written: str
) -> None:
    add(home, "team", name="nobody yet")
    before = schema_of(home)
    there = {path.name for path in home.iterdir()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.bulk_crash_run", str(home), str(processes), str(new_rows)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert (home / f"sfa.db-{written}").exists()
    grown = (home / ("sfa.db-wal" if written == "wal" else "sfa.db")).stat().st_size
    assert grown > 1_000_000, "it was killed before anything was written"
    seconds = [int(line) for line in done.stdout.split()]
    assert len(seconds) == processes - 1
    wait_until(lambda: not any(map(is_there, seconds)))
    assert {path.name for path in home.iterdir()} - there <= {f"sfa.db-{written}", "sfa.db-shm"}
    assert schema_of(home) == before
    assert examine(home) == []
    add(home, "lead", name="afterwards")
    with reading(home) as connection:
        assert connection.execute("SELECT count(*) FROM lead").fetchone()[0] == 1


def schema_of(home: Path) -> list[tuple[str, str]]:
    with reading(home) as connection:
        rows = connection.execute("SELECT type, name FROM sqlite_master ORDER BY type, name")
        return [(row[0], row[1]) for row in rows]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_killed_restore_leaves_the_old_store_or_the_new_one(home: Path, tmp_path: Path) -> None:
    made = backup(home, tmp_path / "made.db")
    with changing(home, name=msg("Add")) as found:
        for number in range(500):
            change.insert(found.connection, "lead", {"id": new_id(), "name": f"lead {number}"})
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.restore_crash_runs", str(home), str(made.path), "1", "25"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    assert report["wrong"] == []
    assert report["others"].keys() <= {made.content_hash}
    assert report["old"] > 0
    assert sum(report["others"].values()) > 0


def is_there(number: int) -> bool:
    """Say whether a process of that number is still there."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(claim: Callable[[], bool]) -> None:
    for _ in range(500):
        if claim():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come true in ten seconds")
