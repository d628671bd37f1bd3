"""Papers as spreadsheets, opened again: numbers are numbers, texts stay texts."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

from python_calamine import load_workbook

from sfa.render.paper.document import Look, Named, Paper, Tongue, Variant
from sfa.render.paper.spreadsheet import xlsx_of
from sfa.render.paper.templates import standard
from tests.render.paper.samples import bilingual, long, short


def rows_of(paper: Paper, look: Look) -> list[list[Any]]:
    book = load_workbook(io.BytesIO(xlsx_of(paper, look, standard())))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def row_of(rows: list[list[Any]], code: str) -> dict[str, Any]:
    found = next(row for row in rows if row[1] == code)
    return dict(zip(standard().columns[Variant.CUSTOMER], found, strict=False))


def test_amounts_quantities_and_rates_are_numbers() -> None:
    found = row_of(rows_of(bilingual(), Look(tongue=Tongue.BOTH)), "YF-PIPE")
    assert found["quantity"] == 137.25
    assert found["unit_price"] == 268.4
    assert found["tax_rate"] == 0.13
    assert found["net"] == 36837.9
    assert found["name"].splitlines()[0] == "不锈钢洁净管路 DN25（316L，Ra ≤ 0.4 µm）"


def test_every_line_and_the_totals_are_there() -> None:
    rows = rows_of(long(), Look(tongue=Tongue.CHINESE))
    nets = {line.code: line.net_minor / 100 for group in long().groups for line in group.lines}
    assert {row[1]: row[8] for row in rows if row[1] in nets} == nets
    assert [row[8] for row in rows if "含税总额" in row] == [1289790.51]
    assert [row[8] for row in rows if "尾差调整" in row] == [-0.08]


def test_a_text_that_begins_like_a_formula_stays_a_text() -> None:
    paper = short()
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://e.example", "{=1}", "123"]
    lines = tuple(replace(paper.groups[0].lines[0], code=each, name=Named(each)) for each in evil)
    paper = replace(paper, groups=(replace(paper.groups[0], lines=lines),), notes=Named("=2+2"))
    content = xlsx_of(paper, Look(), standard())
    rows = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert [row[1] for row in rows if row[1] in evil] == evil
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in page
        assert "<hyperlink" not in page


def test_a_number_longer_than_a_spreadsheet_can_hold_stays_exact_as_text() -> None:
    paper = short()
    line = replace(paper.groups[0].lines[0], net_minor=123_456_789_012_345_678)
    rows = rows_of(replace(paper, groups=(replace(paper.groups[0], lines=(line,)),)), Look())
    assert row_of(rows, "YF-2200")["net"] == "1234567890123456.78"


def test_cost_is_in_internal_ones_alone_and_no_money_in_the_warehouse() -> None:
    cost = (short().groups[0].lines[0].cost_minor or 0) / 100
    assert any(cost in row for row in rows_of(short(), Look(Variant.INTERNAL)))
    assert not any(cost in row for row in rows_of(short(), Look()))
    for row in rows_of(short(), Look(Variant.WAREHOUSE)):
        assert not {3680.0, 40627.2, 46453.2, 0.13} & {each for each in row if isinstance(each, float)}


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert xlsx_of(long(), Look(), standard()) == xlsx_of(long(), Look(), standard())
