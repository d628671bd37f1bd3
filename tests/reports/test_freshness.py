"""How old the data is and what waits, and the forms it is told in."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sfa import clock, i18n
from sfa.render.freshness import freshness_forms, freshness_text
from sfa.reports.freshness import Freshness, freshness
from sfa.store.connection import open_writing
from sfa.store.home import store_path
from sfa.store.reading import reading
from sfa.sync.device import state
from tests.services.acting import make

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FULL = Freshness(True, "2026-11-23T10:00:00.000Z", 1234, "2026-11-20T10:00:00.000Z", 2)


def of(home: Path) -> Freshness:
    """Return how a home stands."""
    with reading(home) as connection:
        return freshness(connection)


def put(home: Path, **values: str) -> None:
    """Write this device's own state."""
    with closing(open_writing(store_path(home))) as connection:
        for key, value in values.items():
            state.put(connection, key, value)


def run(home: Path, number: int, word: str, at: str) -> None:
    """Record a sync that began and ended at an instant."""
    with closing(open_writing(store_path(home))) as connection:
        state.record_run(connection, state.Run(f"{number:036}", at, at, word))


def signed_in(home: Path) -> None:
    """Sign a store in, everything so far sent."""
    with closing(open_writing(store_path(home))) as connection:
        head = connection.execute("SELECT max(seq) FROM oplog").fetchone()[0] or 0
    put(home, sync_url="postgresql://anna@centre.example/sfa", sync_acked_seq=str(head))


def test_a_store_that_was_never_signed_in_says_nothing(home: Path) -> None:
    make(home, "task", subject="Call")
    assert of(home) == Freshness()
    assert freshness_text(of(home), NOW) == ""
    assert freshness_forms(of(home), NOW) == ()


def test_ops_after_the_last_acknowledged_one_are_unsent_since_the_oldest(home: Path) -> None:
    signed_in(home)
    assert of(home).unsent == 0
    assert of(home).unsent_since is None
    before = clock.to_text(clock.utc_now())
    make(home, "task", subject="Call")
    first = of(home)
    make(home, "task", subject="Write")
    second = of(home)
    assert 0 < first.unsent < second.unsent
    assert first.unsent_since == second.unsent_since
    assert str(first.unsent_since) >= before


def test_data_is_as_of_the_last_sync_that_worked_and_failures_count_from_the_first(home: Path) -> None:
    signed_in(home)
    run(home, 1, "unreachable", "2026-11-21T08:00:00.000Z")
    run(home, 2, "decisions", "2026-11-21T09:00:00.000Z")
    assert of(home)[1:] == ("2026-11-21T09:00:00.000Z", 0, None, 0, "", None, None)
    run(home, 3, "unreachable", "2026-11-22T09:00:00.000Z")
    run(home, 4, "stopped", "2026-11-22T09:30:00.000Z")
    run(home, 5, "unreachable", "2026-11-22T10:00:00.000Z")
    found = of(home)
    assert found.as_of == "2026-11-21T09:00:00.000Z"
    assert (found.failure, found.failing_since) == ("unreachable", "2026-11-22T09:00:00.000Z")


def test_a_sync_that_was_stopped_or_goes_on_is_no_failure(home: Path) -> None:
    signed_in(home)
    run(home, 1, "ok", "2026-11-21T09:00:00.000Z")
    run(home, 2, "stopped", "2026-11-22T09:00:00.000Z")
    run(home, 3, "running", "2026-11-22T10:00:00.000Z")
    assert of(home).failure == ""


def test_a_print_tells_the_ages_in_full() -> None:
    text = freshness_text(FULL, NOW)
    assert text.startswith("Data as of 2026-11-23 ")
    assert "(2 hours ago) · 1,234 unsent since 2026-11-20 " in text
    assert text.endswith("(3 days ago) · 2 wait for you")
    assert freshness_text(Freshness(True), NOW) == "Never synced"


def test_a_corner_has_shorter_and_shorter_forms() -> None:
    longest, middle, shortest = freshness_forms(FULL, NOW)
    assert "1,234 unsent since 11-20" in longest
    assert len(longest) > len(middle) > len(shortest)
    assert shortest == "↑1,234 !2"
    failing = FULL._replace(failure="unreachable", failing_since="2026-11-22T10:00:00.000Z")
    assert freshness_forms(failing, NOW)[0].startswith("centre not reached since 11-22")
    assert freshness_forms(failing, NOW)[2] == "× ↑1,234 !2"


def test_a_day_of_another_year_is_told_with_its_year() -> None:
    assert "data as of 2025-11-" in freshness_forms(FULL._replace(as_of="2025-11-20T10:00:00.000Z"), NOW)[0]


@pytest.mark.parametrize("form", [0, 1])
def test_the_forms_are_chinese_in_chinese(form: int) -> None:
    i18n.set_language("zh_CN")
    text = freshness_forms(FULL, NOW)[form]
    assert "待上传" in text
    assert "unsent" not in text
