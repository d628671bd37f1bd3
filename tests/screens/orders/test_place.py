"""Orders in the app: their list, one in full, what happens to them, what their customers are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.dialogs.letters import Letters
from sfa.screens.orders.place import OrderScreen, OrdersOfScreen, OrdersScreen
from sfa.screens.orders.telling import TextToCopy
from sfa.services import nouns, quote_lines, quote_states
from sfa.terms import OrderState
from tests.screens.driving import opened, text_of, told, until, write
from tests.screens.orders.looking import in_full, is_form, listed, states
from tests.services.acting import TODAY, acting, live, make, row, rows, typed
from tests.services.ordering import accepted, happens, ordered


# Seen ---------------------------------------------------------------------------------------------
async def test_today_leads_to_an_order_in_full_and_to_its_form(company: Path, order: str) -> None:
    number = live(company, "sales_order", order)["number"]
    async with opened(company, start="today", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Orders to see to (1)" in text_of(app) and number in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Still open" in text_of(app))
        for part in ("Lines", "Course of the order", "Payment plan", "226.00 USD"):
            assert part in text_of(app), text_of(app)
        await pilot.press("e")
        await until(pilot, lambda: "Contract number" in text_of(app))


@pytest.mark.usefixtures("order")
async def test_the_place_lists_orders_and_filters_them(company: Path) -> None:
    other = ordered(company, accepted(company, "Pump x 3"), promised="2026-12-01")
    happens(company, other, OrderState.CANCELLED, note="changed their mind")
    async with opened(company, start="today", size=(120, 40)) as (app, pilot):
        await pilot.press("g", "o")
        await listed(app, pilot, "2 orders")
        await until(pilot, lambda: "Acme" in text_of(app) and "226.00 USD" in text_of(app))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "my open")
        await pilot.press("enter")
        await until(pilot, lambda: "1 order" in text_of(app) and "My open orders" in text_of(app))
        assert other.ref not in text_of(app)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "state=cancelled")
        await pilot.press("enter")
        await until(pilot, lambda: "1 order" in text_of(app) and other.label in text_of(app))


@pytest.mark.usefixtures("order")
async def test_every_filter_of_the_place_can_be_read(company: Path) -> None:
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        for each in OrdersScreen.FILTERS:
            app.screen.show_filter(each.name)  # type: ignore[attr-defined]
            await until(pilot, lambda each=each: str(each.label) in text_of(app))  # type: ignore[misc]
            await until(pilot, lambda: "1 order" in text_of(app) or "0 orders" in text_of(app))
        assert not [said for said in told(app) if "field" in said]


# What happens -------------------------------------------------------------------------------------
async def test_one_key_notes_the_next_step_and_then_asks_for_the_money(company: Path, order: str) -> None:
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        for state in ("confirmed", "in-production", "shipped", "delivered"):
            await pilot.press("right_square_bracket")
            await until(pilot, lambda state=state: states(company) == [state])  # type: ignore[misc]
        assert live(company, "sales_order", order)["delivered_on"] == TODAY.isoformat()
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: is_form(app) and "Invoice of order" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: states(company) == ["invoiced"])
        await until(pilot, lambda: isinstance(app.screen, OrdersScreen))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: is_form(app) and "Receipt of order" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: states(company) == ["paid"])
        await until(pilot, lambda: isinstance(app.screen, OrdersScreen))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: any("Nothing is left to be done" in each for each in told(app)))
        await pilot.press("u")
        await until(pilot, lambda: states(company) == ["invoiced"])


async def test_marked_orders_take_their_next_step_in_one_change(company: Path) -> None:
    first = ordered(company, accepted(company, "Pump x 1"))
    ordered(company, accepted(company, "Pump x 2"))
    happens(company, first, OrderState.CONFIRMED)
    async with opened(company, start="orders") as (app, pilot):
        await listed(app, pilot, "2 orders")
        await pilot.press("ctrl+a", "right_square_bracket")
        await until(pilot, lambda: states(company) == ["in-production", "confirmed"])
        await until(pilot, lambda: any("Note what happened to 2 orders" in each for each in told(app)))
        await pilot.press("u")
        await until(pilot, lambda: states(company) == ["confirmed", "placed"])


async def test_an_event_is_noted_on_a_day_with_a_note(company: Path, order: str) -> None:
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await in_full(app, pilot, order)
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, Letters) and "In production" in text_of(app))
        await pilot.press("s")
        await until(pilot, lambda: is_form(app) and "Shipped:" in text_of(app))
        await write(pilot, "2026-11-16")
        await pilot.press("tab")
        await write(pilot, "by truck")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: states(company) == ["shipped"])
        found = row(company, "SELECT happened_on, note FROM order_event WHERE state = 'shipped'")
        assert tuple(found.values()) == ("2026-11-16", "by truck")
        await until(pilot, lambda: "by truck" in text_of(app))


@pytest.mark.usefixtures("order")
async def test_a_day_to_come_is_refused_at_its_field(company: Path) -> None:
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, Letters))
        await pilot.press("d")
        await until(pilot, lambda: is_form(app))
        await write(pilot, "tomorrow")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "is still to come" in text_of(app))
        assert states(company) == ["placed"]


@pytest.mark.usefixtures("order")
async def test_cancelling_wants_a_reason(company: Path) -> None:
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, Letters))
        await pilot.press("x")
        await until(pilot, lambda: is_form(app) and "Reason" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "say why it is cancelled" in text_of(app))
        await write(pilot, "no budget")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: states(company) == ["cancelled"])
        await until(pilot, lambda: isinstance(app.screen, OrdersScreen))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: any("Nothing is left to be done" in each for each in told(app)))


# The day, and what the customer is told -----------------------------------------------------------
async def test_another_promised_day_offers_the_message_in_both_languages(company: Path, order: str) -> None:
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await in_full(app, pilot, order)
        await pilot.press("D")
        await until(pilot, lambda: is_form(app) and "Contract number" in text_of(app))
        await write(pilot, "2026-12-10")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, TextToCopy) and "2026-12-10" in text_of(app))
        assert "Dear customer" in text_of(app)
        await pilot.press("l")
        await until(pilot, lambda: "尊敬的客户" in text_of(app))
        await pilot.press("l", "y")
        await until(pilot, lambda: isinstance(app.screen, OrderScreen))
        assert "Dear customer" in app.clipboard
        assert "2026-12-10" in app.clipboard
        await pilot.press("D")
        await until(pilot, lambda: is_form(app))
        await pilot.press("tab")
        await write(pilot, "Pumps for line 3")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, OrderScreen))  # the day is the same


async def test_m_shows_the_message_and_t_how_it_stands(company: Path, order: str) -> None:
    number = live(company, "sales_order", order)["number"]
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        await pilot.press("M")
        await until(pilot, lambda: isinstance(app.screen, TextToCopy) and "settled anew" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, OrdersScreen))
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, TextToCopy) and f"{number} · Acme" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard.startswith(f"{number} · Acme · Placed"))
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, Letters))
        await pilot.press("d")
        await until(pilot, lambda: is_form(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: states(company) == ["delivered"])
        await until(pilot, lambda: isinstance(app.screen, OrdersScreen))
        await pilot.press("M")
        await until(pilot, lambda: any("there is no day to tell of" in each for each in told(app)))


@pytest.mark.usefixtures("order")
async def test_an_order_is_deleted_and_comes_back(company: Path) -> None:
    async with opened(company, start="orders") as (app, pilot):
        await listed(app, pilot, "1 order")
        await pilot.press("x")
        await until(pilot, lambda: "Delete" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: states(company) == [])
        await pilot.press("u")
        await until(pilot, lambda: states(company) == ["placed"])


@pytest.mark.usefixtures("order")
async def test_what_is_added_to_an_order_belongs_to_its_customer(company: Path) -> None:
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        await pilot.press("a")
        await until(pilot, lambda: "Add to Acme" in text_of(app))
        await pilot.press("t")
        await until(pilot, lambda: is_form(app) and "New task" in text_of(app))
        await write(pilot, "Ask for the drawing")
        await pilot.press("ctrl+s")
        await until(
            pilot,
            lambda: rows(company, "SELECT a.name FROM task t JOIN account a ON a.id = t.account_id") != [],
        )


# From accounts and deals --------------------------------------------------------------------------
@pytest.mark.parametrize("noun", ["account", "deal", "quote"])
async def test_o_lists_the_orders_of_a_record_and_esc_comes_back(company: Path, noun: str) -> None:
    make(company, "deal", name="Line two", account="Acme")
    made = ordered(company, accepted(company, "Pump x 2", deal="Line two"))
    make(company, "account", name="Beta")
    ordered(company, accepted(company, "Pump x 1", account="Beta"))
    found = live(company, "sales_order", made.id)
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "2 orders")
        app.show_record(noun, found[f"{noun}_id"])
        await until(pilot, lambda: not isinstance(app.screen, OrdersScreen) and "Acme" in text_of(app))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, OrdersOfScreen) and "1 order" in text_of(app))
        assert found["number"] in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, OrdersScreen))


async def test_a_record_without_orders_says_so(company: Path) -> None:
    async with opened(company, start="accounts") as (app, pilot):
        await until(pilot, lambda: "1 account" in text_of(app))
        await pilot.press("o")
        await until(pilot, lambda: any("There is no order of account Acme" in each for each in told(app)))


async def test_an_account_in_the_round_tells_of_its_open_orders_and_enter_opens_one(company: Path) -> None:
    late = ordered(company, accepted(company, "Pump x 2"), ordered="2026-10-01", promised="2026-11-02")
    gone = ordered(company, accepted(company, "Pump x 1"))
    happens(company, gone, OrderState.CANCELLED, note="no budget")
    account = live(company, "sales_order", late.id)["account_id"]
    async with opened(company, start="accounts", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "1 account" in text_of(app))
        app.show_record("account", account)
        await until(pilot, lambda: "Open orders (1)" in text_of(app))
        shown = text_of(app)
        assert f"{late.label} · Placed · 226.00 USD" in shown
        assert "promised day gone by" in shown
        assert gone.label not in shown
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, OrderScreen) and late.label in text_of(app))


async def test_cancelling_offers_to_close_the_tasks_of_its_services(company: Path) -> None:
    with acting(company) as session:
        given = typed(session, "quote", account="Acme", currency="USD")
        quote = nouns.create(session, "quote", given, today=TODAY, lines=("Pump x 1",))
        quote_lines.change(session, quote.id, "1", {"service_days": 14}, today=TODAY)
        quote_states.accept(session, quote.id, today=TODAY)
    ordered(company, quote.id)
    task = "SELECT state FROM task WHERE deleted_at IS NULL"
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, Letters))
        await pilot.press("x")
        await until(pilot, lambda: is_form(app) and "Open tasks of its services: Pump" in text_of(app))
        await write(pilot, "no budget")
        await pilot.press("tab", "tab", "space", "ctrl+s")
        await until(pilot, lambda: states(company) == ["cancelled"])
    assert row(company, task)["state"] == "cancelled"


async def test_an_order_is_printed_into_a_file(company: Path, order: str, tmp_path: Path) -> None:
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        app.last_folder = f"{tmp_path}/"
        await pilot.press("p")
        await until(pilot, lambda: "Print the order" in text_of(app))
        await pilot.press("f", "f")  # from PDF over a web page
        await until(pilot, lambda: "Markdown" in text_of(app))
        await pilot.press("p")
        await until(pilot, lambda: "where?" in text_of(app))
        await pilot.press("enter")
        number = live(company, "sales_order", order)["number"]
        await until(pilot, lambda: any(number in each.read_text("utf-8") for each in tmp_path.glob("*.md")))
