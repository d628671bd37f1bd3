"""The record beside a list: what it shows, what it lets one select, and what it costs the list."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sfa.finding.showing import Shown
from sfa.screens.app import SfaApp
from sfa.screens.gateway import Question
from sfa.screens.leads import LeadsScreen
from sfa.screens.widgets.record_view import RecordView
from tests.screens.driving import opened, still, text_of, until
from tests.services.acting import make

WIDE = (120, 24)


@pytest.fixture
def two(home: Path) -> Path:
    """Return the home of a rep with a long lead and a short one above it."""
    make(home, "lead", name="Long", company="Globex", notes="\n".join(f"step {n}" for n in range(40)))
    make(home, "lead", name="Short", company="华创科技")
    return home


def view_of(app: SfaApp) -> RecordView:
    """Return the record beside the list."""
    assert isinstance(app.screen, LeadsScreen)
    return app.screen.query_one(RecordView)


def drawn(view: RecordView) -> list[str]:
    """Return the lines of the view as they are drawn."""
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


async def test_a_long_record_scrolls_and_a_short_one_after_it_is_seen_from_its_top(two: Path) -> None:
    async with opened(two, start="leads", size=WIDE) as (app, pilot):
        await until(pilot, lambda: "lead Short" in text_of(app))
        view = view_of(app)
        assert view.max_scroll_y == 0
        await pilot.press("down")
        await until(pilot, lambda: "step 3" in text_of(app))
        assert view.max_scroll_y > 0
        view.focus()
        await pilot.press("end")
        await until(pilot, lambda: any(line.startswith("Version") for line in drawn(view)))
        await pilot.press("up")
        app.screen.query_one("#list").focus()
        await pilot.press("up")
        await until(pilot, lambda: drawn(view)[0].startswith("lead Short"))
        assert view.max_scroll_y == 0


async def test_text_is_selected_with_the_mouse(two: Path) -> None:
    async with opened(two, start="leads", size=WIDE) as (app, pilot):
        await until(pilot, lambda: "lead Short" in text_of(app))
        await still(pilot)
        view = view_of(app)
        line = next(y for y, text in enumerate(drawn(view)) if text.startswith("Company"))
        start = drawn(view)[line].index("华")
        plain = view.render_line(line)
        # Border and padding take two cells; the third of four wide characters begins four cells later.
        await pilot.mouse_down(view, offset=(2 + start, line))
        await pilot.hover(view, offset=(2 + start + 4, line))
        await pilot.pause()
        assert list(view.render_line(line)) != list(plain), "what is selected looks otherwise"
        await pilot.mouse_up(view, offset=(2 + start + 4, line))
        await pilot.pause()
        assert (app.screen.get_selected_text() or "").startswith("华创")
        assert "Company" not in (app.screen.get_selected_text() or "")


async def test_going_down_a_list_lays_nothing_out(two: Path) -> None:
    for number in range(60):
        make(two, "lead", name=f"Lead {number}", company="Acme")
    async with opened(two, start="leads", size=WIDE) as (app, pilot):
        await until(pilot, lambda: "lead Lead 59" in text_of(app))
        await still(pilot)
        layouts: list[object] = []
        app.screen.screen_layout_refresh_signal.subscribe(app, layouts.append)
        for key, name in (("down", 58), ("down", 57), ("pagedown", 38), ("pageup", 57), ("up", 58)):
            await pilot.press(key)
            await until(pilot, lambda wanted=name: f"lead Lead {wanted}" in text_of(app))  # type: ignore[misc]
        assert layouts == []


async def test_a_record_that_is_laid_out_while_it_is_read_is_read_once(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(two, start="leads", size=WIDE) as (app, pilot):
        await until(pilot, lambda: "lead Short" in text_of(app))
        await still(pilot)
        view, answers, asked = view_of(app), asyncio.Event(), 0
        read = app.gateway.read

        async def late(question: Question[Shown | None]) -> Shown | None:
            nonlocal asked
            asked += 1
            await answers.wait()
            return await read(question)

        monkeypatch.setattr(app.gateway, "read", late)
        noun, record_id = app.screen.target  # type: ignore[attr-defined]
        view.shown = None
        view.show_now(noun, record_id)
        await until(pilot, lambda: asked == 1)
        view.on_resize()
        await pilot.pause(0.1)
        answers.set()
        await until(pilot, lambda: view.shown is not None)
        assert asked == 1


async def test_room_that_comes_shows_the_record_that_was_chosen_without_it(two: Path) -> None:
    async with opened(two, start="leads", size=WIDE) as (app, pilot):
        await until(pilot, lambda: "lead Short" in text_of(app))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not view_of(app).display)
        await pilot.press("down")
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: "lead Long" in text_of(app))
