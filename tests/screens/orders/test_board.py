"""The board of orders: cards moved by key and mouse, what is late in words, filters, the same as a list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from sfa import config
from sfa.screens.app import SfaApp
from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.orders.board import OrderBoardScreen
from sfa.screens.orders.place import OrderScreen, OrdersOfScreen, OrdersScreen
from sfa.screens.widgets.board.orders import OrderBoard
from sfa.services.rows import Row
from sfa.terms import OrderState
from tests.screens.driving import opened, text_of, told, until, write
from tests.screens.orders.looking import as_row, is_form, states
from tests.services.acting import TODAY, amend, live, make
from tests.services.ordering import accepted, happens, invoiced, money_of, ordered, planned, received


@pytest.fixture
def board(company: Path) -> tuple[Path, Row, Row]:
    """Return a home that opens the board: one order placed, one shipped too late and not paid in time."""
    first = ordered(company, accepted(company, "Pump x 1"), promised="2026-12-01")
    second = ordered(company, accepted(company, "Pump x 2"), ordered="2026-10-01", promised="2026-11-16")
    planned(company, second, "50% 2026-11-08", "rest delivery+30")
    happens(company, second, OrderState.SHIPPED)
    config.put("orders_form", "board", company)
    return company, first, second


def chosen(app: SfaApp) -> tuple[str, str]:
    """Return the column and the order under the cursor."""
    view = app.screen.query_one(OrderBoard)
    return view.lane.key if view.lane else "", view.card.number if view.card else ""


async def ready(app: SfaApp, pilot: Pilot[Any], number: str) -> None:
    """Wait until the board shows an order."""
    await until(pilot, lambda: isinstance(app.screen, OrderBoardScreen) and number in text_of(app))


async def test_cards_say_number_account_total_day_and_what_is_late_in_words(
    board: tuple[Path, Row, Row],
) -> None:
    home, first, second = board
    async with opened(home, start="orders", size=(200, 60)) as (app, pilot):
        await ready(app, pilot, first.label)
        for part in ("Placed", "In production", "Shipped", "Invoiced", "Paid 2026Q4", "Cancelled 2026Q4"):
            assert part in text_of(app), part
        for part in ("113 USD", "not invoiced", "12-01", "226 USD", "11-16", "Acme"):
            assert part in text_of(app), part
        assert "! 2 days past promise" in text_of(app)
        assert "! overdue 113 USD" in text_of(app)
        assert "2 open orders · 339 USD · open 339 USD" in text_of(app)
        assert live(home, "sales_order", second.id)["state"] == "shipped"


async def test_a_key_notes_the_next_step_and_the_cursor_goes_along(board: tuple[Path, Row, Row]) -> None:
    home, first, _ = board
    async with opened(home, start="orders", size=(200, 60)) as (app, pilot):
        await ready(app, pilot, first.label)
        assert chosen(app) == ("placed", first.label)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: chosen(app) == ("confirmed", first.label))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: chosen(app) == ("in-production", first.label))
        await pilot.press("u")
        await until(pilot, lambda: chosen(app) == ("confirmed", first.label))
        assert any("Undone" in text for text in told(app))


async def test_from_delivered_the_key_leads_to_the_invoice_then_to_the_receipt_and_off_the_board(
    board: tuple[Path, Row, Row],
) -> None:
    home, first, _ = board
    happens(home, first, OrderState.DELIVERED)
    async with opened(home, start="orders", size=(200, 60)) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, OrderBoardScreen) and first.label in text_of(app))
        await pilot.press("right")
        await until(pilot, lambda: chosen(app) == ("delivered", first.label))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: is_form(app) and "Invoice of order" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, OrderBoardScreen))
        await until(pilot, lambda: chosen(app) == ("invoiced", first.label))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: is_form(app) and "Receipt of order" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, OrderBoardScreen))
        await until(pilot, lambda: first.label not in text_of(app) and "1 order" in text_of(app))
        assert sorted(states(home)) == ["paid", "shipped"]


async def test_what_is_paid_stays_until_it_is_delivered(board: tuple[Path, Row, Row]) -> None:
    home, first, _ = board
    invoiced(home, first, "113")
    received(home, first, "113")
    async with opened(home, start="orders", size=(200, 60)) as (app, pilot):
        await ready(app, pilot, first.label)
        await until(pilot, lambda: "Paid, to be delivered" in text_of(app))
        await pilot.press("right", "right", "right")
        await until(pilot, lambda: chosen(app) == ("paid", first.label))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "Paid, to be delivered" not in text_of(app))
        assert live(home, "sales_order", first.id)["delivered_on"] == TODAY.isoformat()
        await until(pilot, lambda: "1 open order" in text_of(app))


async def test_enter_opens_an_order_and_lists_what_was_closed(board: tuple[Path, Row, Row]) -> None:
    home, first, second = board
    happens(home, second, OrderState.CANCELLED, note="too late")
    async with opened(home, start="orders", size=(120, 40)) as (app, pilot):
        await ready(app, pilot, first.label)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, OrderScreen) and app.screen.is_ready)
        await until(pilot, lambda: "Course of the order" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, OrderBoardScreen))
        await pilot.press(*["right"] * 7)
        await until(pilot, lambda: chosen(app)[0] == "closed cancelled")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, OrdersOfScreen) and second.label in text_of(app))
        assert first.label not in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, OrderBoardScreen))


async def test_b_turns_the_board_into_the_list_and_back_with_its_filter_and_stays_so(
    board: tuple[Path, Row, Row],
) -> None:
    home, first, second = board
    async with opened(home, start="orders", size=(120, 40)) as (app, pilot):
        await ready(app, pilot, first.label)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "promised day gone")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: "filter: Promised day gone by" in text_of(app))
        await until(pilot, lambda: first.label not in text_of(app) and second.label in text_of(app))
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, OrdersScreen) and "1 order" in text_of(app))
        assert "Promised day gone by" in text_of(app)
        assert config.get("orders_form", home).value == "list"
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, OrderBoardScreen))
        await until(pilot, lambda: "filter: Promised day gone by" in text_of(app))
        assert config.get("orders_form", home).value == "board"


async def test_a_saved_view_filters_the_board(board: tuple[Path, Row, Row]) -> None:
    home, first, second = board
    config.put_view("order", "Large", {"where": "total>200"}, home)
    async with opened(home, start="orders", size=(120, 40)) as (app, pilot):
        await ready(app, pilot, first.label)
        await app.screen.show_view_named("Large")  # type: ignore[attr-defined]
        await until(pilot, lambda: "Large" in text_of(app) and first.label not in text_of(app))
        assert second.label in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, OrdersScreen) and "Large" in text_of(app))
        assert app.screen.view is not None  # type: ignore[attr-defined]


async def test_a_view_with_a_field_that_is_gone_says_so_and_the_board_stays(
    board: tuple[Path, Row, Row],
) -> None:
    home, first, _ = board
    config.put_view("order", "Old", {"where": "colour=red"}, home)
    async with opened(home, start="orders", size=(120, 40)) as (app, pilot):
        await ready(app, pilot, first.label)
        await app.screen.show_view_named("Old")  # type: ignore[attr-defined]
        await until(pilot, lambda: any("colour" in text for text in told(app)))
        assert first.label in text_of(app)


async def test_dragging_a_card_notes_the_step_of_the_column_and_asks_why_it_is_cancelled(
    board: tuple[Path, Row, Row],
) -> None:
    home, first, _ = board
    async with opened(home, start="orders", size=(200, 60)) as (app, pilot):
        await ready(app, pilot, first.label)
        heads = text_of(app).splitlines()[1]
        await pilot.mouse_down(OrderBoard, offset=(5, 5))
        await pilot.hover(OrderBoard, offset=(heads.index("In production") + 3, 8))
        await pilot.mouse_up(OrderBoard, offset=(heads.index("In production") + 3, 8))
        await until(pilot, lambda: chosen(app) == ("in-production", first.label))
        await pilot.mouse_down(OrderBoard, offset=(heads.index("In production") + 3, 5))
        await pilot.hover(OrderBoard, offset=(heads.index("Cancelled") + 3, 8))
        await pilot.mouse_up(OrderBoard, offset=(heads.index("Cancelled") + 3, 8))
        await until(pilot, lambda: is_form(app) and "Reason" in text_of(app))
        await write(pilot, "no budget")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: sorted(states(home)) == ["cancelled", "shipped"])


async def test_edit_copy_and_delete_are_those_of_the_order(board: tuple[Path, Row, Row]) -> None:
    home, first, _ = board
    async with opened(home, start="orders", size=(120, 40)) as (app, pilot):
        await ready(app, pilot, first.label)
        await pilot.press("e")
        await until(pilot, lambda: is_form(app) and "Contract number" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, OrderBoardScreen))
        await pilot.press("y")
        await until(pilot, lambda: "Copy of" in text_of(app))
        await pilot.press("l")
        await until(
            pilot,
            lambda: app.clipboard == f"{first.label} · Acme · Placed · 113 USD · not invoiced · 2026-12-01",
        )
        await pilot.press("x")
        await until(pilot, lambda: "Delete" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: states(home) == ["shipped"])


async def test_a_new_order_gets_the_cursor_and_others_changes_come(board: tuple[Path, Row, Row]) -> None:
    home, first, second = board
    accepted(home, "Pump x 5")
    async with opened(home, start="orders", size=(120, 40)) as (app, pilot):
        await ready(app, pilot, first.label)
        await pilot.press("right", "right", "right")
        await until(pilot, lambda: chosen(app) == ("shipped", second.label))
        await pilot.press("n")
        await until(pilot, lambda: is_form(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, OrderBoardScreen) and chosen(app)[0] == "placed")
        assert chosen(app)[1] not in {first.label, second.label}
        amend(home, "order", first.id, promised="2027-02-03")
        await until(pilot, lambda: "02-03" in text_of(app))


async def test_more_cards_are_read_when_the_cursor_comes_to_the_last(
    board: tuple[Path, Row, Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, first, _ = board
    later = ordered(home, accepted(home, "Pump x 9"), promised="2027-01-01")
    monkeypatch.setattr("sfa.screens.orders.board._CARDS", 1)
    async with opened(home, start="orders", size=(120, 40)) as (app, pilot):
        await ready(app, pilot, first.label)
        assert "and 1 more" in text_of(app)
        await pilot.press("end")
        await until(pilot, lambda: later.label in text_of(app))


async def test_an_empty_board_says_which_key_fills_it(company: Path) -> None:
    config.put("orders_form", "board", company)
    async with opened(company, start="orders") as (app, pilot):
        await until(pilot, lambda: "No open orders here. n makes one of an accepted quote." in text_of(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: any("There is no record" in each for each in told(app)))


async def test_the_orders_of_an_account_have_a_board_of_their_own_that_is_not_kept(
    board: tuple[Path, Row, Row],
) -> None:
    home, first, _ = board
    config.put("orders_form", "list", home)
    make(home, "account", name="Beta")
    other = ordered(home, accepted(home, "Pump x 3", account="Beta"))
    async with opened(home, start="orders", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "3 orders" in text_of(app))
        app.show_record("account", live(home, "sales_order", other.id)["account_id"])
        await until(pilot, lambda: "Beta" in text_of(app) and not isinstance(app.screen, OrdersScreen))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, OrdersOfScreen) and "1 order" in text_of(app))
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, OrderBoardScreen) and other.label in text_of(app))
        assert first.label not in text_of(app)
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, OrdersOfScreen))
    assert config.get("orders_form", home).value == "list"
    assert money_of(home, as_row(home, other.id)).total_minor == 33900
