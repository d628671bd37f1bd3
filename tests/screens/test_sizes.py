"""Sizes of the terminal that come faster than screens take them: the last one stands, and nothing hangs."""

from __future__ import annotations

import asyncio
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen

from sfa import screens
from sfa.screens.app import SfaApp
from sfa.screens.inside import Inside
from sfa.screens.record import RecordScreen
from sfa.screens.widgets.heading import Heading
from tests.screens.driving import opened, text_of, until
from tests.services.acting import make

_LINES = 30
_MOST = 200  # how often a screen may be laid out for two sizes


class EndlessLayout(Exception):
    """A screen was laid out over and over."""


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """End the test when sizes go round in a circle: nothing else has a turn then, no timeout either."""
    real, times = Screen._screen_resized, 0

    def resized(screen: Screen[Any], size: Size) -> None:
        nonlocal times
        times += 1
        if times > _MOST:
            raise EndlessLayout
        real(screen, size)

    monkeypatch.setattr(Screen, "_screen_resized", resized)


async def take(app: SfaApp, *widths: int) -> None:
    """Let the app hear of sizes while its front screen is busy and drawing pauses, as on a slow machine."""
    gate = asyncio.Event()
    screen = app.screen
    with app.batch_update():  # as for a moment after another place came to the front
        screen.call_next(gate.wait)
        for width in widths:
            size = Size(width, _LINES)
            app.post_message(Resize(size, size))  # as the terminal's driver says it
            while app._size != size or app._resize_event is not None:  # noqa: ASYNC110  nothing tells
                await asyncio.sleep(0.01)
            screen.call_later(lambda: None)  # something else comes between the sizes
        gate.set()
        await asyncio.sleep(0.2)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("widths", [(101, 100), (101, 100, 101), (90, 120, 90, 121)])
async def test_sizes_that_cross_each_other_come_to_an_end_and_the_last_one_stands(
    home: Path, widths: tuple[int, ...]
) -> None:
    make(home, "lead", company="Huachuang", name="Wang Wei")
    async with opened(home, start="leads", size=(100, _LINES)) as (app, pilot):
        await until(pilot, lambda: "Huachuang" in text_of(app))
        await take(app, *widths)
        await until(pilot, lambda: app.screen.query_one(Heading).size.width == widths[-1])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RecordScreen))
        await take(app, *widths[::-1])  # the list behind the record takes them too
        await until(pilot, lambda: {each.size.width for each in app.screen_stack} == {widths[0]})
        await until(pilot, lambda: "Huachuang" in text_of(app))


def test_every_screen_takes_only_the_present_size() -> None:
    for module in pkgutil.walk_packages(screens.__path__, f"{screens.__name__}."):
        import_module(module.name)
    ours = {each for each in every_kind(Screen) if each.__module__.startswith("sfa.")}
    assert len(ours) > 20
    assert {each for each in ours if not issubclass(each, Inside)} == set()


def every_kind(kind: type[Screen[Any]]) -> set[type[Screen[Any]]]:
    """Return what was made of a kind, and what was made of that."""
    direct = kind.__subclasses__()
    return {*direct, *(each for below in direct for each in every_kind(below))}
