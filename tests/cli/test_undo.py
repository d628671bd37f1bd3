from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Sfa
from tests.store.rows import hash_of_store


def test_undo_says_what_it_took_back_and_redo_brings_it_back(sfa: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    sfa("account", "add", "Acme")
    after = hash_of_store(home)
    assert sfa("undo").out == "Undone: Add account Acme\n"
    assert hash_of_store(home) == before
    assert sfa("redo").out == "Redone: Add account Acme\n"
    assert hash_of_store(home) == after
    assert sfa("redo").code == 1


def test_nothing_to_undo_is_said(sfa: Sfa) -> None:
    said = sfa("undo")
    assert said.code == 1
    assert "nothing to undo" in said.err


def test_a_dry_run_takes_nothing_back(sfa: Sfa, home: Path) -> None:
    sfa("account", "add", "Acme")
    before = hash_of_store(home)
    said = sfa("undo", "--dry-run")
    assert said.out == "Would be undone: Add account Acme\n"
    assert "Nothing was changed" in said.err
    assert hash_of_store(home) == before


def test_the_list_names_the_changes_newest_first(sfa: Sfa) -> None:
    sfa("account", "add", "Acme")
    sfa("account", "edit", "Acme", "--tier", "key")
    sfa("undo")
    found = sfa("undo", "--list", "--format", "json").data["rows"]
    assert [(each["name"], each["undone"]) for each in found] == [
        ("Edit account Acme", True),
        ("Add account Acme", False),
    ]
    assert len(sfa("undo", "--list", "--limit", "1", "--format", "json").data["rows"]) == 1


def test_any_change_of_the_list_can_be_undone(sfa: Sfa) -> None:
    sfa("account", "add", "Acme")
    sfa("account", "add", "Other")
    ref = sfa("undo", "--list", "--format", "json").data["rows"][1]["ref"]
    assert sfa("undo", ref).out == "Undone: Add account Acme\n"
    assert sfa("undo", ref).code == 3
    assert sfa("undo", "zzzzz").code == 1


def test_what_was_changed_since_is_listed_by_the_names_people_know(sfa: Sfa) -> None:
    sfa("account", "add", "Acme")
    sfa("account", "edit", "Acme", "--tier", "key", "--region", "north")
    sfa("account", "edit", "Acme", "--tier", "small")
    ref = sfa("undo", "--list", "--format", "json").data["rows"][1]["ref"]
    said = sfa("undo", ref)
    assert said.code == 4
    assert "account Acme: Tier" in said.err
    assert f"sfa undo {ref} --partial" in said.err
    said = sfa("undo", ref, "--partial", "--format", "json")
    assert said.code == 0
    assert said.data["kept"] == [{"noun": "account", "record": "Acme", "field": "Tier"}]
    account = sfa("account", "show", "Acme", "--format", "json").data
    assert (account["tier"], account["region"]) == ("small", None)


def test_what_hangs_on_a_change_is_listed_too(sfa: Sfa) -> None:
    sfa("account", "add", "Acme")
    sfa("deal", "add", "Pumps", "--account", "Acme")
    ref = sfa("undo", "--list", "--format", "json").data["rows"][1]["ref"]
    said = sfa("undo", ref)
    assert said.code == 4
    assert "account Acme: deals" in said.err


def test_history_tells_field_by_field_who_changed_what(sfa: Sfa) -> None:
    sfa("account", "add", "Acme", "--phone", "13800138000")
    sfa("contact", "add", "Bob", "--account", "Acme")
    sfa("deal", "add", "Pumps", "--account", "Acme", "--amount", "100")
    sfa("deal", "edit", "Pumps", "--amount", "250.50", "--close-date", "2026-12-01")
    sfa("undo")
    entries = sfa("deal", "history", "Pumps", "--format", "json").data["entries"]
    assert [each["change"] for each in entries] == [
        "Undone: Edit deal Pumps",
        "Edit deal Pumps",
        "Add deal Pumps",
    ]
    changed = {each["field"]: (each["before"], each["after"]) for each in entries[1]["fields"]}
    assert changed["amount"] == (
        {"amount": "100.00", "currency": "USD"},
        {"amount": "250.50", "currency": "USD"},
    )
    assert changed["close_date"] == (None, "2026-12-01")
    first = {each["field"]: each["after"] for each in entries[2]["fields"]}
    assert first["account"]["name"] == "Acme"
    assert first["stage"]["name"] == "Prospecting"
    account = sfa("account", "history", "Acme", "--format", "json").data["entries"]
    fields = [(each["field"], each["after"]) for entry in account for each in entry["fields"]]
    assert ("phones", ["13800138000"]) in fields
    contacts = [after for name, after in fields if name == "contacts"]
    assert [each["name"] for each in contacts] == ["Bob"]


def test_history_reads_on_a_terminal_too(sfa: Sfa) -> None:
    sfa("account", "add", "Acme")
    sfa("account", "edit", "Acme", "--tier", "key")
    said = sfa("account", "history", "Acme", "--format", "table")
    assert "Tier" in said.out
    assert "2 changes" in said.err


def test_a_declared_field_has_its_label_in_history_even_when_it_is_gone(sfa: Sfa) -> None:
    sfa("account", "add", "Acme")
    sfa("field", "add", "Renewal day", "--on", "account", "--kind", "date")
    sfa("account", "edit", "Acme", "--set", "renewal_day=2027-01-01")
    sfa("field", "delete", "Renewal day")
    said = sfa("account", "history", "Acme", "--format", "table")
    assert "Renewal day" in said.out
    assert "2027-01-01" in said.out


def _change(sfa: Sfa, name: str) -> str:
    listed = sfa("undo", "--list", "--format", "json").data["rows"]
    return next(str(each["ref"]) for each in listed if str(each["name"]).startswith(name))


def test_a_pipeline_of_today_knows_of_a_stage_taken_back_below_a_later_change(sfa: Sfa) -> None:
    sfa("account", "add", "Acme")
    sfa("deal", "add", "Pumps", "--account", "Acme", "--amount", "100")
    sfa("deal", "advance", "Pumps")
    sfa("deal", "edit", "Pumps", "--amount", "300")
    assert sfa("undo", _change(sfa, "Pumps: stage")).code == 0
    assert "sound" in sfa("doctor").err
    assert sfa("redo").code == 0
    assert "sound" in sfa("doctor").err


def test_a_record_that_stays_keeps_what_it_is_made_of(sfa: Sfa) -> None:
    sfa("account", "add", "Acme")
    sfa("deal", "add", "Pumps", "--account", "Acme", "--amount", "100")
    sfa("deal", "edit", "Pumps", "--notes", "urgent")
    said = sfa("undo", _change(sfa, "Add deal"), "--partial")
    assert (said.code, "Nothing of it can be taken back" in said.err) == (4, True)
    assert "sound" in sfa("doctor").err
    sfa("contact", "add", "Li Wei", "--phone", "13800138000")
    sfa("contact", "edit", "Li Wei", "--title", "CTO")
    assert sfa("undo", _change(sfa, "Add contact"), "--partial").code == 4
    assert sfa("contact", "show", "Li Wei", "--format", "json").data["phones"]
