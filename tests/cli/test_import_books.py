"""Price books and classes of tax from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Said, Sfa

BOOKS = """Price list,Currency,Parent,Valid from,Valid until,Tier,Default,Note
Key accounts,cny,List 2026,,,key,,
List 2026,CNY,,2026-01-01,2026-12-31,,yes,for everybody
Export,USD,,,,,yes,
"""


def bring(sfa: Sfa, folder: Path, noun: str, text: str) -> Said:
    path = folder / f"{noun}.csv"
    path.write_text(text, "utf-8")
    return sfa("import", noun, str(path), "--yes", "--report", "json")


def figures(said: Said) -> tuple[int, ...]:
    return tuple(said.data[name] for name in ("created", "changed", "same", "revived", "rejected"))


def reasons(said: Said) -> list[str]:
    return [" ".join(row["reasons"]) for row in said.data["rows"] if row["verdict"] == "reject"]


def books(sfa: Sfa) -> dict[str, dict[str, Any]]:
    rows = sfa(
        *(
            "pricebook",
            "list",
            "--fields",
            "name,currency,valid_until,tier,parent,default",
            "--format",
            "json",
        )
    ).data["rows"]
    return {row["name"]: row for row in rows}


def test_books_come_with_parents_and_defaults_and_a_second_time_changes_nothing(
    sfa: Sfa, tmp_path: Path
) -> None:
    sfa("pricebook", "add", "Old list", "--currency", "CNY", "--default", "yes")
    assert figures(bring(sfa, tmp_path, "pricebooks", BOOKS)) == (3, 0, 0, 0, 0)
    found = books(sfa)
    assert found["Key accounts"]["parent"]["name"] == "List 2026"
    assert {name for name, row in found.items() if row["default"]} == {"List 2026", "Export"}
    assert (found["List 2026"]["valid_until"], found["Key accounts"]["currency"]) == ("2026-12-31", "CNY")
    assert figures(bring(sfa, tmp_path, "pricebooks", BOOKS)) == (0, 0, 3, 0, 0)
    sfa("undo")
    assert {name: row["default"] for name, row in books(sfa).items()} == {"Old list": True}


def test_a_book_of_the_same_name_is_met_and_keeps_what_the_file_leaves_open(sfa: Sfa, tmp_path: Path) -> None:
    sfa("config", "org", "set", "currency", "CNY")
    sfa("pricebook", "add", "List 2026", "--currency", "CNY", "--valid-until", "2026-06-30")
    text = "价格表名称,截止日期,是否默认\nList 2026,2026-12-31,是\nNew,,\n"
    said = bring(sfa, tmp_path, "pricebooks", text)
    assert figures(said) == (1, 1, 0, 0, 0)
    assert [each["field"] for each in said.data["rows"][0]["changes"]] == ["valid_until", "default"]
    assert books(sfa)["New"]["currency"] == books(sfa)["List 2026"]["currency"] == "CNY"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,XYZ,,,,,,", "Currency: 'XYZ' is no currency code"),
        ("A,CNY,,2026-02-01,2026-01-01,,,", "Valid until: 2026-01-01 is before the first day"),
        ("A,CNY,,,,key,yes,", "Tier: the default price book is for everybody"),
        ("A,USD,List,,,,,", "Parent price book: it is in CNY, this book in USD"),
        ("A,CNY,Nothing,,,,,", "Parent price book: there is no price book 'Nothing'"),
        ("A,CNY,A,,,,,", "it would be above itself"),
        ("A,CNY,,,,,yes,", "Default: line 2 is the default already"),
        ("List,EUR,,,,,,", "Currency: its prices are in CNY"),
        (",CNY,,,,,,", "Name: a value is needed"),
    ],
)
def test_what_no_book_can_be_is_rejected(sfa: Sfa, tmp_path: Path, row: str, said: str) -> None:
    sfa("product", "add", "Pump")
    sfa("pricebook", "add", "List", "--currency", "CNY")
    sfa("pricebook", "set", "List", "Pump", "5")
    head = BOOKS.splitlines()[0]
    answer = bring(sfa, tmp_path, "pricebooks", f"{head}\nB,CNY,,,,,yes,\n{row}\n")
    assert (answer.code, figures(answer)[0], figures(answer)[4]) == (1, 1, 1)
    assert said in reasons(answer)[0]


def test_classes_of_tax_come_with_their_rate_and_one_default(sfa: Sfa, tmp_path: Path) -> None:
    sfa("tax", "add", "Old", "--rate", "17", "--default", "yes")
    text = "税种,税率,默认\n增值税13,13%,是\n增值税6,6,\n免税,0,是\n坏,abc,\n多,101,\n"
    said = bring(sfa, tmp_path, "taxes", text)
    assert figures(said) == (2, 0, 0, 0, 3)
    assert "line 2 is the default already" in reasons(said)[0]
    rows = sfa("tax", "list", "--fields", "name,rate,default", "--format", "json").data["rows"]
    assert {row["name"]: (row["rate"], row["default"]) for row in rows} == {
        "Old": ("17", False),
        "增值税13": ("13", True),
        "增值税6": ("6", False),
    }
    assert figures(bring(sfa, tmp_path, "taxes", text)) == (0, 0, 2, 0, 3)
    changed = bring(sfa, tmp_path, "taxes", "税种,税率\n增值税6,6.5\n")
    assert figures(changed) == (0, 1, 0, 0, 0)
