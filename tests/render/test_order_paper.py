"""What an order's paper says: the confirmation, our own, and the warehouse's."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.errors import Refused
from sfa.render.issued_paper import How
from sfa.render.order_paper import order_paper, print_order
from sfa.render.paper.document import Look, Paper, Tongue, TotalKind, Variant
from sfa.reports.order_paper import bought_of
from sfa.services.rows import Row
from sfa.store import reading
from sfa.terms import OrderState
from tests.services.acting import TODAY
from tests.services.ordering import accepted, happens, invoiced, ordered, planned, stock

ENGLISH = How(Look(Variant.CUSTOMER, Tongue.ENGLISH), "md")
BOTH = How(Look(Variant.CUSTOMER, Tongue.BOTH), "md")


@pytest.fixture
def order(home: Path) -> Row:
    """Return an order of half of a quote: 2 x 100 USD less 10 %, and 13 % tax."""
    stock(home)
    quote = accepted(home, "Pump x 4 -10%", payment_terms="As planned")
    return ordered(home, quote, "1=2", ordered="2026-11-10", promised="2026-12-10", contract_number="C-7")


def paper(home: Path, order: Row, how: How = ENGLISH) -> Paper:
    with reading.reading(home) as connection:
        return order_paper(bought_of(connection, order.id, today=TODAY, with_costs=how.is_internal), how)


def text(home: Path, order: Row, how: How) -> str:
    with reading.reading(home) as connection:
        return print_order(connection, order.id, how, home=home, today=TODAY).content.decode()


def test_a_confirmation_says_what_was_ordered_and_what_it_comes_to(home: Path, order: Row) -> None:
    found = paper(home, order)
    assert [line.quantity_milli for group in found.groups for line in group.lines] == [2_000]
    assert {each.kind: each.minor for each in found.totals} == {
        TotalKind.LIST: 200_00,
        TotalKind.LINE_DISCOUNTS: -20_00,
        TotalKind.SUM: 180_00,
        TotalKind.TAX: 23_40,  # 13 % of 180
        TotalKind.GROSS: 203_40,
    }
    said = text(home, order, ENGLISH)
    for part in (
        "# Order confirmation O-", "Date of issue: 2026-11-10", "Promised delivery: 2026-12-10",
        "Quotation no.: Q-", "Contract no.: C-7", "203.40 USD", "As planned",
    ):  # fmt: skip
        assert part in said, said
    assert not [word for word in ("Revision", "DRAFT", "Approved", "valid until") if word in said]


@pytest.mark.parametrize(
    ("plan", "english", "chinese"),
    [
        ("100% order+10", "203.40 USD by 2026-11-20", "2026-11-20 前付 203.40 USD"),
        ("100% delivery", "203.40 USD on delivery", "交货时付 203.40 USD"),
        ("100% delivery+30", "203.40 USD within 30 days after delivery", "交货后 30 天内付 203.40 USD"),
        ("100% invoice", "203.40 USD on receipt of the invoice", "收到发票时付 203.40 USD"),
        (
            "100% invoice+60 month-end",
            "203.40 USD within 60 days of the invoice, at the end of that month",
            "开票后 60 天内付 203.40 USD（顺延至当月月末）",
        ),
    ],
)
def test_the_plan_says_days_and_what_they_count_from(
    home: Path, order: Row, plan: str, english: str, chinese: str
) -> None:
    planned(home, order, plan)
    (term,) = [each for each in paper(home, order).terms if each.title.english == "Payment plan"]
    assert term.text == (chinese, english)


def test_a_plan_in_parts_names_each_and_a_day_once_it_is_known(home: Path, order: Row) -> None:
    planned(home, order, "50% 2026-11-25", "rest invoice+10")
    invoiced(home, order, "203.40", on=TODAY)
    term = paper(home, order).terms[-1]
    assert term.text.english == "101.70 USD by 2026-11-25; 101.70 USD by 2026-11-28"


def test_the_warehouse_sees_no_money_and_both_languages_stand_side_by_side(home: Path, order: Row) -> None:
    listed = text(home, order, How(Look(Variant.WAREHOUSE, Tongue.ENGLISH), "md"))
    assert "Picking list" in listed
    assert "Promised delivery: 2026-12-10" in listed
    assert not [word for word in ("USD", "200.00", "180.00", "As planned") if word in listed]
    said = text(home, order, BOTH)
    assert "订单确认书" in said
    assert "Order confirmation" in said
    assert "承诺交货日期" in said


def test_a_cancelled_order_is_printed_for_ourselves_alone(home: Path, order: Row) -> None:
    happens(home, order, OrderState.CANCELLED, note="No budget")
    for variant in (Variant.CUSTOMER, Variant.WAREHOUSE):
        with pytest.raises(Refused):
            text(home, order, How(Look(variant, Tongue.ENGLISH), "md"))
    internal = text(home, order, How(Look(Variant.INTERNAL, Tongue.ENGLISH), "md"))
    assert "INTERNAL" in internal
    assert "Margin" in internal


def test_the_mail_thanks_for_the_order_and_names_the_promised_day(home: Path, order: Row) -> None:
    mail = text(home, order, How(Look(Variant.CUSTOMER, Tongue.ENGLISH), "eml"))
    assert "Subject: Order confirmation O-" in mail
    assert "promised for 2026-12-10" in mail
    assert "quotation" not in mail.split("Content-Transfer-Encoding")[1]


def test_an_introduction_of_orders_is_not_that_of_quotes(home: Path, order: Row) -> None:
    (home / "templates").mkdir()
    own = '[texts.en]\nintroduction = "We offer"\norder_introduction = "We confirm {number}"\n'
    (home / "templates" / "paper.toml").write_text(own, "utf-8")
    said = text(home, order, ENGLISH)
    assert "We confirm O-" in said
    assert "We offer" not in said
