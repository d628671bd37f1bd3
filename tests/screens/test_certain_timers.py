"""A process that stands still at the wrong moment: no timer is lost, and the app goes on drawing.

Where a timer has read the clock for its beginning, and before it reads it again, the process may have to
wait: for the processor, or for another thread of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from textual import _time
from textual.app import App
from textual.events import Resize
from textual.geometry import Size

from sfa.screens.forms.keeping import KeptScreen
from sfa.screens.quotes import QuotesScreen
from sfa.screens.widgets.heading import Heading
from tests.screens.driving import opened, until, write

_STALL_S = 1.0


@pytest.fixture
def stalls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process stand still for a second after any timer of one time has read when it begins."""
    real = _time.get_time

    def get_time() -> float:
        asking = sys._getframe(1).f_locals
        is_beginning = asking.get("_repeat") == 0 and "start" not in asking
        now: float = real()
        return now - _STALL_S if is_beginning else now

    monkeypatch.setattr(_time, "get_time", get_time)


@pytest.mark.usefixtures("stalls")
async def test_the_stall_is_one_that_loses_a_timer_of_the_library() -> None:
    gone_off = []
    app = App[None]()
    async with app.run_test() as pilot:
        app.set_timer(0.01, lambda: gone_off.append("lost"))
        app.set_timer(2 * _STALL_S, lambda: gone_off.append("kept"))
        await until(pilot, lambda: "kept" in gone_off)
    assert gone_off == ["kept"]


@pytest.mark.usefixtures("stalls")
async def test_places_come_to_the_front_and_are_drawn(home: Path) -> None:
    async with opened(home, start="leads") as (app, pilot):
        for _ in range(3):
            await pilot.press("g", "q")
            await until(pilot, lambda: isinstance(app.screen, QuotesScreen))
            await until(pilot, lambda: app._batch_count == 0)
            await pilot.press("g", "l")
            await until(pilot, lambda: not isinstance(app.screen, QuotesScreen))
            await until(pilot, lambda: app._batch_count == 0)


@pytest.mark.usefixtures("stalls")
async def test_every_new_size_of_the_terminal_is_taken(home: Path) -> None:
    async with opened(home, start="leads", size=(100, 30)) as (app, pilot):
        for width in (101, 90, 120):
            size = Size(width, 30)
            app.post_message(Resize(size, size))  # as the terminal's driver says it
            await until(pilot, lambda width=width: app.screen.query_one(Heading).size.width == width)  # type: ignore[misc]


@pytest.mark.usefixtures("stalls")
async def test_what_is_typed_is_kept_on_the_disk(home: Path) -> None:
    async with opened(home, start="leads") as (app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, KeptScreen))
        for text in ("Li", " Wei"):
            await write(pilot, text)
            await until(pilot, lambda text=text: text in kept(home))  # type: ignore[misc]


def kept(home: Path) -> str:
    """Return all that is in the drafts of a home."""
    return "".join(path.read_text("utf-8") for path in (home / "drafts").rglob("*") if path.is_file())
