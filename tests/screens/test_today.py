"""The day in the app: its order, doing things, empty days, both languages, all sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa import i18n
from sfa.screens.widgets.agenda import Agenda
from sfa.screens.widgets.record_view import RecordView
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import make, rows


@pytest.fixture
def day(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with something of every kind to do on Wednesday 18 November."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    make(home, "account", name="Acme Ltd", tier="key")
    make(home, "task", subject="Send the quote", due="2026-11-18", priority="high")
    make(home, "task", subject="Call 华创", due="2026-11-16")
    make(home, "deal", name="Acme pumps", account="Acme Ltd", amount="12000")
    return home


def order_of(text: str, *parts: str) -> bool:
    """Say whether the parts stand in a text in this order."""
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


async def test_the_day_shows_overdue_before_due_then_deals_then_silent_accounts(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Acme pumps" in text_of(app))
        shown = text_of(app)
        assert order_of(
            shown, "Tasks due (2)", "Call 华创", "Send the quote", "without a next step", "Key accounts"
        )


async def test_d_completes_the_chosen_task_and_u_opens_it_again(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Call 华创" in text_of(app))
        await pilot.press("d")
        await until(
            pilot, lambda: "Call 华创" not in text_of(app).split("Tasks due (1)")[-1].split("u takes")[0]
        )
        assert rows(day, "SELECT state FROM task WHERE subject = 'Call 华创'") == [{"state": "done"}]
        await pilot.press("u")
        await until(pilot, lambda: "Tasks due (2)" in text_of(app))
        assert rows(day, "SELECT state FROM task WHERE subject = 'Call 华创'") == [{"state": "open"}]
        assert any("Undone: Complete Call 华创" in text for text in told(app))
        await pilot.press("U")
        await until(pilot, lambda: "Tasks due (1)" in text_of(app))


async def test_s_puts_a_task_off_until_tomorrow(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Call 华创" in text_of(app))
        await pilot.press("z")
        await until(pilot, lambda: "Tasks due (1)" in text_of(app))
        assert rows(day, "SELECT due_on FROM task WHERE subject = 'Call 华创'") == [{"due_on": "2026-11-19"}]


async def test_what_is_not_possible_says_why_and_changes_nothing(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Acme pumps" in text_of(app))
        await pilot.press("end", "up", "d")
        await until(pilot, lambda: bool(told(app)))
        assert told(app) == ["Only a task or a visit can be done; e changes the next step."]
        assert rows(day, "SELECT count(*) AS done FROM task WHERE state = 'done'") == [{"done": 0}]


async def test_a_planned_visit_is_done_by_telling_what_came_of_it(day: Path) -> None:
    make(day, "visit", account="Acme Ltd", at="2026-11-18 14:00", purpose="Show pumps", state="planned")
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Show pumps" in text_of(app))
        agenda = app.screen.query_one(Agenda)
        while agenda.chosen[0] != "visit":
            await pilot.press("down")
        await pilot.press("d")
        await until(pilot, lambda: "What came of the visit" in text_of(app))
        await write(pilot, "wants 2 pumps")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Visits today" not in text_of(app) and "Tasks due" in text_of(app))
    assert rows(day, "SELECT state, outcome FROM activity") == [{"state": "done", "outcome": "wants 2 pumps"}]


async def test_an_empty_day_says_which_keys_fill_it(home: Path) -> None:
    async with opened(home) as (app, pilot):
        await until(pilot, lambda: "Nothing is due today. n adds a task" in text_of(app))


async def test_a_wide_terminal_shows_the_record_beside_the_day(day: Path) -> None:
    async with opened(day, size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Priority" in text_of(app))
        assert app.screen.query_one(RecordView).display
    async with opened(day, size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: "Call 华创" in text_of(app))
        assert not app.screen.query_one(RecordView).display


async def test_the_day_is_chinese_through_and_through(day: Path) -> None:
    i18n.set_language("zh_CN")
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Call 华创" in text_of(app))
        shown = text_of(app)
        assert " 今日  线索 " in shown
        assert "周三" in shown
        assert "查看" in shown
        assert "Today" not in shown
        assert "Complete" not in shown


async def test_a_change_by_another_process_appears_by_itself(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Tasks due (2)" in text_of(app))
        make(day, "task", subject="From a script", due="2026-11-18")
        await until(pilot, lambda: "From a script" in text_of(app))


async def test_the_choice_stays_on_its_record_when_the_day_changes_above_it(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Tasks due (2)" in text_of(app))
        await pilot.press("down")
        agenda = app.screen.query_one(Agenda)
        before = agenda.chosen
        make(day, "task", subject="Long ago", due="2026-10-01")
        await until(pilot, lambda: "Long ago" in text_of(app))
        assert agenda.chosen == before
