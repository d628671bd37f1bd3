"""Tasks in the app: done with what follows, put off, cancelled, open again; several at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sfa.screens.app import SfaApp
from sfa.screens.tasks import TaskScreen, TasksScreen
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import make, rows


@pytest.fixture
def two(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with two open tasks and a done one, on Wednesday 18 November."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    make(home, "task", subject="Call", due="2026-11-18")
    make(home, "task", subject="Write", due="2026-11-19")
    make(home, "task", subject="Past", due="2026-11-02", state="done")
    return home


def states(home: Path) -> dict[str, str]:
    """Return subject -> state."""
    return {each["subject"]: each["state"] for each in rows(home, "SELECT subject, state FROM task")}


async def ready(app: SfaApp, pilot: Pilot[Any]) -> TasksScreen:
    """Wait for the list and return its screen."""
    screen = app.screen
    assert isinstance(screen, TasksScreen)
    await until(pilot, lambda: "2 tasks" in text_of(app) and screen.records.record_id is not None)
    return screen


async def test_the_list_begins_with_ones_own_open_tasks_by_their_day(two: Path) -> None:
    async with opened(two, start="tasks") as (app, pilot):
        await ready(app, pilot)
        shown = text_of(app)
        assert shown.index("Call") < shown.index("Write")
        assert "Past" not in shown
        await pilot.press("escape")
        await until(pilot, lambda: "3 tasks" in text_of(app))


async def test_d_closes_the_marked_tasks_in_one_change(two: Path) -> None:
    async with opened(two, start="tasks") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("ctrl+a", "d")
        await until(pilot, lambda: states(two) == {"Call": "done", "Write": "done", "Past": "done"})
        assert any("Complete 2 tasks" in text for text in told(app))
        await pilot.press("u")
        await until(pilot, lambda: states(two)["Call"] == states(two)["Write"] == "open")


async def test_done_with_what_follows_makes_the_next_task(two: Path) -> None:
    async with opened(two, start="tasks") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("D")
        await until(pilot, lambda: "What follows?" in text_of(app))
        await write(pilot, "send offer fri")
        await pilot.press("enter")
        await until(pilot, lambda: states(two).get("send offer") == "open")
    assert states(two)["Call"] == "done"
    assert rows(two, "SELECT due_on FROM task WHERE subject = 'send offer'") == [{"due_on": "2026-11-20"}]


async def test_leaving_the_question_leaves_the_task_open(two: Path) -> None:
    async with opened(two, start="tasks") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("D")
        await until(pilot, lambda: "What follows?" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TasksScreen))
    assert states(two)["Call"] == "open"


async def test_a_task_goes_to_tomorrow_or_to_a_day_that_is_shown_while_one_types(two: Path) -> None:
    due = "SELECT due_on FROM task WHERE subject = 'Call'"
    async with opened(two, start="tasks") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("z")
        await until(pilot, lambda: rows(two, due) == [{"due_on": "2026-11-19"}])
        await pilot.press("Z")
        await until(pilot, lambda: "Put off to which day?" in text_of(app))
        await write(pilot, "nonsense")
        await until(pilot, lambda: "No day yet" in text_of(app))
        await pilot.press("enter", *["backspace"] * len("nonsense"))
        await write(pilot, "next mon")
        await until(pilot, lambda: "2026-11-23 Mon" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: rows(two, due) == [{"due_on": "2026-11-23"}])


async def test_a_task_in_full_is_cancelled_and_opened_again(two: Path) -> None:
    async with opened(two, start="tasks") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TaskScreen) and app.screen.shown is not None)
        await pilot.press("X")
        await until(pilot, lambda: states(two)["Call"] == "cancelled")
        await pilot.press("O")
        await until(pilot, lambda: states(two)["Call"] == "open")
