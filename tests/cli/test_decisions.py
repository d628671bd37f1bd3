"""Conflicts and proposals from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.cli.completing import SEPARATOR, answer
from tests.cli.conftest import Sfa
from tests.services.acting import amend, live, make, rows
from tests.services.deciding import conflict, me, op, proposal


@pytest.fixture
def ann(home: Path) -> str:
    return make(home, "user", name="Ann").id


@pytest.fixture
def pumps(home: Path) -> str:
    return make(home, "deal", name="Pumps", amount="100 USD").id


@pytest.fixture
def restaged(home: Path, pumps: str, ann: str) -> str:
    """The reference of a conflict: Ann's stage and amount stand, the user's lost."""
    first, second = rows(home, "SELECT id, probability_pct FROM stage WHERE kind = 'open' ORDER BY position")[
        :2
    ]
    found = conflict(
        home,
        "deal",
        pumps,
        kept={"stage_id": first["id"], "probability_pct": first["probability_pct"]},
        lost={"stage_id": second["id"], "probability_pct": second["probability_pct"]},
        unit="stage",
        kept_by=ann,
        lost_by=me(home),
    )
    return str(live(home, "conflict", found)["ref"])


@pytest.fixture
def repriced(home: Path, pumps: str, ann: str) -> str:
    """The reference of what Ann proposes to the user."""
    change = op("deal", pumps, amount_minor=[20_000, 10_000], notes=["more", None])
    found = proposal(home, change, author=ann, recipient=me(home))
    return str(live(home, "proposal", found)["ref"])


def test_conflicts_that_wait_for_me_are_listed_and_others_when_asked(
    sfa: Sfa, home: Path, restaged: str, ann: str
) -> None:
    other = make(home, "account", name="Globex", owner="Ann").id
    conflict(home, "account", other, kept={"name": "Globex"}, lost={"name": "G"}, kept_by=ann, lost_by=ann)
    said = sfa("conflicts", "list", "--format", "json")
    assert (said.code, [each["ref"] for each in said.data["rows"]]) == (0, [restaged[:5]])
    assert len(sfa("conflicts", "list", "--all").lines) == 2


def test_an_empty_list_is_no_failure(sfa: Sfa) -> None:
    for what in ("conflicts", "proposals"):
        said = sfa(what, "list", "--format", "table")
        assert (said.code, said.err.startswith("No ")) == (0, True)


def test_both_sides_are_shown_as_the_fields_show_them(sfa: Sfa, restaged: str) -> None:
    said = sfa("conflicts", "show", restaged[:6], "--format", "table")
    assert said.code == 0
    head = next(line for line in said.out.splitlines() if line.startswith("Field"))
    assert head.split() == ["Field", "Before", "Yours", "Theirs", "Now"]
    stage = next(line for line in said.out.splitlines() if line.startswith("Stage"))
    probability = next(line for line in said.out.splitlines() if line.startswith("Probability"))
    assert stage.split()[-1] == stage.split()[-2]  # theirs, which won, is what the deal holds
    assert "%" in probability
    assert "Kept of  Ann, " in said.out


def test_both_sides_are_shown_in_chinese(sfa: Sfa, restaged: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_LANG", "zh_CN")
    said = sfa("conflicts", "show", restaged, "--format", "table")
    assert "阶段" in said.out
    assert "您的" in said.out


def test_mine_is_accepted_and_named_in_undo(sfa: Sfa, home: Path, restaged: str, pumps: str) -> None:
    before = live(home, "deal", pumps)["stage_id"]
    said = sfa("conflicts", "accept-mine", restaged, "--format", "json")
    assert (said.code, said.data["state"]) == (0, "taken")
    assert live(home, "deal", pumps)["stage_id"] != before
    assert "Take the value that lost: deal Pumps" in sfa("undo").out
    assert live(home, "deal", pumps)["stage_id"] == before


def test_a_settled_conflict_is_refused_with_3(sfa: Sfa, restaged: str) -> None:
    assert sfa("conflicts", "accept-theirs", restaged).code == 0
    said = sfa("conflicts", "accept", restaged, "--lost")
    assert (said.code, "settled already" in said.err) == (3, True)


def test_a_record_changed_since_ends_with_4_and_shows_what_it_is_now(
    sfa: Sfa, home: Path, restaged: str, pumps: str
) -> None:
    amend(home, "deal", pumps, probability="77")
    said = sfa("conflicts", "accept-mine", restaged)
    assert (said.code, said.out) == (4, "")
    assert "77" in said.err
    assert sfa("conflicts", "merge", restaged).code == 0


def test_a_merge_takes_fields_as_an_edit_does(sfa: Sfa, home: Path, restaged: str, pumps: str) -> None:
    assert sfa("conflicts", "merge", restaged, "probability").code == 2
    assert sfa("conflicts", "merge", restaged, "amount=5").code == 2
    assert sfa("conflicts", "merge", restaged, "probability=55").code == 0
    assert live(home, "deal", pumps)["probability_pct"] == 55


def test_accept_wants_one_side(sfa: Sfa, restaged: str) -> None:
    assert sfa("conflicts", "accept", restaged).code == 2
    assert sfa("conflicts", "accept", restaged, "--kept", "--lost").code == 2
    assert sfa("conflicts", "accept", restaged, "--kept").code == 0


def test_an_unknown_reference_says_where_to_look(sfa: Sfa) -> None:
    said = sfa("conflicts", "show", "nosuch")
    assert (said.code, "sfa conflicts list" in said.err) == (1, True)


def test_a_proposal_is_shown_with_money_and_what_is_there_now(sfa: Sfa, repriced: str) -> None:
    body = sfa("proposals", "show", repriced, "--format", "json").data
    amount = next(each for each in body["fields"] if each["field"] == "amount")
    assert amount["before"]["amount"] == "100.00"
    assert amount["proposed"]["amount"] == "200.00"
    assert amount["now"] == {"amount": "100.00", "currency": "USD"}
    assert "Edit deal Pumps" in sfa("proposals", "show", repriced, "--format", "table").out


def test_a_proposal_is_accepted_in_part_when_the_rest_was_changed(
    sfa: Sfa, home: Path, repriced: str, pumps: str
) -> None:
    amend(home, "deal", pumps, amount="300 USD")
    said = sfa("proposals", "accept", repriced)
    assert (said.code, "Amount" in said.err) == (4, True)
    said = sfa("proposals", "accept", repriced, "--partial")
    assert (said.code, "Left out: deal Pumps: Amount" in said.err) == (0, True)
    assert live(home, "deal", pumps)["notes"] == "more"


def test_a_rejection_needs_a_reason(sfa: Sfa, repriced: str) -> None:
    assert sfa("proposals", "reject", repriced).code == 2
    assert sfa("proposals", "reject", repriced, "--reason", "no").code == 0
    assert sfa("proposals", "withdraw", repriced, "--reason", "no").code == 3
    assert sfa("proposals", "list").lines == []
    assert sfa("proposals", "list", "--all").lines[0].endswith("rejected")


def test_references_of_what_waits_are_completed(monkeypatch: pytest.MonkeyPatch, restaged: str) -> None:
    monkeypatch.setenv("_SFA_COMPLETE", "zsh")
    monkeypatch.setenv("SFA_COMPLETE_WORDS", SEPARATOR.join(("conflicts", "accept-mine", restaged[:2])))
    assert [line.split("\t")[0] for line in answer().splitlines()] == [restaged[:5]]


def test_conflicts_and_proposals_are_no_records_to_add_or_edit(sfa: Sfa, restaged: str) -> None:
    for word in ("conflict", "proposal"):
        assert sfa(word, "add").code == 2
    assert sfa("conflicts", "edit", restaged).code == 2
    assert sfa("find", "deal", "--format", "json").code in {0, 1}
    assert sfa("history", f"conflict:{restaged}").code == 0


def test_an_archive_carries_them(sfa: Sfa, home: Path, restaged: str, tmp_path: Path) -> None:
    assert sfa("export", "--all", str(tmp_path / "all")).code == 0
    texts = [path.read_text("utf-8") for path in (tmp_path / "all").rglob("*conflict*")]
    found = rows(home, "SELECT id FROM conflict WHERE ref = ?", restaged)[0]["id"]
    assert any(found in text for text in texts)


def test_what_waits_for_others_does_not_change_the_exit_code_of_sync_status(sfa: Sfa, home: Path) -> None:
    sfa("user", "add", "Ben")
    sfa("account", "add", "Acme", "--owner", "Ben")
    ((account, ben),) = [
        (row["id"], row["owner_id"]) for row in rows(home, "SELECT id, owner_id FROM account")
    ]
    conflict(home, "account", account, kept={"notes": "a"}, lost={"notes": "b"}, kept_by=ben, lost_by=ben)
    assert sfa("sync", "status").code == 0
    conflict(
        home, "account", account, kept={"tier": "key"}, lost={"tier": "b"}, kept_by=ben, lost_by=me(home)
    )
    assert sfa("sync", "status").code == 1
