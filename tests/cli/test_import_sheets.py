"""A spreadsheet is imported as the CSV file of it is, whatever its rows are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from tests.cli.conftest import Sfa

TEXTS = {
    "taxes": "Tax class,Rate,Default\nVAT 13,13,yes\nVAT 6,6,\n",
    "pricebooks": "Name,Currency,Valid from,Default\nList,USD,2025-01-01,yes\n",
    "prices": "Product,Price list,Price,From qty\nPump,List,90.5,10\nPump,List,95,\n",
    "orders": "Order no,Order date,Customer,Product,Qty,Price\n7,2025-03-01,Acme,Pump,2,90.25\n7,,,Pump,1,\n",
}


def sheet_of(text: str, path: Path) -> None:
    """Write a table as a sheet, numbers as numbers."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": True}) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(text.splitlines()):
            for place, cell in enumerate(line.split(",")):
                sheet.write(number, place, cell)


@pytest.mark.parametrize("first", ["csv", "xlsx"])
def test_one_after_the_other_changes_nothing(sfa: Sfa, tmp_path: Path, first: str) -> None:
    sfa("config", "org", "set", "currency", "USD")
    sfa("product", "add", "Pump")
    sfa("account", "add", "Acme")
    for noun, text in TEXTS.items():
        (tmp_path / f"{noun}.csv").write_text(text, "utf-8")
        sheet_of(text, tmp_path / f"{noun}.xlsx")
        for ending in ("csv", "xlsx") if first == "csv" else ("xlsx", "csv"):
            path = str(tmp_path / f"{noun}.{ending}")
            said = sfa("import", noun, path, "--yes", "--report", "json")
            assert (said.code, said.data["rejected"]) == (0, 0), said.out
            made = len(text.splitlines()) - 1 if noun != "orders" else 1
            expected = (made, 0) if ending == first else (0, made)
            assert (said.data["created"], said.data["same"]) == expected, noun
    assert "275.50" in sfa("order", "show", "7").out


def test_the_rejects_of_a_spreadsheet_are_csv(sfa: Sfa, tmp_path: Path) -> None:
    sheet_of("Tax class,Rate\nVAT,13\nBad,abc\n", tmp_path / "taxes.xlsx")
    assert sfa("import", "taxes", str(tmp_path / "taxes.xlsx"), "--yes").code == 1
    text = (tmp_path / "taxes.xlsx.rejects.csv").read_text("utf-8-sig")
    assert text.splitlines()[1].startswith("Bad,abc,")
    assert sfa("import", "taxes", str(tmp_path / "taxes.xlsx"), "--sheet", "Other", "--yes").code == 2


def test_days_turned_back_are_told_for_the_columns_that_are_taken(sfa: Sfa, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "o.xlsx") as book:
        sheet, days = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Order no", "Order date", "Stock date", "Customer", "Description", "Price"])
        for row, day in ((1, date(2025, 1, 2)), (2, "1/13/2025")):
            for place in (1, 2):
                if isinstance(day, date):
                    sheet.write_datetime(row, place, day, days)
                else:
                    sheet.write(row, place, day)
            sheet.write(row, 0, f"SO-{row}")
            sheet.write_row(row, 3, ["Acme", "Freight", 5])
    sfa("account", "add", "Acme")
    path = str(tmp_path / "o.xlsx")
    said = sfa("import", "orders", path, "--yes", "--date-format", "MM/DD/YYYY", "--report", "json")
    assert (said.code, said.data["created"]) == (0, 2)
    assert "Order date: days that the spreadsheet program took for others (1) are read" in said.err
    assert "Stock date: days" not in said.err
    found = sfa("order", "list", "--fields", "number,ordered", "--format", "json").data["rows"]
    assert {row["number"]: row["ordered"] for row in found} == {"SO-1": "2025-02-01", "SO-2": "2025-01-13"}
