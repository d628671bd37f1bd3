"""What happens to an order and its money: events, states, plans, invoices, receipts, what is overdue."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from sfa.errors import InvalidInput, Refused
from sfa.services.records import raw
from sfa.services.rows import Row
from sfa.store import change
from sfa.terms import AgeBucket, OrderState
from tests.services.acting import TODAY, acting, live, row, rows, take_back
from tests.services.ordering import (
    accepted,
    happens,
    invoiced,
    money_of,
    ordered,
    planned,
    received,
    stock,
)

BEFORE = TODAY - timedelta(days=60)


@pytest.fixture
def shop(home: Path) -> Path:
    """Return a home with an account, a product and a tax."""
    stock(home)
    return home


@pytest.fixture
def order(shop: Path) -> Row:
    """Return an order of 100 and tax, placed sixty days ago."""
    return ordered(shop, accepted(shop, "Pump x 1"), ordered=BEFORE.isoformat())


def state(home: Path, order: Row) -> tuple[str, str, str | None]:
    found = live(home, "sales_order", order.id)
    return found["state"], found["state_on"], found["delivered_on"]


def test_the_state_is_that_of_the_last_day_however_events_come_in(shop: Path, order: Row) -> None:
    assert state(shop, order) == ("placed", "2026-09-19", None)
    happens(shop, order, OrderState.DELIVERED, on=date(2026, 10, 10))
    assert state(shop, order) == ("delivered", "2026-10-10", "2026-10-10")
    happens(shop, order, OrderState.SHIPPED, on=date(2026, 10, 8))
    assert state(shop, order) == ("delivered", "2026-10-10", "2026-10-10")
    take_back(shop)
    take_back(shop)
    assert state(shop, order) == ("placed", "2026-09-19", None)


def test_what_cannot_have_happened_is_refused(shop: Path, order: Row) -> None:
    with pytest.raises(InvalidInput, match="still to come"):
        happens(shop, order, OrderState.SHIPPED, on=TODAY + timedelta(days=1))
    with pytest.raises(InvalidInput, match="before the day of the order"):
        happens(shop, order, OrderState.SHIPPED, on=BEFORE - timedelta(days=1))
    with pytest.raises(InvalidInput, match="why it is cancelled"):
        happens(shop, order, OrderState.CANCELLED)
    for word in (OrderState.PAID, OrderState.INVOICED, OrderState.PLACED):
        with pytest.raises(Refused, match="Not possible while"):
            happens(shop, order, word)
    happens(shop, order, OrderState.CANCELLED, note="no money")
    assert state(shop, order)[0] == "cancelled"
    with pytest.raises(Refused, match="Not possible while"):
        happens(shop, order, OrderState.SHIPPED)
    for act in (lambda: invoiced(shop, order, "5"), lambda: planned(shop, order, "100% order")):
        with pytest.raises(Refused, match="is cancelled"):
            act()
    assert len(rows(shop, "SELECT 1 FROM order_event")) == 2


def test_invoices_and_receipts_that_reach_the_total_say_so(shop: Path, order: Row) -> None:
    assert invoiced(shop, order, "100").invoiced_minor == 10_000
    assert state(shop, order)[0] == "placed"
    invoiced(shop, order, "13 USD", on=TODAY - timedelta(days=3))
    assert state(shop, order) == ("invoiced", "2026-11-15", None)
    received(shop, order, "113")
    assert state(shop, order)[0] == "paid"
    received(shop, order, "(13)")
    assert state(shop, order)[0] == "invoiced"
    received(shop, order, "20")
    assert state(shop, order)[0] == "paid"
    assert money_of(shop, order).received_minor == 12_000
    assert money_of(shop, order).open_minor == 0
    for _ in range(3):
        take_back(shop)
    assert state(shop, order)[0] == "invoiced"
    assert money_of(shop, order).received_minor == 0


def test_amounts_that_cannot_be_are_refused(shop: Path, order: Row) -> None:
    received(shop, order, "10")
    for text, reason in (
        ("much", "no amount"),
        ("5 EUR", "another currency"),
        ("0", "not be zero"),
        ("1.234", "more decimals"),
        ("(10.01)", "paid back"),
        ("9999999999999", "too large"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            received(shop, order, text)
    with pytest.raises(InvalidInput, match="taken back"):
        invoiced(shop, order, "-1")
    with pytest.raises(InvalidInput, match="still to come"):
        invoiced(shop, order, "1", on=TODAY + timedelta(days=1))
    assert rows(shop, "SELECT amount_minor FROM order_receipt") == [{"amount_minor": 1000}]
    assert not rows(shop, "SELECT 1 FROM order_invoice")


def test_what_was_received_pays_what_is_due_first(shop: Path, order: Row) -> None:
    planned(shop, order, "rest delivery+30", "30% order", "13 2026-11-10")
    received(shop, order, "40")
    money = money_of(shop, order)
    assert [(due.minor, due.open_minor, due.on) for due in money.dues] == [
        (11300 - 3390 - 1300, 6610, None),
        (3390, 0, BEFORE),
        (1300, 690, date(2026, 11, 10)),
    ]
    assert [due.open_minor for due in money.overdue(TODAY)] == [690]
    happens(shop, order, OrderState.DELIVERED, on=date(2026, 10, 1))
    ageing = dict(money_of(shop, order).ageing(TODAY).minor_by_bucket)
    assert ageing == {
        AgeBucket.NOT_DUE: 0,
        AgeBucket.UP_TO_30: 6610 + 690,
        AgeBucket.UP_TO_60: 0,
        AgeBucket.UP_TO_90: 0,
        AgeBucket.OVER_90: 0,
    }
    assert [due.on for due in money_of(shop, order).overdue(TODAY)] == [
        date(2026, 10, 31),
        date(2026, 11, 10),
    ]
    happens(shop, order, OrderState.CANCELLED, note="sent back")
    assert money_of(shop, order).overdue(TODAY) == []
    assert money_of(shop, order).open_minor == 0


def test_a_plan_takes_the_place_of_the_one_before(shop: Path, order: Row) -> None:
    planned(shop, order, "100% order")
    assert planned(shop, order, "50% order", "50% invoice").changed
    assert not planned(shop, order, "50% order", "50% invoice").changed
    assert [due.on for due in money_of(shop, order).dues] == [BEFORE, None]
    invoiced(shop, order, "1", on=TODAY)
    assert [due.on for due in money_of(shop, order).dues] == [BEFORE, TODAY]
    with pytest.raises(InvalidInput, match="sum to"):
        planned(shop, order, "50% order")
    planned(shop, order)
    assert money_of(shop, order).dues == ()
    assert row(shop, "SELECT payment_plan FROM sales_order")["payment_plan"] == "[]"


def test_a_plan_that_cannot_be_read_hides_the_plan_alone(shop: Path, order: Row) -> None:
    with acting(shop) as session:
        change.update(raw(session), "sales_order", order.id, {"payment_plan": "[{}]"})
    assert money_of(shop, order).dues == ()
    assert money_of(shop, order).total_minor == 11_300
