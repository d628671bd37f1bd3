"""Orders of the past from a file whose rows are their lines."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sfa.interchange.csv_reading import parse_table
from sfa.interchange.imported import imported_noun
from sfa.interchange.mapping import guessed_mapping
from sfa.services.imports import plan_import
from sfa.store.reading import reading
from tests.cli.conftest import Said, Sfa
from tests.conftest import Made
from tests.services.importing import figures as figures_of

HISTORY = """Order number,Order date,Customer,Product,Qty,Unit price,Discount,VAT
SO-1,2025-03-01,Acme,P-1,2,90,,13
SO-1,,,Hose,3,40,10%,13
SO-2,2025-04-02,Acme,P-1,1,100,,
"""


@pytest.fixture
def shop(sfa: Sfa, made: Made) -> Sfa:
    """Return what runs commands where a pump sells for 100 USD, and a hose for 40 since April."""
    made(_shop, sfa)
    return sfa


def _shop(_: Path, sfa: Sfa) -> None:
    for words in (
        ("config", "org", "set", "currency", "USD"),
        ("product", "add", "Pump", "--code", "P-1", "--price", "100", "--unit", "pc"),
        ("product", "add", "Hose", "--code", "H-1"),
        ("pricebook", "add", "List", "--currency", "USD", "--default", "yes"),
        ("pricebook", "set", "List", "Hose", "40", "--valid-from", "2025-04-01"),
        ("account", "add", "Acme"),
        ("account", "add", "Beta"),
    ):
        assert sfa(*words).code == 0, words


def bring(sfa: Sfa, folder: Path, text: str, *more: str, mapping: str = "") -> Said:
    """Import a text as orders."""
    path = folder / "orders.csv"
    path.write_text(text, "utf-8")
    if mapping:
        (folder / "orders.toml").write_text(mapping, "utf-8")
        more = (*more, "--mapping", str(folder / "orders.toml"))
    return sfa("import", "orders", str(path), "--yes", "--report", "json", *more)


def figures(said: Said) -> tuple[int, ...]:
    return tuple(said.data[name] for name in ("created", "changed", "same", "revived", "rejected"))


def order(sfa: Sfa, number: str) -> dict[str, Any]:
    record: dict[str, Any] = sfa("order", "show", number, "--format", "json").data
    return record


def reasons(said: Said) -> list[str]:
    return [" ".join(row["reasons"]) for row in said.data["rows"] if row["verdict"] == "reject"]


def rejected(folder: Path) -> list[dict[str, str]]:
    with (folder / "orders.csv.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_of_one_number_are_one_order_and_a_second_time_changes_nothing(
    shop: Sfa, tmp_path: Path
) -> None:
    assert bring(shop, tmp_path, HISTORY, "--dry-run").code == 0
    assert shop("order", "list").lines == []
    first = bring(shop, tmp_path, HISTORY)
    assert (first.code, figures(first)) == (0, (2, 0, 0, 0, 0))
    found = order(shop, "SO-1")
    assert (found["imported"], found["state"], found["ordered"]) == (True, "paid", "2025-03-01")
    assert [line["name"] for line in found["lines"]] == ["Pump", "Hose"]
    assert (found["net"]["amount"], found["tax"]["amount"], found["total"]["amount"]) == (
        "288.00",
        "37.44",
        "325.44",
    )
    assert "325.44 USD invoiced, 325.44 USD received" in shop("order", "track", "SO-1").out
    assert figures(bring(shop, tmp_path, HISTORY)) == (0, 0, 2, 0, 0)
    shop("undo")
    assert shop("order", "list").lines == []
    assert figures(bring(shop, tmp_path, HISTORY)) == (0, 0, 0, 2, 0)
    assert "received" in shop("order", "track", "SO-1").out


def test_one_bad_row_keeps_its_whole_order_out_and_no_other(shop: Sfa, tmp_path: Path) -> None:
    said = bring(shop, tmp_path, HISTORY + "SO-1,,,Bolt,1,5,,\nSO-3,2025-05-01,Nobody,P-1,1,,,\nSO-4,x\n")
    assert (said.code, figures(said)) == (1, (1, 0, 0, 0, 3))
    assert said.data["rows_rejected"] == 5
    rows = rejected(tmp_path)
    assert [(row["Order number"], row["Product"]) for row in rows] == [
        ("SO-1", "P-1"),
        ("SO-1", "Hose"),
        ("SO-1", "Bolt"),
        ("SO-3", "P-1"),
        ("SO-4", ""),
    ]
    assert [row["sfa_reason"].split(".")[0] for row in rows[:4]] == [
        "order: another row of it is rejected, in line 5",
        "order: another row of it is rejected, in line 5",
        "Product: there is no product 'Bolt'",
        "Account: there is no account 'Nobody'",
    ]
    shop("product", "add", "Bolt")
    mended = tmp_path / "orders.csv.rejects.csv"
    again = shop("import", "orders", str(mended), "--yes", "--report", "json")
    assert figures(again) == (1, 0, 0, 0, 2)
    assert len(order(shop, "SO-1")["lines"]) == 3


def test_a_row_of_the_wrong_width_keeps_its_order_out(shop: Sfa, tmp_path: Path) -> None:
    said = bring(shop, tmp_path, HISTORY + "SO-2,2025-04-02,Acme,P-1,1\n")
    assert figures(said) == (1, 0, 0, 0, 1)
    assert [row["Order number"] for row in rejected(tmp_path)] == ["SO-2", "SO-2"]


def test_without_a_price_it_is_the_list_price_on_the_day(shop: Sfa, tmp_path: Path) -> None:
    text = "订单号,下单日期,客户,产品编码,数量\nSO-1,2025-04-01,Acme,H-1,3\nSO-1,,,P-1,1\n"
    text += "SO-2,2025-03-31,Acme,H-1,3\n"
    said = bring(shop, tmp_path, text)
    assert figures(said) == (1, 0, 0, 0, 1)
    assert "that of List begins on 2025-04-01" in reasons(said)[0]
    assert order(shop, "SO-1")["total"]["amount"] == "220.00"
    # Prices that change later change nothing about what was bought.
    shop("pricebook", "set", "List", "Hose", "50", "--valid-from", "2025-04-01")
    assert figures(bring(shop, tmp_path, text)) == (0, 0, 1, 0, 1)


def test_what_was_ordered_stays_and_what_happened_since_goes_on(shop: Sfa, tmp_path: Path) -> None:
    head = "number,ordered,account,product,quantity,price,state,since,promised\n"
    row = "SO-1,2025-03-01,Acme,P-1,2,90,{state},{since},{promised}\n"
    bring(shop, tmp_path, head + row.format(state="shipped", since="2025-03-02", promised=""))
    assert "Shipped (2025-03-02)" in shop("order", "track", "SO-1").out
    said = bring(shop, tmp_path, head + row.format(state="paid", since="2025-03-09", promised="2025-03-05"))
    assert figures(said) == (0, 1, 0, 0, 0)
    assert "Paid (2025-03-09) · promised for 2025-03-05" in shop("order", "track", "SO-1").out
    assert "180.00 USD received" in shop("order", "track", "SO-1").out
    # An older file takes nothing back, and its state of that day is noted once.
    for _ in range(2):
        said = bring(shop, tmp_path, head + row.format(state="shipped", since="2025-03-02", promised=""))
        assert figures(said) == (0, 0, 1, 0, 0)
    for change in (("Acme", "Beta"), ("P-1,2", "P-1,3"), (",90,", ",91,"), ("P-1", "H-1")):
        text = head + row.format(state="paid", since="2025-03-09", promised="").replace(*change)
        said = bring(shop, tmp_path, text)
        assert figures(said) == (0, 0, 0, 0, 1), change
        assert "what was ordered stays as it is" in reasons(said)[0]
    assert shop("order", "delete", "SO-1").code == 0
    assert figures(bring(shop, tmp_path, text)) == (0, 0, 0, 1, 0)
    assert order(shop, "SO-1")["list_amount"]["amount"] == "180.00"


def test_an_imported_order_takes_what_any_order_takes(shop: Sfa, tmp_path: Path) -> None:
    mapping = """[columns]
        "Order number" = "number"
        "Order date" = "ordered"
        Customer = "account"
        Product = "product"
        Qty = "quantity"
        "Unit price" = "price"
        Discount = "discount"
        VAT = "tax"
        [defaults]
        state = "confirmed"
    """
    assert figures(bring(shop, tmp_path, HISTORY, mapping=mapping)) == (2, 0, 0, 0, 0)
    for words in (
        ("event", "SO-2", "shipped", "--on", "2025-04-02"),
        ("event", "SO-2", "delivered", "--on", "2025-04-05"),
        ("edit", "SO-2", "--promised", "2025-04-20"),
        ("plan", "SO-2", "rest 2025-05-01"),
        ("invoice", "SO-2", "100", "--number", "25117"),
        ("receipt", "SO-2", "40"),
    ):
        assert shop("order", *words).code == 0, words
    said = shop("order", "track", "SO-2").out
    assert "Invoiced" in said
    assert "40.00 USD received" in said
    # The file says nothing of a state: what was noted since stays.
    assert figures(bring(shop, tmp_path, HISTORY, mapping=mapping)) == (0, 0, 2, 0, 0)
    assert shop("order", "track", "SO-2").out == said


def test_orders_that_share_a_number_are_told_apart_by_a_key_of_two_columns(shop: Sfa, tmp_path: Path) -> None:
    text = "number,ordered,account,product,quantity\nSO-1,2025-04-01,Acme,P-1,1\nSO-1,2025-04-01,Beta,P-1,1\n"
    said = bring(shop, tmp_path, text)
    assert figures(said) == (0, 0, 0, 0, 1)
    assert "rows of one order say 'Acme' and 'Beta'" in reasons(said)[0]
    mapping = 'key = ["number", "account"]\n[columns]\n'
    mapping += "".join(f'{name} = "{name}"\n' for name in text.split("\n", maxsplit=1)[0].split(","))
    assert figures(bring(shop, tmp_path, text, mapping=mapping)) == (2, 0, 0, 0, 0)
    assert order(shop, "SO-1/2")["account"]["name"] == "Beta"
    assert figures(bring(shop, tmp_path, text, mapping=mapping)) == (0, 0, 2, 0, 0)
    # The number is taken: another key does not get it a second time.
    said = bring(shop, tmp_path, text.splitlines()[0] + "\nSO-1,2025-04-01,Acme,P-1,1\n")
    assert "another order has the number SO-1 already" in reasons(said)[0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("SO-1,2025-03-01,Acme,P-1,0,90,USD,,", "Quantity: 0 is too small"),
        ("SO-1,2025-03-01,Acme,P-1,,90,USD,,", "Quantity: a value is needed"),
        ("SO-1,2025-03-01,Acme,P-1,1,-5,USD,,", "Price: -5 is below zero"),
        ("SO-1,2025-03-01,Acme,P-1,1,abc,USD,,", "Price: 'abc' is no amount"),
        ("SO-1,2025-03-01,Acme,P-1,1,EUR 5,USD,,", "Price: 'EUR' is in another currency; the order's is USD"),
        ("SO-1,2025-03-01,Acme,P-1,1,5,XYZ,,", "Currency: 'XYZ' is no currency code"),
        ("SO-1,2025-03-01,Acme,,1,5,USD,,", "Product: a line names its product"),
        ("SO-1,,Acme,P-1,1,5,USD,,", "Ordered on: a value is needed"),
        ("SO-1,2027-03-01,Acme,P-1,1,5,USD,,", "Ordered on: 2027-03-01 is still to come"),
        ("SO-1,03/04/2025,Acme,P-1,1,5,USD,,", "Ordered on: '03/04/2025'"),
        ("SO-1,2025-03-01,Acme,P-1,1,5,USD,lost,", "State: 'lost' is not one of its values"),
        ("SO-1,2025-03-01,Acme,P-1,1,5,USD,,2025-02-28", "2025-02-28 is before the day of the order"),
        (",2025-03-01,Acme,P-1,1,5,USD,,", "number: the key is empty"),
        (f"{'9' * 41},2025-03-01,Acme,P-1,1,5,USD,,", "41 characters are too many; 40 fit"),
        ("SO-1,2025-03-01,,P-1,1,5,USD,,", "Account: a value is needed"),
    ],
)
def test_what_cannot_be_is_rejected_with_the_reason(shop: Sfa, tmp_path: Path, row: str, said: str) -> None:
    head = "number,ordered,account,product,quantity,price,currency,state,delivered\n"
    answer = bring(shop, tmp_path, head + row + "\nSO-9,2025-03-01,Acme,P-1,1,5,USD,,\n")
    assert (answer.code, figures(answer)) == (1, (1, 0, 0, 0, 1))
    assert said in reasons(answer)[0]


def test_discounts_amounts_and_descriptions(shop: Sfa, tmp_path: Path) -> None:
    head = "number,ordered,account,line,product,description,quantity,amount,discount,order_discount\n"
    mapping = "[columns]\n" + "".join(f'{name} = "{name}"\n' for name in head.strip().split(","))
    mapping += '[defaults]\ntax = "13%"\ntax_mode = "included"\n'
    rows = "SO-1,2025-03-01,Acme,20,,Freight,1,50,,10%\nSO-1,,,10,P-1,,3,100,,\n"
    rows += "SO-2,2025-03-01,Acme,1,P-1,,3,100,5%,\n"
    rows += "SO-3,2025-03-01,Acme,1,P-1,,1,1,,\nSO-3,2025-03-01,Acme,1,P-1,,1,1,,\n"
    said = bring(shop, tmp_path, head + rows, mapping=mapping)
    assert figures(said) == (1, 0, 0, 0, 2)
    found = order(shop, "SO-1")
    assert (found["list_amount"]["amount"], found["total"]["amount"], found["tax"]["amount"]) == (
        "150.00",
        "135.00",
        "15.53",
    )
    assert "beside a discount" in reasons(said)[0]
    assert "the order has a line 1 already" in " ".join(reasons(said))


def test_a_mapping_needs_a_number_and_gives_lines_few_defaults(shop: Sfa, tmp_path: Path) -> None:
    text = "a,b\n1,2\n"
    said = bring(shop, tmp_path, text, mapping='[columns]\na = "product"\n')
    assert (said.code, "no column is the number" in said.err) == (2, True)
    said = bring(shop, tmp_path, text, mapping='[columns]\na = "number"\n[defaults]\nquantity = "2"\n')
    assert (said.code, "Of a line there are: discount, tax, unit" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("已发货", "shipped"),
        ("Completed", "paid"),
        ("已签收", "delivered"),
        ("VOID", "cancelled"),
        ("open", "placed"),
    ],
)
def test_states_are_known_by_the_words_of_other_systems(
    shop: Sfa, tmp_path: Path, word: str, state: str
) -> None:
    text = f"订单号,订单日期,客户,产品,数量,单价,订单状态\nSO-1,2025-03-01,Acme,P-1,1,5,{word}\n"
    assert figures(bring(shop, tmp_path, text)) == (1, 0, 0, 0, 0)
    assert order(shop, "SO-1")["state"] == state


def test_rows_may_make_the_customers_and_products_they_name(shop: Sfa, tmp_path: Path) -> None:
    text = "number,ordered,account,product,quantity,price\n"
    text += "SO-1,2025-04-01,New,Bolt,2,3\nSO-2,2025-04-01,Other,Nut,1,\n"
    mapping = "[columns]\n" + "".join(
        f'{name} = "{name}"\n' for name in text.split("\n", maxsplit=1)[0].split(",")
    )
    mapping += "[create]\naccount = true\nproduct = true\n"
    said = bring(shop, tmp_path, text, mapping=mapping)
    assert (figures(said), said.data["made"]) == ((1, 0, 0, 0, 1), {"account": 1, "product": 1})
    assert "Price: a value is needed" in reasons(said)[0]
    found = order(shop, "SO-1")
    assert (found["account"]["name"], found["lines"][0]["name"], found["total"]["amount"]) == (
        "New",
        "Bolt",
        "6.00",
    )
    names = [row["name"] for row in shop("account", "list", "--format", "json").data["rows"]]
    assert "Other" not in names
    assert figures(bring(shop, tmp_path, text, mapping=mapping)) == (0, 0, 1, 0, 1)


def test_planning_asks_the_store_as_often_for_many_orders_as_for_few(shop: Sfa, home: Path) -> None:
    asked = []
    for count in (2, 40):
        rows = [f"S{n},2025-04-{n % 28 + 1:02},Acme,P-1,{n % 5 + 1}" for n in range(count)]
        table = parse_table("\n".join(["number,ordered,account,product,quantity", *rows]).encode(), "x.csv")
        noun = imported_noun("order")
        assert noun is not None
        columns = [(name, name) for name in table.header]
        mapping = guessed_mapping(noun, columns, [], "guess")
        statements: list[str] = []
        with reading(home) as connection:
            connection.set_trace_callback(statements.append)
            plan = plan_import(connection, noun, table, mapping, today=date(2026, 11, 18))
            connection.set_trace_callback(None)
        assert figures_of(plan) == (count, 0, 0, 0, 0)
        asked.append(len(statements))
    assert asked[0] == asked[1]
    assert shop("order", "list").lines == []


def test_an_import_of_orders_loads_no_models(shop: Sfa, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HISTORY, "utf-8")
    shop("product", "list")
    code = (
        "import sys\nfrom sfa.cli.run import run\n"
        f"code = run(['import', 'orders', {str(path)!r}, '--yes'])\n"
        "assert code == 0, code\n"
        "assert not {'sqlmodel', 'sqlalchemy', 'textual', 'python_calamine'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "SFA_HOME": str(home)})
