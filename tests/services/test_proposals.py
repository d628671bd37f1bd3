from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sfa.errors import ChangedMeanwhile, InvalidInput, Refused
from sfa.services import nouns, proposals
from sfa.services.proposals import Decided
from tests.services.acting import TODAY, acting, amend, live, make, row, rows, take_back
from tests.services.deciding import as_centre, me, op, proposal
from tests.store.rows import edit, hash_of_store, new_id


@pytest.fixture
def ann(home: Path) -> str:
    """Ann reports to the user of the store, who is a manager."""
    edit(home, "user", me(home), role="manager")
    ann = make(home, "user", name="Ann").id
    edit(home, "user", ann, manager_id=me(home))
    return ann


@pytest.fixture
def pumps(home: Path) -> str:
    return make(home, "deal", name="Pumps", amount="100 USD", next_step="call").id


def accept(home: Path, proposal_id: str, *, partial: bool = False) -> Decided:
    with acting(home) as session:
        return proposals.accept(session, proposal_id, partial=partial, today=TODAY)


def reopening(home: Path, deal: str, ann: str) -> str:
    """Ann proposes another amount, a next step and the event that tells of it."""
    changes: dict[str, list[Any]] = {"amount_minor": [20_000, 10_000], "next_step": ["visit", "call"]}
    event = {"deal_id": [deal], "effective_on": ["2026-11-10"], "recorded_at": ["2026-11-10T09:00:00.000Z"]}
    tells = {
        "stage_id": [live(home, "deal", deal)["stage_id"]],
        "amount_minor": [20_000],
        "currency": ["USD"],
    }
    made = op("deal_event", new_id(), "insert", **event, **tells)
    return proposal(home, op("deal", deal, **changes), made, author=ann, recipient=me(home))


def test_accepting_makes_the_changes_as_ones_own(home: Path, ann: str, pumps: str) -> None:
    found = reopening(home, pumps, ann)
    done = accept(home, found)
    assert (done.noun, done.label, done.left) == ("deal", "Pumps", ())
    now = live(home, "deal", pumps)
    assert (now["amount_minor"], now["next_step"], now["updated_by"]) == (20_000, "visit", me(home))
    decision = live(home, "proposal", found)
    assert (decision["state"], decision["decided_by_id"]) == ("accepted", me(home))


def test_undo_takes_changes_and_decision_back(home: Path, ann: str, pumps: str) -> None:
    found = reopening(home, pumps, ann)
    before = hash_of_store(home)
    accept(home, found)
    take_back(home)
    assert hash_of_store(home) == before


def test_what_was_changed_since_refuses_the_whole(home: Path, ann: str, pumps: str) -> None:
    found = reopening(home, pumps, ann)
    amend(home, "deal", pumps, amount="300 USD")
    with pytest.raises(ChangedMeanwhile) as raised:
        accept(home, found)
    assert raised.value.fields == (("deal", "Pumps", "Amount"),)
    assert live(home, "proposal", found)["state"] == "open"


def test_the_rest_is_accepted_when_asked_and_events_tell_what_is_there(
    home: Path, ann: str, pumps: str
) -> None:
    found = reopening(home, pumps, ann)
    amend(home, "deal", pumps, amount="300 USD")
    done = accept(home, found, partial=True)
    assert [field for _, _, field in done.left] == ["Amount"]
    now = live(home, "deal", pumps)
    assert (now["amount_minor"], now["next_step"]) == (30_000, "visit")
    amounts = rows(home, "SELECT amount_minor FROM deal_event WHERE deal_id = ?", pumps)
    assert {each["amount_minor"] for each in amounts} == {10_000, 30_000}


def test_a_column_of_a_unit_changed_since_keeps_the_unit_whole(home: Path, ann: str, pumps: str) -> None:
    change = op("deal", pumps, amount_minor=[20_000, 10_000], currency=["CNY", "USD"], notes=["more", None])
    found = proposal(home, change, author=ann, recipient=me(home))
    amend(home, "deal", pumps, amount="300 USD")
    accept(home, found, partial=True)
    now = live(home, "deal", pumps)
    assert (now["amount_minor"], now["currency"], now["notes"]) == (30_000, "USD", "more")


def test_nothing_left_to_accept_is_refused_even_in_part(home: Path, ann: str, pumps: str) -> None:
    found = proposal(home, op("deal", pumps, name=["Valves", "Pumps"]), author=ann, recipient=me(home))
    amend(home, "deal", pumps, name="Big pumps")
    with pytest.raises(ChangedMeanwhile):
        accept(home, found, partial=True)


