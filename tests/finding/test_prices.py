"""What a product sells for: by book, parents, tier, quantity, day and currency, and what was looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from itertools import product as product_of
from pathlib import Path

import pytest

from sfa.errors import InvalidInput, NotFound, msg
from sfa.finding.price_rows import load_for_many
from sfa.finding.prices import (
    Break,
    Outcome,
    Price,
    Source,
    Wanted,
    find_price,
    find_prices,
    price_in,
)
from sfa.services import prices
from sfa.store.home import store_path
from sfa.store.perform import performing
from tests.finding.company import TODAY, add

Asking = Callable[..., Price]


def put(home: Path, book: str, product: str, text: str, **at: str) -> None:
    with performing(home, name=msg("Price")) as session:
        prices.set_price(session, book, product, text, prices.terms(**at, today=TODAY), today=TODAY)


def raw(home: Path, statement: str, *values: object) -> None:
    """Write what only another device's half of a clash can bring about."""
    with closing(sqlite3.connect(store_path(home))) as connection, connection:
        for name in [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        ]:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement, values)


def ask(home: Path, product: str, **more: object) -> Price:
    with closing(sqlite3.connect(store_path(home))) as connection:
        return find_price(connection, product, **{"on": TODAY, **more})  # type: ignore[arg-type]


def ways(found: Price) -> list[tuple[str, Source, Outcome]]:
    return [(step.book, step.source, step.outcome) for step in found.trail]


@pytest.fixture
def pump(home: Path) -> str:
    return add(home, "product", name="Pump", code="P-1", price="100", unit="pc")


def test_without_books_the_product_says_its_price(home: Path, pump: str) -> None:
    found = ask(home, pump)
    assert (found.price_micros, found.currency, found.source) == (100_000_000, "USD", Source.PRODUCT)
    assert ways(found) == [("", Source.PRODUCT, Outcome.GAVE)]
    assert (found.book_id, found.entry_id, found.tax) == (None, None, None)


def test_the_default_book_comes_before_the_product_and_after_the_customers(home: Path, pump: str) -> None:
    listed = add(home, "pricebook", name="List", currency="USD", default="yes")
    own = add(home, "pricebook", name="Acme", currency="USD")
    keys = add(home, "pricebook", name="Keys", currency="USD", tier="key")
    for book, text in ((listed, "90"), (keys, "80"), (own, "70")):
        put(home, book, pump, text)
    acme = add(home, "account", name="Acme", pricebook="Acme", tier="key")
    key = add(home, "account", name="Key", tier="key")
    small = add(home, "account", name="Small", tier="small")
    asked = {name: ask(home, pump, account_id=name).price_micros for name in (acme, key, small)}
    assert asked == {acme: 70_000_000, key: 80_000_000, small: 90_000_000}
    assert ask(home, pump).price_micros == 90_000_000
    assert ask(home, pump, account_id=acme, book_id=keys).price_micros == 80_000_000


def test_what_a_book_does_not_price_its_parents_may(home: Path, pump: str) -> None:
    top = add(home, "pricebook", name="Top", currency="USD")
    add(home, "pricebook", name="Middle", currency="USD", parent="Top", valid_until="2026-01-31")
    low = add(home, "pricebook", name="Low", currency="USD", parent="Middle")
    put(home, top, pump, "95")
    found = ask(home, pump, book_id=low)
    assert (found.price_micros, found.book) == (95_000_000, "Top")
    assert ways(found) == [
        ("Low", Source.NAMED, Outcome.NO_ENTRY),
        ("Middle", Source.PARENT, Outcome.EXPIRED),
        ("Top", Source.PARENT, Outcome.GAVE),
    ]
    assert found.trail[1].on == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        (date(2026, 2, 28), Outcome.NOT_YET_VALID),
        (date(2026, 3, 1), Outcome.GAVE),
        (date(2026, 3, 31), Outcome.GAVE),
        (date(2026, 4, 1), Outcome.EXPIRED),
    ],
)
def test_a_book_holds_from_its_first_day_to_its_last_both_included(
    home: Path, pump: str, day: date, outcome: Outcome
) -> None:
    book = add(
        home, "pricebook", name="March", currency="USD", valid_from="2026-03-01", valid_until="2026-03-31"
    )
    put(home, book, pump, "50")
    found = ask(home, pump, book_id=book, on=day)
    assert found.trail[0].outcome is outcome
    assert (found.price_micros == 50_000_000) is (outcome is Outcome.GAVE)


