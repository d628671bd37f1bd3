"""What became of one's own changes: it waits until it was seen; and how a store stands before a login."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sfa import clock
from sfa.services import proposals
from tests.cli.conftest import Sfa
from tests.screens.centre import sign_in, syncer
from tests.services.acting import acting, amend, make, rows
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ANN, MANAGER, founded
from tests.sync.device.team import Rep, copied_home


@pytest.fixture
def centre(new_store: Path) -> ModelCentre:
    """Return a centre with the company in it."""
    return founded(new_store, clock.wall_ms)


def syncs(home: Path, centre: ModelCentre) -> None:
    """Sync the rep's home once."""
    syncer(centre, ANN)(home, password=None, on_progress=None, sleep=time.sleep)


@pytest.fixture
def turned_down(home: Path, centre: ModelCentre, new_store: Path, tmp_path: Path) -> Path:
    """Return the home of a rep of whom two changes of an owner were turned down."""
    sign_in(home, centre, ANN)
    leads = [make(home, "lead", name=name).id for name in ("Li Wei", "Wang Fang")]
    syncs(home, centre)
    for lead in leads:
        amend(home, "lead", lead, owner="Bob")
    syncs(home, centre)
    mia = Rep(copied_home(new_store, tmp_path / "mia"), centre, MANAGER)
    mia.sync()
    for row in mia.query("SELECT id FROM proposal"):
        with acting(mia.home) as session:
            proposals.reject(session, row[0], reason="his region")
    mia.sync()
    syncs(home, centre)
    return home


def waiting(sfa: Sfa) -> int:
    """Return how many own changes the status counts."""
    found: int = sfa("sync", "status", "--format", "json").data["not_applied"]
    return found


def test_a_proposal_that_somebody_else_decides_waits_for_nobody_here(
    sfa: Sfa, home: Path, centre: ModelCentre
) -> None:
    sign_in(home, centre, ANN)
    lead = make(home, "lead", name="Li Wei").id
    syncs(home, centre)
    amend(home, "lead", lead, owner="Bob")
    syncs(home, centre)
    assert rows(home, "SELECT state FROM proposal") == [{"state": "open"}]
    assert sfa("sync", "status").code == 0
    assert waiting(sfa) == 0
    states = [each["state"] for each in sfa("sync", "log", "--format", "json").data["runs"]]
    assert states[0] == "decisions"  # it was said by the sync that learnt of it


def test_what_was_turned_down_is_listed_with_the_reason(sfa: Sfa, turned_down: Path) -> None:
    assert waiting(sfa) == 2
    assert sfa("sync", "status").code == 1
    said = sfa("sync", "not-taken", "--format", "table")
    assert said.code == 0
    assert said.out.count("Mia turned it down") == 2
    assert said.out.count("his region") == 2
    assert "sfa sync seen --all" in said.err
    found = sfa("sync", "not-taken", "--format", "json").data["rows"]
    assert [each["outcome"] for each in found] == ["proposal", "proposal"]
    assert turned_down.is_dir()


def test_one_that_was_seen_waits_no_longer_and_is_kept(sfa: Sfa, turned_down: Path) -> None:
    first = sfa("sync", "not-taken", "--format", "json").data["rows"][0]
    assert "1 change waits no longer." in sfa("sync", "seen", first["ref"]).err
    assert waiting(sfa) == 1
    left = sfa("sync", "not-taken", "--format", "json").data["rows"]
    assert first["tx_id"] not in {each["tx_id"] for each in left}
    everything = sfa("sync", "not-taken", "--all", "--format", "json").data["rows"]
    assert {each["tx_id"]: each["seen"] for each in everything} == {
        first["tx_id"]: True,
        left[0]["tx_id"]: False,
    }
    assert "0 changes wait no longer." in sfa("sync", "seen", first["ref"]).err
    assert turned_down.is_dir()


def test_all_of_them_are_seen_at_once_and_stay_so_over_syncs(
    sfa: Sfa, turned_down: Path, centre: ModelCentre
) -> None:
    assert "2 changes wait no longer." in sfa("sync", "seen", "--all").err
    syncs(turned_down, centre)
    assert sfa("sync", "status").code == 0
    assert "Every change of yours was taken" in sfa("sync", "not-taken", "--format", "table").err
    assert sfa("sync", "log", "--format", "json").data["runs"][0]["state"] == "ok"


@pytest.mark.parametrize("arguments", [[], ["AAAAAA", "--all"]])
def test_either_changes_or_all_are_seen(sfa: Sfa, turned_down: Path, arguments: list[str]) -> None:
    assert sfa("sync", "seen", *arguments).code == 2
    assert waiting(sfa) == 2
    assert turned_down.is_dir()


def test_an_unknown_change_is_named_and_nothing_is_seen(sfa: Sfa, turned_down: Path) -> None:
    known = sfa("sync", "not-taken", "--format", "json").data["rows"][0]["ref"]
    said = sfa("sync", "seen", known, "ZZZZZZ")
    assert said.code == 1
    assert "ZZZZZZ" in said.err
    assert waiting(sfa) == 2
    assert turned_down.is_dir()


def test_a_store_that_never_signed_in_says_so_and_counts_the_users_changes_alone(
    sfa: Sfa, home: Path
) -> None:
    before = sfa("sync", "status", "--format", "table").out
    assert "never signed in" in before
    assert "Unsent" not in before
    found = sfa("sync", "status", "--format", "json").data
    assert (found["signed_in"], found["unsent"], found["unsent_since"]) == (False, 0, None)
    make(home, "lead", name="Li Wei")
    found = sfa("sync", "status", "--format", "json").data
    assert (found["unsent"], found["unsent_since"] is not None) == (1, True)


def test_an_open_conflict_is_one_to_decide_in_chinese(
    sfa: Sfa, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.services import deciding

    ben = make(home, "user", name="Ben").id
    account = make(home, "account", name="Acme").id
    deciding.conflict(
        home, "account", account, kept={"industry": "a"}, lost={"industry": "b"}, kept_by=ben,
        lost_by=deciding.me(home),
    )  # fmt: skip
    monkeypatch.setenv("SFA_LANG", "zh_CN")
    shown = sfa("conflicts", "list", "--format", "table").out
    assert "待处理" in shown
    assert "进行中" not in shown
