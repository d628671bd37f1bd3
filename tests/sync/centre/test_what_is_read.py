"""What a push and a pull read at the centre: as much as they bring, not as much as there is."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest

from sfa import clock
from sfa.errors import msg
from sfa.store import change
from sfa.store.perform import changing
from sfa.sync import engine
from sfa.sync.device import Device
from tests.simulation.company import ANN
from tests.store.rows import add
from tests.sync.centre.real_centre import RealCentre
from tests.sync.device.team import copied_home

pytestmark = pytest.mark.every_server
IMPORTED = 20_000
# What follows changes, rows and what was told of them; the tables of settings are read as a whole.
_READ = """SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))
FROM pg_stat_user_tables WHERE (schemaname, relname) IN (
    ('hub', 'row'), ('hub', 'sight'), ('hub', 'op'), ('hub', 'tx'), ('hub', 'feed'), ('sfa', 'lead')
)"""


@pytest.fixture
def homes(company: RealCentre, new_store: Path, tmp_path: Path) -> list[Path]:
    """Return two homes of Ann, in step with a centre to which somebody brought many leads at once."""
    company.connection.execute(
        "INSERT INTO sfa.lead (name, status, pool_state, owner_id)"
        " SELECT 'Lead ' || n, 'new', 'owned', %s FROM generate_series(1, %s) AS n",
        [ANN, IMPORTED],
    )
    company.connection.execute("ANALYZE")
    found = [copied_home(new_store, tmp_path / name) for name in ("office", "road")]
    for home in found:
        synced(company, home)
    return found


def synced(company: RealCentre, home: Path) -> engine.SyncResult:
    with closing(Device.open(home)) as device, closing(company.transport(ANN)) as transport:
        return engine.sync(device, transport, now_ms=clock.wall_ms)


def read_so_far(company: RealCentre) -> int:
    """Return how many rows were read, once the members' sessions have ended, which then say so."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename <> session_user"
    )
    deadline = time.monotonic() + 30
    while company.connection.execute(others).fetchone() != (0,):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    company.connection.execute("SELECT pg_stat_force_next_flush()")
    [[count]] = company.connection.execute(_READ).fetchall()
    return int(count)


def test_after_a_large_import_a_push_and_a_pull_read_no_more_than_before(
    company: RealCentre, homes: list[Path]
) -> None:
    office, road = homes
    imported = company.connection.execute("SELECT id FROM sfa.lead ORDER BY id LIMIT 3").fetchall()
    before = read_so_far(company)
    # One that is merged with others at once, and one that is looked at op by op.
    add(office, "lead", name="Qinling Valves", status="new", pool_state="owned", owner_id=ANN)
    with changing(office, name=msg("Tidy up")) as found:
        for (lead,) in imported:
            change.update(found.connection, "lead", lead, {"name": "Renamed"})
            change.update(found.connection, "lead", lead, {"deleted_at": found.stamp})
    assert synced(company, office).pushed == 7
    assert synced(company, road).heard == 2 + 7  # the transactions and their changes
    assert 0 < read_so_far(company) - before < IMPORTED / 10