@pytest.mark.parametrize(
    ("day", "outcome", "told"),
    [
        (date(2026, 4, 30), Outcome.ENTRY_NOT_YET_VALID, date(2026, 5, 1)),
        (date(2026, 5, 1), Outcome.GAVE, None),
        (date(2026, 5, 31), Outcome.GAVE, None),
        (date(2026, 6, 1), Outcome.ENTRY_EXPIRED, date(2026, 5, 31)),
    ],
)
def test_a_price_narrows_the_days_of_its_book(
    home: Path, pump: str, day: date, outcome: Outcome, told: date | None
) -> None:
    book = add(
        home, "pricebook", name="2026", currency="USD", valid_from="2026-01-01", valid_until="2026-05-31"
    )
    raw_until = {"valid_from": "2026-05-01", "valid_until": "2026-05-31"}
    put(home, book, pump, "50", **raw_until)
    raw(home, "UPDATE pricebook SET valid_until = NULL")
    found = ask(home, pump, book_id=book, on=day)
    assert (found.trail[0].outcome, found.trail[0].on) == (outcome, told)
    if outcome is Outcome.GAVE:
        assert (found.valid_from, found.valid_until) == (date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("milli", "micros", "reached", "more"),
    [
        (9_999, None, 0, None),
        (10_000, 10_000_000, 10_000, Break(100_000, 9_500_000)),
        (99_999, 10_000_000, 10_000, Break(100_000, 9_500_000)),
        (100_000, 9_500_000, 100_000, None),
    ],
)
def test_the_largest_quantity_reached_counts_and_the_next_is_told(
    home: Path, milli: int, micros: int | None, reached: int, more: Break | None
) -> None:
    bolt = add(home, "product", name="Bolt")
    book = add(home, "pricebook", name="Bulk", currency="USD")
    put(home, book, bolt, "9.5", from_quantity="100")
    put(home, book, bolt, "10", from_quantity="10")
    found = ask(home, bolt, book_id=book, quantity_milli=milli)
    assert (found.price_micros, found.min_quantity_milli, found.next_break) == (micros, reached, more)
    if micros is None:
        assert found.trail[0].outcome is Outcome.MINIMUM_NOT_REACHED
        assert found.trail[0].next_break == Break(10_000, 10_000_000)
        assert found.trail[-1].outcome is Outcome.NO_PRICE


def test_of_several_that_fit_the_narrower_days_count_then_the_later(home: Path, pump: str) -> None:
    book = add(home, "pricebook", name="Many", currency="USD")
    put(home, book, pump, "9")
    put(home, book, pump, "8", valid_from="2026-01-01")
    put(home, book, pump, "7", valid_from="2026-06-01")
    assert ask(home, pump, book_id=book).price_micros == 7_000_000
    put(home, book, pump, "6", valid_from="2026-01-01", valid_until="2026-12-31")
    put(home, book, pump, "5", valid_from="2026-11-01", valid_until="2026-11-30")
    assert ask(home, pump, book_id=book).price_micros == 5_000_000
    put(home, book, pump, "4", from_quantity="1")
    assert ask(home, pump, book_id=book).price_micros == 4_000_000


def test_a_ring_of_parents_ends_and_every_book_is_looked_at_once(home: Path, pump: str) -> None:
    one = add(home, "pricebook", name="One", currency="USD")
    two = add(home, "pricebook", name="Two", currency="USD", parent="One")
    raw(home, "UPDATE pricebook SET parent_id = ? WHERE id = ?", two, one)
    assert ways(ask(home, pump, book_id=one)) == [
        ("One", Source.NAMED, Outcome.NO_ENTRY),
        ("Two", Source.PARENT, Outcome.NO_ENTRY),
        ("", Source.PRODUCT, Outcome.GAVE),
    ]


def test_prices_in_another_currency_are_told_and_not_taken(home: Path, pump: str) -> None:
    euro = add(home, "pricebook", name="Euro", currency="EUR", default="yes")
    add(home, "pricebook", name="List", currency="USD", default="yes")
    put(home, euro, pump, "85")
    assert ask(home, pump, currency="EUR").price_micros == 85_000_000
    assert ask(home, pump).source is Source.PRODUCT
    found = ask(home, pump, book_id=euro, currency="GBP")
    assert found.price_micros is None
    assert ways(found) == [
        ("Euro", Source.NAMED, Outcome.OTHER_CURRENCY),
        ("", Source.PRODUCT, Outcome.OTHER_CURRENCY),
    ]
    assert [step.currency for step in found.trail] == ["EUR", "USD"]


