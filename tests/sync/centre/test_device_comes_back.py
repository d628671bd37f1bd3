"""A record that its user lost and got back while an edit of it was on its way, at the real centre."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sfa import clock
from sfa.sync.device import Device
from sfa.sync.engine import sync
from tests.simulation.company import ADMIN, ANN, BOB
from tests.store.rows import add, edit, value_of
from tests.sync.centre.real_centre import RealCentre


def test_what_went_and_came_back_meanwhile_has_ones_own_edit_on_top(home: Path, company: RealCentre) -> None:
    transport = company.transport(ANN)
    with closing(Device.open(home)) as device:
        sync(device, transport, now_ms=clock.wall_ms)
    lead = add(home, "lead", name="Li", owner_id=ANN)
    with closing(Device.open(home)) as device:
        sync(device, transport, now_ms=clock.wall_ms)
    for owner in (BOB, ANN):
        company.edit([("lead", lead, {"owner_id": owner})], author=ADMIN)
    edit(home, "lead", lead, company="Li & Sons")
    with closing(Device.open(home)) as device:
        assert sync(device, transport, now_ms=clock.wall_ms, verify=True).repaired == 0
    assert value_of(home, "lead", lead, "company") == "Li & Sons"
