"""Deals in the app: along the stages by one key, won and lost with what they need, several at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sfa.screens.app import SfaApp
from sfa.screens.deals import DealScreen, DealsScreen
from sfa.screens.forms.form import RecordForm
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import make, rows

STAGE = "SELECT s.name FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.name = ?"


@pytest.fixture
def two(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with two open deals."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    make(home, "account", name="Acme Ltd")
    make(home, "deal", name="Pumps", account="Acme Ltd", amount="12000", close_date="2026-12-01")
    make(home, "deal", name="Valves", account="Acme Ltd", close_date="2026-12-02")
    return home


def stage(home: Path, name: str) -> str:
    """Return the stage a deal is at."""
    return str(rows(home, STAGE, name)[0]["name"])


def stages(home: Path) -> list[str]:
    """Return the open stages in their order."""
    found = rows(home, "SELECT name FROM stage WHERE kind = 'open' AND deleted_at IS NULL ORDER BY position")
    return [each["name"] for each in found]


async def ready(app: SfaApp, pilot: Pilot[Any]) -> DealsScreen:
    """Wait for the list and return its screen."""
    screen = app.screen
    assert isinstance(screen, DealsScreen)
    await until(pilot, lambda: "2 deals" in text_of(app) and screen.records.record_id is not None)
    return screen


async def test_one_key_moves_a_deal_along_and_back_and_u_undoes_it(two: Path) -> None:
    first, second, *_ = stages(two)
    async with opened(two, start="deals") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: stage(two, "Pumps") == second)
        assert any(f"Pumps: stage {first} to {second}" in text for text in told(app))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: stage(two, "Pumps") == first)
        await pilot.press("u")
        await until(pilot, lambda: stage(two, "Pumps") == second)


async def test_back_from_the_first_stage_says_why_not(two: Path) -> None:
    async with opened(two, start="deals") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: any("at the first stage" in text for text in told(app)))
        assert stage(two, "Pumps") == stages(two)[0]


async def test_marked_deals_move_together_in_one_change(two: Path) -> None:
    second = stages(two)[1]
    async with opened(two, start="deals") as (app, pilot):
        screen = await ready(app, pilot)
        await pilot.press("ctrl+a", "right_square_bracket")
        await until(pilot, lambda: stage(two, "Pumps") == stage(two, "Valves") == second)
        assert any("Move 2 deals" in text for text in told(app))
        await until(pilot, lambda: not screen.records.marks)
        await pilot.press("u")
        await until(pilot, lambda: stage(two, "Pumps") == stage(two, "Valves") == stages(two)[0])


async def test_m_offers_the_stages_and_moves_to_the_one_typed(two: Path) -> None:
    third = stages(two)[2]
    async with opened(two, start="deals") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("m")
        await until(pilot, lambda: "Move to which stage?" in text_of(app))
        assert all(name in text_of(app) for name in (*stages(two), "Won", "Lost"))
        await write(pilot, third.lower())
        await pilot.press("enter")
        await until(pilot, lambda: stage(two, "Pumps") == third)


async def test_winning_asks_for_the_amount_that_is_missing(two: Path) -> None:
    async with opened(two, start="deals") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("down", "W")
        await until(pilot, lambda: isinstance(app.screen, RecordForm) and "Won: Valves" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("no amount" in text for text in told(app)))
        await write(pilot, "9000")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: stage(two, "Valves") == "Won")
    assert rows(two, "SELECT amount_minor, closed_on FROM deal WHERE name = 'Valves'") == [
        {"amount_minor": 900000, "closed_on": "2026-11-18"}
    ]


async def test_losing_wants_the_reason_and_a_day_that_can_be(two: Path) -> None:
    async with opened(two, start="deals") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("L")
        await until(pilot, lambda: "Lost: Pumps" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: stage(two, "Pumps") != "Lost" and "reason" in text_of(app).lower())
        await write(pilot, "too dear")
        await pilot.press("tab")
        await write(pilot, "tomorrow")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "is to come" in text_of(app))
        await pilot.press(*["backspace"] * len("tomorrow"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: stage(two, "Pumps") == "Lost")
    assert rows(two, "SELECT close_reason FROM deal WHERE name = 'Pumps'") == [{"close_reason": "too dear"}]


async def test_a_deal_in_full_has_the_same_keys(two: Path) -> None:
    async with opened(two, start="deals") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DealScreen) and app.screen.shown is not None)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: stage(two, "Pumps") == stages(two)[1])
