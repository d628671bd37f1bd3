"""Payment plans and the days of their instalments, computed by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa.errors import InvalidInput
from sfa.money import Money
from sfa.pricing.payments import DueRule, Share, due_on, payment_plan
from sfa.terms import DueFrom, MonthEnd
from tests.pricing.strategies import UNHURRIED

NOW = DueRule(DueFrom.ORDER)
DAYS = {DueFrom.ORDER: date(2026, 1, 15), DueFrom.DELIVERY: date(2026, 2, 10), DueFrom.INVOICE: None}


def amounts(payable: int, *shares: Share, currency: str = "CNY") -> list[int]:
    return [each.amount.minor for each in payment_plan(Money(payable, currency), shares, DAYS)]


def test_percentages_are_split_to_the_cent() -> None:
    # 100.01: 30.003, 60.006, 10.001 → 30.00, 60.00, 10.00 and one cent for the largest remainder, .6
    assert amounts(10_001, *(Share(NOW, ppm=ppm) for ppm in (300_000, 600_000, 100_000))) == [
        3000,
        6001,
        1000,
    ]
    # 100 yen in three parts: 33.3334, 33.3333, 33.3333 → the yen left goes to the first
    thirds = (333_334, 333_333, 333_333)
    assert amounts(100, *(Share(NOW, ppm=ppm) for ppm in thirds), currency="JPY") == [34, 33, 33]


def test_amounts_sum_to_the_whole() -> None:
    assert amounts(10_001, Share(NOW, minor=1), Share(NOW, minor=10_000)) == [1, 10_000]


def test_the_rest_is_what_the_others_leave() -> None:
    # 1,000.05: a deposit of 200.00, 30 % = 300.015 → 300.02, the rest 500.03
    assert amounts(100_005, Share(NOW, minor=20_000), Share(NOW), Share(NOW, ppm=300_000)) == [
        20_000,
        50_003,
        30_002,
    ]
    assert amounts(100, Share(NOW)) == [100]
    assert amounts(100, Share(NOW, minor=100), Share(NOW)) == [100, 0]


def test_nothing_to_pay_is_a_plan_too() -> None:
    assert amounts(0, Share(NOW, ppm=500_000), Share(NOW, ppm=500_000)) == [0, 0]
    assert amounts(0) == []


@pytest.mark.parametrize(
    ("shares", "reason"),
    [
        ([Share(NOW, ppm=500_000), Share(NOW, ppm=400_000)], "the percentages sum to 90 %, and not to 100 %"),
        (
            [Share(NOW, minor=4_000), Share(NOW, minor=5_000)],
            "the amounts sum to 90.00, and 100.00 CNY is to be paid",
        ),
        ([Share(NOW, minor=5_000), Share(NOW, ppm=500_000)], "no instalment takes the rest"),
        ([Share(NOW, minor=10_001), Share(NOW)], "sum to 100.01, more than the 100.00 CNY"),
        ([Share(NOW), Share(NOW)], "one instalment at most takes the rest"),
        ([], "the amounts sum to 0.00"),
        ([Share(NOW, minor=0), Share(NOW)], "instalment 1 must be more than zero"),
        ([Share(NOW), Share(NOW, ppm=0)], "instalment 2 must be more than 0 %"),
        ([Share(NOW, ppm=1_000_001)], "at most 100 %"),
        ([Share(NOW, ppm=1, minor=1)], "either a percentage or an amount"),
        ([Share(DueRule(days=-1))], "the days of instalment 1 must be between 0 and 3650"),
        ([Share(DueRule(days=3_651))], "the days of instalment 1"),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(shares: list[Share], reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        payment_plan(Money(10_000, "CNY"), shares, DAYS)
    assert reason in str(refused.value)


def test_a_negative_amount_is_no_plan() -> None:
    with pytest.raises(InvalidInput):
        payment_plan(Money(-1, "CNY"), [Share(NOW)], DAYS)


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        (DueRule(DueFrom.ORDER), date(2026, 1, 15)),
        (DueRule(DueFrom.ORDER, 30), date(2026, 2, 14)),
        (DueRule(DueFrom.DELIVERY, 30), date(2026, 3, 12)),
        # 月结30天: to the end of January, then 30 days
        (DueRule(DueFrom.ORDER, 30, MonthEnd.BEFORE_DAYS), date(2026, 3, 2)),
        # 30 days are 14 February, then to the end of that month
        (DueRule(DueFrom.ORDER, 30, MonthEnd.AFTER_DAYS), date(2026, 2, 28)),
        (DueRule(DueFrom.ORDER, 0, MonthEnd.AFTER_DAYS), date(2026, 1, 31)),
        (DueRule(DueFrom.INVOICE, 10), None),
    ],
)
def test_the_day_of_an_instalment(rule: DueRule, day: date | None) -> None:
    assert due_on(rule, DAYS) == day


def test_a_leap_year_has_its_day_and_the_year_its_end() -> None:
    ends = DueRule(month_end=MonthEnd.AFTER_DAYS)
    assert due_on(ends, {DueFrom.INVOICE: date(2028, 2, 1)}) == date(2028, 2, 29)
    assert due_on(ends, {DueFrom.INVOICE: date(2026, 12, 31)}) == date(2026, 12, 31)
    assert due_on(DueRule(days=3_650), {DueFrom.INVOICE: date(9999, 12, 1)}) == date.max


def test_an_instalment_has_no_day_while_that_of_its_event_is_not_known() -> None:
    assert due_on(NOW, {}) is None
    (first, last) = payment_plan(
        Money(100, "CNY"), [Share(NOW, ppm=500_000), Share(DueRule(), ppm=500_000)], DAYS
    )
    assert (first.due_on, last.due_on) == (date(2026, 1, 15), None)


@UNHURRIED
@given(st.integers(0, 10**12), st.lists(st.integers(1, 1000), min_size=1, max_size=12))
def test_every_split_is_exact(payable: int, weights: list[int]) -> None:
    total = sum(weights)
    ppms = [weight * 1_000_000 // total for weight in weights]
    ppms[0] += 1_000_000 - sum(ppms)
    found = amounts(payable, *(Share(NOW, ppm=ppm) for ppm in ppms))
    assert sum(found) == payable
    assert all(
        abs(each * 1_000_000 - payable * ppm) < 1_000_000 for each, ppm in zip(found, ppms, strict=True)
    )
