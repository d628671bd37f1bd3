"""A store that has gone without a sync longer than the organisation wants: what it refuses and what works."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sfa import clock
from sfa.store import lease
from sfa.store.home import LEASE_NAME
from tests.cli.conftest import Sfa
from tests.screens.centre import sign_in, syncer
from tests.services.acting import make, rows
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ADMIN, ANN, founded
from tests.sync.device.team import copied_home

DAY_MS = 86_400_000


@pytest.fixture
def centre(new_store: Path) -> ModelCentre:
    """Return a centre with the company in it."""
    return founded(new_store, clock.wall_ms)


@pytest.fixture
def ann(home: Path, centre: ModelCentre) -> Path:
    """Return the home of a rep who has synced."""
    sign_in(home, centre, ANN)
    return home


def syncs(home: Path, centre: ModelCentre, user: str) -> None:
    """Sync a home once."""
    syncer(centre, user)(home, password=None, on_progress=None, sleep=time.sleep)


def ago(home: Path, days: float) -> None:
    """Let the last sync of a store with a lease be so many days ago."""
    found = lease.lease(home)
    assert found is not None
    lease.renew(home, clock.wall_ms() - int(days * DAY_MS), found.days)


def test_no_organisation_has_one_until_it_says_so(sfa: Sfa, ann: Path) -> None:
    assert sfa("config", "org", "get", "lease_days").out.strip() == ""
    assert not (ann / LEASE_NAME).exists()
    assert sfa("sync", "status", "--format", "json").data["sync_before"] is None


def test_the_administrator_sets_it_for_everybody(
    sfa: Sfa, ann: Path, centre: ModelCentre, new_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = copied_home(new_store, tmp_path / "ada")
    sign_in(ada, centre, ADMIN)
    with monkeypatch.context() as patch:
        patch.setenv("SFA_HOME", str(ada))
        for wrong in ("-1", "soon", "3651", "1.5"):
            assert sfa("config", "org", "set", "lease_days", wrong).code == 2
        assert sfa("config", "org", "set", "lease_days", "7").code == 0
    syncs(ada, centre, ADMIN)
    syncs(ann, centre, ANN)
    assert (ann / LEASE_NAME).read_text().endswith(" 7\n")
    assert sfa("sync", "status", "--format", "json").data["sync_before"] > clock.to_text(clock.utc_now())
    with monkeypatch.context() as patch:
        patch.setenv("SFA_HOME", str(ada))
        assert sfa("config", "org", "set", "lease_days", "0").code == 0
    syncs(ada, centre, ADMIN)
    syncs(ann, centre, ANN)
    assert not (ann / LEASE_NAME).exists()


@pytest.fixture
def leased(ann: Path, centre: ModelCentre, new_store: Path, tmp_path: Path) -> Path:
    """Return a rep's home with a lease of seven days, just renewed."""
    ada = copied_home(new_store, tmp_path / "ada")
    sign_in(ada, centre, ADMIN)
    make_setting(ada)
    syncs(ada, centre, ADMIN)
    syncs(ann, centre, ANN)
    return ann


def make_setting(home: Path) -> None:
    """Settle seven days."""
    from sfa.services.settings import settle
    from tests.services.acting import acting

    with acting(home) as session:
        settle(session, "lease_days", "7")


@pytest.mark.parametrize(
    "command",
    [
        ["lead", "list"],
        ["find", "Wei"],
        ["today"],
        ["pipeline"],
        ["lead", "add", "Li Wei"],
        ["log", "visited Wei", "--yes"],
        ["undo"],
        ["export", "lead"],
        ["conflicts", "list"],
        ["whoami"],
        ["config", "org", "list"],
    ],
    ids=" ".join,
)
def test_a_store_past_it_asks_for_a_sync_and_changes_nothing(
    sfa: Sfa, leased: Path, command: list[str]
) -> None:
    make(leased, "lead", name="Wei")
    before = rows(leased, "SELECT count(*) AS ops FROM oplog")
    ago(leased, 7.1)
    said = sfa(*command)
    assert said.code == 3
    assert said.out == ""
    assert "This store has not synced since 20" in said.err
    assert "every 7 days" in said.err
    assert "Run: sfa sync. What is unsent is safe" in said.err
    assert rows(leased, "SELECT count(*) AS ops FROM oplog") == before


@pytest.mark.parametrize(
    "command",
    [
        ["sync", "status"],
        ["sync", "log"],
        ["backup", "make"],
        ["backup", "list"],
        ["doctor"],
        ["--help"],
        ["--version"],
        ["lead", "list", "--help"],
        ["logout", "--yes"],
        ["config", "list"],
    ],
    ids=" ".join,
)
def test_what_helps_works_all_the_same(sfa: Sfa, leased: Path, command: list[str]) -> None:
    ago(leased, 30)
    assert sfa(*command).code == 0


def test_what_is_unsent_is_sent_and_the_sync_renews_it(sfa: Sfa, leased: Path, centre: ModelCentre) -> None:
    make(leased, "lead", name="Wei")
    ago(leased, 30)
    assert sfa("lead", "list").code == 3
    syncs(leased, centre, ANN)
    assert sfa("lead", "list").code == 0
    assert sfa("sync", "status", "--format", "json").data["unsent"] == 0


def test_signing_out_ends_it(sfa: Sfa, leased: Path) -> None:
    ago(leased, 30)
    assert sfa("logout", "--yes").code == 0
    assert sfa("lead", "list").code == 0


def test_the_last_two_days_are_warned_of(sfa: Sfa, leased: Path) -> None:
    assert "sync before" not in sfa("today", "--format", "table").out
    ago(leased, 5.5)
    assert "sync before 20" in sfa("today", "--format", "table").out
    assert "sync before 20" in sfa("pipeline", "--format", "table").out


@pytest.mark.usefixtures("leased")
def test_a_clock_set_back_does_not_open_it_again(sfa: Sfa, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.wall_ms()
    monkeypatch.setattr(clock, "wall_ms", lambda: now + 8 * DAY_MS)
    assert sfa("lead", "list").code == 3
    monkeypatch.setattr(clock, "wall_ms", lambda: now)
    assert sfa("lead", "list").code == 3


def test_names_are_not_completed_past_it(leased: Path, monkeypatch: pytest.MonkeyPatch, sfa: Sfa) -> None:
    make(leased, "lead", name="Wei")
    monkeypatch.setenv("_SFA_COMPLETE", "zsh")
    monkeypatch.setenv("SFA_COMPLETE_WORDS", "lead\x1fshow\x1fWe")
    assert "Wei" in sfa().out
    ago(leased, 8)
    assert "Wei" not in sfa().out


def test_it_speaks_chinese(sfa: Sfa, leased: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ago(leased, 8)
    monkeypatch.setenv("SFA_LANG", "zh_CN")
    said = sfa("lead", "list")
    assert "同步" in said.err
    assert "This store" not in said.err
