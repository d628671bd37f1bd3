"""Lines of quotes and orders where there is little room: what they are called can be read."""

from __future__ import annotations

import pytest

from sfa.errors import msg
from sfa.fields import noun
from sfa.finding.quote_sections import LINES, NARROW
from sfa.finding.sections import Section
from sfa.finding.showing import Shown
from sfa.render.cells import cell_width
from sfa.render.records import record_paragraphs
from sfa.render.stacked import is_cut_short, stacked_text
from sfa.render.tables import Col, Grid

LASER = "激光位移传感器 Laser displacement sensor"
PRICED = ((1_280_000_000, "CNY"), (76_800, "CNY"), 130_000, (1_459_200, "CNY"))
LINES_OF_TWO = [
    (1, "product", "P-1", LASER, None, 12_000, "台", *PRICED, None, None),
    (2, "text", None, "On site", *[None] * 9),
]
COLUMNS = (
    Col("no", "No.", right=True, rigid=True),
    Col("name", "Name"),
    Col("net", "Net", right=True, rigid=True),
)
GRID = Grid(COLUMNS, (("1", "Pump with a long name", "1,000.00"), ("12", "", "9.50"), ("3", "Heading", "")))


def lines_at(width: int) -> list[str]:
    """Return the lines' section as a record shows it in so many cells."""
    section = Section("lines", msg("Lines"), LINES, LINES_OF_TWO, more=False, narrow=NARROW)
    number = noun("quote").field("number")
    assert number is not None
    shown = Shown("quote", "01", "abc", 1, "Q-1", ((number, "Q-1"),), (section,))
    texts = [each.label + each.text for each in record_paragraphs(shown, width)]
    return texts[texts.index("Lines") + 1 : texts.index("Terms and more") - 1]


@pytest.mark.parametrize("width", [36, 40, 48])
def test_a_products_name_is_whole_in_a_narrow_view(width: int) -> None:
    found = lines_at(width)
    assert max(map(cell_width, found)) <= width
    told = " ".join(" ".join(found).split())
    assert LASER in told
    assert "On site" in told
    assert "14,592.00" in told
    assert "CNY" not in told  # the total above them says so
    assert "…" not in "".join(each for each in found if "Laser" in each)


def test_where_there_is_room_names_and_figures_stand_side_by_side() -> None:
    found = lines_at(120)
    assert any("Laser displacement sensor" in each and "14,592.00 CNY" in each for each in found)


def test_texts_stand_above_their_figures_with_the_numbers_before_them() -> None:
    assert stacked_text(GRID, 1, 20) == (
        "No.  Name\n       Net\n----------\n  1  Pump with a\n     long name\n  1,000.00\n"
        " 12\n      9.50\n  3  Heading\n"
    )


def test_only_a_text_that_could_not_be_read_goes_on_a_line_of_its_own() -> None:
    assert is_cut_short(GRID, 1, 24)
    assert not is_cut_short(GRID, 1, 60)
