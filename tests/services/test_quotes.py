"""Quotes: numbers, lines priced by the books, totals kept with them, and what refuses to be written."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from sfa import i18n
from sfa.errors import Ambiguous, InvalidInput, NotFound, Refused, StaleVersion, msg
from sfa.interchange.quote_lines import QuoteLine, lines_of
from sfa.services import nouns, quote_lines
from sfa.services.numbering import device_code, next_number
from sfa.services.rows import Row
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.reading import reading
from tests.services.acting import TODAY, acting, amend, live, make, row, rows, take_back, typed


@pytest.fixture
def shop(home: Path) -> Path:
    """Return a home with two products, a tax of 13 % and an account."""
    make(home, "tax", name="VAT", rate="13", default="yes")
    make(home, "product", name="Pump", code="P1", price="100 USD", unit="pc")
    make(home, "product", name="Old pump", code="P0", price="10 USD", status="discontinued")
    make(home, "product", name="Valve", code="V1", price="80 EUR")
    make(home, "account", name="Acme")
    return home


def quoted(home: Path, *lines: str, key: str | None = None, **texts: str) -> Row:
    with acting(home) as session:
        given = typed(session, "quote", **{"account": "Acme", "currency": "USD", **texts})
        return nouns.create(session, "quote", given, today=TODAY, lines=lines, idempotency_key=key)


def test_a_quote_has_a_number_a_last_day_and_its_totals_in_one_change(shop: Path) -> None:
    made = quoted(shop, "Pump x 3 -10%", "Bracket x 2 @ 5.5", "gift: Pump", "text: Later")
    stored = live(shop, "quote", made.id)
    assert stored["number"].startswith("Q-X")
    assert stored["number"].endswith("-0001")
    assert stored["valid_until"] == "2026-12-18"  # 30 days
    # 3 x 100.00 = 300.00 less 30.00; 2 x 5.50 = 11.00; tax 13 %: 35.10 + 1.43
    assert stored["list_minor"] == 31100
    assert stored["net_minor"] == 28100
    assert stored["tax_minor"] == 3510 + 143
    assert stored["total_minor"] == 28100 + 3653
    assert stored["line_count"] == 4
    ops = rows(shop, "SELECT count(*) AS ops FROM oplog WHERE row_id = ?", made.id)
    assert ops == [{"ops": 1}]
    lines = lines_of(stored["lines"])
    assert [line.kind for line in lines] == ["product", "product", "gift", "text"]
    assert [line.unit_price_micros for line in lines] == [100_000_000, 5_500_000, 0, 0]
    assert lines[0].list_price_micros == 100_000_000
    assert lines[1].list_price_micros is None
    take_back(shop)
    assert not rows(shop, "SELECT 1 FROM quote WHERE deleted_at IS NULL")


def test_a_price_agreed_for_what_is_priced_in_another_currency_keeps_the_converted_list_price(
    shop: Path,
) -> None:
    line = "Valve @ 50"
    assert lines_of(live(shop, "quote", quoted(shop, line).id)["lines"])[0].list_price_micros is None
    add_rate(shop, "2026-01-01", "1.1", given="EUR", to="USD")
    kept = lines_of(live(shop, "quote", quoted(shop, line).id)["lines"])[0]
    assert (kept.unit_price_micros, kept.list_price_micros) == (50_000_000, 88_000_000)


def test_a_number_is_never_given_again(shop: Path) -> None:
    first = quoted(shop)
    take_back(shop)
    second = quoted(shop)
    third = quoted(shop)
    numbers = [
        row(shop, "SELECT number FROM quote WHERE id = ?", each.id)["number"]
        for each in (first, second, third)
    ]
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]


def test_a_number_stays_given_when_its_quote_leaves_the_device(shop: Path) -> None:
    quoted(shop)
    with changing(shop, name=msg("Purge")) as change:
        change.connection.execute("DELETE FROM quote")
        assert next_number(change.connection, "Q", "quote").endswith("-0002")


def test_after_signing_in_numbers_have_the_centres_code(shop: Path) -> None:
    quoted(shop)
    store = sqlite3.connect(store_path(shop))
    store.execute("INSERT INTO local_state (key, value) VALUES ('sync_code', 'A7')")
    store.commit()
    store.close()
    assert live(shop, "quote", quoted(shop).id)["number"] == "Q-A7-0001"
    with changing(shop, name=msg("Look")) as change:
        assert device_code(change.connection) == "A7"


def test_the_same_key_makes_one_quote(shop: Path) -> None:
    first, again = quoted(shop, "Pump", key="k1"), quoted(shop, "Pump", key="k1")
    assert first.id == again.id
    assert not again.created
    assert len(rows(shop, "SELECT 1 FROM quote")) == 1


def test_a_quote_of_a_deal_takes_its_account_and_products(shop: Path) -> None:
    deal = make(shop, "deal", name="Plant", account="Acme", products="Pump x 4 @ 90 USD; Valve x 1")
    with acting(shop) as session:
        made = nouns.create(
            session, "quote", typed(session, "quote", deal=deal.ref, currency="EUR"), today=TODAY
        )
    stored = live(shop, "quote", made.id)
    lines = lines_of(stored["lines"])
    assert [(line.name, line.quantity_milli) for line in lines] == [("Pump", 4000), ("Valve", 1000)]
    # The pump was agreed in USD and is priced anew, which needs a rate; see below. The valve is in EUR.
    assert lines[1].unit_price_micros == 80_000_000


def add_rate(home: Path, on: str, rate: str, *, given: str = "USD", to: str = "EUR") -> None:
    """Say what a dollar is in euros from a day on."""
    with acting(home) as session:
        nouns.create(
            session,
            "rate",
            typed(session, "rate", **{"from": given, "to": to, "on": on, "rate": rate}),
            today=TODAY,
        )


@pytest.fixture(autouse=True)
def rate(home: Path) -> None:
    """Say what a dollar is in euros; nobody says what a euro is in dollars."""
    add_rate(home, "2026-11-01", "0.9")


def test_a_price_in_another_currency_is_converted_at_the_last_rate(shop: Path) -> None:
    add_rate(shop, "2026-11-10", "0.875")
    add_rate(shop, "2026-11-19", "0.5")  # tomorrow's
    made = quoted(shop, "Pump x 2", currency="EUR")
    assert lines_of(live(shop, "quote", made.id)["lines"])[0].unit_price_micros == 87_500_000


def test_without_a_rate_nothing_is_made_and_the_reason_is_said(shop: Path) -> None:
    with pytest.raises(NotFound, match="no rate from EUR to USD on or before 2026-11-18"):
        quoted(shop, "Valve")
    assert not rows(shop, "SELECT 1 FROM quote")


@pytest.mark.parametrize(
    ("line", "error", "reason"),
    [
        ("Old pump", Refused, "discontinued"),
        ("Nothing like it", NotFound, "no product"),
        ("Pump x -1", InvalidInput, "above zero"),
        ("Pump -1000%", InvalidInput, "1000 % is not"),
        ("Pump -101 USD", InvalidInput, "more than the 100.00 USD"),
        ("gift: Pump @ 3", InvalidInput, "neither price nor discount"),
    ],
)
def test_a_line_that_cannot_be_is_refused_and_nothing_is_made(
    shop: Path, line: str, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error) as refused:
        quoted(shop, "Pump", line)
    assert reason in str(refused.value)
    assert not rows(shop, "SELECT 1 FROM quote")


def first_line(home: Path, *lines: str) -> QuoteLine:
    return lines_of(live(home, "quote", quoted(home, *lines).id)["lines"])[0]


def test_with_a_price_a_product_is_meant_by_its_whole_name_code_or_reference_alone(shop: Path) -> None:
    pump = row(shop, "SELECT id, ref FROM product WHERE name = 'Pump'")
    for whole in ("Pump", "pump", "P1", pump["ref"][:5], pump["ref"], pump["id"]):
        assert first_line(shop, f"{whole} @ 7").product == pump["id"]
    for part in (pump["ref"][:1], pump["ref"][:3], "Pum", "alv"):
        with pytest.raises(Ambiguous, match="may be a product, or something that is in no list") as refused:
            quoted(shop, f"{part} @ 7")
        assert f"other: {part} @ PRICE" in " ".join(i18n.tr_error(refused.value))
        other = first_line(shop, f"other: {part} @ 7")
        assert (other.product, other.name, other.unit_price_micros) == (None, part, 7_000_000)
    assert first_line(shop, "Crane hire @ 80").product is None


def test_pasted_rows_and_the_grid_tell_a_text_from_a_product_too(shop: Path) -> None:
    from sfa.finding.quote_pricing import Terms
    from sfa.finding.quote_rows import product_line, read_rows

    account = row(shop, "SELECT id FROM account")["id"]
    pump = row(shop, "SELECT id, ref FROM product WHERE name = 'Pump'")
    with reading(shop) as connection:
        terms = Terms(account, None, "USD")
        read = read_rows(
            connection, terms, "Pum\t1\t7\nother: Pum\t1\t7\nPump\t2\t7\nPum\t2", "1", today=TODAY
        )
        assert [line.product for line in read.lines] == [None, pump["id"], pump["id"]]
        assert [text for text, _ in read.rejects] == ["Pum\t1\t7"]
        letters = next(
            front for size in range(1, 5) if (front := pump["ref"][:size]) not in "pump p1 old p0 valve v1"
        )
        with pytest.raises(NotFound):
            product_line(connection, terms, letters, 1000, "1", today=TODAY)
        assert product_line(connection, terms, pump["id"], 1000, "1", today=TODAY).line.product == pump["id"]


def test_a_product_without_a_price_is_refused_with_what_was_looked_at(shop: Path) -> None:
    make(shop, "product", name="Filter")
    with pytest.raises(InvalidInput, match="Filter has no price in USD"):
        quoted(shop, "Filter")
    assert live(shop, "quote", quoted(shop, "Filter @ 7").id)["list_minor"] == 700


def test_the_book_of_a_quote_prices_its_lines_and_must_hold_today(shop: Path) -> None:
    make(shop, "pricebook", name="Now", currency="USD")
    make(shop, "pricebook", name="Gone", currency="USD", valid_until="2026-11-17")
    make(shop, "pricebook", name="Soon", currency="USD", valid_from="2026-11-19")
    make(shop, "pricebook", name="Euro", currency="EUR")
    from sfa.finding.references import resolve
    from sfa.services import prices, records

    with acting(shop) as session:
        connection = records.raw(session)
        book, pump = resolve(connection, "pricebook", "Now").id, resolve(connection, "product", "Pump").id
        prices.set_price(session, book, pump, "70", prices.Terms(min_quantity_milli=10_000), today=TODAY)
        prices.set_price(session, book, pump, "85", prices.Terms(), today=TODAY)
    made = quoted(shop, "Pump x 9", "Pump x 10", pricebook="Now")
    lines = lines_of(live(shop, "quote", made.id)["lines"])
    assert [line.unit_price_micros for line in lines] == [85_000_000, 70_000_000]
    assert lines[0].book == "Now"
    for name, reason in (
        ("Gone", "ended on 2026-11-17"),
        ("Soon", "begins on 2026-11-19"),
        ("Euro", "is in EUR"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            quoted(shop, pricebook=name)


def test_a_quote_needs_an_account_and_the_deals_own(shop: Path) -> None:
    make(shop, "account", name="Other")
    deal = make(shop, "deal", name="Plant", account="Other")
    with acting(shop) as session, pytest.raises(InvalidInput, match="needs one"):
        nouns.create(session, "quote", typed(session, "quote", currency="USD"), today=TODAY)
    with pytest.raises(InvalidInput, match="another account"):
        quoted(shop, deal=deal.ref)
    with pytest.raises(InvalidInput, match="has gone by"):
        quoted(shop, valid_until="2026-11-17")


def change(home: Path, quote_id: str, verb: str, *arguments: object, **more: object) -> Row:
    with acting(home) as session:
        found: Row = getattr(quote_lines, verb)(session, quote_id, *arguments, today=TODAY, **more)
        return found


def names(home: Path, quote_id: str) -> list[str]:
    return [line.name for line in lines_of(live(home, "quote", quote_id)["lines"])]


def test_lines_are_added_changed_moved_and_taken_out(shop: Path) -> None:
    made = quoted(shop, "Pump", "Alpha @ 1", "Beta @ 2")
    change(shop, made.id, "add", ["Gamma @ 3"], is_optional=True)
    assert live(shop, "quote", made.id)["list_minor"] == 10300
    change(shop, made.id, "move", "4", 1)
    assert names(shop, made.id) == ["Gamma", "Pump", "Alpha", "Beta"]
    change(shop, made.id, "remove", ["1", "3"])
    assert names(shop, made.id) == ["Pump", "Beta"]
    change(shop, made.id, "change", "2", {"quantity_milli": 2500})
    assert live(shop, "quote", made.id)["list_minor"] == 10000 + 500
    take_back(shop)
    assert live(shop, "quote", made.id)["list_minor"] == 10000 + 200
    for verb, arguments in (("change", ("9", {})), ("remove", (["0"],)), ("move", ("x", 1))):
        with pytest.raises(NotFound, match="has no line"):
            change(shop, made.id, verb, *arguments)
    with pytest.raises(InvalidInput, match="counted from 1"):
        change(shop, made.id, "move", "1", 0)


def test_keys_of_lines_stay_through_changes(shop: Path) -> None:
    made = quoted(shop, "Pump", "Alpha @ 1", "Beta @ 2")
    change(shop, made.id, "remove", ["2"])
    change(shop, made.id, "add", ["Gamma @ 3"])
    assert [line.key for line in lines_of(live(shop, "quote", made.id)["lines"])] == ["1", "3", "4"]


def test_of_alternatives_one_is_chosen(shop: Path) -> None:
    made = quoted(shop, "Pump")
    with pytest.raises(InvalidInput, match="one line is taken"):
        change(shop, made.id, "add", ["Alpha @ 1"], alternative_of="size")
    change(shop, made.id, "add", ["Alpha @ 1"], alternative_of="size", is_taken=True)
    change(shop, made.id, "add", ["Beta @ 2"], alternative_of="size")
    assert live(shop, "quote", made.id)["list_minor"] == 10100


def test_another_version_is_refused(shop: Path) -> None:
    made = quoted(shop, "Pump")
    change(shop, made.id, "add", ["Alpha @ 1"], expected_version=made.version)
    with pytest.raises(StaleVersion):
        change(shop, made.id, "add", ["Beta @ 1"], expected_version=made.version)


def test_a_discount_on_the_whole_is_one_of_two_and_changes_the_totals(shop: Path) -> None:
    made = quoted(shop, "Pump")
    amend(shop, "quote", made.id, discount="10")
    assert live(shop, "quote", made.id)["net_minor"] == 9000
    amend(shop, "quote", made.id, discount_amount="5")
    stored = live(shop, "quote", made.id)
    assert (stored["discount_ppm"], stored["discount_minor"], stored["net_minor"]) == (0, 500, 9500)
    with pytest.raises(InvalidInput, match="more than"):
        amend(shop, "quote", made.id, discount_amount="101")
    amend(shop, "quote", made.id, tax_mode="included")
    assert live(shop, "quote", made.id)["total_minor"] == 9500


def test_the_currency_stays_while_there_are_lines(shop: Path) -> None:
    made = quoted(shop, "Pump")
    with pytest.raises(Refused, match="currency of this quote stays"):
        amend(shop, "quote", made.id, currency="EUR")
    change(shop, made.id, "remove", ["1"])
    amend(shop, "quote", made.id, currency="EUR")
    assert live(shop, "quote", made.id)["currency"] == "EUR"


def test_five_hundred_lines_are_the_most(shop: Path) -> None:
    made = quoted(shop, *(f"Item number {number} @ 1" for number in range(500)))
    assert live(shop, "quote", made.id)["line_count"] == 500
    assert len(json.loads(live(shop, "quote", made.id)["lines"])) == 500
    with pytest.raises(InvalidInput, match="at most 500"):
        change(shop, made.id, "add", ["Further @ 1"])


def test_deleting_a_deal_takes_its_quotes_along_and_back(shop: Path) -> None:
    deal = make(shop, "deal", name="Plant", account="Acme")
    made = quoted(shop, "Pump", deal=deal.ref)
    with acting(shop) as session:
        nouns.delete(session, "deal", deal.id)
    assert not rows(shop, "SELECT 1 FROM quote WHERE deleted_at IS NULL")
    take_back(shop)
    assert live(shop, "quote", made.id)["total_minor"] == 11300


def test_settings_say_how_new_quotes_begin(shop: Path) -> None:
    from sfa.services.settings import settle

    with acting(shop) as session:
        settle(session, "quote_valid_days", "10")
        settle(session, "quote_tax_mode", "included")
        settle(session, "quote_payment_terms", "30 days net")
    stored = live(shop, "quote", quoted(shop, "Pump").id)
    assert date.fromisoformat(stored["valid_until"]) == date(2026, 11, 28)
    assert stored["total_minor"] == 10000
    assert stored["payment_terms"] == "30 days net"


def header(home: Path, quote_id: str) -> tuple[str, int]:
    stored = live(home, "quote", quote_id)
    return stored["currency"], stored["discount_minor"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, ("USD", 2600)),  # the organisation's
        ({"currency": "jpy"}, ("JPY", 26)),
        ({"pricebook": "Euros"}, ("EUR", 2600)),
        ({"account": "Rhein"}, ("EUR", 2600)),
        ({"account": "", "deal": "Pumps"}, ("EUR", 2600)),
        ({"discount_amount": "EUR 26"}, ("EUR", 2600)),
    ],
)
def test_an_amount_is_in_the_currency_of_the_quote(
    shop: Path, texts: dict[str, str], expected: tuple[str, int]
) -> None:
    make(shop, "pricebook", name="Euros", currency="EUR")
    make(shop, "account", name="Rhein", pricebook="Euros")
    make(shop, "deal", name="Pumps", account="Rhein")
    said = {"account": "Acme", "discount_amount": "26", **texts}
    with acting(shop) as session:
        row = nouns.add_typed(
            session,
            "quote",
            {name: text for name, text in said.items() if text},
            today=TODAY,
            lines=["Thing @ 99"],
        )
    assert header(shop, row.id) == expected


def test_an_amount_is_in_the_quotes_currency_when_it_is_changed_too(shop: Path) -> None:
    quote = quoted(shop, "Thing @ 99", currency="EUR").id

    def change(**texts: str) -> None:
        with acting(shop) as session:
            nouns.edit_typed(session, "quote", quote, texts, today=TODAY)

    change(discount_amount="26")
    assert header(shop, quote) == ("EUR", 2600)
    change(discount_amount="€ 7.50")
    assert header(shop, quote) == ("EUR", 750)
    with pytest.raises(InvalidInput, match="another currency"):
        change(discount_amount="USD 5")
    assert header(shop, quote) == ("EUR", 750)
    change(discount_amount="")
    assert header(shop, quote) == ("EUR", 0)


def test_an_amount_in_another_currency_than_the_one_that_is_said_is_refused(shop: Path) -> None:
    texts = {"account": "Acme", "currency": "EUR", "discount_amount": "USD 26"}
    with pytest.raises(InvalidInput, match="another currency"), acting(shop) as session:
        nouns.add_typed(session, "quote", texts, today=TODAY, lines=["Thing @ 99"])
