"""How long a store opens without a sync: what the file beside it says, and what clocks do to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sfa import clock
from sfa.errors import StoreUnusable
from sfa.store import lease
from sfa.store.home import LEASE_NAME

DAY_MS = 86_400_000
NOW_MS = 1_800_000_000_000


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the time it is, in a list that a test may change."""
    now = [NOW_MS]
    monkeypatch.setattr(clock, "wall_ms", lambda: now[0])
    return now


def is_over(home: Path) -> bool:
    """Say whether the store asks for a sync."""
    try:
        lease.check(home)
    except lease.LeaseOver:
        return True
    return False


def test_without_a_file_there_is_no_lease(home: Path) -> None:
    assert lease.lease(home) is None
    assert not is_over(home)


def test_it_holds_for_its_days_and_not_a_moment_longer(home: Path, at: list[int]) -> None:
    lease.renew(home, NOW_MS, 7)
    at[0] = NOW_MS + 7 * DAY_MS - 1
    assert not is_over(home)
    at[0] += 1
    assert is_over(home)
    lease.renew(home, at[0], 7)
    assert not is_over(home)


def test_a_clock_set_back_gives_nothing_back(home: Path, at: list[int]) -> None:
    lease.renew(home, NOW_MS, 7)
    at[0] = NOW_MS + 8 * DAY_MS
    assert is_over(home)
    at[0] = NOW_MS + DAY_MS
    assert is_over(home)


def test_a_sync_counts_from_its_own_time_although_a_later_one_was_seen(home: Path, at: list[int]) -> None:
    lease.renew(home, NOW_MS, 7)
    at[0] = NOW_MS + 3650 * DAY_MS
    assert is_over(home)
    at[0] = NOW_MS + DAY_MS
    lease.renew(home, at[0], 7)
    assert not is_over(home)


@pytest.mark.parametrize(("days", "calm_for"), [(30, 28), (3, 1.5), (1, 0.5)])
def test_it_warns_in_its_last_two_days_or_in_its_second_half(
    home: Path, at: list[int], days: int, calm_for: float
) -> None:
    lease.renew(home, NOW_MS, days)
    at[0] = NOW_MS + int(calm_for * DAY_MS) - 1
    found = lease.lease(home)
    assert found is not None
    assert not found.is_ending
    at[0] += 1
    found = lease.lease(home)
    assert found is not None
    assert found.is_ending
    assert not found.is_over


def test_no_days_end_it(home: Path) -> None:
    lease.renew(home, NOW_MS, 7)
    lease.renew(home, NOW_MS, 0)
    assert sorted(path.name for path in home.iterdir()) == ["sfa.db"]
    lease.renew(home, NOW_MS, 0)


@pytest.mark.parametrize("text", ["", "soon", "1 2 3", "1800000000000 99999", "1800000000000 -1", "\xff 7"])
def test_a_file_that_nobody_understands_keeps_nobody_out(home: Path, text: str) -> None:
    (home / LEASE_NAME).write_text(text, "utf-8")
    assert lease.lease(home) is None
    assert not is_over(home)


@pytest.mark.parametrize("value", [None, "7", 7.5, True, -1, 4000, [7]])
def test_a_setting_that_is_no_number_of_days_is_no_lease(value: object) -> None:
    assert lease.days_of(value) == 0


def test_the_file_is_its_owners_and_is_written_whole(home: Path) -> None:
    lease.renew(home, NOW_MS, 7)
    assert (home / LEASE_NAME).stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in home.iterdir()) == [LEASE_NAME, "sfa.db"]


def test_the_time_is_noted_once_an_hour_and_the_words_stay(home: Path, at: list[int]) -> None:
    lease.renew(home, NOW_MS, 7)
    words = (home / LEASE_NAME).read_text()
    at[0] = NOW_MS + 3_600_000
    lease.check(home)
    assert (home / LEASE_NAME).stat().st_mtime_ns == NOW_MS * 1_000_000
    at[0] += 1
    lease.check(home)
    assert (home / LEASE_NAME).stat().st_mtime_ns == at[0] * 1_000_000
    assert (home / LEASE_NAME).read_text() == words


def test_a_folder_that_cannot_be_written_is_said(home: Path) -> None:
    (home / f"{LEASE_NAME}.new-{os.getpid()}").mkdir()
    with pytest.raises(StoreUnusable):
        lease.renew(home, NOW_MS, 7)
