"""Which orders a day tells of: overdue payments, promised days gone by, more ordered than accepted."""

from __future__ import annotations

import pytest

from sfa.interchange.payment_plans import Planned, plan_text
from sfa.interchange.quote_lines import QuoteLine, lines_text
from sfa.reports.today import Entry, today_report
from tests.reports.ledger import Ledger
from tests.reports.test_today import TODAY


@pytest.fixture
def me(ledger: Ledger) -> str:
    """Return a rep with a colleague whose records must not show."""
    ledger.add("user", name="Colleague", role="rep", is_active=1, id="colleague")
    return ledger.add("user", name="Me", role="rep", is_active=1, id="me")


def an_order(ledger: Ledger, number: str, me: str, **values: object) -> str:
    known = ledger.connection.execute("SELECT id FROM account LIMIT 1").fetchone()
    account_id = known[0] if known else ledger.add("account", name="Acme")
    given = {"owner_id": me, "currency": "USD", "total_minor": 10_000, **values}
    return ledger.add("sales_order", number=number, account_id=account_id, **given)


def found(ledger: Ledger, me: str, limit: int | None = None) -> tuple[tuple[Entry, ...], int]:
    report = today_report(ledger.connection, me, today=TODAY, limit=limit)
    section = next(each for each in report.sections if each.kind == "orders")
    return section.entries, section.total


def test_payments_overdue_and_days_gone_by_are_told_the_longest_first(ledger: Ledger, me: str) -> None:
    plan = plan_text([Planned(4_000, on=TODAY.replace(day=1)), Planned(6_000, on=TODAY.replace(day=28))])
    late = TODAY.replace(day=20).isoformat()
    both = an_order(ledger, "both", me, payment_plan=plan, promised_on=late)
    ledger.add("order_receipt", sales_order_id=both, amount_minor=1_000, received_on="2026-11-02")
    paid = an_order(ledger, "paid in part", me, payment_plan=plan)
    ledger.add("order_receipt", sales_order_id=paid, amount_minor=4_000, received_on="2026-11-02")
    an_order(ledger, "delivered", me, promised_on=late, delivered_on=late, state="delivered")
    an_order(ledger, "today", me, promised_on=TODAY.isoformat())
    an_order(ledger, "cancelled", me, payment_plan=plan, promised_on=late, state="cancelled")
    an_order(ledger, "paid", me, payment_plan=plan, state="paid")
    an_order(ledger, "a colleague's", "colleague", payment_plan=plan, promised_on=late)
    entries, total = found(ledger, me)
    assert [(each.text, each.mark, each.days, each.amount) for each in entries] == [
        ("both", "overdue", 22, 3_000),
        ("both", "late", 3, None),
    ]
    assert total == 2
    assert found(ledger, me, limit=1) == (entries[:1], 2)


def test_orders_of_more_than_was_accepted_are_told(ledger: Ledger, me: str) -> None:
    account = ledger.add("account", name="Acme")

    def lines(quantity: int) -> str:
        return lines_text([QuoteLine("1", name="Pump", quantity_milli=quantity)])

    quotes = [
        ledger.add("quote", number=f"Q{place}", account_id=account, currency="USD", lines=lines(3_000))
        for place in range(3)
    ]
    an_order(ledger, "two", me, quote_id=quotes[0], lines=lines(2_000))
    an_order(ledger, "two more", me, quote_id=quotes[0], lines=lines(2_000))
    an_order(ledger, "one", me, quote_id=quotes[1], lines=lines(1_000))
    an_order(ledger, "rest", me, quote_id=quotes[1], lines=lines(2_000))
    an_order(ledger, "all", me, quote_id=quotes[2], lines=lines(3_000))
    an_order(ledger, "all, cancelled", me, quote_id=quotes[2], lines=lines(3_000), state="cancelled")
    entries, _ = found(ledger, me)
    assert [(each.text, each.mark) for each in entries] == [("two", "over"), ("two more", "over")]
