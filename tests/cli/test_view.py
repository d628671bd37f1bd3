"""sfa view, and lists as a view has them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sfa import config
from sfa.cli.options import view_completer
from tests.cli.conftest import Said, Sfa


@pytest.fixture
def deals(sfa: Sfa) -> Sfa:
    """Return what runs commands on a store with three deals."""
    for name, amount in (("Small", "10"), ("Middle", "500"), ("Large", "9000")):
        assert sfa("deal", "add", name, "--amount", f"{amount} USD").code == 0
    return sfa


def names(said: Said) -> list[str]:
    """Return the names of a list printed with its name first."""
    assert said.code == 0, said.err
    return [line.split("\t")[0] for line in said.lines]


def test_a_view_keeps_filter_order_and_columns(deals: Sfa) -> None:
    said = deals("view", "save", "deal", "Worth it", "--where", "amount>=500", "--sort", "-amount",
                 "--fields", "name,amount")  # fmt: skip
    assert "sfa deal list --view 'Worth it'" in said.err
    shown = deals("deal", "list", "--view", "Worth it")
    assert shown.out.splitlines()[0] == "name\tamount\tamount_currency"
    assert names(shown) == ["Large", "Middle"]
    assert names(deals("deal", "list", "--view", "worth")) == [
        "Large",
        "Middle",
    ]  # a part, in any case


def test_what_is_typed_narrows_the_view_and_wins_over_its_order_and_columns(deals: Sfa) -> None:
    deals(
        "view",
        "save",
        "deal",
        "v",
        "--where",
        "amount<=500 or name=Large",
        "--sort",
        "-amount",
        "--fields",
        "name",
    )
    assert names(deals("deal", "list", "--view", "v", "--where", "amount>100")) == ["Large", "Middle"]
    assert names(deals("deal", "list", "--view", "v", "--sort", "name")) == ["Large", "Middle", "Small"]
    assert deals("deal", "list", "--view", "v", "--fields", "ref").out.splitlines()[0] == "ref"


def test_views_are_listed_renamed_and_deleted(deals: Sfa, home: Path) -> None:
    deals("view", "save", "deal", "b", "--sort", "name")
    deals("view", "save", "lead", "a", "--where", "rating=hot")
    deals("view", "save", "deal", "c", "--where", "state=open", "--shared")
    rows = deals("view", "list", "--format", "json").data["rows"]
    assert [(row["noun"], row["name"], row["shared"]) for row in rows] == [
        ("deal", "b", False), ("deal", "c", True), ("lead", "a", False),
    ]  # fmt: skip
    assert len(deals("view", "list", "deal").lines) == 2
    assert deals("view", "rename", "deal", "b", "B b").code == 0
    assert deals("view", "rename", "deal", "c", "C c", "--shared").code == 0
    found = tomllib.loads((home / config.FILE_NAME).read_text("utf-8"))
    assert found["views"] == {"deal": {"B b": {"sort": "name"}}, "lead": {"a": {"where": "rating=hot"}}}
    assert deals("view", "delete", "deal", "B b").code == 0
    assert deals("view", "delete", "deal", "C c", "--shared").code == 0
    assert [row["name"] for row in deals("view", "list", "--format", "json").data["rows"]] == ["a"]


def test_a_view_for_everybody_is_undone_and_found_by_lists(deals: Sfa) -> None:
    deals("view", "save", "deal", "Ours", "--where", "amount>1000", "--shared")
    assert names(deals("deal", "list", "--view", "ours", "--fields", "name")) == ["Large"]
    assert "Save the view Ours" in deals("undo").out
    assert deals("deal", "list", "--view", "ours").code == 1
    deals("redo")
    deals("view", "delete", "deal", "Ours", "--shared")
    deals("view", "save", "deal", "Ours", "--where", "amount<100", "--shared")
    assert names(deals("deal", "list", "--view", "Ours", "--fields", "name")) == ["Small"]


def test_ones_own_view_hides_the_one_for_everybody(deals: Sfa) -> None:
    deals("view", "save", "deal", "v", "--where", "name=Large", "--shared")
    deals("view", "save", "deal", "v", "--where", "name=Small")
    assert names(deals("deal", "list", "--view", "v", "--fields", "name")) == ["Small"]
    deals("view", "delete", "deal", "v")
    assert names(deals("deal", "list", "--view", "v", "--fields", "name")) == ["Large"]


@pytest.mark.parametrize(("arguments", "code", "hint"), [
    (("view", "save", "deal", "v", "--where", "colour=red"), 2, "colour"),
    (("view", "save", "deal", "v", "--where", "amount>="), 2, ""),
    (("view", "save", "deal", "v", "--sort", "colour"), 2, "colour"),
    (("view", "save", "deal", "v", "--fields", "colour"), 2, "colour"),
    (("view", "save", "deal", "v"), 2, "--where"),
    (("view", "save", "deal", " ", "--sort", "name"), 2, "60"),
    (("view", "save", "deal", "x" * 61, "--sort", "name"), 2, "60"),
    (("view", "save", "colour", "v", "--sort", "name"), 2, "lead"),
    (("view", "delete", "deal", "none"), 1, "sfa view save"),
    (("view", "rename", "deal", "none", "other"), 1, "sfa view save"),
    (("deal", "list", "--view", "none"), 1, "sfa view save"),
])  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    deals: Sfa, home: Path, arguments: tuple[str, ...], code: int, hint: str
) -> None:
    said = deals(*arguments)
    assert said.code == code
    assert hint in said.err
    assert not (home / config.FILE_NAME).exists()
    assert deals("view", "list", "--format", "json").data["rows"] == []


def test_a_name_that_is_taken_is_not_written_over_by_renaming(deals: Sfa) -> None:
    deals("view", "save", "deal", "a", "--sort", "name")
    deals("view", "save", "deal", "b", "--sort", "amount")
    assert deals("view", "rename", "deal", "a", "b").code == 2
    rows = deals("view", "list", "--format", "json").data["rows"]
    assert [row["sort"] for row in rows] == ["name", "amount"]


def test_names_may_hold_any_text(deals: Sfa) -> None:
    for name in ("大单 & 急", 'with "quotes"', "a.b=c", "[x]", "100 %"):
        assert deals("view", "save", "deal", name, "--where", "name=Large").code == 0
        assert deals("view", "save", "deal", name, "--where", "name=Small", "--shared").code == 0
        assert names(deals("deal", "list", "--view", name, "--fields", "name")) == ["Large"]
    rows = deals("view", "list", "--format", "json").data["rows"]
    assert {row["name"] for row in rows} == {"大单 & 急", 'with "quotes"', "a.b=c", "[x]", "100 %"}


def test_comments_and_other_settings_of_the_file_stay(deals: Sfa, home: Path) -> None:
    path = home / config.FILE_NAME
    path.write_text('# mine\ntheme = "light"\n\n[columns]\ndeals = ["name:30"]\n', "utf-8")
    deals("view", "save", "deal", "v", "--sort", "name")
    deals("view", "delete", "deal", "v")
    text = path.read_text("utf-8")
    assert text.startswith('# mine\ntheme = "light"\n')
    assert config.columns("deals", home) == [("name", 30)]


def test_who_signed_in_as_a_rep_saves_for_oneself_alone(deals: Sfa, home: Path) -> None:
    import sqlite3
    from contextlib import closing

    from sfa.store.home import store_path

    with closing(sqlite3.connect(store_path(home))) as connection, connection:
        connection.execute("INSERT INTO local_state (key, value) VALUES ('sync_role', 'rep')")
    assert deals("view", "save", "deal", "v", "--sort", "name", "--shared").code == 3
    assert deals("view", "save", "deal", "v", "--sort", "name").code == 0


def test_a_shell_completes_the_names_of_views(deals: Sfa) -> None:
    deals("view", "save", "deal", "Large ones", "--where", "amount>1000")
    deals("view", "save", "deal", "Late ones", "--where", "close_date<today", "--shared")
    deals("view", "save", "lead", "Large leads", "--where", "rating=hot")
    assert view_completer("deal")("La") == ["Large ones", "Late ones"]
    assert view_completer("deal")("Lat") == ["Late ones"]
    assert view_completer("contact")("") == []
