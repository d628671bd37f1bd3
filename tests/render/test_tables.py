"""One grid, five texts."""

from __future__ import annotations

import csv
import io
import json

import pytest

from sfa.errors import InvalidInput
from sfa.render.cells import cell_width
from sfa.render.tables import (
    GAP,
    Col,
    Grid,
    choose_format,
    fit,
    grid_text,
    is_coloured,
    json_text,
    pairs_text,
    table_text,
)

MIXED = Grid(
    (Col("name", "客户"), Col("amount", "Amount", right=True, rigid=True), Col("owner", "Owner")),
    (("华创科技", "12,000.50", "王小明"), ("Acme", "7.00", "Ann"), ("中Mixed文", "130.00", "")),
)


def test_mixed_chinese_and_latin_columns_line_up() -> None:
    lines = table_text(MIXED, width=80).splitlines()
    assert lines == [
        "客户          Amount  Owner",
        "---------  ---------  ------",
        "华创科技   12,000.50  王小明",
        "Acme            7.00  Ann",
        "中Mixed文     130.00",
    ]
    ends = {
        cell_width(line[: line.index(amount) + len(amount)])
        for line, amount in zip(lines[2:], ("12,000.50", "7.00", "130.00"), strict=True)
    }
    assert ends == {9 + 2 + 9}


def test_a_table_keeps_within_the_terminal_and_never_clips_an_amount() -> None:
    wide = Grid(MIXED.columns, (("非常长的客户名称" * 10, "12,000,000.50", "x" * 60),))
    lines = table_text(wide, width=60).splitlines()
    assert all(cell_width(line) <= 60 for line in lines)
    assert "12,000,000.50" in lines[2]
    assert lines[2].count("…") == 2


def test_a_table_without_rows_shows_its_header() -> None:
    assert table_text(Grid(MIXED.columns, ()), width=80).splitlines()[0] == "客户  Amount  Owner"


def test_bold_is_written_only_when_asked_for() -> None:
    assert "\x1b[" not in table_text(MIXED, width=80)
    assert table_text(MIXED, width=80, bold=True).startswith("\x1b[1m")


def test_no_color_and_dumb_terminals_get_no_bold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert is_coloured(True)
    assert not is_coloured(False)
    monkeypatch.setenv("TERM", "dumb")
    assert not is_coloured(True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not is_coloured(True)


def test_the_width_comes_from_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    long = Grid((Col("a", "A"), Col("b", "B")), (("x" * 50, "y" * 50),))
    assert max(len(line) for line in table_text(long).splitlines()) == 30


def test_tsv_keeps_a_row_on_its_line() -> None:
    grid = Grid((Col("a", "A"), Col("b", "B")), (("one\ttwo", "three\nfour\\"),))
    assert grid_text(grid, "tsv") == "a\tb\none\\ttwo\tthree\\nfour\\\\\n"


def test_csv_reads_back_as_it_was() -> None:
    grid = Grid((Col("a", "A"), Col("b", "B")), (('say "hi", now', "two\nlines"), ("=1+1", "")))
    text = grid_text(grid, "csv")
    assert text.startswith("a,b\r\n")
    assert list(csv.reader(io.StringIO(text, newline="")))[1:] == [list(row) for row in grid.rows]


def test_markdown_escapes_what_would_end_a_cell() -> None:
    grid = Grid((Col("a", "A", right=True),), (("x|y\\z\n<b>",),), ("a note",))
    assert grid_text(grid, "md") == "| A |\n| ---: |\n| x\\|y\\\\z<br>&lt;b> |\n\na note\n"


def test_json_carries_its_schema_and_chinese_as_it_is() -> None:
    text = json_text("sfa.deal.list/1", {"deals": [{"name": "华创"}]})
    assert "华创" in text
    assert json.loads(text) == {"schema": "sfa.deal.list/1", "deals": [{"name": "华创"}]}


def test_the_format_is_a_table_on_a_terminal_and_tsv_in_a_pipe() -> None:
    assert choose_format(None, True) == "table"
    assert choose_format("", False) == "tsv"
    assert choose_format("JSON", False) == "json"
    with pytest.raises(InvalidInput):
        choose_format("yaml", True)


def test_labels_stand_beside_their_values_and_long_values_wrap() -> None:
    text = pairs_text([("客户", "Acme"), ("Notes", "one two three four five six")], width=27)
    assert text.splitlines() == ["客户   Acme", "Notes  one two three four", "       five six"]


def test_a_heading_gives_way_before_a_line_runs_over() -> None:
    columns = (
        Col("name", "Name"),
        Col("account", "Account"),
        Col("amount", "Amount", right=True, rigid=True),
        Col("probability", "Probability", right=True, rigid=True),
        Col("close_date", "Close date", rigid=True),
    )
    row = ("A press for the second line", "华创科技有限公司", "180,000.00 CNY", "10%", "2026-12-01")
    widths = fit(Grid(columns, (row,)), 60)
    assert sum(widths) + GAP * 4 <= 60
    assert widths[2:] == [14, 6, 10]
    assert min(widths[:2]) >= 10


def test_a_line_too_narrow_for_all_columns_clips_them_to_a_few_cells() -> None:
    wide = Grid(tuple(Col(name, name * 9) for name in "abcdefgh"), (("x" * 20,) * 8,))
    lines = table_text(wide, width=38).splitlines()
    assert max(map(cell_width, lines)) <= 38
    assert lines[2] == "  ".join(["xx…"] * 8)
