"""The file of rejected rows."""

from __future__ import annotations

from pathlib import Path

from sfa.interchange.csv_reading import parse_table
from sfa.interchange.rejects import REASON, rejects_path, rejects_text


def test_rejects_have_the_same_columns_and_the_reason() -> None:
    text = rejects_text(("a", "b"), [(["1", "x,y"], "why"), (["2", "z"], "because")])
    table = parse_table(text.encode("utf-8-sig"), "r.csv")
    assert table.header == ("a", "b", REASON)
    assert [row.cells for row in table.rows] == [["1", "x,y", "why"], ["2", "z", "because"]]


def test_rejects_of_rejects_have_one_reason() -> None:
    text = rejects_text(("a", REASON, "b"), [(["1", "old", "2"], "new")])
    assert parse_table(text.encode(), "r.csv").rows[0].cells == ["1", "2", "new"]


def test_a_row_too_long_is_kept_whole_and_stays_too_long() -> None:
    text = rejects_text(("a", "b"), [(["1", "2", "3"], "long"), (["1"], "short")])
    table = parse_table(text.encode(), "r.csv")
    assert table.rows[0].cells == ["1", "2", "long", "3"]
    assert table.rows[0].problem is not None
    assert table.rows[1].cells == ["1", "", "short"]


def test_rejects_lie_beside_their_file() -> None:
    assert rejects_path(Path("in/leads.csv")) == Path("in/leads.csv.rejects.csv")
    assert rejects_path(Path("in/leads.csv.rejects.csv")) == Path("in/leads.csv.rejects.csv")
