"""The guess of columns, held to a labelled list that was written before it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sfa.fields import noun
from sfa.interchange.headers import guess_columns
from sfa.interchange.targets import targets

LABELLED = Path(__file__).parent / "data" / "headers.tsv"


def labelled() -> list[dict[str, str]]:
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def guessed(word: str, *header: str, rows: list[list[str]] | None = None) -> dict[str, str]:
    return {column: guess.field for column, guess in guess_columns(noun(word), header, rows or []).items()}


def test_nine_in_ten_labelled_headers_are_guessed_right() -> None:
    rows = labelled()
    assert len(rows) >= 160
    wrong = [
        row for row in rows if guessed(row["noun"], row["header"]).get(row["header"], "none") != row["field"]
    ]
    assert len(wrong) <= len(rows) // 10, wrong


def test_the_list_has_both_languages_and_headers_to_leave_alone() -> None:
    rows = labelled()
    assert sum(not row["header"].isascii() for row in rows) >= 80
    assert sum(row["field"] == "none" for row in rows) >= 40


def test_every_labelled_field_is_one_that_can_be_imported() -> None:
    for row in labelled():
        assert row["field"] == "none" or row["field"] in targets(noun(row["noun"])), row


def test_one_field_takes_one_column_and_many_valued_fields_take_all() -> None:
    assert guessed("lead", "Name", "Full Name", "Phone", "Mobile") == {
        "Name": "name",
        "Phone": "phones",
        "Mobile": "phones",
    }


def test_the_surer_of_two_columns_wins() -> None:
    assert guessed("account", "Account Name 2", "Account Name") == {"Account Name": "name"}


def test_an_unknown_column_full_of_addresses_is_taken_for_emails() -> None:
    rows = [[f"p{number}@example.org"] for number in range(4)]
    assert guessed("lead", "Reach", rows=rows) == {"Reach": "emails"}
    assert guessed("lead", "Reach", rows=[*rows, ["soon"]]) == {}


def test_a_column_whose_values_never_fit_its_name_is_left_alone() -> None:
    assert guessed("lead", "Mail", rows=[["Main Street"]] * 10) == {}


def test_a_few_bad_values_do_not_hide_a_column() -> None:
    assert guessed("lead", "Phone", rows=[["abc"]]) == {"Phone": "phones"}


@pytest.mark.parametrize("header", ["", "   ", "???", "x" * 300])
def test_odd_headers_are_left_alone(header: str) -> None:
    assert guessed("deal", header) == {}
