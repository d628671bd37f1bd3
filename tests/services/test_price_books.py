"""Price books and classes of tax: currencies, days, parents, and one default."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from sfa.errors import InvalidInput, Refused
from sfa.interchange.book_copy import read_copy
from sfa.services import nouns, prices
from sfa.services.price_books import Repricing, copy
from tests.services.acting import TODAY, acting, amend, live, make, rows, take_back


def defaults(home: Path, table: str = "pricebook") -> list[str]:
    query = f"SELECT name FROM {table} WHERE is_default = 1 AND deleted_at IS NULL ORDER BY name"
    return [each["name"] for each in rows(home, query)]


def test_a_book_is_in_a_currency_that_exists(home: Path) -> None:
    book = make(home, "pricebook", name="List", currency="cny")
    assert live(home, "pricebook", book.id)["currency"] == "CNY"
    with pytest.raises(InvalidInput, match="no currency code"):
        make(home, "pricebook", name="Other", currency="RMB")


def test_the_last_day_is_not_before_the_first(home: Path) -> None:
    book = make(
        home, "pricebook", name="Day", currency="USD", valid_from="2026-11-18", valid_until="2026-11-18"
    )
    with pytest.raises(InvalidInput, match="before the first day"):
        amend(home, "pricebook", book.id, valid_until="2026-11-17")
    with pytest.raises(InvalidInput, match="before the first day"):
        make(home, "pricebook", name="Odd", currency="USD", valid_from="2027-01-01", valid_until="2026-01-01")


def test_each_currency_has_one_default_and_a_new_one_takes_its_place_in_one_change(home: Path) -> None:
    make(home, "pricebook", name="One", currency="USD", default="yes")
    make(home, "pricebook", name="Euro", currency="EUR", default="yes")
    two = make(home, "pricebook", name="Two", currency="USD")
    assert defaults(home) == ["Euro", "One"]
    amend(home, "pricebook", two.id, default="yes")
    assert defaults(home) == ["Euro", "Two"]
    take_back(home)
    assert defaults(home) == ["Euro", "One"]
    with pytest.raises(InvalidInput, match="for everybody"):
        make(home, "pricebook", name="Keys", currency="USD", tier="key", default="yes")


def test_a_default_that_comes_back_yields_to_the_one_there_is(home: Path) -> None:
    one = make(home, "pricebook", name="One", currency="USD", default="yes")
    with acting(home) as session:
        nouns.delete(session, "pricebook", one.id)
    make(home, "pricebook", name="Two", currency="USD", default="yes")
    with acting(home) as session:
        nouns.restore(session, "pricebook", one.id)
    assert defaults(home) == ["Two"]


def test_parents_are_in_the_same_currency_and_in_no_ring(home: Path) -> None:
    top = make(home, "pricebook", name="Top", currency="USD")
    make(home, "pricebook", name="Low", currency="USD", parent="Top")
    with pytest.raises(InvalidInput, match="Top is in USD"):
        make(home, "pricebook", name="Euro", currency="EUR", parent="Top")
    with pytest.raises(Refused, match="own parent"):
        amend(home, "pricebook", top.id, parent="Low")
    with pytest.raises(Refused, match="Books below it"):
        amend(home, "pricebook", top.id, currency="EUR")


def test_the_currency_of_prices_stays(home: Path) -> None:
    book = make(home, "pricebook", name="List", currency="USD")
    pump = make(home, "product", name="Pump")
    amend(home, "pricebook", book.id, currency="EUR")
    with acting(home) as session:
        prices.set_price(session, book.id, pump.id, "0.0125", prices.Terms(), today=TODAY)
    with pytest.raises(Refused, match="Its prices are in EUR"):
        amend(home, "pricebook", book.id, currency="USD")
    assert rows(home, "SELECT unit_price_micros FROM price_entry") == [{"unit_price_micros": 12_500}]


def test_one_class_of_tax_is_the_default(home: Path) -> None:
    make(home, "tax", name="13 %", rate="13%", default="yes")
    make(home, "tax", name="6 %", rate="6", default="yes")
    assert defaults(home, "tax") == ["6 %"]
    with pytest.raises(InvalidInput):
        make(home, "tax", name="Odd", rate="101")


@pytest.mark.parametrize(
    ("micros", "currency", "percent", "multiple", "after"),
    [
        (10_000_000, "USD", "0", None, 10_000_000),
        (10_050_000, "USD", "10", None, 11_060_000),  # 11.055, half up
        (12_500, "USD", "3", None, 12_900),  # 0.0125 keeps its four decimals: 0.012875
        (999_000_000, "JPY", "3", None, 1_029_000_000),  # 1028.97
        (10_030_000, "USD", "0", "0.1", 10_000_000),
        (10_050_000, "USD", "0", "0.1", 10_100_000),
        (112_400_000, "CNY", "-10", "5", 100_000_000),  # 101.16
    ],
)
def test_a_changed_price_is_rounded_half_up(
    micros: int, currency: str, percent: str, multiple: str | None, after: int
) -> None:
    repricing = Repricing(Decimal(percent), Decimal(multiple) if multiple else None)
    assert repricing.reprice(micros, currency) == after


@pytest.mark.parametrize(
    ("change", "round_", "reason"),
    [
        ("9000000000000", "", "cost more than can be kept"),
        ("-99.99", "", "cost nothing"),
        ("0", "500", "cost nothing"),
    ],
)
def test_a_copy_in_which_a_price_would_be_none_is_not_made(
    home: Path, change: str, round_: str, reason: str
) -> None:
    book = make(home, "pricebook", name="List", currency="JPY")
    for name, price in (("Pump", "200"), ("Sample", "0")):
        product = make(home, "product", name=name)
        with acting(home) as session:
            prices.set_price(session, book.id, product.id, price, prices.Terms(), today=TODAY)
    wanted = read_copy({"name": "Next", "change": change, "round": round_}, today=TODAY)
    with pytest.raises(InvalidInput, match=f"Pump would {reason}"), acting(home) as session:
        copy(session, book.id, wanted)
    assert rows(home, "SELECT name FROM pricebook") == [{"name": "List"}]
    with acting(home) as session:
        assert copy(session, book.id, wanted._replace(percent=Decimal(10), multiple=None)).copied == 2
    kept = "SELECT unit_price_micros AS micros FROM price_entry ORDER BY micros"
    assert [row["micros"] for row in rows(home, kept)] == [0, 0, 200_000_000, 220_000_000]
