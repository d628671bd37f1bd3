"""Numbers, days and instants: what is shown, and that Babel would show the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.numbers import format_decimal

from sfa import clock, i18n
from sfa.render import dates, numbers


def test_money_is_grouped_and_names_its_currency() -> None:
    assert numbers.money(1_200_050, "USD") == "12,000.50 USD"
    assert numbers.money(1_200_050, "JPY") == "1,200,050 JPY"
    assert numbers.money(0, "CNY") == "0.00 CNY"


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
@pytest.mark.parametrize("text", ["0", "7", "1234.5", "-98765432.1", "1000000"])
def test_grouping_is_what_babel_writes_in_both_languages(locale: str, text: str) -> None:
    number = Decimal(text)
    assert numbers.grouped(number) == format_decimal(number, format="#,##0.###", locale=locale)


def test_quantities_and_prices_lose_zeros_that_say_nothing() -> None:
    assert numbers.quantity(1500) == "1.5"
    assert numbers.quantity(10_000) == "10"
    assert numbers.quantity(2_000_000) == "2,000"
    assert numbers.price(12_500, "USD") == "0.0125 USD"
    assert numbers.price(550_000_000, "USD") == "550.00 USD"


def test_figures_of_machines_carry_no_grouping() -> None:
    assert numbers.plain_amount(1_200_050, "USD") == "12000.50"
    assert numbers.plain_price(12_500) == "0.0125"
    assert numbers.plain_quantity(1500) == "1.5"


def test_reports_round_to_whole_units() -> None:
    assert numbers.whole(123_456, "USD") == "1,235"  # 1,234.56


def test_relative_days_are_named_when_they_are_near() -> None:
    today = date(2026, 11, 22)
    shown = [dates.relative_day(today + timedelta(days=days), today) for days in (0, 1, -1, 3, -2)]
    assert shown == ["today", "tomorrow", "yesterday", "in 3 days", "2 days ago"]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(5, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (90_000, "1 day ago")],
)
def test_age_is_told_in_its_largest_unit(seconds: int, shown: str) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert dates.age(now - timedelta(seconds=seconds), now) == shown


def test_an_instant_is_shown_in_local_time() -> None:
    moment = clock.instant_at(date(2026, 11, 22), 11, 36)
    assert dates.instant(clock.to_text(moment)) == "2026-11-22 11:36"
    assert dates.instant("no instant") == "no instant"


def test_a_long_day_follows_the_language() -> None:
    assert dates.long_day(date(2026, 11, 22)) == "November 22, 2026"
    i18n.set_language("zh_CN")
    try:
        assert dates.long_day(date(2026, 11, 22)) == "2026年11月22日"
    finally:
        i18n.set_language("en")
