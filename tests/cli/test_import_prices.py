"""A price list from a file into a book."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Sfa

LIST = """产品编号,起订量,单价,币种,生效日期,截止日期
P-1,,90,USD,,
Pump,10,80,,2026-01-01,2026-12-31
P-1,100,70,EUR,,
Valve,,5,,,
pump,,91,,,
P-1,5,80,,2026-02-01,2026-01-01
P-1,7,abc,,,
P-1,8,EUR 7,,,
"""


@pytest.fixture
def shop(sfa: Sfa) -> Sfa:
    """Return what runs commands where a pump costs 95 in a book."""
    sfa("product", "add", "Pump", "--code", "P-1")
    sfa("pricebook", "add", "List", "--currency", "USD")
    sfa("pricebook", "set", "List", "Pump", "95")
    return sfa


def prices(sfa: Sfa) -> list[tuple[str, str, str | None]]:
    rows = sfa("pricebook", "prices", "List", "--format", "json").data["rows"]
    return [(row["from_qty"], row["price"], row["valid_until"]) for row in rows]


def test_a_list_meets_the_prices_there_are_and_a_second_time_changes_nothing(
    shop: Sfa, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    first = shop("import", "prices", str(path), "--book", "List", "--yes", "--report", "json")
    assert first.code == 1, first
    verdicts = [row["verdict"] for row in first.data["rows"]]
    assert verdicts == ["update", "create", *["reject"] * 6]
    assert prices(shop) == [("0", "90.00", None), ("10", "80.00", "2026-12-31")]
    again = shop("import", "prices", str(path), "--book", "List", "--yes", "--report", "json")
    assert [row["verdict"] for row in again.data["rows"]][:2] == ["same", "same"]
    shop("undo")
    assert prices(shop) == [("0", "95.00", None)]


def test_a_row_may_name_its_book_and_without_one_it_is_rejected(shop: Sfa, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Product,Price list,Unit price\nPump,List,88\nPump,,77\n", "utf-8")
    said = shop("import", "prices", str(path), "--yes")
    assert said.code == 1
    assert "Price book" in said.err
    assert prices(shop) == [("0", "88.00", None)]
    assert shop("import", "leads", str(path), "--book", "List", "--yes").code == 2


def test_products_take_their_class_of_tax_by_name(sfa: Sfa, tmp_path: Path) -> None:
    sfa("tax", "add", "VAT 13", "--rate", "13")
    path = tmp_path / "products.csv"
    path.write_text("名称,税率\nPump,VAT 13\nValve,VAT 7\n", "utf-8")
    assert sfa("import", "products", str(path), "--yes").code == 1
    rows = sfa("product", "list", "--fields", "name,tax", "--format", "json").data["rows"]
    assert [(row["name"], row["tax"]["name"]) for row in rows] == [("Pump", "VAT 13")]
