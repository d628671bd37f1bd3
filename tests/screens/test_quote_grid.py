"""The lines of a quote in the app, by keys alone: typed, found, priced, moved, pasted, saved, kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from sfa.screens.app import SfaApp
from sfa.screens.forms.form import RecordForm
from sfa.screens.quote_lines.screen import LinesScreen
from sfa.services import prices
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import TODAY, acting, make, rows

QUOTE = "SELECT * FROM quote WHERE deleted_at IS NULL"


@pytest.fixture
def shop(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with a customer, two products and a default book with a price from ten on."""
    monkeypatch.setenv("SFA_TODAY", TODAY.isoformat())
    make(home, "account", name="Acme Ltd")
    pump = make(home, "product", name="Pump", price="100", code="P-1", unit="pc").id
    make(home, "product", name="Valve", price="12.50")
    book = make(home, "pricebook", name="List", currency="USD", default="yes").id
    with acting(home) as session:
        prices.set_price(session, book, pump, "90", prices.Terms(), today=TODAY)
    with acting(home) as session:
        many = prices.terms(from_quantity="10", today=TODAY)
        prices.set_price(session, book, pump, "80", many, today=TODAY)
    return home


def quote(home: Path, *lines: str) -> str:
    """Return the id of a quote with lines."""
    from sfa.services import quotes
    from tests.services.acting import typed

    with acting(home) as session:
        return quotes.create(
            session, typed(session, "quote", account="Acme Ltd"), today=TODAY, lines=lines
        ).id


def stored(home: Path) -> list[dict[str, Any]]:
    """Return the lines of the one quote as they are stored."""
    found: list[dict[str, Any]] = json.loads(rows(home, QUOTE)[0]["lines"])
    return found


def brief(home: Path) -> list[tuple[str, int, int]]:
    """Return name, quantity in thousandths and price in millionths of the lines that are stored."""
    return [
        (line["name"], line.get("quantity_milli", 1000), line.get("unit_price_micros", 0))
        for line in stored(home)
    ]


async def lines_of(app: SfaApp, pilot: Pilot[str], quote_id: str, seen: str = "") -> LinesScreen:
    """Open the lines of a quote and return their screen."""
    app.show_record("quote", quote_id)
    await until(pilot, lambda: "Quote number" in text_of(app))
    await pilot.press("l")
    await until(pilot, lambda: isinstance(app.screen, LinesScreen) and seen in text_of(app))
    screen = app.screen
    assert isinstance(screen, LinesScreen)
    await until(pilot, lambda: screen.sheet is not None)
    return screen


async def find(app: SfaApp, pilot: Pilot[str], typed: str, label: str) -> None:
    """Type a part of a product's name and take the choice."""
    await write(pilot, typed)
    await until(pilot, lambda: label in text_of(app))
    await pilot.press("enter")


async def test_a_quote_with_three_lines_is_added_by_keys_alone(shop: Path) -> None:
    async with opened(shop, start="quotes") as (app, pilot):
        await until(pilot, lambda: "No quotes yet" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await write(pilot, "Acme")
        await until(pilot, lambda: "Acme Ltd" in text_of(app))
        await pilot.press("enter", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, LinesScreen))
        await find(app, pilot, "pum", "Pump")
        await until(pilot, lambda: "90.00" in text_of(app))
        await write(pilot, "3")
        await until(pilot, lambda: "Total: 270.00 USD" in text_of(app))  # while it is typed
        await pilot.press("enter")
        await find(app, pilot, "val", "Valve")
        await until(pilot, lambda: "12.50" in text_of(app))
        await pilot.press("enter")  # into the quantity
        await pilot.press("enter")  # and on, as it is
        await write(pilot, "Mounting on site")
        await until(pilot, lambda: "New: Mounting on site" in text_of(app))
        await pilot.press("escape", "enter")
        await until(pilot, lambda: "needs a price" in text_of(app))
        await write(pilot, "250")
        await pilot.press("enter")
        await until(pilot, lambda: "Total: 532.50 USD" in text_of(app))
        assert stored(shop) == []
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(stored(shop)) == 3)
        assert brief(shop) == [
            ("Pump", 3000, 90_000_000),
            ("Valve", 1000, 12_500_000),
            ("Mounting on site", 1000, 250_000_000),
        ]
        assert rows(shop, QUOTE)[0]["total_minor"] == 53_250
        await pilot.press("up", "u")  # nothing typed is left to take back: the change itself goes
        await until(pilot, lambda: stored(shop) == [])


