"""What a sync with nothing to do costs: counted in what it asks and writes, not in time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sfa import clock, ids
from sfa.sync import engine
from sfa.sync.device import Device
from sfa.sync.device.state import Run
from sfa.sync.postgres import PostgresTransport
from tests.simulation.company import ANN
from tests.sync.centre.real_centre import RealCentre
from tests.sync.device.team import copied_home

InStep = tuple[Device, PostgresTransport]


@pytest.fixture
def ann(company: RealCentre, new_store: Path, tmp_path: Path) -> Iterator[InStep]:
    """Return Ann's device, in step with the centre, and her way to it."""
    with closing(Device.open(copied_home(new_store, tmp_path / "ann"))) as device:
        transport = company.transport(ANN)
        for _ in range(2):
            engine.sync(device, transport, now_ms=clock.wall_ms)
        yield device, transport


def test_a_sync_with_nothing_to_do_asks_the_centre_once(ann: InStep, monkeypatch: pytest.MonkeyPatch) -> None:
    device, transport = ann
    asked: list[str] = []
    execute = psycopg.Connection.execute

    def counted(self: psycopg.Connection[Any], query: str, *arguments: Any, **named: Any) -> Any:
        asked.append(query)
        return execute(self, query, *arguments, **named)

    monkeypatch.setattr(psycopg.Connection, "execute", counted)
    engine.sync(device, transport, now_ms=clock.wall_ms)
    assert len(asked) == 1, asked


def test_a_sync_with_nothing_to_do_waits_for_no_disk(ann: InStep) -> None:
    device, _ = ann
    said: list[str] = []
    device.connection.set_trace_callback(said.append)
    began = Run(ids.uuid7(clock.wall_ms()), clock.to_text(clock.utc_now()), None, "running")
    ended = replace(began, ended_at=began.started_at, state="ok")
    for run, mode in ((began, "NORMAL"), (ended, "NORMAL"), (replace(ended, pushed=1), "FULL")):
        said.clear()
        device.record_run(run)
        assert said[0] == f"PRAGMA synchronous = {mode}"
        assert said[-1] == "PRAGMA synchronous = FULL"
    for more in ({"pulled": 1}, {"verified": True}, {"state": "decisions"}, {"state": "failed"}):
        assert not replace(ended, **more).was_idle


def test_a_load_tells_how_many_rows_came(company: RealCentre, new_store: Path, tmp_path: Path) -> None:
    company.connection.execute(
        "INSERT INTO sfa.lead (name, status, pool_state, owner_id)"
        " SELECT 'Lead ' || n, 'new', 'owned', %s FROM generate_series(1, 1200) AS n",
        [ANN],
    )
    told: list[engine.Progress] = []
    with closing(Device.open(copied_home(new_store, tmp_path / "ann"))) as device:
        result = engine.sync(device, company.transport(ANN), now_ms=clock.wall_ms, on_progress=told.append)
    # Rows come five hundred of a table together: it is told when so many more are there.
    first, second, *_, last = (each.done for each in told if each.what == "load")
    assert 500 <= first < 1000 <= second < 1200 < last == result.loaded


def test_a_sync_with_nothing_to_do_writes_nothing_on_the_device(ann: InStep) -> None:
    device, transport = ann
    before = device.connection.total_changes
    engine.sync(device, transport, now_ms=clock.wall_ms)
    assert device.connection.total_changes == before


def test_a_sync_with_nothing_to_do_writes_nothing_at_the_centre(ann: InStep, company: RealCentre) -> None:
    device, transport = ann
    written = "SELECT d.id, d.xmin::text, c.version, c.xmin::text FROM hub.device AS d, hub.counter AS c"
    before = company.connection.execute(written).fetchall()
    engine.sync(device, transport, now_ms=clock.wall_ms)
    assert company.connection.execute(written).fetchall() == before
