"""Lists on a narrow terminal: no line is broken, and what there is no room for is said."""

from __future__ import annotations

import pytest

from sfa.render.cells import cell_width
from tests.cli.conftest import Sfa


@pytest.fixture
def deals(sfa: Sfa, monkeypatch: pytest.MonkeyPatch) -> Sfa:
    """Return the command line of a store with two deals, 60 columns wide."""
    monkeypatch.setenv("COLUMNS", "60")
    sfa("account", "add", "上海曜枫光电科技有限公司")
    for name in ("Pumps for the north plant", "换热机组年度框架采购"):
        sfa(
            "deal", "add", name, "--account", "上海曜枫光电科技有限公司", "--amount", "143264 CNY",
            "--close-date", "2026-12-20", "--next-step", "send the offer", "--next-step-on", "2026-11-20",
        )  # fmt: skip
    return sfa


def test_a_list_keeps_within_a_narrow_terminal_and_says_what_is_left_out(deals: Sfa) -> None:
    said = deals("deal", "list", "--format", "table")
    lines = said.out.splitlines()
    assert max(map(cell_width, lines)) <= 60
    assert "143,264.00 CNY" in lines[2]
    assert "Owner" not in lines[0]
    note = " ".join(lines[4:])
    assert note.startswith("No room for: ")
    assert "Owner" in note
    assert "--fields" in note


def test_a_list_that_has_room_says_nothing_of_it(deals: Sfa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = deals("deal", "list", "--format", "table")
    assert "Owner" in said.out.splitlines()[0]
    assert "No room" not in said.out


def test_columns_that_were_asked_for_are_all_there(deals: Sfa) -> None:
    names = "ref,name,account,stage,amount,probability,close_date,owner"
    said = deals("deal", "list", "--format", "table", "--fields", names)
    lines = said.out.splitlines()
    assert max(map(cell_width, lines)) <= 60
    assert len(lines[1].split()) == 8
    assert "143,264.00 CNY" in lines[2]


def test_a_pipe_gets_every_column(deals: Sfa) -> None:
    said = deals("deal", "list", "--format", "tsv")
    assert "owner" in said.out.splitlines()[0].split("\t")
