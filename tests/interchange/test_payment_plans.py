"""Payment plans as people type them, and as they are stored."""

from __future__ import annotations

from datetime import date

import pytest

from sfa.errors import InvalidInput
from sfa.interchange.payment_plans import Planned, plan_of, plan_text, read_plan
from sfa.money import Money
from sfa.pricing.payments import DueRule
from sfa.terms import DueFrom, MonthEnd

TODAY = date(2026, 11, 18)
WHOLE = Money(100_000, "CNY")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            ("30% order", "70% delivery+30"),
            (
                Planned(30_000, rule=DueRule(DueFrom.ORDER)),
                Planned(70_000, rule=DueRule(DueFrom.DELIVERY, 30)),
            ),
        ),
        (
            ("30% 下单", "余款 到货后30天"),
            (
                Planned(30_000, rule=DueRule(DueFrom.ORDER)),
                Planned(70_000, rule=DueRule(DueFrom.DELIVERY, 30)),
            ),
        ),
        (
            ("400.50 2026-12-31", "rest invoice+60 month-end"),
            (
                Planned(40_050, on=date(2026, 12, 31)),
                Planned(59_950, rule=DueRule(DueFrom.INVOICE, 60, MonthEnd.AFTER_DAYS)),
            ),
        ),
        (("CNY 1,000 next fri",), (Planned(100_000, on=date(2026, 11, 27)),)),
        ((), ()),
    ],
)
def test_instalments_are_read_and_stored(texts: tuple[str, ...], expected: tuple[Planned, ...]) -> None:
    plan = read_plan(texts, WHOLE, today=TODAY)
    assert plan == expected
    assert sum(each.minor for each in plan) in {0, WHOLE.minor}
    assert plan_of(plan_text(plan)) == plan
    assert plan_text(plan_of(plan_text(plan))) == plan_text(plan)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (("30% order",), "sum to"),
        (("30% sometime", "rest order"), "no instalment"),
        (("order",), "no instalment"),
        (("",), "no instalment"),
        (("rest order", "rest delivery"), "one instalment at most"),
        (("1000 USD order",), "another currency"),
        (("100% delivery+9999",), "must be between"),
    ],
)
def test_what_is_no_plan_is_refused(texts: tuple[str, ...], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read_plan(texts, WHOLE, today=TODAY)


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '[{"minor":1,"on":"x"}]', '[{"minor":1,"from":"moon","days":0}]']
)
def test_a_stored_plan_that_cannot_be_read_says_so(text: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        plan_of(text)
