"""The prices of a book in the app: added, changed, taken out; what a customer pays, asked while typing."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from sfa.screens.dialogs.ask_day import AskDay
from sfa.screens.dialogs.ask_price import AskPrice
from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.forms.form import RecordForm
from sfa.screens.organisation import PriceBookList
from sfa.screens.price_books import PriceBookScreen, PricesScreen
from sfa.screens.products import ProductScreen
from sfa.screens.widgets.find_line import FindLine
from sfa.services import prices
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import TODAY, acting, make, rows

LIVE = (
    "SELECT min_quantity_milli AS milli, unit_price_micros AS micros, valid_until FROM price_entry"
    " WHERE deleted_at IS NULL ORDER BY min_quantity_milli"
)
FIRST = {"milli": 0, "micros": 90_000_000, "valid_until": None}


@pytest.fixture
def book(home: Path) -> str:
    """Return the id of a default book in which a pump costs 90."""
    pump = make(home, "product", name="Pump", price="100").id
    found = make(home, "pricebook", name="List", currency="USD", default="yes").id
    with acting(home) as session:
        prices.set_price(session, found, pump, "90", prices.Terms(), today=TODAY)
    return found


async def test_prices_are_added_changed_and_taken_out_and_u_brings_them_back(home: Path, book: str) -> None:
    async with opened(home, start="today") as (app, pilot):
        app.show_record("pricebook", book)
        await until(pilot, lambda: isinstance(app.screen, PriceBookScreen) and "90.00" in text_of(app))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PricesScreen) and "Prices (1)" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RecordForm) and "a price in USD" in text_of(app))
        for name, text in (("product", "Pump"), ("from_qty", "10"), ("price", "80")):
            app.screen._input(name).value = text  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Prices (2)" in text_of(app))
        assert "from 10" in text_of(app)
        assert rows(home, LIVE) == [FIRST, {"milli": 10_000, "micros": 80_000_000, "valid_until": None}]
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, RecordForm) and "Pump" in text_of(app))
        for name, text in (("valid_from", "2027-01-01"), ("valid_until", "2026-12-31")):
            app.screen._input(name).value = text  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Valid until: 2026-12-31 is before the first day" in text_of(app))
        app.screen._input("valid_from").value = ""  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "2026-12-31" in text_of(app))
        assert [each["valid_until"] for each in rows(home, LIVE)] == ["2026-12-31", None]
        await pilot.press("x")
        await until(pilot, lambda: "Prices (1)" in text_of(app))
        await pilot.press("u")
        await until(pilot, lambda: "Prices (2)" in text_of(app))


async def test_what_a_customer_pays_is_answered_while_one_types(home: Path, book: str) -> None:
    (pump,) = rows(home, "SELECT id FROM product")
    with acting(home) as session:
        at = prices.terms(from_quantity="10", today=TODAY)
        prices.set_price(session, book, pump["id"], "80", at, today=TODAY)
    async with opened(home, start="products") as (app, pilot):
        app.show_record("product", pump["id"])
        await until(pilot, lambda: isinstance(app.screen, ProductScreen) and "Prices by book" in text_of(app))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, AskPrice) and "90.00 USD · List" in text_of(app))
        assert "from 10: 80.00 USD" in text_of(app)
        await pilot.press("end")
        await write(pilot, "2")
        await until(pilot, lambda: "Pump · 80.00 USD · List · from 10" in text_of(app))
        await write(pilot, "x")
        await until(pilot, lambda: "is no number" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ProductScreen))


async def test_a_book_is_copied_with_other_prices_in_one_change(home: Path, book: str) -> None:
    async with opened(home, start="settings") as (app, pilot):
        app.push_screen(PriceBookList())
        await until(pilot, lambda: isinstance(app.screen, PriceBookList) and "Copy book" in text_of(app))
        await until(pilot, lambda: app.screen.target[1] == book)  # type: ignore[attr-defined]
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, RecordForm) and "USD · 1 price" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Name: there is a price book of this name already" in text_of(app))
        for name, text in (("name", "List 2027"), ("change", "much"), ("valid_from", "2027-01-01")):
            app.screen._input(name).value = text  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Change in %: 'much' is no number." in text_of(app))
        for name, text in (("change", "3 %"), ("round", "500")):
            app.screen._input(name).value = text  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Round to: Pump would cost nothing" in text_of(app))
        assert len(rows(home, LIVE)) == 1
        app.screen._input("round").value = "0.5"  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        # 90 × 1.03 = 92.70, half up to a multiple of 0.50
        await until(pilot, lambda: isinstance(app.screen, PriceBookScreen) and "92.50" in text_of(app))
        assert "Prices copied: 1." in told(app)
        made = "SELECT name, valid_from, is_default FROM pricebook WHERE id <> ? AND deleted_at IS NULL"
        assert rows(home, made, book) == [{"name": "List 2027", "valid_from": "2027-01-01", "is_default": 0}]
        await pilot.press("u")
        await until(pilot, lambda: "Deleted" in text_of(app))
        assert rows(home, made, book) == []
        assert rows(home, LIVE) == [FIRST]


def kept(home: Path) -> str:
    """Return what is kept of the forms of copies."""
    return "".join(each.read_text("utf-8") for each in (home / "drafts").glob("pricebook_copy*.json"))


async def test_what_was_typed_for_a_copy_outlives_the_app(home: Path, book: str) -> None:
    async with opened(home, start="today") as (app, pilot):
        app.show_record("pricebook", book)
        await until(pilot, lambda: isinstance(app.screen, PriceBookScreen) and "90.00" in text_of(app))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        app.screen._input("change").value = "4"  # type: ignore[attr-defined]
        await until(pilot, lambda: '"4"' in kept(home))
    async with opened(home, start="today") as (app, pilot):
        await until(pilot, lambda: "Copy of price book List" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await until(pilot, lambda: app.screen._input("change").value == "4")  # type: ignore[attr-defined]


async def test_a_book_is_found_from_anywhere(home: Path, book: str) -> None:
    async with opened(home, start="today") as (app, pilot):
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "lis")
        await until(pilot, lambda: "price book" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PriceBookScreen) and "90.00" in text_of(app))
        assert app.screen.target == ("pricebook", book)  # type: ignore[attr-defined]


async def test_the_prices_of_a_book_are_narrowed_by_product_and_by_day(home: Path, book: str) -> None:
    valve = make(home, "product", name="球阀 Valve", code="V-1").id
    with acting(home) as session:
        at = prices.terms(valid_until="2026-12-31", today=TODAY)
        prices.set_price(session, book, valve, "7", at, today=TODAY)
    async with opened(home, start="today") as (app, pilot):
        app.push_screen(PricesScreen(book))
        await until(pilot, lambda: "Prices (2)" in text_of(app))
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.focused, FindLine))
        await write(pilot, "qf")
        await until(pilot, lambda: "Prices (1)" in text_of(app) and "find: qf" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.focused, FindLine))
        assert "V-1" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: "Prices (2)" in text_of(app) and not app.screen.query(FindLine))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, AskDay))
        await write(pilot, "2027-01-01")
        await pilot.press("enter")
        await until(pilot, lambda: "Prices (1)" in text_of(app) and "valid on 2027-01-01" in text_of(app))
        assert "Pump" in text_of(app)
        await pilot.press("f")
        await until(pilot, lambda: "Prices (2)" in text_of(app) and "valid on" not in text_of(app))
        await pilot.press("slash")
        await write(pilot, "nothing")
        await until(pilot, lambda: "Nothing matches; Esc shows all again." in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Prices (2)" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PricesScreen))


@pytest.mark.usefixtures("book")
async def test_what_a_product_costs_is_asked_in_a_book_or_a_currency_of_ones_own(home: Path) -> None:
    (pump,) = rows(home, "SELECT id FROM product")
    other = make(home, "pricebook", name="Euro", currency="EUR").id
    with acting(home) as session:
        prices.set_price(session, other, pump["id"], "80", prices.Terms(), today=TODAY)
    async with opened(home, start="products") as (app, pilot):
        app.show_record("product", pump["id"])
        await until(pilot, lambda: isinstance(app.screen, ProductScreen) and "Prices by book" in text_of(app))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, AskPrice) and "90.00 USD · List" in text_of(app))
        app.screen.query_one("#field-pricebook Input", Input).value = "Euro"
        await until(pilot, lambda: "80.00 EUR · Euro" in text_of(app))
        app.screen.query_one("#field-pricebook Input", Input).value = ""
        app.screen.query_one("#field-currency", Input).value = "EU"
        await until(pilot, lambda: "is no currency code" in text_of(app))
        app.screen.query_one("#field-currency", Input).value = "eur"
        await until(pilot, lambda: "no price in EUR" in text_of(app))