async def test_cells_are_edited_and_what_cannot_be_is_said_with_nothing_lost(shop: Path) -> None:
    quote_id = quote(shop, "Pump x 2", "Valve x 4")
    async with opened(shop, start="quotes", size=(120, 40)) as (app, pilot):
        screen = await lines_of(app, pilot, quote_id, "Valve")
        await write(pilot, "1x")
        await pilot.press("enter")
        await until(pilot, lambda: "is no number" in text_of(app))
        assert screen.typed == "1x"
        await pilot.press("backspace", "0", "enter")  # ten
        await until(pilot, lambda: "the price books say 80.00 USD" in text_of(app))
        await pilot.press("up", "p")
        await until(pilot, lambda: "800.00" in text_of(app))
        await pilot.press("tab", "tab", "tab")
        assert screen.grid.column == "discount"
        await write(pilot, "1000%")
        await pilot.press("enter")
        await until(pilot, lambda: "between 0 % and 100 %" in text_of(app))
        await pilot.press("escape")
        await write(pilot, "900")
        await pilot.press("enter")
        await until(pilot, lambda: "is more than the" in text_of(app))
        await pilot.press("escape")
        await write(pilot, "10%")
        await pilot.press("tab", "shift+tab", "shift+tab")
        assert screen.grid.column == "price"
        await write(pilot, "80 EUR")
        await pilot.press("enter")
        await until(pilot, lambda: "is in another currency" in text_of(app))
        await pilot.press("escape", "ctrl+s")
        await until(pilot, lambda: stored(shop)[0].get("discount_ppm") == 100_000)
        assert brief(shop) == [("Pump", 10_000, 80_000_000), ("Valve", 4000, 12_500_000)]


async def test_lines_are_moved_taken_out_marked_and_each_step_is_taken_back(shop: Path) -> None:
    quote_id = quote(shop, "Pump x 2", "Valve x 4", "Hat x 1 @ 5")
    async with opened(shop, start="quotes", size=(120, 40)) as (app, pilot):
        screen = await lines_of(app, pilot, quote_id, "Hat")
        await pilot.press("J", "J", "K")  # the pump is second
        await pilot.press("home", "o")
        await until(pilot, lambda: "Valve [Optional]" in text_of(app))
        await pilot.press("t")
        await until(pilot, lambda: "Valve [Optional, chosen]" in text_of(app))
        await pilot.press("end", "up", "G")
        await until(pilot, lambda: "Hat [Gift]" in text_of(app))
        await pilot.press("T")
        await write(pilot, "Phase 2")
        await pilot.press("enter")
        await until(pilot, lambda: len(screen.sheet.lines) == 4)  # type: ignore[union-attr]
        await pilot.press("home", "down", "x")
        await until(pilot, lambda: len(screen.sheet.lines) == 3)  # type: ignore[union-attr]
        await pilot.press("u")
        await until(pilot, lambda: len(screen.sheet.lines) == 4)  # type: ignore[union-attr]
        await pilot.press("U")
        await until(pilot, lambda: len(screen.sheet.lines) == 3)  # type: ignore[union-attr]
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, LinesScreen))
        assert len([each for each in told(app) if "Lines of quote" in each]) == 1  # one change
    assert [line["name"] for line in stored(shop)] == ["Valve", "Hat", "Phase 2"]
    valve, hat, phase = stored(shop)
    assert (valve["is_optional"], valve["is_taken"]) == (True, True)
    assert (hat["kind"], phase["kind"]) == ("gift", "text")


async def test_rows_of_a_spreadsheet_are_pasted_and_bad_ones_can_be_put_right(shop: Path) -> None:
    quote_id = quote(shop)
    async with opened(shop, start="quotes", size=(120, 40)) as (app, pilot):
        await lines_of(app, pilot, quote_id)
        app.post_message(events.Paste("Pump\t5\t\t10%\nP-1\t1\t95\nNothing\t2\nValve\tmany\nHose\t3\t7.50\n"))
        await until(pilot, lambda: "Rows that could not be read: 2" in text_of(app))
        assert "many" in text_of(app)
        area = app.screen.query_one("#mend-rows")
        area.text = "Nothing\t2\t4\nValve x 6"  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "5 lines added" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(stored(shop)) == 5)
    assert brief(shop) == [
        ("Pump", 5000, 90_000_000),
        ("Pump", 1000, 95_000_000),
        ("Hose", 3000, 7_500_000),
        ("Nothing", 2000, 4_000_000),
        ("Valve", 6000, 12_500_000),
    ]
    assert stored(shop)[0]["discount_ppm"] == 100_000


