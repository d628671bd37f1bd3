from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Sfa
from tests.store.rows import hash_of_store


@pytest.fixture
def lead(sfa: Sfa) -> Sfa:
    """Return the command line of a store with a lead of a known account."""
    sfa("account", "add", "Acme")
    sfa("lead", "add", "Bob Ray", "--company", "ACME", "--phone", "13800138000", "--interest", "pumps")
    return sfa


def test_a_dry_run_shows_the_plan_and_changes_nothing(lead: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    said = lead("lead", "convert", "Bob", "--dry-run", "--format", "json")
    assert said.code == 0
    account, contact, deal = said.data["parts"]
    assert (account["action"], account["name"]) == ("attach", "Acme")
    assert contact["action"] == "create"
    assert {"field": "phones", "action": "add", "value": ["13800138000"], "present": None} in contact[
        "fields"
    ]
    closing = next(each for each in deal["fields"] if each["field"] == "close_date")
    assert closing["value"] == "2026-12-31"
    assert hash_of_store(home) == before


def test_in_a_pipe_the_plan_waits_for_a_yes(lead: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    said = lead("lead", "convert", "Bob")
    assert said.code == 1
    assert "account\t\tattach\tAcme" in said.out
    assert "--yes" in said.err
    assert hash_of_store(home) == before


def test_enter_converts_on_a_terminal(lead: Sfa) -> None:
    said = lead("lead", "convert", "Bob", "--format", "json", answers="\n")
    assert said.code == 0
    assert "Convert the lead?" in said.err
    made = [(each["action"], each["noun"]) for each in said.data["records"]]
    assert made == [
        ("converted", "lead"),
        ("attached", "account"),
        ("created", "contact"),
        ("created", "deal"),
    ]


def test_no_leaves_the_lead(lead: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    assert lead("lead", "convert", "Bob", answers="what\nn\n").code == 1
    assert hash_of_store(home) == before


def test_the_deal_is_as_typed(lead: Sfa) -> None:
    options = ("--deal-name", "20 pumps", "--amount", "5000", "--close-date", "2026-12-05")
    assert lead("lead", "convert", "Bob", "--yes", *options).code == 0
    (deal,) = lead("deal", "list", "--format", "json").data["rows"]
    assert (deal["name"], deal["amount"]["amount"], deal["close_date"]) == (
        "20 pumps",
        "5000.00",
        "2026-12-05",
    )


def test_no_deal_makes_none(lead: Sfa) -> None:
    assert lead("lead", "convert", "Bob", "--yes", "--no-deal", "--account", "new").code == 0
    assert lead("deal", "list", "--format", "json").data["rows"] == []
    assert len(lead("account", "list", "--format", "json").data["rows"]) == 2


def test_converting_twice_is_refused(lead: Sfa) -> None:
    lead("lead", "convert", "Bob", "--yes")
    said = lead("lead", "convert", "Bob", "--yes")
    assert said.code == 3
    assert "converted already" in said.err


def test_a_lead_changed_meanwhile_is_refused(lead: Sfa) -> None:
    assert lead("lead", "convert", "Bob", "--yes", "--expect", "7").code == 4


def test_undo_names_the_conversion(lead: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    lead("lead", "convert", "Bob", "--yes")
    assert lead("undo").out == "Undone: Convert lead Bob Ray · ACME\n"
    assert hash_of_store(home) == before
