"""A sheet of a spreadsheet reads as the CSV file of it would."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlsxwriter

from sfa.errors import InvalidInput
from sfa.i18n import tr, tr_error
from sfa.interchange.csv_reading import parse_table
from sfa.interchange.source_table import SourceTable


def book(**sheets: list[list[Any]]) -> bytes:
    """Return a workbook with these sheets, row by row."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, date):
                        shape = made.add_format({"num_format": "yyyy-mm-dd"})
                        sheet.write_datetime(number, place, cell, shape)
                    elif cell is not None:
                        sheet.write(number, place, cell)
    return content.getvalue()


def read(rows: list[list[Any]], sheet: str | None = None) -> SourceTable:
    return parse_table(book(Sheet1=rows), "x.xlsx", sheet=sheet)


def test_cells_become_the_texts_of_a_csv_file() -> None:
    table = read(
        [
            [None, None],
            ["Number", "Price", "When", "Paid", "Sum", "Name"],
            [7, 33.6442, date(2017, 1, 2), True, 0.1 + 0.2, " 华创 "],
            [],
            ["007", 1e9, datetime(2017, 1, 2, 15, 30, tzinfo=UTC).replace(tzinfo=None), False, None, "x"],
        ]
    )
    assert table.header == ("Number", "Price", "When", "Paid", "Sum", "Name")
    assert [(row.line_number, row.cells) for row in table.rows] == [
        (3, ["7", "33.6442", "2017-01-02", "yes", "0.3", " 华创 "]),
        (5, ["007", "1000000000", "2017-01-02 15:30:00", "no", "", "x"]),
    ]


def test_the_first_sheet_with_rows_is_read_and_the_others_are_named() -> None:
    content = book(Empty=[], Orders=[["a"], [1]], Notes=[["b"], [2]])
    table = parse_table(content, "x.xlsx")
    assert (table.header, len(table.notes)) == (("a",), 1)
    assert "Notes" in tr(table.notes[0].text, **table.notes[0].data)
    assert parse_table(content, "x.xlsx", sheet="notes").rows[0].cells == ["2"]
    with pytest.raises(InvalidInput) as refused:
        parse_table(content, "x.xlsx", sheet="Prices")
    assert "Empty, Orders, Notes" in str(tr_error(refused.value))


def test_days_that_a_program_of_another_country_took_for_others_are_turned_back() -> None:
    # Written 2/1/2017 (1 February) and 1/13/2017 by Americans, opened where the day comes first.
    table = read([["Day"], [date(2017, 1, 2)], ["1/13/2017"], [date(2017, 3, 3)], [None], ["12/31/2017"]])
    assert [row.cells[0] for row in table.rows] == ["02/01/2017", "1/13/2017", "03/03/2017", "12/31/2017"]
    (note,) = table.notes
    assert (note.data["count"], note.data["shape"]) == (1, "MM/DD/YYYY")
    table = read([["Day"], [date(2017, 1, 2)], ["13/1/2017"]])
    assert [row.cells[0] for row in table.rows] == ["01/02/2017", "13/1/2017"]
    assert table.notes[0].data["shape"] == "DD/MM/YYYY"


@pytest.mark.parametrize(
    "column",
    [
        [date(2017, 1, 2), date(2017, 1, 13), "1/14/2017"],  # a day above 12 was read, so it reads days right
        [date(2017, 1, 2), "1/13/2017", "13/1/2017"],  # texts that disagree
        [date(2017, 1, 2), "1/2/2017"],  # a text that could be either
        [date(2017, 1, 2), "1/13/2017", "soon"],
        [date(2017, 1, 2), "1/13/2017", 5],
    ],
)
def test_days_are_left_as_they_are_where_anything_is_in_doubt(column: list[Any]) -> None:
    table = read([["Day"], *([cell] for cell in column)])
    assert (table.rows[0].cells[0], table.notes) == ("2017-01-02", ())


def test_a_cell_beyond_the_header_is_the_problem_of_its_row_alone() -> None:
    table = read([["a", "b"], [1, 2], [3, 4, None, 5]])
    assert [row.problem is None for row in table.rows] == [True, False]
    assert table.rows[1].cells == ["3", "4", "", "5"]


def test_what_is_no_spreadsheet_is_refused_as_before_and_a_sheet_needs_one() -> None:
    for content, sheet, said in (
        (b"PK\x03\x04rest", None, "binary file"),
        (b"\xd0\xcf\x11\xe0rest", None, "binary file"),
        (b"a,b\n1,2\n", "Orders", "no spreadsheet"),
        (book(Sheet1=[]), None, "empty"),
        (book(Sheet1=[["a", "a"], [1, 2]]), None, "twice"),
    ):
        with pytest.raises(InvalidInput) as refused:
            parse_table(content, "x", sheet=sheet)
        assert said in " ".join(filter(None, tr_error(refused.value)))
