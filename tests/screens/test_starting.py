"""The first minutes: the guided start of an empty store, and the tour of the demo company."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sfa import config, i18n
from sfa.demo import home as demo_homes
from sfa.screens.app import SfaApp
from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.dialogs.confirm import Confirm
from sfa.screens.signing_in import SignIn
from sfa.screens.starting.step import Step
from sfa.screens.starting.tour import STEPS, TourPanel
from tests.screens.driving import text_of, told, until, write
from tests.services.acting import make, rows


@asynccontextmanager
async def begun(home: Path, *, tour: bool = False) -> AsyncIterator[tuple[SfaApp, Pilot[str]]]:
    """Open the app as plain ``sfa`` does."""
    app = SfaApp(home, welcome=True, tour=tour)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: bool(app.heading_text))
        yield app, pilot


def asks(app: SfaApp, text: str) -> bool:
    """Say whether a step asks something."""
    return isinstance(app.screen, Step) and text in text_of(app)


async def test_an_empty_store_is_set_up_step_by_step_and_asks_but_once(home: Path) -> None:
    async with begun(home) as (app, pilot):
        await until(pilot, lambda: asks(app, "Welcome"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "How to begin"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "What are you called"))
        await pilot.press("ctrl+u")
        await write(pilot, "Ann Lee")
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "Which currency"))
        await pilot.press("home", "enter")
        await until(pilot, lambda: asks(app, "Which stages"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: asks(app, "That is all"))
        assert "Your data lies in" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, Step))
        await until(pilot, lambda: config.get("first_steps", home).value == "done")
    assert rows(home, "SELECT name FROM user") == [{"name": "Ann Lee"}]
    assert rows(home, "SELECT value FROM setting WHERE key = 'currency'") == [{"value": '"CNY"'}]
    names = rows(home, "SELECT name FROM stage WHERE deleted_at IS NULL ORDER BY position")
    assert [row["name"] for row in names] == ["First talk", "Quoted", "Won", "Lost"]
    async with begun(home) as (app, pilot):
        await pilot.pause(0.3)
        assert not isinstance(app.screen, Step)


async def test_esc_goes_back_a_step_and_at_the_first_leaves(home: Path) -> None:
    async with begun(home) as (app, pilot):
        await until(pilot, lambda: asks(app, "Welcome"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "How to begin"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "What are you called"))
        await pilot.press("escape")
        await until(pilot, lambda: asks(app, "How to begin"))
        await pilot.press("escape")
        await until(pilot, lambda: asks(app, "Welcome"))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Step))
        await until(pilot, lambda: config.get("first_steps", home).value == "done")


async def test_ctrl_s_leaves_at_once_and_keeps_what_was_answered(home: Path) -> None:
    async with begun(home) as (app, pilot):
        await until(pilot, lambda: asks(app, "Welcome"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: asks(app, "如何开始"))
        await until(pilot, lambda: "Today" not in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "今日" in text_of(app) and not isinstance(app.screen, Step))
        await until(pilot, lambda: config.get("first_steps", home).value == "done")
    assert config.get("language", home).value == "zh_CN"
    i18n.set_language("en")


async def test_a_chinese_start_has_chinese_stages(home: Path) -> None:
    async with begun(home) as (app, pilot):
        await until(pilot, lambda: asks(app, "Welcome"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: asks(app, "如何开始"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "您的姓名"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "币种"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "阶段"))
        await pilot.press("enter")
        await until(pilot, lambda: bool(rows(home, "SELECT 1 FROM stage WHERE name = '赢单'")))
        await until(pilot, lambda: asks(app, "Ctrl+N"))
        assert "Prospecting" not in text_of(app)
    i18n.set_language("en")


async def test_a_name_that_is_empty_is_refused_on_its_step(home: Path) -> None:
    async with begun(home) as (app, pilot):
        await until(pilot, lambda: asks(app, "Welcome"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "How to begin"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "What are you called"))
        await pilot.press("ctrl+u", "enter")
        await until(pilot, lambda: asks(app, "✗"))


async def test_the_centre_is_one_of_the_ways(home: Path) -> None:
    async with begun(home) as (app, pilot):
        await until(pilot, lambda: asks(app, "Welcome"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "How to begin"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, SignIn))
        await pilot.press("escape")
        await until(pilot, lambda: asks(app, "How to begin"))


async def test_a_store_somebody_worked_with_is_asked_nothing(home: Path) -> None:
    make(home, "lead", name="Li Wei")
    async with begun(home) as (app, pilot):
        await pilot.pause(0.4)
        assert not isinstance(app.screen, Step)
    assert config.get("first_steps", home).value == ""


@pytest.fixture
def company(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home that says it holds a demo company: a lead, a task for today, a deal."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    (home / demo_homes.NOTE).write_text(
        '{"seed": 1, "scale": 1, "today": "2026-11-18", "language": "en"}', "utf-8"
    )
    make(home, "task", subject="Send the quote", due="2026-11-18")
    make(home, "lead", name="王军", company="Globex")
    make(home, "deal", name="Acme pumps", amount="100", close_date="2026-12-01", next_step="Call")
    return home


async def test_the_demo_company_is_opened_with_the_tour_when_it_is_chosen(home: Path, company: Path) -> None:
    (home / "sfa.db").unlink()  # an empty store beside a company that is there already
    (home / demo_homes.NOTE).rename(home.parent / "note")
    beside = home.with_name(home.name + "-demo")
    beside.mkdir()
    (home.parent / "note").rename(beside / demo_homes.NOTE)
    async with begun(home) as (app, pilot):
        await until(pilot, lambda: asks(app, "Welcome"))
        await pilot.press("enter")
        await until(pilot, lambda: asks(app, "How to begin"))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: app.next_home == beside and app._exit)
    assert config.get("first_steps", home).value == ""  # the own store has yet to be begun
    assert company == home


async def test_the_tour_waits_for_the_real_key_at_every_step(company: Path) -> None:
    async with begun(company, tour=True) as (app, pilot):
        await until(pilot, lambda: "Tour 1/10" in text_of(app) and "Send the quote" in text_of(app))
        await pilot.press("down")
        await pilot.pause(0.3)
        assert "Tour 1/10" in text_of(app)  # another key is not the one
        await pilot.press("enter")
        await until(pilot, lambda: "Tour 2/10" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Tour 3/10" in text_of(app))
        await pilot.press("g", "p")
        await until(pilot, lambda: "Tour 4/10" in text_of(app) and "Acme pumps" in text_of(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "Tour 5/10" in text_of(app))
        await pilot.press("u")
        await until(pilot, lambda: "Tour 6/10" in text_of(app))
        await pilot.press("g", "l")
        await until(pilot, lambda: "Tour 7/10" in text_of(app) and "王军" in text_of(app))
        await pilot.press("slash")
        await write(pilot, "wj")
        await until(pilot, lambda: "Tour 8/10" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Tour 9/10" in text_of(app))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await pilot.pause(0.3)
        await pilot.press("escape")
        await until(pilot, lambda: "Tour 10/10" in text_of(app))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "Tour 10/10" not in text_of(app))
        assert app.tour is None
        assert not app.screen.query(TourPanel)
    assert len(STEPS) == 10


async def test_the_tour_names_a_key_of_ones_own(company: Path) -> None:
    config.put_key("app.tour", "f9", company)
    async with begun(company, tour=True) as (app, pilot):
        await until(pilot, lambda: "Tour 1/10" in text_of(app))
        assert "F9 ends the tour" in text_of(app) or "f9 ends the tour" in text_of(app)
        await pilot.press("f9")
        await until(pilot, lambda: "Tour 1/10" not in text_of(app))


async def test_in_a_store_of_ones_own_the_tour_asks_before_it_opens_the_company(home: Path) -> None:
    make(home, "lead", name="Li Wei")
    async with begun(home) as (app, pilot):
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        assert app.next_home is None
        assert told(app) == []
