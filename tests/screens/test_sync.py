"""The Sync place and the syncs of the app: state, decisions, failures, the end."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from sfa import clock, config, i18n
from sfa.reports.freshness import Freshness, freshness
from sfa.screens import syncing
from sfa.screens.dialogs.ask_line import AskLine
from sfa.screens.dialogs.confirm import Confirm
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.line import LineForm
from sfa.services import proposals
from sfa.sync.errors import unreachable
from sfa.sync.meaning import not_signed_in
from tests.screens.centre import failing, sign_in, syncer
from tests.screens.driving import opened, text_of, told, until, write
from tests.services import deciding
from tests.services.acting import acting, amend, make, rows
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ANN, MANAGER, founded
from tests.sync.device.team import Rep, copied_home


@pytest.fixture
def centre(new_store: Path) -> ModelCentre:
    """Return a centre with the company in it."""
    return founded(new_store, clock.wall_ms)


@pytest.fixture
def mia(new_store: Path, tmp_path: Path, centre: ModelCentre) -> Rep:
    """Return the manager's device."""
    return Rep(copied_home(new_store, tmp_path / "mia"), centre, MANAGER)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first sync of an app that is opened come at once."""
    monkeypatch.setattr(syncing, "_FIRST_AFTER_S", 0.1)
    monkeypatch.setenv("SFA_CENTRE_PASSWORD", "secret")


@pytest.fixture
def quarrel(home: Path) -> Path:
    """Return a home where a colleague's amount won over the user's."""
    colleague = make(home, "user", name="Ben").id
    deal = make(home, "deal", name="Acme pumps", amount="200")
    deciding.conflict(
        home, "deal", deal.id,
        kept={"amount_minor": 20000, "currency": "USD"},
        lost={"amount_minor": 10000, "currency": "USD"},
        base={"amount_minor": 5000, "currency": "USD"},
        unit="amount", kept_by=colleague, lost_by=deciding.me(home),
    )  # fmt: skip
    return home


def amount(home: Path) -> object:
    """Return the amount of the deal in minor units."""
    return rows(home, "SELECT amount_minor FROM deal")[0]["amount_minor"]


def states(home: Path, table: str) -> list[object]:
    """Return the states of conflicts or proposals."""
    return [row["state"] for row in rows(home, f"SELECT state FROM {table}")]


# A store that is signed in nowhere -----------------------------------------------------------


async def test_a_store_without_a_centre_says_how_to_sign_in_and_nothing_at_the_bottom(home: Path) -> None:
    async with opened(home, start="sync") as (app, pilot):
        await until(pilot, lambda: "sfa login URL" in text_of(app))
        assert "data as of" not in text_of(app)
        assert "unsent" not in text_of(app)
        await pilot.press("s")
        await until(pilot, lambda: bool(told(app)))
        assert "not signed in" in told(app)[0]
    assert rows(home, "SELECT count(*) AS runs FROM sync_run") == [{"runs": 0}]


# Syncs of the app ----------------------------------------------------------------------------


async def test_an_app_syncs_at_its_start_and_shows_what_came(
    home: Path, centre: ModelCentre, mia: Rep
) -> None:
    sign_in(home, centre, ANN)
    mia.sync()
    mia.add("lead", name="Li Wei", owner_id=ANN)
    mia.sync()
    async with opened(home, start="leads", sync=syncer(centre, ANN)) as (app, pilot):
        await until(pilot, lambda: "Li Wei" in text_of(app))
        await until(pilot, lambda: any("received" in text for text in told(app)))
        await until(pilot, lambda: "data as of" in text_of(app))


async def test_a_sync_that_brings_nothing_says_nothing(home: Path, centre: ModelCentre) -> None:
    sign_in(home, centre, ANN)
    make(home, "lead", name="Li Wei")
    async with opened(home, sync=syncer(centre, ANN)) as (app, pilot):
        await until(pilot, lambda: len(rows(home, "SELECT 1 FROM sync_run WHERE state = 'ok'")) == 2)
        await until(pilot, lambda: not app.syncing.is_running and app.syncing.fresh.unsent == 0)
        assert told(app) == []
        assert "unsent" not in text_of(app)


async def test_the_first_sync_waits_for_a_store_that_answers_late(
    home: Path, centre: ModelCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(home, centre, ANN)
    answers = threading.Event()

    def late(connection: sqlite3.Connection) -> Freshness:
        answers.wait()
        return freshness(connection)

    monkeypatch.setattr(syncing, "freshness", late)
    monkeypatch.setattr(syncing, "_FIRST_AFTER_S", 0.01)
    async with opened(home, sync=syncer(centre, ANN)) as (app, pilot):
        await pilot.pause(0.2)
        assert not app.syncing.is_running
        answers.set()
        await until(pilot, lambda: len(rows(home, "SELECT 1 FROM sync_run")) == 2)
        await until(pilot, lambda: not app.syncing.is_running)


async def test_unsent_changes_stand_at_the_bottom_until_they_are_sent(
    home: Path, centre: ModelCentre
) -> None:
    sign_in(home, centre, ANN)
    config.put("sync_every", "0", home)
    make(home, "lead", name="Li Wei")
    async with opened(home, start="sync", sync=syncer(centre, ANN), size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "unsent since" in text_of(app).splitlines()[-1])
        await pilot.pause(0.3)
        assert not app.syncing.is_running
        await pilot.press("s")
        await until(pilot, lambda: any(text.startswith("Synced") for text in told(app)))
        await until(pilot, lambda: "unsent" not in text_of(app).splitlines()[-1])


async def test_a_centre_out_of_reach_is_said_at_the_bottom_alone(home: Path, centre: ModelCentre) -> None:
    sign_in(home, centre, ANN)
    error = unreachable("centre.example:5432", "no route")
    async with opened(home, sync=failing(centre, error), size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "centre not reached since" in text_of(app).splitlines()[-1])
        assert told(app) == []
        assert not app.screen.is_modal


async def test_a_sync_that_was_asked_for_says_why_it_failed(home: Path, centre: ModelCentre) -> None:
    sign_in(home, centre, ANN)
    config.put("sync_every", "0", home)
    error = unreachable("centre.example:5432", "no route")
    async with opened(home, start="sync", sync=failing(centre, error)) as (app, pilot):
        await until(pilot, lambda: "centre.example" in text_of(app))
        await pilot.press("s")
        await until(pilot, lambda: any("no route" in text for text in told(app)))


async def test_a_password_that_is_not_known_is_asked_for_and_kept_for_the_next_sync(
    home: Path, centre: ModelCentre
) -> None:
    sign_in(home, centre, ANN)
    config.put("sync_every", "0", home)
    given: list[str | None] = []
    rightly = syncer(centre, ANN)

    def sync(home: Path, *, password: str | None, **rest: object) -> object:
        given.append(password)
        if password != "geheim":  # noqa: S105  a test's password
            raise not_signed_in()
        return rightly(home, password=password, **rest)

    async with opened(home, start="sync", sync=sync) as (app, pilot):  # type: ignore[arg-type]
        await until(pilot, lambda: "centre.example" in text_of(app))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, AskLine))
        await write(pilot, "geheim")
        assert "geheim" not in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: any(text.startswith("Synced") for text in told(app)))
        await pilot.press("s")
        await until(pilot, lambda: len(given) == 3 and not app.syncing.is_running)
    assert given == [None, "geheim", "geheim"]


async def test_a_login_that_was_refused_is_not_tried_again_by_itself(home: Path, centre: ModelCentre) -> None:
    sign_in(home, centre, ANN)
    tries: list[int] = []

    def sync(home: Path, **rest: object) -> object:
        del home, rest
        tries.append(1)
        raise not_signed_in()

    async with opened(home, sync=sync) as (app, pilot):  # type: ignore[arg-type]
        await until(pilot, lambda: bool(tries) and not app.syncing.is_running)
        app.syncing._by_itself()
        await pilot.pause(0.2)
        assert len(tries) == 1
        assert told(app) == []


async def test_leaving_does_not_wait_for_a_network_that_hangs(
    home: Path, centre: ModelCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "_END_WITHIN_S", 0.1)
    sign_in(home, centre, ANN)
    make(home, "lead", name="Li Wei")  # something to do once the network answers
    gate = threading.Event()
    async with opened(home, sync=syncer(centre, ANN, gate)) as (app, pilot):
        await until(pilot, lambda: app.syncing.is_running)
        thread = app.syncing._thread
        await pilot.press("q")
    assert thread is not None
    assert thread.is_alive()
    gate.set()
    thread.join(10)
    assert rows(home, "SELECT state FROM sync_run ORDER BY id DESC LIMIT 1") == [{"state": "stopped"}]


async def test_changes_can_be_made_while_a_sync_hangs(home: Path, centre: ModelCentre) -> None:
    sign_in(home, centre, ANN)
    gate = threading.Event()
    async with opened(home, start="leads", sync=syncer(centre, ANN, gate)) as (app, pilot):
        await until(pilot, lambda: app.syncing.is_running)
        await until(pilot, lambda: "…" in text_of(app).splitlines()[-1])
        make(home, "lead", name="Li Wei")
        await until(pilot, lambda: "Li Wei" in text_of(app))
        gate.set()
        await until(pilot, lambda: not app.syncing.is_running)


# Decisions -----------------------------------------------------------------------------------


async def test_a_conflict_is_shown_side_by_side_and_t_lets_the_other_value_stand(quarrel: Path) -> None:
    async with opened(quarrel, start="sync") as (app, pilot):
        await until(pilot, lambda: "Yours" in text_of(app))
        shown = text_of(app)
        assert "Conflicts (1)" in shown
        assert "Before" in shown
        for value in ("50", "100", "200"):
            assert value in shown
        await pilot.press("t")
        await until(pilot, lambda: states(quarrel, "conflict") == ["kept"])
        await until(pilot, lambda: "Conflicts" not in text_of(app))
        assert amount(quarrel) == 20000


async def test_m_takes_the_users_value_although_it_lost_and_u_brings_the_conflict_back(quarrel: Path) -> None:
    async with opened(quarrel, start="sync") as (app, pilot):
        await until(pilot, lambda: "Yours" in text_of(app))
        await pilot.press("m")
        await until(pilot, lambda: states(quarrel, "conflict") == ["taken"])
        assert amount(quarrel) == 10000
        await pilot.press("u")
        await until(pilot, lambda: states(quarrel, "conflict") == ["open"])
        assert amount(quarrel) == 20000
        await until(pilot, lambda: "Conflicts (1)" in text_of(app))


async def test_e_writes_a_third_value_with_both_sides_in_sight(quarrel: Path) -> None:
    async with opened(quarrel, start="sync") as (app, pilot):
        await until(pilot, lambda: "Yours" in text_of(app))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        assert "Yours" in text_of(app)
        assert "Theirs" in text_of(app)
        await pilot.pause()
        await write(pilot, "150")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: states(quarrel, "conflict") == ["merged"])
        assert amount(quarrel) == 15000


async def test_a_record_changed_since_refuses_a_side_and_says_so(quarrel: Path) -> None:
    deal = str(rows(quarrel, "SELECT id FROM deal")[0]["id"])
    amend(quarrel, "deal", deal, amount="300")
    async with opened(quarrel, start="sync") as (app, pilot):
        await until(pilot, lambda: "Yours" in text_of(app))
        await pilot.press("m")
        await until(pilot, lambda: any("changed after this conflict" in text for text in told(app)))
        assert states(quarrel, "conflict") == ["open"]


@pytest.fixture
def asked(home: Path) -> Path:
    """Return a home where a rep proposes another name for a deal to the user."""
    ben = make(home, "user", name="Ben").id
    deal = make(home, "deal", name="Pumps", next_step="Call")
    change = deciding.op("deal", deal.id, name=["Pumps and valves", "Pumps"], next_step=["Visit", "Call"])
    deciding.proposal(home, change, author=ben, recipient=deciding.me(home))
    return home


async def test_a_accepts_a_proposal_as_the_users_own_change(asked: Path) -> None:
    async with opened(asked, start="sync") as (app, pilot):
        await until(pilot, lambda: "Proposals (1)" in text_of(app) and "Pumps and valves" in text_of(app))
        await pilot.press("a")
        await until(pilot, lambda: states(asked, "proposal") == ["accepted"])
        assert rows(asked, "SELECT name FROM deal") == [{"name": "Pumps and valves"}]


async def test_what_was_changed_since_is_kept_after_asking(asked: Path) -> None:
    amend(asked, "deal", str(rows(asked, "SELECT id FROM deal")[0]["id"]), next_step="Write")
    async with opened(asked, start="sync") as (app, pilot):
        await until(pilot, lambda: "Proposals (1)" in text_of(app))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: states(asked, "proposal") == ["accepted"])
        assert rows(asked, "SELECT name, next_step FROM deal") == [
            {"name": "Pumps and valves", "next_step": "Write"}
        ]


async def test_x_turns_a_proposal_down_with_a_reason(asked: Path) -> None:
    async with opened(asked, start="sync") as (app, pilot):
        await until(pilot, lambda: "Proposals (1)" in text_of(app))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, LineForm))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, LineForm))
        assert states(asked, "proposal") == ["open"]
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, LineForm))
        await write(pilot, "too early")
        await pilot.press("enter")
        await until(pilot, lambda: states(asked, "proposal") == ["rejected"])
    assert rows(asked, "SELECT reason FROM proposal") == [{"reason": "too early"}]


async def test_a_reason_half_typed_is_offered_again(asked: Path) -> None:
    async with opened(asked, start="sync") as (app, pilot):
        await until(pilot, lambda: "Proposals (1)" in text_of(app))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, LineForm))
        await write(pilot, "too early")
        app.exit()
    async with opened(asked) as (app, pilot):
        await until(pilot, lambda: "Typed and not saved" in text_of(app) and "too early" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LineForm) and "too early" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: states(asked, "proposal") == ["rejected"])
    assert rows(asked, "SELECT reason FROM proposal") == [{"reason": "too early"}]


async def test_keys_that_do_not_fit_what_is_chosen_say_why(asked: Path) -> None:
    async with opened(asked, start="sync") as (app, pilot):
        await until(pilot, lambda: "Proposals (1)" in text_of(app))
        await until(pilot, lambda: "Accept" in text_of(app).splitlines()[-1])
        assert "Mine" not in text_of(app).splitlines()[-1]
        await pilot.press("m")
        await until(pilot, lambda: bool(told(app)))
        assert "Only a conflict has two sides" in told(app)[0]


async def test_enter_shows_the_record_that_a_conflict_is_about(quarrel: Path) -> None:
    async with opened(quarrel, start="sync") as (app, pilot):
        await until(pilot, lambda: "Yours" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "deal Acme pumps" in text_of(app))


async def test_own_changes_that_were_turned_down_tell_why(home: Path, centre: ModelCentre, mia: Rep) -> None:
    sign_in(home, centre, ANN)
    lead = make(home, "lead", name="Li Wei").id
    sync = syncer(centre, ANN)
    sync(home, password=None, on_progress=None, sleep=time.sleep)
    amend(home, "lead", lead, owner="Bob")
    async with opened(home, start="sync", sync=sync, size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Proposals (1)" in text_of(app) and "for Mia" in text_of(app))
        mia.sync()
        with acting(mia.home) as session:
            found = mia.query("SELECT id FROM proposal")[0][0]
            proposals.reject(session, found, reason="his region")
        mia.sync()
        await pilot.press("s")
        await until(pilot, lambda: "not taken as they are (1)" in text_of(app))
        await pilot.press("home")
        await until(pilot, lambda: "Mia turned it down" in text_of(app) and "his region" in text_of(app))


async def test_v_says_that_what_became_of_a_change_was_seen(
    home: Path, centre: ModelCentre, mia: Rep
) -> None:
    sign_in(home, centre, ANN)
    leads = [make(home, "lead", name=name).id for name in ("Li Wei", "Wang Fang", "Sun Li")]
    sync = syncer(centre, ANN)
    sync(home, password=None, on_progress=None, sleep=time.sleep)
    for lead in leads:
        amend(home, "lead", lead, owner="Bob")
    sync(home, password=None, on_progress=None, sleep=time.sleep)
    mia.sync()
    for row in mia.query("SELECT id FROM proposal"):
        with acting(mia.home) as session:
            proposals.reject(session, row[0], reason="his region")
    mia.sync()
    sync(home, password=None, on_progress=None, sleep=time.sleep)
    config.put("sync_every", "0", home)
    async with opened(home, start="sync", sync=sync, size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "not taken as they are (3)" in text_of(app))
        await until(pilot, lambda: "v Seen" in text_of(app).splitlines()[-1])
        await pilot.press("v")
        await until(pilot, lambda: "not taken as they are (2)" in text_of(app))
        await pilot.press("V")
        await until(pilot, lambda: "not taken" not in text_of(app))
        await pilot.press("V")
        await until(pilot, lambda: any("Every change of yours was taken" in text for text in told(app)))


async def test_the_place_is_chinese_through_and_through(quarrel: Path) -> None:
    i18n.set_language("zh_CN")
    async with opened(quarrel, start="sync") as (app, pilot):
        # The list is drawn before the line of keys, which follows what is chosen.
        await until(pilot, lambda: "冲突（1）" in text_of(app) and "m 我的" in text_of(app))
        shown = text_of(app)
        for word in ("Sync", "Mine", "Theirs", "Yours", "Before", "signed in"):
            assert word not in shown
