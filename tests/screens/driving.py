"""Driving the app in tests: open it on a home, press keys, wait for what should come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from sfa.screens.app import SfaApp
from sfa.screens.syncing import Sync
from sfa.screens.widgets.heading import Heading
from sfa.screens.widgets.key_bar import KeyBar

_PATIENCE_S = 20.0


@asynccontextmanager
async def opened(
    home: Path, *, start: str = "today", size: tuple[int, int] = (80, 24), sync: Sync | None = None
) -> AsyncIterator[tuple[SfaApp, Pilot[str]]]:
    """Open the app with its heading and its keys drawn; for all else a test waits with ``until``."""
    app = SfaApp(home, start=start, sync=sync)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: _is_framed(app))
        yield app, pilot


def _is_framed(app: SfaApp) -> bool:
    """Say whether the line at the top says who works here, and the one at the bottom which keys there are."""
    headings, key_bars = app.screen.query(Heading), app.screen.query(KeyBar)
    return (
        bool(app.heading_text)
        and all(each.beside == app.heading_text for each in headings)
        and all(each._said for each in key_bars)
    )


async def until(pilot: Pilot[Any], claim: Callable[[], bool]) -> None:
    """Wait until a claim holds and the screen in front is drawn; fail when that takes too long."""
    deadline = asyncio.get_running_loop().time() + _PATIENCE_S
    while not (claim() and _is_drawn(pilot.app)):
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"never came true; on the screen is:\n{text_of(pilot.app)}")
        await pilot.pause(0.02)


def _is_drawn(app: App[Any]) -> bool:
    """Say whether the screen in front has its widgets on it: it is in front before it has any."""
    return not app.is_running or (app.screen.is_mounted and bool(app.screen._compositor.size))


def text_of(app: Any) -> str:
    """Return what is on the screen as lines of text; empty ones before anything is drawn."""
    strips = app.screen._compositor.render_strips()
    lines = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
    return "\n".join(lines or [""] * app.size.height)


async def still(pilot: Pilot[Any]) -> str:
    """Return what is on the screen once it has not changed for a while."""
    before, after = "", text_of(pilot.app)
    while before != after:
        await pilot.pause(0.4)
        before, after = after, text_of(pilot.app)
    return after


async def write(pilot: Pilot[Any], text: str) -> None:
    """Type a text into what has the focus."""
    await pilot.press(*(_KEYS.get(char, char) for char in text))


_KEYS = {
    " ": "space",
    ".": "full_stop",
    "-": "minus",
    ",": "comma",
    ";": "semicolon",
    "@": "at",
    "/": "slash",
}


def told(app: SfaApp) -> list[str]:
    """Return what was said in passing, oldest first."""
    return [f"{each.title} {each.message}".strip() for each in app._notifications]
