"""Numbers and amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sfa.interchange.amounts import read_amount, read_decimal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12000", "12000"),
        ("12,000.50", "12000.50"),
        ("1.200,50", "1200.50"),
        ("1 200,50", "1200.50"),
        ("1'200", "1200"),
        ("1,20,000", "120000"),
        ("1,5", "1.5"),
        ("(1,200)", "-1200"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("12.5k", "12500"),
        ("1.2万", "12000"),
        ("3亿", "300000000"),
        ("１２，０００", "12000"),
        (".5", "0.5"),
    ],
)
def test_numbers_are_read_however_they_are_written(text: str, number: str) -> None:
    assert read_decimal(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "12abc", "1,23,4", "1e5", "--5", "1,,200"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_decimal(text) is None


@pytest.mark.parametrize(
    ("text", "currency", "number"),
    [
        ("¥12,000.50", "CNY", "12000.50"),
        ("USD 1,200", "USD", "1200"),
        ("1,200 usd", "USD", "1200"),
        ("US$ 5m", "USD", "5000000"),
        ("€1.234,50", "EUR", "1234.50"),
        ("100万元", "CNY", "1000000"),
        ("RMB 3千", "CNY", "3000"),
        ("50万人民币", "CNY", "500000"),
        ("-$5", "USD", "-5"),
        ("12000", "CNY", "12000"),
    ],
)
def test_the_currency_is_read_beside_the_number(text: str, currency: str, number: str) -> None:
    assert read_amount(text, "CNY") == (Decimal(number), currency)


def test_a_shared_sign_means_the_organisations_own_currency() -> None:
    assert read_amount("$5", "AUD") == (Decimal(5), "AUD")
    assert read_amount("¥5", "JPY") == (Decimal(5), "JPY")
    assert read_amount("$5", "EUR") == (Decimal(5), "USD")


def test_a_word_beside_the_number_is_no_currency() -> None:
    assert read_amount("5 abc", "CNY")[0] is None
