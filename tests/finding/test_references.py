from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfa.errors import Ambiguous, NotFound
from sfa.finding.completing import complete
from sfa.finding.references import resolve, resolve_any
from sfa.store.reading import reading
from tests.conftest import Made
from tests.finding.company import add, small_company


@pytest.fixture
def store(made: Made) -> Iterator[sqlite3.Connection]:
    with reading(made(_company)) as connection:
        yield connection


def _company(home: Path) -> None:
    small_company(home)
    add(home, "account", name="Acme Holding")


@pytest.mark.parametrize("typed", ["华创科技有限公司", "华创", "科技", "  华创 "])
def test_a_name_a_short_name_or_a_part_of_it_names_the_record(store: sqlite3.Connection, typed: str) -> None:
    assert resolve(store, "account", typed).label == "华创科技有限公司"


def test_a_name_wins_over_a_part_of_a_longer_one(store: sqlite3.Connection) -> None:
    assert resolve(store, "account", "acme ltd").label == "Acme Ltd"


def test_several_matches_are_listed_and_nothing_is_chosen(store: sqlite3.Connection) -> None:
    with pytest.raises(Ambiguous) as refused:
        resolve(store, "account", "acme")
    assert {label for _, label in refused.value.matches} == {"Acme Ltd", "Acme Holding"}


def test_an_id_a_reference_and_its_front_name_the_record(store: sqlite3.Connection) -> None:
    found = resolve(store, "account", "华创")
    for typed in (found.id, found.ref, found.ref[:5], found.ref[:5].upper()):
        assert resolve(store, "account", typed).id == found.id


def test_me_is_the_local_user(store: sqlite3.Connection) -> None:
    user = store.execute("SELECT value FROM local_state WHERE key = 'user_id'").fetchone()[0]
    assert resolve(store, "user", "me").id == user


def test_an_unknown_name_is_not_found(store: sqlite3.Connection) -> None:
    with pytest.raises(NotFound):
        resolve(store, "account", "Nobody Inc")


def test_a_reference_over_several_nouns_says_which_it_found(store: sqlite3.Connection) -> None:
    assert resolve_any(store, "Grand", ("account", "deal", "lead")).label == "Grand"
    assert resolve_any(store, "lead:Li Wei", ("account", "deal", "lead")).label.startswith("Li Wei")


def test_completion_offers_names_that_begin_as_typed(store: sqlite3.Connection) -> None:
    offered = " ".join(" ".join(pair) for pair in complete(store, "account", "Acme"))
    assert "Acme Ltd" in offered
    assert "Acme Holding" in offered
