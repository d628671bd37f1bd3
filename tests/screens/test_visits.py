"""The week in the app: turning it, planning on a free day, telling what came of a visit, a calendar file."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.screens.forms.form import RecordForm
from sfa.screens.visits import VisitScreen, VisitsScreen
from sfa.screens.widgets.agenda import Agenda
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import make, rows


@pytest.fixture
def planned(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with a visit today, Wednesday 18 November, and one next week."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    make(home, "account", name="Acme Ltd")
    make(home, "visit", account="Acme Ltd", at="2026-11-18 14:00", purpose="Show pumps", state="planned")
    make(home, "visit", account="Acme Ltd", at="2026-11-24 09:00", purpose="Sign", state="planned")
    return home


async def test_two_keys_show_the_week_at_today(planned: Path) -> None:
    async with opened(planned) as (app, pilot):
        await pilot.press("g", "v")
        await until(pilot, lambda: "Show pumps" in text_of(app))
        assert "1 visit planned" in text_of(app)
        assert "Sign" not in text_of(app)
        assert isinstance(app.screen, VisitsScreen)
        assert app.screen.target[0] == "visit"


async def test_the_week_turns_and_comes_back(planned: Path) -> None:
    async with opened(planned, start="visits") as (app, pilot):
        await until(pilot, lambda: "Show pumps" in text_of(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "Sign" in text_of(app))
        await pilot.press("left_square_bracket", "left_square_bracket")
        await until(pilot, lambda: "Week from 2026-11-09" in text_of(app))
        await pilot.press("full_stop")
        await until(pilot, lambda: "Show pumps" in text_of(app))


async def test_enter_on_a_free_day_plans_a_visit_on_it(planned: Path) -> None:
    async with opened(planned, start="visits") as (app, pilot):
        await until(pilot, lambda: "Show pumps" in text_of(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await write(pilot, "Acme Ltd")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
        await until(pilot, lambda: "2026-11-19 Thu · 1 visit" in text_of(app))
    found = rows(planned, "SELECT state FROM activity ORDER BY at")
    assert [each["state"] for each in found] == ["planned"] * 3


async def test_what_came_of_a_visit_is_told_from_the_week_and_from_the_visit(planned: Path) -> None:
    async with opened(planned, start="visits") as (app, pilot):
        await until(pilot, lambda: "Show pumps" in text_of(app))
        await pilot.press("i")
        await until(pilot, lambda: rows(planned, "SELECT 1 FROM activity WHERE checkin_at NOT NULL") != [])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, VisitScreen) and app.screen.shown is not None)
        await pilot.press("C")
        await until(pilot, lambda: "What do you want to say" in text_of(app))
        await write(pilot, "well done")
        await pilot.press("enter")
        await until(pilot, lambda: rows(planned, "SELECT body FROM comment") == [{"body": "well done"}])
        await pilot.press("d")
        await until(pilot, lambda: "What came of the visit" in text_of(app))
        await write(pilot, "wants 2")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, VisitScreen))
        await pilot.press("escape")
        await until(pilot, lambda: "1 visit made" in text_of(app) and "✓ wants 2" in text_of(app))


async def test_a_day_without_a_visit_says_why_nothing_can_be_done(planned: Path) -> None:
    async with opened(planned, start="visits") as (app, pilot):
        await until(pilot, lambda: "Show pumps" in text_of(app))
        await pilot.press("down", "e")
        await until(pilot, lambda: "There is no visit to do this with." in told(app))
        await pilot.press("d")
        await until(pilot, lambda: "There is no record to do this with." in told(app))


async def test_the_planned_visits_go_into_a_calendar_file(planned: Path, tmp_path: Path) -> None:
    async with opened(planned, start="visits") as (app, pilot):
        await until(pilot, lambda: "Show pumps" in text_of(app))
        await pilot.press("E")
        await until(pilot, lambda: "visits-2026-11-16.ics" in text_of(app))
        await pilot.press("ctrl+u")
        await write(pilot, str(tmp_path / "w.ics"))
        await pilot.press("enter")
        await until(pilot, lambda: any("Written" in text for text in told(app)))
        await pilot.press("E")
        await until(pilot, lambda: "visits-2026-11-16.ics" in text_of(app))
        await pilot.press("ctrl+u")
        await write(pilot, "/nowhere/w.ics")
        await pilot.press("enter")
        await until(pilot, lambda: any("cannot be written" in text for text in told(app)))
    assert "SUMMARY:Acme Ltd – Show pumps" in (tmp_path / "w.ics").read_text("utf-8")


async def test_another_process_visit_comes_in_and_the_highlight_stays(planned: Path) -> None:
    async with opened(planned, start="visits") as (app, pilot):
        await until(pilot, lambda: "Show pumps" in text_of(app))
        before = app.screen.query_one(Agenda).chosen
        make(planned, "visit", account="Acme Ltd", at="2026-11-16 09:00", purpose="Earlier")
        await until(pilot, lambda: "Earlier" in text_of(app))
        assert app.screen.query_one(Agenda).chosen == before
