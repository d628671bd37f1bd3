"""sfa pipeline and sfa today, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sfa.cli.pipeline import GROUPINGS
from sfa.cli.run import run
from sfa.reports import pipeline
from sfa.store.home import store_path
from sfa.store.reading import reading

Say = Callable[..., str]


@pytest.fixture
def say(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command on a store with one deal of 200.00 and gives its output."""
    monkeypatch.setenv("SFA_HOME", str(home))
    monkeypatch.setenv("SFA_TODAY", "2026-03-31")
    assert run(["deal", "add", "Acme – GTX", "--amount", "200 USD"]) == 0
    capsys.readouterr()

    def said(*arguments: str, code: int = 0) -> str:
        assert run(list(arguments)) == code
        return capsys.readouterr().out

    return said


def stored(home: Path) -> list[dict[str, Any]]:
    """Return the figures of the stored prints, oldest first."""
    with reading(home) as connection:
        rows = connection.execute("SELECT figures FROM print_snapshot ORDER BY printed_at, id").fetchall()
    return [json.loads(row[0]) for row in rows]


def test_a_print_for_people_is_kept_and_the_next_one_compared(home: Path, say: Say) -> None:
    assert "Since the print" not in say("pipeline", "--format", "table")
    assert stored(home)[0]["USD"]["open_amount"] == 200_00
    say("deal", "edit", "Acme – GTX", "--amount", "350 USD")
    second = say("pipeline", "--format", "table")
    (line,) = (line for line in second.splitlines() if line.startswith("Change of open deals"))
    assert line.split()[-2:] == ["0", "+150"]
    assert len(stored(home)) == 2


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["--format", "json"], 0),
        (["--format", "tsv"], 0),
        (["--format", "json", "--store"], 1),
        (["--format", "md"], 1),
        (["--format", "table", "--no-store"], 0),
    ],
)
def test_machines_and_the_unwilling_keep_nothing(home: Path, say: Say, options: list[str], kept: int) -> None:
    say("pipeline", *options)
    assert len(stored(home)) == kept


def test_undo_does_not_offer_a_print(home: Path, say: Say) -> None:
    say("pipeline", "--format", "table")
    say("undo")
    assert len(stored(home)) == 1
    assert json.loads(say("pipeline", "--format", "json"))["deals"] == 0  # the deal was undone instead


@pytest.mark.usefixtures("say")
def test_a_store_that_cannot_be_written_still_prints(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sfa.errors import StoreUnusable, msg
    from sfa.store import perform

    def refuse(*_: object, **__: object) -> object:
        raise StoreUnusable(
            msg("The disk is full; nothing was changed in {path}."), path=str(store_path(home))
        )

    monkeypatch.setattr(perform, "changing", refuse)
    assert run(["pipeline", "--format", "table"]) == 0
    said = capsys.readouterr()
    assert "Pipeline as of 2026-03-31" in said.out
    assert "The disk is full" in said.err


def test_a_past_day_a_period_and_a_pipeline_can_be_asked_for(say: Say) -> None:
    assert json.loads(say("pipeline", "--as-of", "2026-03-30", "--format", "json"))["deals"] == 0
    found = json.loads(
        say("pipeline", "--period", "2026Q1", "--pipeline", "Standard", "--by", "team", "--format", "json")
    )
    assert found["period"] == {"name": "2026Q1", "start": "2026-01-01", "end": "2026-03-31"}
    assert (found["by"], found["pipeline"], found["open"]["amount"]) == ("team", "Standard", "200.00")


@pytest.mark.parametrize(
    "options",
    [["--by", "colour"], ["--period", "2026Q5"], ["--as-of", "someday"], ["--format", "yaml"]],
)
def test_what_cannot_be_asked_is_refused(home: Path, say: Say, options: list[str]) -> None:
    assert say("pipeline", *options, code=2) == ""
    assert stored(home) == []


def test_an_unknown_pipeline_is_not_found(say: Say) -> None:
    assert say("pipeline", "--pipeline", "nowhere", code=1) == ""


def test_with_a_verb_pipeline_is_a_noun(say: Say) -> None:
    assert "Standard" in say("pipeline", "list", "--format", "tsv")


def test_the_groupings_offered_are_those_of_the_report() -> None:
    assert pipeline.GROUPINGS == GROUPINGS


def test_today_lists_the_deal_without_a_next_step(say: Say) -> None:
    assert "Acme – GTX" in say("today", "--format", "table")
    assert json.loads(say("today", "--format", "json"))["no_next_step"]["total"] == 1
