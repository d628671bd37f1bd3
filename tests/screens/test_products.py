"""What a product costs us, in the app: for whoever may see it, and for nobody else."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sfa.screens.app import SfaApp
from sfa.screens.dialogs.ask_checked import AskChecked
from sfa.screens.dialogs.both_changed import BothChanged
from sfa.screens.forms.form import RecordForm
from sfa.screens.products import ProductScreen, ProductsScreen
from sfa.services import products
from sfa.store.home import store_path
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import TODAY, acting, make, rows

LIVE = "SELECT unit_cost_micros, currency FROM product_cost WHERE deleted_at IS NULL"
COST = {"unit_cost_micros": 61_500_000, "currency": "USD"}


@pytest.fixture
def pump(home: Path) -> str:
    """Return the id of a product with a cost."""
    found = make(home, "product", name="Pump", price="100").id
    cost(home, found, "61.50")
    return found


def cost(home: Path, product: str, text: str) -> None:
    """Write a product's cost, as somebody else does."""
    with acting(home) as session:
        products.set_cost(session, product, text, today=TODAY)


def sign_in(home: Path, role: str) -> None:
    """Let the store be that of somebody with a role at a centre."""
    connection = sqlite3.connect(store_path(home))
    with connection:
        connection.execute("INSERT OR REPLACE INTO local_state (key, value) VALUES ('sync_role', ?)", (role,))
    connection.close()


async def in_full(app: SfaApp, pilot: Pilot[str], product: str) -> None:
    app.show_record("product", product)
    await until(pilot, lambda: isinstance(app.screen, ProductScreen) and "product Pump" in text_of(app))


@pytest.mark.parametrize("role", ["", "manager", "admin"])
async def test_who_may_see_the_cost_sees_and_changes_it_and_u_takes_it_back(
    home: Path, pump: str, role: str
) -> None:
    if role:
        sign_in(home, role)
    async with opened(home, start="products") as (app, pilot):
        await in_full(app, pilot, pump)
        assert "61.50 USD" in text_of(app)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, AskChecked))
        line = app.screen.query_one(Input)
        assert line.value == "61.50 USD"
        line.value = "lots"
        await pilot.press("enter")
        await until(pilot, lambda: "is no amount" in text_of(app))
        line.value = "70 EUR"
        await pilot.press("enter")
        await until(pilot, lambda: "70.00 EUR" in text_of(app))
        await pilot.press("u")
        await until(pilot, lambda: rows(home, LIVE) == [COST])


@pytest.mark.parametrize("role", ["rep", "read-only"])
async def test_a_cost_is_hidden_from_others_and_the_key_says_why(home: Path, pump: str, role: str) -> None:
    sign_in(home, role)
    async with opened(home, start="products") as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, ProductsScreen) and "1 product" in text_of(app))
        await until(pilot, lambda: app.screen.target[0] == "product")  # type: ignore[attr-defined]
        await pilot.press("c")
        await until(pilot, lambda: any("managers and administrators" in text for text in told(app)))
        await in_full(app, pilot, pump)
        assert "61.5" not in text_of(app)
        assert app.screen.refusal("cost") is not None  # type: ignore[attr-defined]
        if role == "read-only":  # who opens no form at all
            return
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        assert not app.screen.query("#field-cost")
        assert "61.5" not in text_of(app)


async def test_the_form_takes_the_cost_with_the_rest_in_one_change(home: Path, pump: str) -> None:
    async with opened(home, start="products") as (app, pilot):
        await in_full(app, pilot, pump)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, RecordForm) and "Edit product" in text_of(app))
        assert app.screen.query_one("#field-cost", Input).value == "61.50 USD"
        app.screen.query_one("#field-cost", Input).value = "75"
        app.screen.query_one("#field-price", Input).value = "120"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "75.00 USD" in text_of(app) and "120.00 USD" in text_of(app))
        await pilot.press("u")
        await until(pilot, lambda: rows(home, LIVE) == [COST])
    assert rows(home, "SELECT unit_price_micros FROM product") == [{"unit_price_micros": 100_000_000}]


async def test_a_new_product_may_begin_with_its_cost(home: Path) -> None:
    async with opened(home, start="products") as (app, pilot):
        await until(pilot, lambda: "No products yet" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await write(pilot, "Valve")
        app.screen.query_one("#field-cost", Input).value = "-5"
        app.screen.query_one("#field-cost", Input).focus()
        await until(pilot, lambda: app.screen.query_one("#field-cost-error").display)
        app.screen.query_one("#field-cost", Input).value = "5"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ProductsScreen) and "1 product" in text_of(app))
    assert rows(home, LIVE) == [{"unit_cost_micros": 5_000_000, "currency": "USD"}]


async def test_a_cost_that_somebody_else_changed_meanwhile_is_asked_about(home: Path, pump: str) -> None:
    async with opened(home, start="products", size=(120, 40)) as (app, pilot):
        await in_full(app, pilot, pump)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, RecordForm) and "Edit product" in text_of(app))
        cost(home, pump, "65")
        app.screen.query_one("#field-cost", Input).value = "75"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        assert rows(home, LIVE)[0]["unit_cost_micros"] == 65_000_000
        await pilot.press("m")
        await until(pilot, lambda: rows(home, LIVE)[0]["unit_cost_micros"] == 75_000_000)
