"""Customers who are people, one row each, and what products cost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sfa.store.home import store_path
from tests.cli.conftest import Sfa

PEOPLE = (
    "Key,First,Last,Mail\n11000,Jon,Yang,jon@example.com\n11001,Jon,Yang,jon2@example.com\n11002,丽,王,\n"
)
MAPPING = """
noun = "contact"
source = "shop"
key = "Key"
[columns]
Key = "accounts"
First = "name.first"
Last = "name.last"
Mail = "emails"
[create.accounts]
name = { first = "First", last = "Last" }
kind = "end-customer"
tier = "key"
"""


def bring(sfa: Sfa, folder: Path, noun: str, text: str, mapping: str) -> dict[str, int]:
    (folder / "rows.csv").write_text(text, "utf-8")
    (folder / "m.toml").write_text(mapping, "utf-8")
    said = sfa(
        *("import", noun, str(folder / "rows.csv"), "--mapping", str(folder / "m.toml"), "--report", "json")
    )
    assert said.out, said.err
    return {name: said.data[name] for name in ("created", "changed", "same", "rejected")}


def test_a_row_makes_a_contact_and_its_account_of_the_same_name(sfa: Sfa, tmp_path: Path) -> None:
    assert bring(sfa, tmp_path, "contacts", PEOPLE, MAPPING)["created"] == 3
    rows = sfa("account", "list", "--fields", "name,kind,tier", "--format", "json").data["rows"]
    assert sorted((row["name"], row["kind"], row["tier"]) for row in rows) == [
        ("Jon Yang", "end-customer", "key"),
        ("Jon Yang", "end-customer", "key"),
        ("王丽", "end-customer", "key"),
    ]
    rows = sfa("contact", "list", "--fields", "name,accounts", "--format", "json").data["rows"]
    assert sorted((row["name"], len(row["accounts"])) for row in rows) == [
        ("Jon Yang", 1),
        ("Jon Yang", 1),
        ("王丽", 1),
    ]
    assert bring(sfa, tmp_path, "contacts", PEOPLE, MAPPING)["same"] == 3
    assert len(sfa("account", "list").lines) == 3


def test_a_key_that_begins_like_a_reference_names_no_other_record(sfa: Sfa, tmp_path: Path) -> None:
    ref = sfa("account", "add", "Acme").lines[0].split("\t")[0]
    text = f"Key,First,Last,Mail\n{ref},Jon,Yang,\n"
    bring(sfa, tmp_path, "contacts", text, MAPPING)
    rows = sfa("account", "list", "--fields", "name", "--format", "json").data["rows"]
    assert sorted(row["name"] for row in rows) == ["Acme", "Jon Yang"]


def test_a_name_of_two_columns_needs_both_and_columns_that_are_there(sfa: Sfa, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(PEOPLE, "utf-8")
    for wrong, said in (
        ('name = { first = "First" }', "last is missing"),
        ('name = { first = "First", last = "Family" }', "no column Family"),
        ('kind = { first = "First", last = "Last" }', "no such key"),
    ):
        text = MAPPING.replace('name = { first = "First", last = "Last" }', wrong)
        (tmp_path / "m.toml").write_text(text.replace('kind = "end-customer"\n', ""), "utf-8")
        path = str(tmp_path / "rows.csv")
        answer = sfa("import", "contacts", path, "--mapping", str(tmp_path / "m.toml"))
        assert (answer.code, said in answer.err) == (2, True), answer.err


def test_products_bring_their_cost_in_a_currency_of_its_own(sfa: Sfa, tmp_path: Path) -> None:
    text = "Name,Price,Cost\nPump,USD 100,EUR 60\nHose,USD 40,\n"
    mapping = '[columns]\nName = "name"\nPrice = "price"\nCost = "cost"\n'
    assert bring(sfa, tmp_path, "products", text, mapping)["created"] == 2
    assert "60.00 EUR" in sfa("product", "cost", "Pump").out.replace("\t", " ")
    rows = sfa("product", "list", "--fields", "name,price", "--format", "json").data["rows"]
    assert {row["name"]: row["price"]["currency"] for row in rows} == {"Pump": "USD", "Hose": "USD"}
    assert bring(sfa, tmp_path, "products", text, mapping)["same"] == 2
    sfa("product", "cost", "Pump", "70 EUR")
    assert bring(sfa, tmp_path, "products", text, mapping) == {
        "created": 0,
        "changed": 1,
        "same": 1,
        "rejected": 0,
    }
    assert "60.00 EUR" in sfa("product", "cost", "Pump").out.replace("\t", " ")
    assert bring(sfa, tmp_path, "products", "Name,Price,Cost\nPump,,-1\n", mapping)["rejected"] == 1


def test_who_may_not_see_costs_brings_none(sfa: Sfa, tmp_path: Path, home: Path) -> None:
    sfa("product", "list")
    with closing(sqlite3.connect(store_path(home))) as store, store:
        store.execute("INSERT INTO local_state (key, value) VALUES ('sync_role', 'rep')")
    (tmp_path / "rows.csv").write_text("Name,Price,Cost\nPump,5,3\n", "utf-8")
    said = sfa("import", "products", str(tmp_path / "rows.csv"), "--yes")
    assert (said.code, "put it under ignore" in said.err) == (3, True)
    (tmp_path / "m.toml").write_text(
        'ignore = ["Cost"]\n[columns]\nName = "name"\nPrice = "price"\n', "utf-8"
    )
    said = sfa("import", "products", str(tmp_path / "rows.csv"), "--mapping", str(tmp_path / "m.toml"))
    assert said.code == 0, said.err
