from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sfa.errors import BadUsage, ChangedMeanwhile, InvalidInput, Refused
from sfa.services import conflicts, nouns
from sfa.services.conflicts import Settled
from tests.services.acting import TODAY, acting, amend, live, make, row, rows, take_back
from tests.services.deciding import conflict, me
from tests.store.rows import hash_of_store

Accept = Callable[..., Settled]


@pytest.fixture
def ann(home: Path) -> str:
    return make(home, "user", name="Ann").id


@pytest.fixture
def acme(home: Path) -> str:
    return make(home, "account", name="Acme Ltd").id


@pytest.fixture
def renamed(home: Path, acme: str, ann: str) -> str:
    """A conflict in which Ann's name won over the user's."""
    return conflict(
        home,
        "account",
        acme,
        kept={"name": "Acme Ltd"},
        lost={"name": "Acme Inc"},
        base={"name": "Acme"},
        kept_by=ann,
        lost_by=me(home),
    )


def settle(home: Path, how: Accept, conflict_id: str, **more: Any) -> Settled:
    with acting(home) as session:
        return how(session, conflict_id, today=TODAY, **more)


def merged(home: Path, conflict_id: str, **texts: str) -> Settled:
    with acting(home) as session:
        return conflicts.merge(session, conflict_id, texts, today=TODAY)


def state(home: Path, conflict_id: str) -> str:
    return str(live(home, "conflict", conflict_id)["state"])


def test_my_value_that_lost_is_written_into_the_record(home: Path, renamed: str, acme: str) -> None:
    settle(home, conflicts.accept_mine, renamed)
    assert live(home, "account", acme)["name"] == "Acme Inc"
    assert state(home, renamed) == "taken"


def test_theirs_that_won_stays_and_nothing_else_is_written(home: Path, renamed: str, acme: str) -> None:
    before = live(home, "account", acme)
    settle(home, conflicts.accept_theirs, renamed)
    assert live(home, "account", acme) == before
    assert state(home, renamed) == "kept"


def test_a_merge_writes_what_was_typed(home: Path, renamed: str, acme: str) -> None:
    merged(home, renamed, name="Acme Holding")
    assert live(home, "account", acme)["name"] == "Acme Holding"
    assert state(home, renamed) == "merged"


@pytest.mark.parametrize("how", [conflicts.accept_mine, conflicts.accept_lost])
def test_undo_takes_the_value_and_the_decision_back(home: Path, renamed: str, how: Accept) -> None:
    before = hash_of_store(home)
    settle(home, how, renamed)
    assert hash_of_store(home) != before
    take_back(home)
    assert hash_of_store(home) == before


def test_a_change_is_called_after_the_record(home: Path, renamed: str) -> None:
    settle(home, conflicts.accept_mine, renamed)
    last = rows(home, "SELECT name, arguments FROM tx ORDER BY first_seq DESC LIMIT 1")[0]
    assert last["name"] == "Take the value that lost: {noun} {label}"
    assert '"Acme Ltd"' in last["arguments"]


@pytest.mark.parametrize("authors", ["both", "neither"])
def test_who_has_both_sides_or_none_says_which(home: Path, acme: str, ann: str, authors: str) -> None:
    who = me(home) if authors == "both" else ann
    values: dict[str, Any] = {"kept": {"name": "Acme Ltd"}, "lost": {"name": "Acme Inc"}}
    found = conflict(home, "account", acme, **values, kept_by=who, lost_by=who)
    with pytest.raises(BadUsage):
        settle(home, conflicts.accept_mine, found)
    settle(home, conflicts.accept_lost, found)
    assert live(home, "account", acme)["name"] == "Acme Inc"


def test_a_settled_conflict_says_by_whom_and_is_not_settled_again(home: Path, renamed: str) -> None:
    settle(home, conflicts.accept_kept, renamed)
    with pytest.raises(Refused, match="settled already, by"):
        settle(home, conflicts.accept_lost, renamed)


@pytest.mark.parametrize("how", [conflicts.accept_mine, conflicts.accept_theirs])
def test_a_record_changed_since_is_not_overwritten_unseen(
    home: Path, renamed: str, acme: str, how: Accept
) -> None:
    amend(home, "account", acme, name="Acme Group")
    with pytest.raises(ChangedMeanwhile) as raised:
        settle(home, how, renamed)
    assert raised.value.fields == (("account", "Acme Group", "Name"),)
    merged(home, renamed)
    assert (live(home, "account", acme)["name"], state(home, renamed)) == ("Acme Group", "merged")


def test_another_field_changed_since_is_no_obstacle(home: Path, renamed: str, acme: str) -> None:
    amend(home, "account", acme, website="acme.example")
    settle(home, conflicts.accept_mine, renamed)
    assert live(home, "account", acme)["website"] == "acme.example"