async def test_a_line_without_a_price_is_not_saved_and_not_lost(shop: Path) -> None:
    quote_id = quote(shop, "Pump x 2")
    async with opened(shop, start="quotes") as (app, pilot):
        screen = await lines_of(app, pilot, quote_id, "Pump")
        await pilot.press("end")
        await write(pilot, "Crane")
        await until(pilot, lambda: "New: Crane" in text_of(app))
        await pilot.press("escape", "enter", "ctrl+s")
        await until(pilot, lambda: "has no price yet" in text_of(app))
        assert len(stored(shop)) == 1
        assert (screen.grid.row, screen.grid.column) == (1, "price")
        await write(pilot, "900")
        await pilot.press("enter", "escape")
        await until(pilot, lambda: len(stored(shop)) == 2)


async def test_what_was_typed_outlives_the_app(shop: Path) -> None:
    quote_id = quote(shop, "Pump x 2")
    async with opened(shop, start="quotes") as (app, pilot):
        screen = await lines_of(app, pilot, quote_id, "Pump")
        await write(pilot, "7")
        await pilot.press("enter", "up", "tab", "tab")
        await write(pilot, "85")
        screen.keep_now()
    assert brief(shop) == [("Pump", 2000, 90_000_000)]
    async with opened(shop, start="quotes") as (app, pilot):
        await until(pilot, lambda: "Lines of quote" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LinesScreen))
        again = app.screen
        assert isinstance(again, LinesScreen)
        await until(pilot, lambda: again.editing == "price")
        await pilot.press("enter", "ctrl+s")
        await until(pilot, lambda: brief(shop) == [("Pump", 7000, 85_000_000)])
    assert list((shop / "drafts").glob("*.json")) == []


async def test_others_lines_and_mine_come_together_and_a_line_of_both_is_asked(shop: Path) -> None:
    from sfa.screens.dialogs.both_changed import BothChanged
    from sfa.services import quote_lines

    quote_id = quote(shop, "Pump x 2", "Valve x 4")
    async with opened(shop, start="quotes", size=(120, 40)) as (app, pilot):
        screen = await lines_of(app, pilot, quote_id, "Valve")
        await write(pilot, "3")
        await pilot.press("enter")
        with acting(shop) as session:
            quote_lines.change(session, quote_id, "1", {"quantity_milli": 9000}, today=TODAY)
            quote_lines.change(session, quote_id, "2", {"quantity_milli": 5000}, today=TODAY)
            quote_lines.add(session, quote_id, ["Hat x 1 @ 5"], today=TODAY)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        await until(pilot, lambda: "Pump × 9" in text_of(app))
        await pilot.press("m")
        await until(pilot, lambda: "together now" in text_of(app))
        assert brief(shop)[0] == ("Pump", 9000, 90_000_000)  # nothing is saved that nobody saw
        assert [line.quantity_milli for line in screen.sheet.lines] == [3000, 5000, 1000]  # type: ignore[union-attr]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: brief(shop)[0] == ("Pump", 3000, 90_000_000))
    assert [line[1] for line in brief(shop)] == [3000, 5000, 1000]


async def test_a_quote_that_was_sent_is_read_only_until_it_is_revised(shop: Path) -> None:
    quote_id = quote(shop, "Pump x 2")
    async with opened(shop, start="quotes") as (app, pilot):
        app.show_record("quote", quote_id)
        await until(pilot, lambda: "Quote number" in text_of(app))
        await pilot.press("M")
        await until(pilot, lambda: rows(shop, QUOTE)[0]["state"] == "sent")
        screen = await lines_of(app, pilot, quote_id, "R begins the next revision")
        await pilot.press("5", "x", "a")
        await until(pilot, lambda: any("R begins" in each for each in told(app)))
        assert not screen.sheet.is_changed  # type: ignore[union-attr]
        await pilot.press("R")
        await until(pilot, lambda: "revision 2" in text_of(app))
        await pilot.press("5", "enter", "ctrl+s")
        await until(pilot, lambda: brief(shop) == [("Pump", 5000, 90_000_000)])
    assert rows(shop, QUOTE)[0]["state"] == "draft"
