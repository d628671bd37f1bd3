"""Price books are found as other records are, in stores from before that too."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sfa.errors import msg
from sfa.finding.listing import list_rows
from sfa.finding.searching import Hit, find
from sfa.ids import ref_of
from sfa.store.bulk import insert_rows
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import NewRows
from sfa.store.doctor import examine, repair
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.reading import reading
from tests.services.acting import TODAY, acting, amend, make, row, take_back
from tests.store.in_bulk import insert_with
from tests.store.older import without_books
from tests.store.rows import new_id


@pytest.fixture
def book(home: Path) -> str:
    """Return the id of a price book among other records of like names."""
    make(home, "product", name="Frame pump", description="华创框架")
    make(home, "task", subject="Send the frame")
    return make(
        home,
        "pricebook",
        name="华创科技 Frame 2027",
        currency="USD",
        description="For the east 东区",
        tags="vip",
    ).id


def hits(home: Path, text: str, **more: object) -> list[Hit]:
    """Return what a search finds."""
    with reading(home) as connection:
        return find(connection, text, **more)  # type: ignore[arg-type]


def books(home: Path, text: str) -> list[str]:
    """Return the ids of the price books that a search finds."""
    return [hit.id for hit in hits(home, text) if hit.noun == "pricebook"]


def listed(home: Path, text: str) -> list[str]:
    """Return the ids of the price books in a list that is narrowed to a text."""
    with reading(home) as connection:
        return list(list_rows(connection, "pricebook", find=text, today=TODAY).ids)


@pytest.mark.parametrize("text", ["华创", "创科", "frame", "fra 2027", "hckj", "east", "东区", "vip"])
def test_a_book_is_found_by_name_initials_description_and_tags(home: Path, book: str, text: str) -> None:
    assert books(home, text) == [book]
    assert listed(home, text) == [book]


def test_a_book_stands_after_the_products_that_match_as_well(home: Path, book: str) -> None:
    assert [hit.noun for hit in hits(home, "frame")] == ["product", "task", "pricebook"]
    (hit,) = hits(home, "east", nouns=["pricebook"])
    assert (hit.id, hit.label, hit.field, hit.spans) == (
        book,
        "华创科技 Frame 2027",
        "description",
        ((8, 12),),
    )
    assert books(home, "rame") == []
    assert books(home, "usd") == []


def test_a_book_is_found_as_it_is_now(home: Path, book: str) -> None:
    amend(home, "pricebook", book, name="Other")
    assert (books(home, "frame"), books(home, "other")) == ([], [book])
    take_back(home)
    assert (books(home, "frame"), books(home, "other")) == ([book], [])
    with acting(home) as session:
        session.connection().exec_driver_sql(
            "UPDATE pricebook SET deleted_at = '2026-11-22T00:00:00Z' WHERE id = ?", (book,)
        )
    assert books(home, "frame") == []
    assert examine(home) == []


# A store from before ---------------------------------------------------------------------------------
def test_nothing_is_wrong_with_a_store_from_before_and_its_list_is_narrowed(home: Path, book: str) -> None:
    without_books(home)
    assert examine(home) == []
    assert listed(home, "fram") == [book]
    assert listed(home, "nothing") == []


def change_a_product(home: Path) -> None:
    make(home, "product", name="Other")


def change_the_book(home: Path) -> None:
    with acting(home) as session:
        session.connection().exec_driver_sql("UPDATE pricebook SET description = 'new'")


def add_a_book(home: Path) -> None:
    make(home, "pricebook", name="Another", currency="USD")


def change_what_is_not_searched(home: Path) -> None:
    make(home, "tax", name="VAT", rate="13")


@pytest.mark.parametrize(
    "first", [change_a_product, change_the_book, add_a_book, change_what_is_not_searched]
)
def test_a_store_from_before_finds_its_books_from_its_first_change_on(
    home: Path, book: str, first: Callable[[Path], None]
) -> None:
    without_books(home)
    before = documents(home)
    assert books(home, "frame") == []
    first(home)
    assert books(home, "frame") == listed(home, "frame") == [book]
    assert before.items() <= documents(home).items()  # of what was in the index nothing was written anew
    amend(home, "pricebook", book, name="Renamed")
    assert books(home, "renam") == [book]
    assert books(home, "frame") == []
    assert examine(home) == []


def documents(home: Path) -> dict[int, tuple[str, str]]:
    """Return key -> (record, words) of what is in the index."""
    with closing(sqlite3.connect(store_path(home))) as connection:
        found = connection.execute("SELECT doc, record_id, words FROM search_doc")
        return {doc: (record_id, words) for doc, record_id, words in found}


@pytest.mark.parametrize("is_older", [True, False])
@pytest.mark.parametrize("processes", [1, 2])
def test_books_that_come_in_bulk_are_found_in_any_store(
    home: Path, book: str, monkeypatch: pytest.MonkeyPatch, processes: int, is_older: bool
) -> None:
    insert_with(monkeypatch, processes)
    first = row(home, "SELECT * FROM pricebook WHERE id = ?", book)
    copies = [{**first, "id": new_id(), "name": f"框架 Copy {number}"} for number in range(3)]
    for each in copies:
        each["ref"] = ref_of(str(each["id"]))
    if is_older:
        without_books(home)
    with changing(home, name=msg("Import")) as opened:
        rows = [tuple(each.values()) for each in copies]
        insert_rows(opened.connection, [NewRows("pricebook", tuple(first), rows)], Links())
    assert sorted(books(home, "copy")) == sorted(str(each["id"]) for each in copies)
    assert books(home, "frame") == [book]
    assert examine(home) == []


def test_the_doctor_mends_a_store_from_before_to_the_last_entry(home: Path, book: str) -> None:
    without_books(home)
    with closing(sqlite3.connect(store_path(home))) as connection:
        connection.execute("DROP TRIGGER sfa_search_lead_insert")
        connection.commit()
    wrong = examine(home)
    assert [finding.code for finding in wrong] == ["trigger_missing"]
    assert repair(home, wrong).left == ()
    assert books(home, "frame") == [book]
    assert examine(home) == []