def test_a_merge_without_values_needs_a_record_that_moved_on(home: Path, renamed: str) -> None:
    with pytest.raises(BadUsage):
        merged(home, renamed)


def test_a_merge_changes_only_what_the_conflict_is_about(home: Path, renamed: str) -> None:
    with pytest.raises(BadUsage, match="about name, not about website"):
        merged(home, renamed, website="acme.example")
    with pytest.raises(InvalidInput):
        merged(home, renamed, name="")


def test_the_stage_of_a_deal_is_taken_as_one_and_its_events_tell(home: Path, ann: str) -> None:
    deal = make(home, "deal", name="Pumps", amount="100").id
    stages = rows(home, "SELECT id, probability_pct FROM stage WHERE kind = 'open' ORDER BY position")
    won = row(home, "SELECT id FROM stage WHERE kind = 'won'")["id"]
    amend(home, "deal", deal, stage=won)
    kept = {
        name: live(home, "deal", deal)[name]
        for name in ("stage_id", "probability_pct", "category", "closed_on", "reached_stage_id")
    }
    lost = {
        "stage_id": stages[1]["id"],
        "probability_pct": stages[1]["probability_pct"],
        "category": "pipeline",
        "closed_on": None,
        "reached_stage_id": stages[1]["id"],
    }
    found = conflict(home, "deal", deal, kept=kept, lost=lost, unit="stage", kept_by=ann, lost_by=me(home))
    settle(home, conflicts.accept_mine, found)
    now = live(home, "deal", deal)
    assert {name: now[name] for name in lost} == lost
    latest = rows(home, "SELECT stage_id FROM deal_event WHERE deal_id = ? ORDER BY id DESC LIMIT 1", deal)
    assert latest == [{"stage_id": stages[1]["id"]}]


def test_an_amount_comes_with_its_currency(home: Path, ann: str) -> None:
    deal = make(home, "deal", name="Pumps", amount="100 USD").id
    found = conflict(
        home,
        "deal",
        deal,
        kept={"amount_minor": 10_000, "currency": "USD"},
        lost={"amount_minor": 70_000, "currency": "CNY"},
        unit="amount",
        kept_by=ann,
        lost_by=me(home),
    )
    settle(home, conflicts.accept_mine, found)
    now = live(home, "deal", deal)
    assert (now["amount_minor"], now["currency"]) == (70_000, "CNY")


def test_keeping_tells_of_a_deal_whose_last_event_is_the_losers(home: Path, ann: str) -> None:
    deal = make(home, "deal", name="Pumps", amount="100 USD").id
    amend(home, "deal", deal, amount="200 USD")
    with acting(home) as session:  # the centre let the first amount win; both events came along
        from sfa.services.records import raw
        from sfa.store import change

        change.update(raw(session), "deal", deal, {"amount_minor": 10_000})
    sides: dict[str, Any] = {"kept": {"amount_minor": 10_000}, "lost": {"amount_minor": 20_000}}
    found = conflict(home, "deal", deal, **sides, unit="amount", kept_by=ann, lost_by=me(home))
    settle(home, conflicts.accept_kept, found)
    amounts = rows(home, "SELECT amount_minor FROM deal_event WHERE deal_id = ? ORDER BY id", deal)
    assert [each["amount_minor"] for each in amounts] == [10_000, 20_000, 10_000]


def test_a_done_task_taken_bears_no_second_follower(home: Path, ann: str) -> None:
    task = make(home, "task", subject="Call", due="2026-11-18", repeat="weekly").id
    done = {"state": "done", "done_at": "2026-11-11T09:00:00.000Z"}
    sides: dict[str, Any] = {"kept": {"state": "open", "done_at": None}, "lost": done}
    found = conflict(home, "task", task, **sides, unit="state", kept_by=ann, lost_by=me(home))
    settle(home, conflicts.accept_mine, found)
    assert live(home, "task", task)["state"] == "done"
    assert len(rows(home, "SELECT id FROM task")) == 1


@pytest.fixture
def buried(home: Path, acme: str, ann: str) -> str:
    """A conflict about an account that Ann deleted, with a contact's link, while the user wrote a note."""
    make(home, "contact", name="Wang", accounts="Acme Ltd")
    with acting(home) as session:
        nouns.delete(session, "account", acme)
    deleted_at = row(home, "SELECT deleted_at FROM account")["deleted_at"]
    return conflict(
        home,
        "account",
        acme,
        kept={"deleted_at": deleted_at},
        lost={"notes": "wants a quote"},
        base={"notes": None},
        kind="edited-while-deleted",
        unit="deleted_at",
        kept_by=ann,
        lost_by=me(home),
    )


