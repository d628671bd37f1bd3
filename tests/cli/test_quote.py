"""sfa quote, as typed: what is printed where, and the exit codes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sfa.store.home import store_path
from tests.cli.conftest import Sfa
from tests.conftest import Made


@pytest.fixture
def shop(sfa: Sfa, made: Made) -> Sfa:
    """Return what runs commands where a pump sells for 100 USD, 90 from ten on."""
    made(_shop, sfa)
    return sfa


def _shop(_: Path, sfa: Sfa) -> None:
    for words in (
        ("config", "org", "set", "currency", "USD"),
        ("tax", "add", "VAT", "--rate", "13", "--default", "yes"),
        ("product", "add", "Pump", "--code", "P-1", "--price", "100", "--unit", "pc"),
        ("product", "add", "Old pump", "--code", "P-0", "--price", "10", "--status", "discontinued"),
        ("product", "add", "Filter", "--code", "F-1"),
        ("pricebook", "add", "List", "--currency", "usd", "--default", "yes"),
        ("pricebook", "set", "List", "P-1", "90", "--from-qty", "10"),
        ("pricebook", "set", "List", "P-1", "100"),
        ("account", "add", "Acme"),
    ):
        assert sfa(*words).code == 0, words


def number_of(sfa: Sfa, *lines: str, more: tuple[str, ...] = ()) -> str:
    """Add a quote and return its number."""
    said = sfa("quote", "add", "--account", "Acme", *(f"--line={line}" for line in lines), *more)
    assert said.code == 0, said.err
    return said.lines[0].split("\t")[3]


def test_a_quote_is_added_with_its_lines_and_listed(shop: Sfa) -> None:
    number = number_of(shop, "P-1 x 3 -10%", "gift: P-1", "text: Later", "Bracket x 2.5 @ 4")
    found = shop("quote", "list", "--format", "json").data["rows"]
    # 270.00 + 10.00, tax 35.10 + 1.30
    assert [(row["number"], row["state"], row["total"]["amount"]) for row in found] == [
        (number, "draft", "316.40")
    ]
    lines = shop("quote", "lines", number, "--format", "json").data
    assert [line["net"] and line["net"]["amount"] for line in lines["lines"]] == [
        "270.00",
        "0.00",
        None,
        "10.00",
    ]
    assert lines["totals"] == {
        "list": "310.00",
        "line_discount": "30.00",
        "header_discount": "0.00",
        "net": "280.00",
        "tax": "36.40",
        "rounding": "0.00",
        "total": "316.40",
    }
    shown = shop("quote", "show", number, "--format", "json").data
    assert shown["number"] == number
    assert [line["name"] for line in shown["lines"]] == ["Pump", "Pump", "Later", "Bracket"]


def test_lines_are_a_table_for_people_within_eighty_columns(
    shop: Sfa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    number = number_of(shop, "P-1 x 3 -10%", "gift: P-1", more=("--discount", "5"))
    said = shop("quote", "lines", number, "--format", "table")
    assert max(map(len, said.out.splitlines())) <= 80
    assert "-10%" in said.out
    assert "[Gift]" in said.out
    assert "Discount on the whole: -13.50 USD" in said.out
    assert "Total: 289.85 USD" in said.out  # 270.00 - 13.50 = 256.50; 13 %: 33.345


def test_lines_for_machines_have_every_column(shop: Sfa) -> None:
    number = number_of(shop, "P-1 x 3")
    head, line = shop("quote", "lines", number, "--format", "tsv").out.splitlines()
    found = dict(zip(head.split("\t"), line.split("\t"), strict=True))
    assert (found["code"], found["quantity"], found["price"], found["tax_rate"]) == (
        "P-1",
        "3",
        "100.00",
        "13",
    )


def test_another_quantity_keeps_the_price_and_says_what_the_books_say(shop: Sfa) -> None:
    number = number_of(shop, "P-1 x 3")
    said = shop("quote", "edit-line", number, "1", "--qty", "12")
    assert said.code == 0
    assert "90.00 USD; --reprice takes it" in said.err
    assert f"{number}: 1,356.00 USD" in said.err
    said = shop("quote", "edit-line", number, "1", "--reprice")
    assert f"{number}: 1,220.40 USD" in said.err
    said = shop("quote", "edit-line", number, "1", "--price", "95", "--discount", "50", "--group", "A")
    line = shop("quote", "lines", number, "--format", "json").data["lines"][0]
    assert (line["price"]["amount"], line["discount"]["amount"], line["group"]) == ("95.00", "50.00", "A")


def test_lines_come_and_go_and_undo_brings_them_back(shop: Sfa) -> None:
    number = number_of(shop, "P-1")
    assert shop("quote", "add-line", number, "Alpha @ 1", "Beta @ 2", "--optional").code == 0
    assert shop("quote", "move-line", number, "3", "1").code == 0
    assert shop("quote", "remove-line", number, "2").code == 0
    names = [line["name"] for line in shop("quote", "lines", number, "--format", "json").data["lines"]]
    assert names == ["Beta", "Alpha"]
    assert shop("undo").code == 0
    names = [line["name"] for line in shop("quote", "lines", number, "--format", "json").data["lines"]]
    assert names == ["Beta", "Pump", "Alpha"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add-line", "Q", "F-1"), 2, "Filter has no price in USD"),
        (("add-line", "Q", "P-0"), 3, "Old pump is discontinued"),
        (("add-line", "Q", "Nothing such"), 1, "no product"),
        (("add-line", "Q", "P-1 x -1"), 2, "above zero"),
        (("add-line", "Q", "P-1 -1000%"), 2, "1000 % is not"),
        (("add-line", "Q", "P-1 @ EUR 5"), 2, "another currency"),
        (("edit-line", "Q", "9", "--qty", "1"), 1, "no line 9"),
        (("edit-line", "Q", "1"), 2, "Nothing to change"),
        (("edit-line", "Q", "1", "--tax", "-4"), 2, "between 0 and 1,000"),
        (("edit", "Q", "--currency", "EUR"), 3, "currency of this quote stays"),
        (("edit", "Q", "--valid-until", "2026-11-01"), 2, "has gone by"),
        (("edit", "Q", "--number", "Q-1"), 2, "no option"),
        (("recall", "Q"), 3, "does not wait"),
        (("approve", "Q"), 3, "does not wait"),
        (("decline", "Q"), 2, "say why"),
        (("revise", "Q"), 3, "can be changed as it is"),
        (("expire", "Q"), 3, "has not got it"),
    ],
)
def test_what_is_not_possible_says_why_with_its_exit_code(
    shop: Sfa, words: tuple[str, ...], code: int, said: str
) -> None:
    number = number_of(shop, "P-1")
    before = shop("quote", "lines", number, "--format", "json").out
    answer = shop("quote", *(number if word == "Q" else word for word in words))
    assert (answer.code, said in answer.err) == (code, True), answer.err
    assert shop("quote", "lines", number, "--format", "json").out == before


def test_currency_without_rate(shop: Sfa) -> None:
    assert shop("product", "add", "Valve", "--price", "80 EUR").code == 0
    said = shop("quote", "add", "--account", "Acme", "--line", "Valve")
    assert said.code == 1
    assert "no rate from EUR to USD on or before 2026-11-18" in said.err
    assert "sfa rate add --from EUR --to USD" in said.err
    assert not shop("quote", "list").lines


def test_from_draft_to_accepted(shop: Sfa) -> None:
    number = number_of(shop, "P-1")
    assert shop("quote", "send", number).code == 0
    refused = shop("quote", "add-line", number, "P-1")
    assert refused.code == 3
    assert f"sfa quote revise {number}" in refused.err
    assert shop("quote", "revise", number).code == 0
    assert shop("quote", "add-line", number, "P-1").code == 0
    assert shop("quote", "send", number).code == 0
    assert shop("quote", "accept", number).code == 0
    (row,) = shop("quote", "list", "--format", "json", "--fields", "number,revision,state").data["rows"]
    assert (row["number"], row["revision"], row["state"]) == (number, 2, "accepted")


def test_a_rep_beyond_the_limit_submits(shop: Sfa, home: Path) -> None:
    assert shop("config", "org", "set", "approval_rep_discount", "5").code == 0
    assert "approval_rep_discount\t5%" in shop("config", "org", "list").out
    assert shop("config", "org", "set", "approval_rep_discount", "101").code == 2
    store = sqlite3.connect(store_path(home))
    store.execute("INSERT INTO local_state (key, value) VALUES ('sync_role', 'rep')")
    store.commit()
    store.close()
    number = number_of(shop, "P-1 -6%")
    refused = shop("quote", "send", number)
    assert refused.code == 3
    assert "6 %" in refused.err
    assert f"sfa quote submit {number}" in refused.err
    said = shop("quote", "submit", number)
    assert said.code == 0
    assert "next sync" in said.err
    lines = shop("quote", "lines", number, "--format", "json").data
    assert (lines["approval"]["state"], lines["approval"]["level"]) == ("waiting", "manager")
    own = shop("quote", "approve", number)
    assert own.code == 3
    assert "of their own" in own.err


def test_a_deal_and_its_account_show_their_quotes(shop: Sfa) -> None:
    assert shop("deal", "add", "Plant", "--account", "Acme", "--product", "P-1 x 2 @ 95 USD").code == 0
    said = shop("quote", "add", "--deal", "Plant")
    assert said.code == 0
    number = said.lines[0].split("\t")[3]
    for noun, name in (("deal", "Plant"), ("account", "Acme")):
        quotes = shop(noun, "show", name, "--format", "json").data["quotes"]
        assert [(quote["number"], quote["total"]["amount"]) for quote in quotes] == [(number, "214.70")]


def test_a_found_number_opens_the_quote(shop: Sfa) -> None:
    number = number_of(shop, "P-1", more=("--notes", "free of fluorocarbons"))
    for typed in (number, number[-4:], "fluorocarbons"):
        assert number in shop("find", typed).out
