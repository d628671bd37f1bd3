"""Whom and what the names in a visit line mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sfa.finding.visit_matching import match_account, match_person, names_in, near_people, only_account
from sfa.store.reading import open_reading
from tests.conftest import Made
from tests.services.acting import make, row


@pytest.fixture
def connection(made: Made) -> Iterator[sqlite3.Connection]:
    """Return a store with some accounts and people."""
    with closing(open_reading(made(_company))) as opened:
        yield opened


def _company(home: Path) -> None:
    for name in ("Acme Corp", "Schell GmbH", "华创科技"):
        make(home, "account", name=name)
    make(home, "account", name="Northgate Foods", short_name="NGF")
    make(home, "contact", name="Bob Ray", accounts="Acme Corp")
    make(home, "contact", name="Charlie", accounts="Acme Corp")
    make(home, "contact", name="王建国", accounts="华创科技")
    make(home, "contact", name="Eve Free")
    make(home, "user", name="Ann Lee")


def account(connection: sqlite3.Connection, name: str) -> str:
    return str(connection.execute("SELECT id FROM account WHERE name = ?", (name,)).fetchone()[0])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("acme", "Acme Corp"),
        ("Corp", "Acme Corp"),
        ("ngf", "Northgate Foods"),
        ("华创", "华创科技"),
        ("创科", "华创科技"),
        ("ＡＣＭＥ Corp", "Acme Corp"),
    ],
)
def test_an_account_is_meant_by_name_short_name_or_the_begin_of_a_word(
    connection: sqlite3.Connection, text: str, found: str
) -> None:
    match = match_account(connection, text)
    assert match.found is not None
    assert match.found.label == found


def test_letters_within_a_word_are_a_doubt_not_a_name(connection: sqlite3.Connection) -> None:
    match = match_account(connection, "hell")
    assert match.found is None
    assert [each.label for each in match.candidates] == ["Schell GmbH"]


def test_an_unknown_name_means_nobody(connection: sqlite3.Connection) -> None:
    assert match_account(connection, "Initech").candidates == ()
    assert match_person(connection, "Zed", None).candidates == ()


def test_a_person_is_looked_for_at_the_account(connection: sqlite3.Connection) -> None:
    found = match_person(connection, "Bob", account(connection, "Acme Corp")).found
    assert found is not None
    assert found.label == "Bob Ray"
    assert found.hint == "Acme Corp"  # the account tells namesakes apart


def test_a_namesake_at_another_account_is_somebody_else(connection: sqlite3.Connection) -> None:
    assert match_person(connection, "Bob Ray", account(connection, "华创科技")).candidates == ()


def test_a_contact_of_no_account_and_a_colleague_are_known_by_their_whole_name(
    connection: sqlite3.Connection,
) -> None:
    acme = account(connection, "Acme Corp")
    for name, noun in (("Eve Free", "contact"), ("Ann Lee", "user")):
        found = match_person(connection, name, acme).found
        assert found is not None
        assert found.noun == noun
    assert match_person(connection, "Eve", acme).found is None


def test_part_of_a_persons_name_is_a_doubt(connection: sqlite3.Connection) -> None:
    match = match_person(connection, "harl", account(connection, "Acme Corp"))
    assert match.found is None
    assert len(match.candidates) == 1


def test_without_an_account_the_person_says_it(connection: sqlite3.Connection) -> None:
    found = match_person(connection, "王建国", None).found
    assert found is not None
    at = only_account(connection, found.id)
    assert at is not None
    assert at.label == "华创科技"


def test_names_in_a_line_are_found_longest_first(connection: sqlite3.Connection) -> None:
    line = "visited NGF (northgate foods) and 华创科技"
    assert names_in(connection, "account", line) == ["Northgate Foods", "华创科技", "NGF"]
    assert names_in(connection, "contact", "met 王建国") == ["王建国"]


def test_two_accounts_leave_the_account_open(home: Path) -> None:
    make(home, "account", name="Acme")
    make(home, "account", name="Other")
    contact = make(home, "contact", name="Bob", accounts="Acme, Other")
    assert row(home, "SELECT count(*) AS n FROM contact_account") == {"n": 2}
    with closing(open_reading(home)) as opened:
        assert only_account(opened, contact.id) is None


@pytest.mark.parametrize("name", ["王总", "王经理", "老王", "王工", "王总监", "王处长"])
def test_a_surname_with_an_office_offers_the_people_of_that_surname(
    connection: sqlite3.Connection, name: str
) -> None:
    (found,) = near_people(connection, name, account(connection, "华创科技"))
    assert found.label == "王建国"


@pytest.mark.parametrize("name", ["李总", "王建军", "Bob", "总"])
def test_another_surname_or_a_whole_name_offers_nobody(connection: sqlite3.Connection, name: str) -> None:
    assert near_people(connection, name, account(connection, "华创科技")) == ()


def test_a_contact_named_where_the_account_belongs_means_the_account_of_that_person(
    connection: sqlite3.Connection,
) -> None:
    found = match_account(connection, "王建国").found
    assert found is not None
    assert found.label == "华创科技"
    assert match_account(connection, "Eve Free").candidates == ()
