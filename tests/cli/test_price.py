"""sfa price and the prices in a book, as typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Said, Sfa
from tests.conftest import Made


@pytest.fixture
def shop(sfa: Sfa, made: Made) -> Sfa:
    """Return what runs commands where a pump is in a default book, cheaper from ten on."""
    made(_shop, sfa)
    return sfa


def _shop(_: Path, sfa: Sfa) -> None:
    for words in (
        ("product", "add", "Pump", "--code", "P-1", "--price", "100", "--unit", "pc"),
        ("pricebook", "add", "List", "--currency", "usd", "--default", "yes"),
        ("pricebook", "set", "List", "P-1", "90"),
        ("pricebook", "set", "List", "P-1", "80.50", "--from-qty", "10", "--valid-until", "2026-11-18"),
    ):
        assert sfa(*words).code == 0, words


def prices(sfa: Sfa, book: str, *more: str) -> list[tuple[str, str, str | None]]:
    rows = sfa("pricebook", "prices", book, "--format", "json", *more).data["rows"]
    return [(row["from_qty"], row["price"], row["valid_until"]) for row in rows]


def test_a_price_is_one_line_and_its_reasons(shop: Sfa) -> None:
    said = shop("price", "Pump", "--format", "table")
    assert said.code == 0
    line, empty, *why = said.out.splitlines()
    assert line == "Pump · 90.00 USD per pc · List · from 10: 80.50 USD"
    assert not empty
    assert why[-1].split("  ")[0] == "List"
    assert "gives the price" in why[-1]


def test_a_price_for_machines_has_its_book_and_its_way(shop: Sfa) -> None:
    found = shop("price", "P-1", "--qty", "10", "--format", "json").data
    assert found["schema"] == "sfa.price/1"
    assert (found["price"], found["currency"], found["from_qty"]) == ("80.50", "USD", "10")
    assert (found["pricebook"]["name"], found["source"]) == ("List", "default")
    assert found["valid_until"] == "2026-11-18"
    assert [step["outcome"] for step in found["trail"]] == ["gave"]
    later = shop("price", "P-1", "--qty", "10", "--on", "2026-11-19", "--format", "json").data
    assert later["price"] == "90.00"


def test_no_price_is_exit_1_and_says_what_was_looked_at(shop: Sfa) -> None:
    said: Said = shop("price", "Pump", "--currency", "eur", "--format", "table")
    assert said.code == 1
    assert "no price in EUR" in said.out
    assert "is in USD" in said.out
    assert "sfa pricebook set" in said.err
    assert shop("price", "Pump", "--currency", "eur", "--format", "json").data["price"] is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("price", "Valve"), 1),
        (("price", "Pump", "--qty", "0"), 2),
        (("price", "Pump", "--qty", "many"), 2),
        (("price", "Pump", "--currency", "XXQ"), 2),
        (("price", "Pump", "--on", "someday"), 2),
        (("pricebook", "set", "List", "Pump", "EUR 5"), 2),
        (("pricebook", "set", "List", "Pump", "-5"), 2),
        (("pricebook", "set", "List", "P-1", "5", "--valid-from", "tomorrow", "--valid-until", "today"), 2),
        (("pricebook", "unset", "List", "Pump"), 2),
        (("pricebook", "unset", "List", "Pump", "--from-qty", "7"), 1),
        (("pricebook", "copy", "List", "list"), 2),
        (("pricebook", "copy", "List", "Next", "--change", "much"), 2),
        (("pricebook", "copy", "List", "Next", "--change", "-100"), 2),
        (("pricebook", "copy", "List", "Next", "--change", "99999999999999999999"), 2),
        (("pricebook", "copy", "List", "Next", "--round", "1000"), 2),
        (("pricebook", "copy", "List", "Next", "--round", "0.0000001"), 2),
        (("pricebook", "copy", "List", "Bell\x07"), 2),
        (("pricebook", "copy", "List", "LIST"), 2),
        (("pricebook", "copy", "List", "Next", "--round", "0"), 2),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    shop: Sfa, words: tuple[str, ...], code: int
) -> None:
    before = prices(shop, "List")
    said = shop(*words)
    assert (said.code, "Error:" in said.err) == (code, True), said
    assert prices(shop, "List") == before


def test_the_same_terms_are_the_same_price(shop: Sfa) -> None:
    assert "Unchanged" in shop("pricebook", "set", "List", "Pump", "90").err
    shop("pricebook", "set", "List", "Pump", "91")
    assert prices(shop, "List") == [("0", "91.00", None), ("10", "80.50", "2026-11-18")]
    assert prices(shop, "List", "--on", "2026-11-19", "--product", "Pump") == [("0", "91.00", None)]
    shop("pricebook", "set", "List", "Pump", "")
    assert prices(shop, "List") == [("10", "80.50", "2026-11-18")]
    shop("undo")
    assert prices(shop, "List") == [("0", "91.00", None), ("10", "80.50", "2026-11-18")]
    assert shop("pricebook", "unset", "List", "Pump", "--all").code == 0
    assert prices(shop, "List") == []
    assert "Price of Pump in List" in shop("pricebook", "history", "List").out


def test_next_years_book_is_a_copy_with_other_prices_and_one_change(shop: Sfa) -> None:
    said = shop("pricebook", "copy", "List", "List 2027", "--change", "3", "--valid-from", "2026-11-18")
    assert "Prices copied: 2." in said.err
    # 90 × 1.03 = 92.70; 80.50 × 1.03 = 82.915, half up to 82.92
    assert prices(shop, "List 2027") == [("0", "92.70", None), ("10", "82.92", "2026-11-18")]
    shown = shop("pricebook", "show", "List 2027", "--format", "json").data
    assert (shown["default"], shown["valid_from"]) == (False, "2026-11-18")
    shop("undo")
    assert shop("pricebook", "show", "List 2027").code == 1
    said = shop(
        "pricebook",
        "copy",
        "List",
        "Later",
        "--change",
        "-2.5%",
        "--round",
        "0.5",
        "--valid-from",
        "2026-11-19",
    )
    assert "Prices copied: 1." in said.err
    assert "before 2026-11-19: 1." in said.err
    # 90 × 0.975 = 87.75, half up to a multiple of 0.50: 88.00
    assert prices(shop, "Later") == [("0", "88.00", None)]


def test_the_prices_in_a_book_are_narrowed_to_a_text(shop: Sfa) -> None:
    shop("product", "add", "Valve", "--code", "V-1")
    shop("pricebook", "set", "List", "Valve", "7")
    assert prices(shop, "List", "--find", "v-1") == [("0", "7.00", None)]
    assert len(prices(shop, "List", "--find", "pum", "--on", "2026-11-18")) == 2
    assert prices(shop, "List", "--find", "alve") == []
    said = shop("pricebook", "prices", "List", "--find", "nothing", "--format", "table")
    assert (said.code, "No such prices here" in said.err) == (0, True)