def test_an_edit_brings_a_deleted_record_back_with_what_went_with_it(
    home: Path, acme: str, buried: str
) -> None:
    settle(home, conflicts.accept_mine, buried)
    assert live(home, "account", acme)["notes"] == "wants a quote"
    assert len(rows(home, "SELECT id FROM contact_account WHERE deleted_at IS NULL")) == 1


def test_a_kept_deletion_stays(home: Path, buried: str) -> None:
    settle(home, conflicts.accept_theirs, buried)
    assert rows(home, "SELECT id FROM account WHERE deleted_at IS NULL") == []
    assert state(home, buried) == "kept"


def test_a_merge_brings_a_deleted_record_back_with_what_was_typed(home: Path, acme: str, buried: str) -> None:
    merged(home, buried, notes="wants two quotes")
    assert live(home, "account", acme)["notes"] == "wants two quotes"


def test_a_deletion_that_lost_is_taken_with_what_hangs_on_the_record(home: Path, acme: str, ann: str) -> None:
    deal = make(home, "deal", name="Pumps", account="Acme Ltd").id
    sides: dict[str, Any] = {"kept": {"deleted_at": None}, "lost": {"deleted_at": "2026-11-11T09:00:00.000Z"}}
    found = conflict(home, "account", acme, **sides, kept_by=ann, lost_by=me(home))
    settle(home, conflicts.accept_mine, found)
    assert row(home, "SELECT deleted_at FROM deal WHERE id = ?", deal)["deleted_at"] is not None


def test_a_phone_is_settled_like_a_field_of_its_record(home: Path, ann: str) -> None:
    contact = make(home, "contact", name="Wang", phones="13912345678").id
    phone = row(home, "SELECT id, value, digits FROM phone")
    found = conflict(
        home,
        "phone",
        phone["id"],
        kept={"value": phone["value"]},
        lost={"value": "13999999999"},
        kept_by=ann,
        lost_by=me(home),
    )
    version = live(home, "contact", contact)["version"]
    done = settle(home, conflicts.accept_mine, found)
    assert (done.noun, done.label) == ("contact", "Wang")
    assert live(home, "phone", phone["id"])["value"] == "13999999999"
    assert live(home, "contact", contact)["version"] == version + 1


@pytest.fixture
def clash(home: Path, acme: str, ann: str) -> tuple[str, str]:
    """Another account with Acme's tax id, and the conflict about the two."""
    amend(home, "account", acme, tax_id="91310000")
    other = make(home, "account", name="Acme South", tax_id="9131 0000").id
    sides = {"kept": {"id": acme}, "lost": {"id": other}}
    found = conflict(
        home, "account", acme, **sides, kind="clash", unit="tax_id", kept_by=ann, lost_by=me(home)
    )
    return found, other


def test_of_two_records_with_one_key_nothing_was_lost(home: Path, clash: tuple[str, str]) -> None:
    with pytest.raises(Refused, match="two records have the same value"):
        settle(home, conflicts.accept_mine, clash[0])
    settle(home, conflicts.accept_theirs, clash[0])
    assert state(home, clash[0]) == "kept"


def test_the_key_of_the_first_record_is_typed_anew(home: Path, acme: str, clash: tuple[str, str]) -> None:
    with pytest.raises(BadUsage, match="about tax_id, not about name"):
        merged(home, clash[0], name="Other")
    merged(home, clash[0], tax_id="")
    assert live(home, "account", acme)["tax_id"] is None
    assert live(home, "account", clash[1])["tax_id"] == "9131 0000"
    assert state(home, clash[0]) == "kept"


def test_a_refused_parent_is_refused_here_too_while_it_would_close_a_ring(
    home: Path, acme: str, ann: str
) -> None:
    child = make(home, "account", name="Child", parent="Acme Ltd").id
    sides: dict[str, Any] = {"kept": {"parent_id": None}, "lost": {"parent_id": child}}
    found = conflict(home, "account", acme, **sides, kind="clash", kept_by=ann, lost_by=me(home))
    with pytest.raises(Refused):
        settle(home, conflicts.accept_lost, found)
    amend(home, "account", child, parent="")
    settle(home, conflicts.accept_lost, found)
    assert live(home, "account", acme)["parent_id"] == child


def test_rules_of_the_record_hold_for_what_lost(home: Path, acme: str, ann: str) -> None:
    child = make(home, "account", name="Child", parent="Acme Ltd").id
    found = conflict(
        home,
        "account",
        acme,
        kept={"parent_id": None},
        lost={"parent_id": child},
        kept_by=ann,
        lost_by=me(home),
    )
    with pytest.raises(Refused):
        settle(home, conflicts.accept_mine, found)
    assert state(home, found) == "open"