def test_a_deleted_book_of_an_account_is_told_and_passed_over(home: Path, pump: str) -> None:
    book = add(home, "pricebook", name="Gone", currency="EUR")
    account = add(home, "account", name="Acme", pricebook="Gone")
    raw(home, "UPDATE pricebook SET deleted_at = '2026-11-01T00:00:00Z'")
    found = ask(home, pump, account_id=account)
    assert ways(found)[0] == ("Gone", Source.ACCOUNT, Outcome.DELETED)
    assert (found.price_micros, found.currency) == (100_000_000, "USD")
    with pytest.raises(NotFound):
        ask(home, pump, book_id=book)


def test_the_tax_is_the_products_own_else_the_default_one(home: Path, pump: str) -> None:
    add(home, "tax", name="VAT", rate="13", default="yes")
    add(home, "tax", name="Services", rate="6")
    hours = add(home, "product", name="Hours", tax="Services", status="discontinued")
    taxes = [ask(home, each).tax for each in (pump, hours)]
    assert [(each.name, each.rate_ppm) for each in taxes if each] == [("VAT", 130_000), ("Services", 60_000)]
    assert ask(home, hours).is_discontinued


def test_what_cannot_be_asked_is_refused(home: Path, pump: str) -> None:
    with pytest.raises(InvalidInput):
        ask(home, pump, quantity_milli=0)
    for wrong in ({"account_id": "x"}, {"book_id": "x"}):
        with pytest.raises(NotFound):
            ask(home, pump, **wrong)
    with pytest.raises(NotFound):
        ask(home, "x")


def test_many_prices_take_as_many_statements_as_one(home: Path, pump: str) -> None:
    book = add(home, "pricebook", name="List", currency="USD", default="yes")
    products = [pump, *(add(home, "product", name=f"Part {number}") for number in range(5))]
    for number, product in enumerate(products):
        put(home, book, product, str(number + 1))
    counts = []
    with closing(sqlite3.connect(store_path(home))) as connection:
        for wanted in (products[:1], products):
            seen: list[str] = []
            connection.set_trace_callback(seen.append)
            found = find_prices(connection, [Wanted(each) for each in wanted], on=TODAY)
            connection.set_trace_callback(None)
            counts.append(len(seen))
    assert [each.price_micros for each in found] == [number * 1_000_000 for number in range(1, 7)]
    assert counts[0] == counts[1] <= 5


def test_many_accounts_at_once_get_the_prices_that_each_gets_alone(home: Path, pump: str) -> None:
    hose = add(home, "product", name="Hose", price="40 EUR")
    top = add(home, "pricebook", name="Top", currency="USD", default="yes")
    own = add(home, "pricebook", name="Own", currency="USD", parent="Top", valid_until="2026-06-30")
    keys = add(home, "pricebook", name="Keys", currency="USD", tier="key")
    gone = add(home, "pricebook", name="Gone", currency="USD")
    for book, product, text, at in (
        (top, pump, "90", {}),
        (top, hose, "45", {"valid_from": "2026-07-01"}),
        (own, pump, "70", {"from_quantity": "10"}),
        (keys, pump, "80", {"valid_until": "2026-03-31"}),
        (gone, pump, "1", {}),
    ):
        put(home, book, product, text, **at)
    accounts = [
        add(home, "account", name="Acme", pricebook="Own", tier="key"),
        add(home, "account", name="Key", tier="key"),
        add(home, "account", name="Small", tier="small"),
        add(home, "account", name="Late", pricebook="Gone"),
    ]
    raw(home, "UPDATE pricebook SET deleted_at = '2026-01-01T00:00:00.000Z' WHERE id = ?", gone)
    days = (date(2026, 3, 1), date(2026, 6, 30), date(2026, 7, 1))
    with closing(sqlite3.connect(store_path(home))) as connection:
        many = load_for_many(connection, [pump, hose, "none"], [*accounts, "nobody"])
        assert set(many.products) == {pump, hose}
        for account in accounts:
            for product, day, quantity in product_of((pump, hose), days, (1000, 10_000)):
                alone = find_price(
                    connection, product, on=day, quantity_milli=quantity, account_id=account, currency="USD"
                )
                assert price_in(many.of(account), product, quantity, on=day, currency="USD") == alone
        assert price_in(many.of("nobody"), pump, 1000, on=TODAY, currency="USD").price_micros == 90_000_000
