"""What a half-typed name may mean in a form."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.finding.picking import pick, same_name
from sfa.store.reading import reading
from tests.services.acting import make


@pytest.fixture
def acme(home: Path) -> Path:
    """Return a home with two customers and their people and deals."""
    make(home, "account", name="Acme Ltd")
    make(home, "account", name="Beta; Sons")
    for name in ("Jo Price", "Ann Smith"):
        make(home, "contact", name=name, accounts="Acme Ltd", emails=f"{name.split()[0].lower()}@acme.cn")
    make(home, "contact", name="Jo Miller")
    make(home, "deal", name="Pumps", account="Acme Ltd")
    make(home, "deal", name="Past pumps", account="Acme Ltd", amount="5", stage="Won")
    return home


def labels(home: Path, noun: str, typed: str, account: str = "") -> list[tuple[str, bool]]:
    """Return (label, whether it is the customer's own) of what is offered."""
    with reading(home) as connection:
        return [(each.label, each.is_near) for each in pick(connection, noun, typed, account=account)]


def test_without_a_text_there_are_only_the_customers_own(acme: Path) -> None:
    assert sorted(labels(acme, "contact", "", "Acme Ltd")) == [("Ann Smith", True), ("Jo Price", True)]
    assert labels(acme, "contact", "") == labels(acme, "contact", "", "nobody") == []


def test_the_customers_own_come_first_and_others_follow(acme: Path) -> None:
    assert labels(acme, "contact", "jo", "Acme Ltd") == [("Jo Price", True), ("Jo Miller", False)]


def test_the_customers_own_are_found_by_what_the_search_knows_of_them(acme: Path) -> None:
    assert labels(acme, "contact", "ann@acme", "Acme Ltd") == [("Ann Smith", True)]


def test_only_open_deals_of_the_customer_are_its_own(acme: Path) -> None:
    assert labels(acme, "deal", "", "Acme Ltd") == [("Pumps", True)]
    assert ("Past pumps", False) in labels(acme, "deal", "pumps", "Acme Ltd")


def test_a_name_with_a_semicolon_is_typed_as_its_reference(acme: Path) -> None:
    with reading(acme) as connection:
        (found,) = pick(connection, "account", "beta")
    assert found.label == "Beta; Sons"
    assert ";" not in found.typed


def test_the_same_name_is_the_whole_name_case_and_width_aside(acme: Path) -> None:
    with reading(acme) as connection:
        assert same_name(connection, "account", ["ａｃｍｅ LTD"]) == [("account", "Acme Ltd")]
        assert same_name(connection, "account", ["acme", ""]) == []
        assert same_name(connection, "lead", ["Wang", "acme ltd"]) == [("account", "Acme Ltd")]
