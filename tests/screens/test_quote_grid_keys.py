"""What a key in the grid of a quote's lines has drawn and computed: what it changed, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sfa.screens.quote_lines.cell import CellLine
from sfa.screens.quote_lines.screen import LinesScreen, open_lines
from sfa.screens.widgets.key_bar import KeyBar
from sfa.screens.widgets.line_grid import LineGrid, sheet
from sfa.services import quotes
from tests.screens.driving import opened, until
from tests.services.acting import TODAY, acting, make, typed

LINES = 60


@pytest.fixture
def long_quote(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the id of a quote of many lines without products."""
    monkeypatch.setenv("SFA_TODAY", TODAY.isoformat())
    make(home, "account", name="Acme Ltd")
    lines = [f"Part {number} x 3 @ {number}.50" for number in range(1, LINES + 1)]
    with acting(home) as session:
        values = typed(session, "quote", account="Acme Ltd")
        return quotes.create(session, values, today=TODAY, lines=lines).id


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what is drawn and computed."""
    counted: Counter[str] = Counter()

    def count(owner: Any, name: str, what: str) -> None:
        real = getattr(owner, name)

        def counting(*given: Any, **more: Any) -> Any:
            counted[what] += 1
            return real(*given, **more)

        monkeypatch.setattr(owner, name, counting)

    count(LineGrid, "_strip", "lines drawn")
    count(CellLine, "render", "cells drawn")
    count(LineGrid, "get_component_rich_style", "looks read")
    count(KeyBar, "_offers", "looks at the keys")
    count(sheet, "price_document", "pricings")
    return counted


async def test_a_key_draws_and_prices_no_more_than_it_changes(
    home: Path, long_quote: str, done: Counter[str]
) -> None:
    async with opened(home, start="quotes", size=(100, 40)) as (app, pilot):
        await open_lines(app, long_quote)
        await until(pilot, lambda: isinstance(app.screen, LinesScreen) and app.screen.sheet is not None)
        screen = app.screen
        assert isinstance(screen, LinesScreen)
        await pilot.press("5", "enter")  # what is loaded at the first key is loaded now
        await pilot.pause(0.1)
        for key, pricings in (("4", 1), ("2", 1), ("enter", 0), ("4", 1), ("tab", 0), ("down", 0)):
            done.clear()
            await pilot.press(key)
            await pilot.pause(0.1)
            # The line that is left and the one that is entered, each at most as it was, is and will be.
            assert done["lines drawn"] <= 4, key
            assert done["pricings"] == pricings, key
            assert done["cells drawn"] == done["looks read"] == 0, key
            assert done["looks at the keys"] <= 2, key
        assert screen.sheet is not None
        assert [line.quantity_milli for line in screen.sheet.lines[:4]] == [5000, 42000, 4000, 3000]


async def test_what_products_cost_is_heard_after_a_first_look(home: Path, long_quote: str) -> None:
    async with opened(home, start="quotes") as (app, pilot):
        await open_lines(app, long_quote)
        await until(pilot, lambda: isinstance(app.screen, LinesScreen) and app.screen.sheet is not None)
        assert isinstance(app.screen, LinesScreen)
        lines = app.screen.sheet
        assert lines is not None
        state = lines.changed(0, lambda line: replace(line, product="01", list_price_micros=1))
        assert lines.price(state).lines[0].cost_minor is None
        lines.learn({"01": 2_000_000})
        assert lines.price(state).lines[0].cost_minor == 600
