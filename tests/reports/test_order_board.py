"""The board of orders: which stand in which column, what they come to, and what the words say."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sfa.errors import BadUsage
from sfa.finding.listing import list_rows
from sfa.render.cells import cell_width
from sfa.render.order_board import card_lines, heading_text, row_text, state_text
from sfa.reports.order_board import OrderBoard, Scope, order_board, where_of
from sfa.store.reading import reading
from sfa.terms import OrderState
from tests.services.acting import TODAY, make
from tests.services.ordering import accepted, happens, invoiced, ordered, planned, received, stock


@pytest.fixture
def shop(home: Path) -> Path:
    """Return the home of a shop that sells pumps at 100 USD and 13 % of tax."""
    stock(home)
    return home


def board_of(home: Path, **asked: object) -> OrderBoard:
    """Return the board on the day of the tests."""
    with reading(home) as connection:
        return order_board(connection, Scope(TODAY, **asked))  # type: ignore[arg-type]


def standing(board: OrderBoard) -> dict[str, list[str]]:
    """Return state -> numbers of the orders in its column, for those that are not empty."""
    return {each.state: [card.number for card in each.cards] for each in board.columns if each.count}


def test_an_order_leaves_the_board_when_it_is_delivered_and_paid_in_either_order(shop: Path) -> None:
    made = [ordered(shop, accepted(shop, "Pump x 1")) for _ in range(3)]
    for each in made[:2]:
        invoiced(shop, each, "113")
        received(shop, each, "113")
    happens(shop, made[1], OrderState.DELIVERED)  # paid before: it is delivered now
    board = board_of(shop)
    assert standing(board) == {"placed": [made[2].label], "paid": [made[0].label]}
    assert board.count == 2
    happens(shop, made[0], OrderState.DELIVERED)
    assert standing(board_of(shop)) == {"placed": [made[2].label]}
    assert "paid" not in [each.state for each in board_of(shop).columns]


def test_columns_are_by_the_promised_day_and_count_what_is_open(shop: Path) -> None:
    late = ordered(shop, accepted(shop, "Pump x 1"), ordered="2026-10-01", promised="2026-11-01")
    undated = ordered(shop, accepted(shop, "Pump x 2"))
    soon = ordered(shop, accepted(shop, "Pump x 3"), promised="2026-12-01")
    planned(shop, late, "50% 2026-11-08", "rest delivery")
    received(shop, late, "13")
    board = board_of(shop)
    assert standing(board) == {"placed": [late.label, soon.label, undated.label]}
    (placed,) = (each for each in board.columns if each.count)
    assert placed.sums == (("USD", 11300 + 22600 + 33900, 10000 + 22600 + 33900),)
    card = placed.cards[0]
    assert (card.late_days, card.overdue_minor, card.overdue_days) == (17, 4350, 10)
    assert placed.cards[1].late_days == placed.cards[2].late_days == 0
    happens(shop, late, OrderState.DELIVERED)
    (delivered,) = (each for each in board_of(shop).columns if each.state == "delivered")
    assert delivered.cards[0].late_days == 0  # it came


def test_the_first_cards_alone_are_read_and_the_one_that_is_kept(shop: Path) -> None:
    made = [ordered(shop, accepted(shop, "Pump x 1"), promised=f"2026-12-0{at + 1}") for at in range(3)]
    board = board_of(shop, limit=1, keep=made[2].id)
    assert standing(board) == {"placed": [made[0].label, made[2].label]}
    assert board.columns[0].count == 3


def test_what_is_closed_is_counted_by_the_quarter_and_its_filter_selects_the_same(shop: Path) -> None:
    made = [ordered(shop, accepted(shop, "Pump x 1"), ordered="2026-08-01") for _ in range(3)]
    before = TODAY.replace(month=9)
    happens(shop, made[0], OrderState.CANCELLED, on=before, note="no budget")
    happens(shop, made[1], OrderState.CANCELLED, note="no budget")
    invoiced(shop, made[2], "113")
    received(shop, made[2], "113")
    board = board_of(shop)
    found = {each.state: each.count for each in board.closed}
    assert found == {"paid": 1, "cancelled": 1}
    for state, label in (("cancelled", made[1].label), ("paid", made[2].label)):
        with reading(shop) as connection:
            listed = list_rows(connection, "order", where=where_of(board, state), today=TODAY)
        assert [row[1] for row in listed.rows] == [label]


def test_other_currencies_are_converted_where_there_is_a_rate_and_stand_apart_without(shop: Path) -> None:
    make(shop, "product", name="Valve", code="V1", price="10 EUR")
    ordered(shop, accepted(shop, "Pump x 1"))
    ordered(shop, accepted(shop, "Valve x 1", currency="EUR"))
    assert [each.currency for each in board_of(shop).sums] == ["USD", "EUR"]
    day = (TODAY - timedelta(days=1)).isoformat()
    rate: Any = {"from": "EUR", "to": "USD", "rate": "2", "on": day}
    make(shop, "rate", **rate)
    board = board_of(shop)
    assert board.sums == (("USD", 11300 + 2260, 11300 + 2260),)
    assert "EUR" in state_text(board, 200)


def test_a_filter_narrows_and_one_that_cannot_be_read_is_refused(shop: Path) -> None:
    small, large = (ordered(shop, accepted(shop, f"Pump x {count}")) for count in (1, 9))
    assert standing(board_of(shop, where="total>500")) == {"placed": [large.label]}
    assert small.label in standing(board_of(shop, where="owner=me"))["placed"]
    with pytest.raises(BadUsage):
        board_of(shop, where="colour=red")


@pytest.mark.parametrize("room", [20, 24, 46, 120, 200])
def test_every_line_fits_its_room_and_says_what_is_late_without_colour(shop: Path, room: int) -> None:
    made = ordered(shop, accepted(shop, "Pump x 900"), ordered="2026-10-01", promised="2026-11-01")
    planned(shop, made, "100% 2026-11-08")
    board = board_of(shop)
    (card,) = board.columns[0].cards
    for roomy in (True, False):
        lines = [line.text for line in card_lines(card, room, roomy=roomy)]
        assert all(cell_width(line) <= room for line in lines)
        assert any(line.startswith("! 17 days past prom") for line in lines)
        assert any(line.startswith("! overdue") for line in lines)
    assert cell_width(heading_text("Placed", 1, board.columns[0].sums, room)) <= room
    if room >= 80:
        row = row_text(card, room)
        assert cell_width(row) <= room
        assert "! 17 days past promise" in row
