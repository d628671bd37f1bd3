"""The app on a store that asks for a sync before it opens."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sfa import clock, config, i18n
from sfa.screens.dialogs.lease_over import AskForSync
from sfa.screens.forms.form import RecordForm
from sfa.services.settings import settle
from sfa.store import lease
from sfa.sync.errors import unreachable
from tests.screens.centre import failing, sign_in, syncer
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import acting, make, rows
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ADMIN, ANN, founded
from tests.sync.device.team import copied_home

DAY_MS = 86_400_000


@pytest.fixture
def centre(new_store: Path) -> ModelCentre:
    """Return a centre with the company in it."""
    return founded(new_store, clock.wall_ms)


@pytest.fixture
def leased(home: Path, centre: ModelCentre, new_store: Path, tmp_path: Path) -> Path:
    """Return a rep's home with a lease of seven days and a lead, just synced; it syncs on demand alone."""
    ada = copied_home(new_store, tmp_path / "ada")
    sign_in(ada, centre, ADMIN)
    with acting(ada) as session:
        settle(session, "lease_days", "7")
    syncer(centre, ADMIN)(ada, password=None, on_progress=None, sleep=time.sleep)
    sign_in(home, centre, ANN)
    make(home, "lead", name="Li Wei")
    config.put("sync_every", "0", home)
    return home


def ago(home: Path, days: float) -> None:
    """Let the last sync be so many days ago."""
    lease.renew(home, clock.wall_ms() - int(days * DAY_MS), 7)


async def test_an_app_past_the_lease_shows_nothing_but_how_to_sync_and_s_opens_it(
    leased: Path, centre: ModelCentre
) -> None:
    ago(leased, 8)
    async with opened(leased, start="leads", sync=syncer(centre, ANN)) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, AskForSync))
        shown = text_of(app)
        assert "This store has not synced since" in shown
        assert "s syncs" in shown
        assert "Li Wei" not in shown
        await pilot.press("g", "n", "ctrl+o", "escape", "enter")
        assert isinstance(app.screen, AskForSync)
        await pilot.press("s")
        await until(pilot, lambda: not isinstance(app.screen, AskForSync))
        await until(pilot, lambda: "Li Wei" in text_of(app))
    assert rows(leased, "SELECT count(*) AS unsent FROM outcome WHERE state <> 'applied'") == [{"unsent": 0}]


async def test_a_centre_out_of_reach_is_said_and_nothing_opens(leased: Path, centre: ModelCentre) -> None:
    ago(leased, 8)
    sync = failing(centre, unreachable("centre.example:5432", "no route"))
    async with opened(leased, sync=sync) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, AskForSync))
        await pilot.press("s")
        await until(pilot, lambda: any("no route" in text for text in told(app)))
        assert isinstance(app.screen, AskForSync)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


async def test_a_lease_that_ends_meanwhile_waits_for_the_form(leased: Path, centre: ModelCentre) -> None:
    async with opened(leased, start="leads", sync=syncer(centre, ANN)) as (app, pilot):
        await until(pilot, lambda: "Li Wei" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        ago(leased, 8)
        await write(pilot, "Wang")
        await pilot.pause(1.3)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, AskForSync))
    assert rows(leased, "SELECT count(*) AS leads FROM lead") == [{"leads": 2}]


async def test_the_last_line_warns_before(leased: Path, centre: ModelCentre) -> None:
    ago(leased, 6)
    async with opened(leased, sync=syncer(centre, ANN), size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "sync before" in text_of(app).splitlines()[-1])
        assert not isinstance(app.screen, AskForSync)


async def test_it_is_said_in_chinese(leased: Path, centre: ModelCentre) -> None:
    i18n.set_language("zh_CN")
    ago(leased, 8)
    async with opened(leased, sync=syncer(centre, ANN)) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, AskForSync))
        shown = text_of(app)
        assert "同步" in shown
        for word in ("synced", "Run", "leaves"):
            assert word not in shown
