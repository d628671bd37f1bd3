"""A paper in words: what stands in which cell."""

from __future__ import annotations

from dataclasses import replace

from sfa.render.paper.document import Line, Look, Margin, Total, TotalKind, Variant
from sfa.render.paper.sheet import RowKind, Sheet, sheet_of
from sfa.render.paper.templates import standard
from tests.render.paper.samples import short

LOOK = Look()


def sheet_with(line: Line) -> Sheet:
    return sheet_of(replace(short(), groups=(replace(short().groups[0], lines=(line,)),)), LOOK, standard())


def cells_of(line: Line) -> dict[str, list[str]]:
    sheet = sheet_with(line)
    (row,) = (each for each in sheet.rows if each.kind is RowKind.LINE)
    names = [head.name for head in sheet.heads]
    return {name: [said.text for said in cell] for name, cell in zip(names, row.cells, strict=True)}


def test_a_line_that_is_in_no_total_has_its_amount_in_parentheses_until_it_is_taken() -> None:
    line = replace(short().groups[0].lines[1], is_optional=True)
    assert cells_of(line)["net"] == ["(2,226.00)"]
    assert cells_of(line)["name"][-1] == "[Optional, not in the total]"
    taken = cells_of(replace(line, is_taken=True))
    assert taken["net"] == ["2,226.00"]
    assert taken["name"][-1] == "[Chosen]"


def test_a_text_among_the_lines_has_no_figures() -> None:
    cells = cells_of(replace(short().groups[0].lines[0], is_text=True))
    assert cells["name"][0] == "Laser displacement sensor YF-2200"
    assert {name for name, texts in cells.items() if texts} == {"position", "name"}


def test_options_stand_below_the_total_and_are_not_it() -> None:
    paper = replace(short(), totals=(*short().totals, Total(TotalKind.OPTIONS, 1_000)))
    last, before = sheet_of(paper, LOOK, standard()).totals[-1], sheet_of(paper, LOOK, standard()).totals[-2]
    assert (last.label, last.text, last.is_grand) == (("Options, not in the total",), "10.00", False)
    assert before.is_grand


def test_a_margin_that_is_unknown_is_a_dash() -> None:
    paper = replace(short(), margin=Margin(None, None, None))
    totals = sheet_of(paper, Look(Variant.INTERNAL), standard()).totals
    assert [(each.label, each.text) for each in totals[-2:]] == [(("Cost",), "–"), (("Margin",), "–")]


def test_a_currency_without_decimals_has_none() -> None:
    paper = replace(short(), currency="JPY", totals=(Total(TotalKind.GROSS, 5_249),))
    sheet = sheet_of(paper, LOOK, standard())
    assert sheet.totals[0].text == "5,249 JPY"
    assert "3,680" in {said.text for row in sheet.rows for cell in row.cells for said in cell}
