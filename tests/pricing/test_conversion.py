"""Amounts in another currency, computed by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sfa.errors import InvalidInput, NotFound
from sfa.money import Money
from sfa.pricing.conversion import Rate, convert, convert_micros, rate_on
from sfa.terms import Rounding

DAY = date(2026, 3, 1)


def rate(one: str, other: str, micros: int, on: date = DAY) -> Rate:
    return Rate(one, other, micros, on)


@pytest.mark.parametrize(
    ("amount", "used", "minor"),
    [
        # 100.00 EUR × 7.8523 = 785.23 CNY
        (Money(10_000, "EUR"), rate("EUR", "CNY", 7_852_300), 78_523),
        # 12.34 USD × 149.355 = 1843.0407 → 1843 JPY
        (Money(1_234, "USD"), rate("USD", "JPY", 149_355_000), 1_843),
        # 1,000 JPY × 0.0067 = 6.70 USD
        (Money(1_000, "JPY"), rate("JPY", "USD", 6_700), 670),
        # 10.00 USD × 0.30725 = 3.0725 → 3.073 KWD
        (Money(1_000, "USD"), rate("USD", "KWD", 307_250), 3_073),
        # 1.001 KWD × 490.3 = 490.7903 → 491 JPY
        (Money(1_001, "KWD"), rate("KWD", "JPY", 490_300_000), 491),
        # what was paid back: -0.05 EUR × 1.1 = -0.055 → -0.06 USD
        (Money(-5, "EUR"), rate("EUR", "USD", 1_100_000), -6),
    ],
)
def test_an_amount_is_converted_and_says_at_which_rate(amount: Money, used: Rate, minor: int) -> None:
    found = convert(amount, used)
    assert found.amount == Money(minor, used.to_currency)
    assert (found.original, found.rate) == (amount, used)


def test_the_rounding_is_the_one_named() -> None:
    used = rate("EUR", "USD", 500_000)  # 0.25 × 0.5 = 0.125
    found = {each: convert(Money(25, "EUR"), used, each).amount.minor for each in Rounding}
    assert found == {Rounding.HALF_UP: 13, Rounding.HALF_EVEN: 12, Rounding.DOWN: 12}


def test_a_price_keeps_its_millionths() -> None:
    # 0.0125 USD × 7.1 = 0.08875 CNY
    assert convert_micros(12_500, "USD", rate("USD", "CNY", 7_100_000)) == 88_750


def test_the_rate_in_force_is_the_last_on_or_before_the_day() -> None:
    rates = [
        rate("EUR", "USD", 3, date(2026, 3, 1)),
        rate("EUR", "USD", 1, date(2026, 1, 1)),
        rate("EUR", "CNY", 9, date(2026, 2, 1)),
        rate("EUR", "USD", 2, date(2026, 2, 1)),
    ]
    assert [
        rate_on(rates, "EUR", "USD", day).rate_micros
        for day in (date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 5, 1))
    ] == [1, 1, 2, 3]
    with pytest.raises(NotFound) as none:
        rate_on(rates, "EUR", "USD", date(2025, 12, 31))
    assert "2025-12-31" in str(none.value)
    with pytest.raises(NotFound):
        rate_on(rates, "USD", "EUR", date(2026, 5, 1))


@pytest.mark.parametrize(
    "values",
    [
        {"from_currency": "USD"},
        {"to_currency": "RMB"},
        {"rate_micros": 0},
        {"rate_micros": -1},
    ],
)
def test_a_rate_that_cannot_be_used_is_refused(values: dict[str, Any]) -> None:
    usable = {"from_currency": "EUR", "to_currency": "CNY", "rate_micros": 1, "effective_on": DAY}
    with pytest.raises(InvalidInput):
        convert(Money(1, "EUR"), Rate(**{**usable, **values}))
