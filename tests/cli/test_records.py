"""find, files, costs, declared fields and sharing, as they are typed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from sfa.store.home import store_path
from tests.cli.conftest import Sfa
from tests.services.acting import rows


def test_find_looks_everywhere_and_says_where(sfa: Sfa) -> None:
    sfa("account", "add", "Acme", "--phone", "13800138000")
    sfa("contact", "add", "Bob Acme")
    found = sfa("find", "acme", "--format", "json").data["rows"]
    assert {(each["noun"], each["name"]) for each in found} == {("account", "Acme"), ("contact", "Bob Acme")}
    (one,) = sfa("find", "acme", "--in", "contacts", "--format", "json").data["rows"]
    assert one["noun"] == "contact"
    (phone,) = sfa("find", "138", "--format", "json").data["rows"]
    assert phone["field"] == "phones"
    assert "Acme" in sfa("find", "bob", "acme", "--format", "table").out


def test_an_empty_find_exits_1(sfa: Sfa) -> None:
    said = sfa("find", "nothing like it")
    assert said.code == 1
    assert "Nothing holds" in said.err
    assert sfa("find", "x", "--in", "teapots").code == 2


def test_a_file_is_attached_listed_saved_and_taken_off(sfa: Sfa, tmp_path: Path) -> None:
    sfa("account", "add", "Acme")
    sfa("deal", "add", "Acme")
    source = tmp_path / "offer.txt"
    source.write_text("1,000 pumps")
    assert sfa("attachment", "add", "Acme", str(source)).code == 2  # an account or a deal?
    assert sfa("attachment", "add", "deal:Acme", str(source)).code == 0
    (listed,) = sfa("attachment", "list", "deal:Acme", "--format", "json").data["rows"]
    assert (listed["name"], listed["size_bytes"]) == ("offer.txt", 11)
    copy = tmp_path / "copy.txt"
    assert sfa("attachment", "save", "offer.txt", str(copy)).code == 0
    assert copy.read_text() == "1,000 pumps"
    assert sfa("attachment", "save", "offer.txt", str(copy)).code == 3
    assert sfa("attachment", "save", listed["ref"], str(copy), "--force").code == 0
    assert sfa("attachment", "delete", "offer.txt").code == 0
    said = sfa("attachment", "list", "deal:Acme", "--format", "table")
    assert (said.code, said.out) == (0, "")
    assert sfa("undo").out == "Undone: Take offer.txt off Acme\n"
    assert "11 B" in sfa("attachment", "list", "deal:Acme", "--format", "table").out


def test_a_missing_file_is_refused(sfa: Sfa, tmp_path: Path) -> None:
    sfa("account", "add", "Acme")
    said = sfa("attachment", "add", "Acme", str(tmp_path / "none.txt"))
    assert said.code == 2
    assert "none.txt" in said.err
    assert sfa("attachment", "save", "none.txt", str(tmp_path)).code == 1


def test_a_file_is_opened_with_the_systems_program(
    sfa: Sfa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\ncat "$1" > "{tmp_path}/seen"\n')
    opener.chmod(0o755)
    monkeypatch.setattr("sfa.store.programs.sys.platform", "linux")
    monkeypatch.setenv("PATH", f"{opener.parent}:/usr/bin:/bin")
    (tmp_path / "offer.txt").write_text("an offer")
    sfa("account", "add", "Acme")
    sfa("attachment", "add", "Acme", str(tmp_path / "offer.txt"))
    said = sfa("attachment", "open", "offer.txt")
    assert (said.code, said.out) == (0, "")
    assert "changes to it are not kept" in said.err
    assert (tmp_path / "seen").read_text() == "an offer"
    opener.write_text("#!/bin/sh\nexit 4\n")
    assert sfa("attachment", "open", "offer.txt").code == 3
    assert sfa("attachment", "open", "none.txt").code == 1


def test_the_cost_of_a_product_is_shown_and_set(sfa: Sfa) -> None:
    sfa("product", "add", "Pump", "--price", "100")
    assert "not known" in sfa("product", "cost", "Pump", "--format", "table").out
    assert sfa("product", "cost", "Pump", "60.005").code == 0
    shown = sfa("product", "cost", "Pump", "--format", "json").data
    assert shown["cost"] == {"amount": "60.005", "currency": "USD"}
    assert sfa("product", "cost", "Pump").lines == ["Pump\t60.005\tUSD"]
    assert sfa("product", "cost", "Pump", "lots").code == 2


def test_a_cost_is_shown_to_managers_and_refused_to_others(sfa: Sfa, home: Path) -> None:
    sfa("product", "add", "Pump", "--price", "100")
    sfa("product", "cost", "Pump", "60")
    assert sfa("product", "show", "Pump", "--format", "json").data["cost"]["amount"] == "60.00"
    with sqlite3.connect(store_path(home)) as connection:
        connection.execute("INSERT INTO local_state (key, value) VALUES ('sync_role', 'rep')")
    connection.close()
    said = sfa("product", "cost", "Pump")
    assert (said.code, said.out) == (3, "")
    assert "managers and administrators" in said.err
    assert sfa("product", "cost", "Pump", "50").code == 3
    assert "cost" not in sfa("product", "show", "Pump", "--format", "json").data


def test_a_declared_field_is_used_like_a_built_in_one(sfa: Sfa) -> None:
    said = sfa("field", "add", "Zone", "--on", "deal", "--kind", "choice", "--choices", "north; south")
    assert said.code == 0
    sfa("deal", "add", "Pumps", "--set", "zone=north")
    sfa("deal", "add", "Valves", "--set", "zone=south")
    assert sfa("deal", "add", "Pipes", "--set", "zone=west").code == 2
    found = sfa("deal", "list", "--where", "zone=north", "--fields", "name,zone", "--format", "json").data
    assert found["rows"] == [{"name": "Pumps", "zone": "north"}]
    said = sfa("field", "edit", "Zone", "--choices", "south")
    assert said.code == 3
    assert "north" in said.err
    assert sfa("field", "add", "amount", "--on", "deal").code == 2


def test_an_account_is_shared_and_not_shared_any_more(sfa: Sfa, home: Path) -> None:
    sfa("account", "add", "Acme")
    sfa("user", "add", "Ann")
    assert sfa("account", "share", "Acme", "Ann").code == 0
    assert sfa("account", "show", "Acme", "--format", "json").data["collaborators"][0]["name"] == "Ann"
    assert sfa("account", "share", "Acme", "Ann", "--end").code == 0
    assert rows(home, "SELECT id FROM account_collaborator WHERE deleted_at IS NULL") == []
    assert sfa("account", "share", "Acme", "me").code == 3


def test_a_second_add_with_the_same_key_says_that_nothing_changed(sfa: Sfa) -> None:
    assert "Added" in sfa("account", "add", "Acme", "--idempotency-key", "k").err
    assert "Unchanged" in sfa("account", "add", "Acme", "--idempotency-key", "k").err


def test_a_deal_moves_by_the_names_of_its_stages(sfa: Sfa) -> None:
    sfa("deal", "add", "Pumps", "--amount", "100")
    assert sfa("deal", "advance", "Pumps", "--to", "prop").code == 0
    assert sfa("undo", "--dry-run").out == "Would be undone: Pumps: stage Prospecting to Proposal\n"
    said = sfa("deal", "advance", "Pumps", "--to", "nowhere")
    assert said.code == 2
    assert "Negotiation" in said.err
    sfa("contact", "add", "Bob")
    assert sfa("deal", "role", "Pumps", "Bob", "--role", "拍板人", "--strength", "3").code == 0
    assert sfa("deal", "role", "Pumps", "Bob").code == 2
    assert sfa("deal", "role", "Pumps", "Bob", "--remove", "--role", "user").code == 2
    assert sfa("deal", "role", "Pumps", "Bob", "--remove").code == 0
    assert "roles" not in sfa("deal", "show", "Pumps", "--format", "json").data
    assert sfa("deal", "role", "Pumps", "Bob", "--remove").code == 1
    assert sfa("undo").code == 0
    assert len(sfa("deal", "show", "Pumps", "--format", "json").data["roles"]) == 1


def test_a_list_is_exported_into_a_file_by_its_ending(sfa: Sfa, tmp_path: Path) -> None:
    sfa("account", "add", "华创科技", "--phone", "13800138000")
    sfa("account", "add", "Acme", "--tier", "key")
    said = sfa("export", "accounts", str(tmp_path / "all.csv"))
    assert (said.code, said.out) == (0, "")
    text = (tmp_path / "all.csv").read_text("utf-8-sig")
    assert "13800138000" in text
    assert text.count("\n") == 3
    assert sfa("export", "accounts", str(tmp_path / "key.json"), "--where", "tier=key").code == 0
    (row,) = json.loads((tmp_path / "key.json").read_text("utf-8"))["rows"]
    assert row["name"] == "Acme"
    assert sfa("export", "accounts", "-", "--fields", "name", "--format", "tsv").lines == ["Acme", "华创科技"]
    assert sfa("export", "accounts", str(tmp_path / "none" / "all.csv")).code == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["all.csv", "key.json"]