def test_a_late_note_arrives_with_its_author(home: Path, ann: str) -> None:
    acme = make(home, "account", name="Acme").id
    note = new_id()
    stamp = "2026-11-10T09:00:00.000Z"
    written = {"kind": ["note"], "at": [stamp], "account_id": [acme], "outcome": ["wants a quote"]}
    born = {"created_at": [stamp], "created_by": [ann], "state": ["done"], "owner_id": [ann]}
    found = proposal(
        home, op("activity", note, "insert", **written, **born), author=ann, recipient=me(home), kind="late"
    )
    done = accept(home, found)
    assert (done.noun, done.label) == ("account", "Acme")
    now = live(home, "activity", note)
    assert (now["outcome"], now["created_by"], now["created_at"]) == ("wants a quote", ann, stamp)


def test_a_note_about_what_is_deleted_is_left_out_and_named(home: Path, ann: str) -> None:
    acme = make(home, "account", name="Acme").id
    values = {"kind": ["note"], "at": ["2026-11-10T09:00:00.000Z"], "account_id": [acme]}
    found = proposal(home, op("activity", new_id(), "insert", **values), author=ann, recipient=me(home))
    with acting(home) as session:
        nouns.delete(session, "account", acme)
    with pytest.raises(ChangedMeanwhile) as raised:
        accept(home, found)
    assert raised.value.fields == (("account", "Acme", "activities"),)


def test_a_proposed_deletion_takes_what_hangs_on_the_record(home: Path, ann: str) -> None:
    acme = make(home, "account", name="Acme").id
    deal = make(home, "deal", name="Unseen", account="Acme").id
    gone = op("account", acme, deleted_at=["2026-11-10T09:00:00.000Z", None])
    accept(home, proposal(home, gone, author=ann, recipient=me(home)))
    assert row(home, "SELECT deleted_at FROM deal WHERE id = ?", deal)["deleted_at"] is not None


def test_a_row_and_what_hangs_on_it_are_made_together(home: Path, ann: str) -> None:
    contact, phone = new_id(), new_id()
    found = proposal(
        home,
        op("contact", contact, "insert", name=["Wang"], owner_id=[ann]),
        op("phone", phone, "insert", contact_id=[contact], value=["13912345678"]),
        author=ann,
        recipient=me(home),
    )
    assert accept(home, found).label == "Wang"
    assert live(home, "phone", phone)["contact_id"] == contact


@pytest.mark.parametrize(("role", "fits"), [("admin", True), ("manager", False), ("rep", False)])
def test_who_neither_got_it_nor_stands_above_does_not_decide(
    home: Path, ann: str, pumps: str, role: str, fits: bool
) -> None:
    bob = make(home, "user", name="Bob").id
    edit(home, "user", me(home), role=role)
    found = proposal(home, op("deal", pumps, notes=["x", None]), author=ann, recipient=bob)
    if fits:
        accept(home, found)
        return
    with pytest.raises(Refused, match="for Bob to decide"):
        accept(home, found)


def test_a_manager_above_the_recipient_decides(home: Path, ann: str, pumps: str) -> None:
    found = proposal(home, op("deal", pumps, notes=["x", None]), author=None, recipient=ann)
    accept(home, found)
    assert live(home, "deal", pumps)["notes"] == "x"


def test_a_rejection_says_why_and_changes_nothing(home: Path, ann: str, pumps: str) -> None:
    found = reopening(home, pumps, ann)
    before = live(home, "deal", pumps)
    with acting(home) as session, pytest.raises(InvalidInput):
        proposals.reject(session, found, reason=" ")
    with acting(home) as session:
        proposals.reject(session, found, reason="too late")
    assert live(home, "deal", pumps) == before
    decision = live(home, "proposal", found)
    assert (decision["state"], decision["reason"]) == ("rejected", "too late")
    with pytest.raises(Refused, match="decided already"):
        accept(home, found)


def test_an_author_withdraws_their_own_and_no_other(home: Path, ann: str, pumps: str) -> None:
    change = op("deal", pumps, notes=["x", None])
    own = proposal(home, change, author=me(home), recipient=ann)
    other = proposal(home, change, author=ann, recipient=me(home))
    with acting(home) as session:
        proposals.withdraw(session, own, reason="settled by phone")
    assert live(home, "proposal", own)["state"] == "rejected"
    with acting(home) as session, pytest.raises(Refused):
        proposals.withdraw(session, other, reason="no")


@pytest.mark.parametrize("ops", ["[]", "[erased]"])
def test_what_was_erased_can_only_be_rejected(home: Path, ann: str, pumps: str, ops: str) -> None:
    about = {"kind": "guarded", "on_table": "deal", "on_id": pumps, "tx_id": new_id(), "name": "Edit"}
    who = {"author_id": ann, "recipient_id": me(home), "made_at": "2026-11-10T09:00:00.000Z"}
    found = as_centre(home, "proposal", **about, **who, arguments="{}", ops=ops)
    with pytest.raises(Refused, match="cannot be made here"):
        accept(home, found)
