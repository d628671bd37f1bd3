"""sfa deal win and lose on other days than today, and what prints say afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sfa.cli.run import run
from sfa.store.reading import reading

Do = Callable[..., int]


@pytest.fixture
def do(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Do:
    """Return what runs a command on a day, on a store with one deal of 10 March."""
    monkeypatch.setenv("SFA_HOME", str(home))

    def done(day: str, *arguments: str) -> int:
        monkeypatch.setenv("SFA_TODAY", day)
        return run(list(arguments))

    assert done("2026-03-10", "deal", "add", "Press", "--amount", "100 USD") == 0
    capsys.readouterr()
    return done


def events(home: Path) -> list[tuple[str, str]]:
    """Return (day, stage) of the events as prints order them."""
    with reading(home) as connection:
        rows = connection.execute(
            "SELECT e.effective_on, s.name FROM deal_event e JOIN stage s ON s.id = e.stage_id"
            " WHERE e.deleted_at IS NULL ORDER BY e.effective_on, e.recorded_at, e.id"
        ).fetchall()
    return [(row[0], row[1]) for row in rows]


@pytest.mark.parametrize("verb", ["win", "lose"])
def test_a_deal_is_not_closed_on_a_day_to_come(
    verb: str, home: Path, do: Do, capsys: pytest.CaptureFixture[str]
) -> None:
    assert do("2026-03-20", "deal", verb, "Press", "--reason", "price", "--on", "2026-04-01") == 2
    assert "2026-04-01 is to come" in capsys.readouterr().err
    assert [stage for _, stage in events(home)] == ["Prospecting"]


def test_a_deal_is_not_closed_before_its_latest_stage(
    home: Path, do: Do, capsys: pytest.CaptureFixture[str]
) -> None:
    assert do("2026-03-20", "deal", "advance", "Press") == 0
    assert do("2026-03-25", "deal", "win", "Press", "--on", "2026-03-19") == 2
    assert "changed on 2026-03-20" in capsys.readouterr().err
    assert do("2026-03-25", "deal", "win", "Press", "--on", "2026-03-20") == 0
    assert events(home)[-1] == ("2026-03-20", "Won")


def test_an_event_never_slips_under_a_later_one_when_the_clock_goes_back(home: Path, do: Do) -> None:
    assert do("2026-03-20", "deal", "advance", "Press") == 0
    assert do("2026-03-19", "deal", "advance", "Press") == 0
    assert events(home)[-1] == ("2026-03-20", "Proposal")


def test_closing_again_says_that_nothing_changed(do: Do, capsys: pytest.CaptureFixture[str]) -> None:
    assert do("2026-03-20", "deal", "lose", "Press", "--reason", "price") == 0
    assert "Lost: deal Press" in capsys.readouterr().err
    assert do("2026-03-20", "deal", "lose", "Press", "--reason", "price") == 0
    assert "Unchanged: deal Press" in capsys.readouterr().err


def test_a_deal_written_down_late_is_closed_on_the_day_it_was_won(home: Path, do: Do) -> None:
    assert do("2026-03-10", "deal", "advance", "Press") == 0
    assert do("2026-03-11", "deal", "win", "Press", "--on", "2026-03-06") == 0
    days = events(home)
    assert [stage for _, stage in days] == ["Prospecting", "Qualification", "Won"]
    assert {day for day, _ in days} == {"2026-03-06"}
    assert do("2026-03-11", "doctor") == 0
    assert do("2026-03-11", "undo") == 0
    assert [day for day, _ in events(home)] == ["2026-03-10", "2026-03-10"]
    assert do("2026-03-11", "doctor") == 0


def test_an_emptied_probability_follows_the_stage_again(do: Do, capsys: pytest.CaptureFixture[str]) -> None:
    for typed in (["--probability", "77", "--category", "commit"], ["--probability", "", "--category", ""]):
        assert do("2026-03-11", "deal", "edit", "Press", *typed) == 0
    assert do("2026-03-12", "deal", "advance", "Press") == 0
    capsys.readouterr()
    assert do("2026-03-12", "deal", "show", "Press", "--format", "json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["probability"], shown["category"]) == (20, "pipeline")
