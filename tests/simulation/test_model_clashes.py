"""Keys that two records share, rings of parents, and children of what was deleted: told, and never lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sfa.sync.protocol import ExitEntry, OpEntry, Outcome, PushAnswer, RowEntry, Value
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ADMIN, ANN, BOB, CAT, HEAD, MANAGER, OTHER_MANAGER
from tests.simulation.pens import Pen
from tests.simulation.quoting import quote_op
from tests.simulation.test_model_outcomes import DELETED, account, deal, deal_op

APPLIED = Outcome.APPLIED


def conflicts(centre: ModelCentre, kind: str, **wanted: Value) -> list[dict[str, Any]]:
    """Return the values of the conflicts of a kind, with what their sides hold."""
    found = []
    for one in centre.state.tables["conflict"]:
        values = dict(centre.state.tables["conflict"][one].values)
        if values["kind"] == kind and all(values[name] == value for name, value in wanted.items()):
            sides = {name: json.loads(str(values[name])) for name in ("kept", "lost", "base")}
            found.append({**values, **sides, "id": one})
    return found


def clashes(centre: ModelCentre, state: str = "open") -> list[set[str]]:
    """Return the pairs of rows that clash."""
    found = conflicts(centre, "clash", state=state)
    pairs = [{each["kept"]["id"], each["lost"]["id"]} for each in found]
    return sorted(pairs, key=sorted)


def told(pen: Pen) -> set[str]:
    """Return the conflicts among the rows and ops that a pull brings."""
    page = pen.pull()
    return {
        entry.row_id
        for entry in page.entries
        if isinstance(entry, OpEntry | RowEntry) and entry.table == "conflict"
    }


def shared(pen: Pen, row_id: str, user: str) -> str:
    """Let somebody else see an account."""
    return pen.add("account_collaborator", account_id=row_id, user_id=user, access="read")


# ---- keys


def test_two_accounts_with_one_tax_number_both_stay_and_are_told_to_those_who_see_both(
    centre: ModelCentre,
) -> None:
    ann, bob, manager = Pen(centre, ANN), Pen(centre, BOB), Pen(centre, MANAGER)
    first = account(ann, ANN, tax_id="DE 123-456")
    second = account(bob, BOB, tax_id="de123456")
    (found,) = conflicts(centre, "clash")
    assert (found["on_table"], found["on_id"], found["unit"]) == ("account", first, "tax_id")
    assert (found["kept"], found["lost"], found["base"]) == (
        {"id": first},
        {"id": second},
        {"told": MANAGER},
    )
    assert (found["kept_author_id"], found["lost_author_id"]) == (ANN, BOB)
    assert told(ann) == told(bob) == set()
    assert told(manager) == {found["id"]}


def test_who_comes_to_see_both_is_told_then_and_who_loses_one_is_told_no_longer(centre: ModelCentre) -> None:
    ann, bob, manager = Pen(centre, ANN), Pen(centre, BOB), Pen(centre, MANAGER)
    account(ann, ANN, tax_id="123")
    second = account(bob, BOB, tax_id="123")
    (found,) = conflicts(centre, "clash")
    link = shared(manager, second, ANN)
    assert told(ann) == {found["id"]}
    assert manager.says(manager.update("account_collaborator", link, deleted_at=DELETED)) is APPLIED
    exits = [entry for entry in ann.pull().entries if isinstance(entry, ExitEntry)]
    assert {(each.table, each.row_id) for each in exits} >= {("conflict", found["id"]), ("account", second)}
    assert told(bob) == set()


def test_those_who_see_both_records_are_told_themselves(centre: ModelCentre) -> None:
    ann, bob, manager = Pen(centre, ANN), Pen(centre, BOB), Pen(centre, MANAGER)
    shared(ann, account(ann, ANN, tax_id="123"), BOB)
    shared(bob, account(bob, BOB, tax_id="123"), ANN)
    assert conflicts(centre, "clash")[0]["base"] == {"told": MANAGER}
    shared(manager, account(manager, MANAGER, tax_id="77"), ANN)
    again = account(manager, ANN, tax_id="77")
    assert not clashes(centre, "kept")
    assert len(clashes(centre)) == 1, "one device knows what it wrote itself"
    assert ann.says(ann.update("account", again, tax_id="78")) is APPLIED
    assert ann.says(ann.update("account", again, tax_id="77")) is APPLIED
    assert conflicts(centre, "clash", lost_author_id=ANN)[0]["base"] == {}


def test_what_two_offices_share_goes_to_whoever_is_above_both_or_to_an_admin(centre: ModelCentre) -> None:
    ann, cat, other = Pen(centre, ANN), Pen(centre, CAT), Pen(centre, OTHER_MANAGER)
    account(ann, ANN, tax_id="123")
    account(cat, CAT, tax_id="123")
    (found,) = conflicts(centre, "clash")
    assert found["base"] == {"told": HEAD}
    assert told(other) == set()
    assert told(Pen(centre, HEAD)) == set(), "it was there before"
    centre.edit([("user", MANAGER, {"manager_id": None})], author=ADMIN)
    account(ann, ANN, tax_id="55")
    account(cat, CAT, tax_id="55")
    assert [each["base"] for each in conflicts(centre, "clash")].count({"told": ADMIN}) == 1


@pytest.mark.parametrize("how", ["emptied", "changed", "deleted"])
def test_a_clash_is_settled_when_the_keys_clash_no_longer(centre: ModelCentre, how: str) -> None:
    ann, bob = Pen(centre, ANN), Pen(centre, BOB)
    account(ann, ANN, tax_id="123")
    second = account(bob, BOB, tax_id="123")
    ops = {
        "emptied": bob.update("account", second, tax_id=None),
        "changed": bob.update("account", second, tax_id="124"),
        "deleted": bob.update("account", second, deleted_at=DELETED),
    }
    assert bob.says(ops[how]) is APPLIED
    assert (len(clashes(centre)), len(clashes(centre, "kept"))) == (0, 1)


def test_both_that_were_let_stand_are_not_raised_again_by_other_edits(centre: ModelCentre) -> None:
    ann, bob, manager = Pen(centre, ANN), Pen(centre, BOB), Pen(centre, MANAGER)
    first = account(ann, ANN, tax_id="123")
    account(bob, BOB, tax_id="123")
    (found,) = conflicts(centre, "clash")
    assert manager.says(manager.update("conflict", found["id"], state="kept")) is APPLIED
    assert ann.says(ann.update("account", first, notes="a branch")) is APPLIED
    assert not clashes(centre)


def test_of_three_with_one_key_the_others_clash_when_the_first_leaves(centre: ModelCentre) -> None:
    pens = [Pen(centre, user) for user in (ANN, BOB, CAT)]
    ids = [account(pen, pen.user, tax_id="123") for pen in pens]
    assert clashes(centre) == [{ids[0], ids[1]}, {ids[0], ids[2]}]
    assert pens[0].says(pens[0].update("account", ids[0], tax_id="9")) is APPLIED
    assert clashes(centre) == [{ids[1], ids[2]}]


def test_codes_of_products_clash_before_everybody(centre: ModelCentre) -> None:
    ann, cat = Pen(centre, ANN), Pen(centre, CAT)
    admins = [Pen(centre, ADMIN), Pen(centre, ADMIN)]
    for pen, code in zip(admins, ("p-1", "P-1"), strict=True):
        pen.add("product", name="Pump", status="active", code=code)
    (found,) = conflicts(centre, "clash")
    assert found["base"] == {}
    assert told(ann) == told(cat) == {found["id"]}


def test_a_clash_of_quotes_is_told_to_those_alone_who_see_their_accounts_too(centre: ModelCentre) -> None:
    """One of them is of a deal that went to another account: who has the deal does not see the quote."""
    ann, admin = Pen(centre, ANN), Pen(centre, ADMIN)
    here, there = account(admin, ANN), account(admin, CAT)
    moved = deal(admin, ANN, account_id=here)
    numbered: dict[str, Any] = {"number": "Q-1", "owner_id": ANN}
    assert admin.says(quote_op(admin, there, deal_id=moved, **numbered)[1]) is APPLIED
    assert ann.says(quote_op(ann, here, **numbered)[1]) is APPLIED
    (found,) = conflicts(centre, "clash")
    assert told(ann) == told(Pen(centre, MANAGER)) == set()
    link = shared(admin, there, ANN)
    assert told(ann) == {found["id"]}
    assert admin.says(admin.update("account_collaborator", link, deleted_at=DELETED)) is APPLIED
    assert ann.transport.rows("conflict", [found["id"]]) == ()


def test_an_external_id_clashes_when_another_record_has_it(centre: ModelCentre) -> None:
    ann, bob = Pen(centre, ANN), Pen(centre, BOB)
    keys: dict[str, Value] = {"noun": "account", "source": "erp", "key": "4711"}
    first = account(ann, ANN)
    ann.add("external_id", record_id=first, **keys)
    ann.add("external_id", record_id=first, **keys)
    assert not clashes(centre)
    bob.add("external_id", record_id=account(bob, BOB), **{**keys, "source": "shop"})
    assert not clashes(centre)
    bob.add("external_id", record_id=account(bob, BOB), **keys)
    (found,) = conflicts(centre, "clash")
    assert (found["on_table"], found["unit"], found["base"]) == ("external_id", "key", {"told": MANAGER})
    assert told(ann) == told(bob) == set()
    centre.edit([("account", first, {"owner_id": BOB})], author=ADMIN)
    assert told(bob) == {found["id"]}


# ---- rings


def test_two_accounts_put_below_each_other_make_no_ring(centre: ModelCentre) -> None:
    ann, bob = Pen(centre, ANN), Pen(centre, BOB)
    one, other = account(ann, ANN), account(bob, BOB)
    shared(ann, one, BOB)
    shared(bob, other, ANN)
    assert ann.says(ann.update("account", one, parent_id=other)) is APPLIED
    bob.write(bob.update("account", other, parent_id=one, notes="both"))
    answer: PushAnswer = bob.push()
    assert answer.outcomes[0].outcome is APPLIED
    row = centre.state.row("account", other)
    assert row is not None
    assert (row.values["parent_id"], row.values["notes"]) == (None, "both")
    (found,) = conflicts(centre, "clash")
    assert (found["on_id"], found["unit"]) == (other, "parent_id")
    assert (found["kept"], found["lost"], found["lost_author_id"]) == (
        {"parent_id": None},
        {"parent_id": one},
        BOB,
    )
    (differs,) = answer.differs
    assert differs.columns == {"parent_id": (None, row.writer("parent_id"))}


def test_what_builds_on_a_refused_parent_knew_the_value_that_stayed(centre: ModelCentre) -> None:
    ann, bob = Pen(centre, ANN), Pen(centre, BOB)
    one, other, third = account(ann, ANN), account(bob, BOB), account(bob, BOB)
    shared(ann, one, BOB)
    shared(bob, other, ANN)
    assert ann.says(ann.update("account", one, parent_id=other)) is APPLIED
    bob.write(bob.update("account", other, parent_id=one))
    bob.push()
    refused = conflicts(centre, "clash")[0]["lost_op"]
    later = bob.update("account", other, parent_id=third)
    later["changes"]["parent_id"][1:] = [one, refused]
    assert bob.says(later) is APPLIED
    row = centre.state.row("account", other)
    assert row is not None
    assert row.values["parent_id"] == third
    assert not conflicts(centre, "overwrite")


def test_a_longer_ring_of_managers_is_none_either(centre: ModelCentre) -> None:
    admin = Pen(centre, ADMIN)
    assert admin.says(admin.update("user", HEAD, manager_id=ANN)) is APPLIED
    row = centre.state.row("user", HEAD)
    assert row is not None
    assert row.values["manager_id"] is None
    assert [each["unit"] for each in conflicts(centre, "clash")] == ["manager_id"]


def test_new_rows_that_stand_above_each_other_are_refused(centre: ModelCentre) -> None:
    ann = Pen(centre, ANN)
    one, other = ann.new_id(), ann.new_id()
    flags: dict[str, Value] = dict.fromkeys(("no_calls", "no_emails", "no_messages", "no_visits"), 0)
    whole: dict[str, Value] = {"name": "Acme", "kind": "end-customer", "tier": "key", "pool_state": "owned"}
    ops = [
        ann.insert("account", one, parent_id=other, **whole, **flags)[1],
        ann.insert("account", other, parent_id=one, **whole, **flags)[1],
    ]
    assert ann.says(*ops) is Outcome.QUARANTINED


# ---- children of what was deleted


def test_a_deletion_tells_of_the_children_that_its_author_had_not_pulled(centre: ModelCentre) -> None:
    ann, bob = Pen(centre, ANN), Pen(centre, BOB)
    row_id = account(ann, ANN)
    shared(ann, row_id, BOB)
    ann.pull()
    child, op = deal_op(bob, BOB, account_id=row_id)
    assert bob.says(op) is APPLIED
    assert ann.says(ann.update("account", row_id, deleted_at=DELETED)) is APPLIED
    (found,) = conflicts(centre, "edited-while-deleted")
    assert (found["on_table"], found["on_id"], found["lost_author_id"]) == ("account", row_id, BOB)
    assert (found["kept"], found["lost"]) == ({"deleted_at": DELETED}, {})
    row = centre.state.row("deal", child)
    assert row is not None
    assert (row.values["account_id"], row.values["deleted_at"]) == (row_id, None)


def test_a_deletion_in_knowledge_of_the_children_tells_nobody(centre: ModelCentre) -> None:
    ann, bob = Pen(centre, ANN), Pen(centre, BOB)
    row_id = account(ann, ANN)
    shared(ann, row_id, BOB)
    bob.add("phone", account_id=row_id, value="1", digits="1")
    ann.pull()
    assert ann.says(ann.update("account", row_id, deleted_at=DELETED)) is APPLIED
    assert not conflicts(centre, "edited-while-deleted")


def test_a_child_that_was_deleted_again_is_no_reason_to_tell(centre: ModelCentre) -> None:
    ann, bob = Pen(centre, ANN), Pen(centre, BOB)
    row_id = account(ann, ANN)
    shared(ann, row_id, BOB)
    ann.pull()
    phone = bob.add("phone", account_id=row_id, value="1", digits="1")
    assert bob.says(bob.update("phone", phone, deleted_at=DELETED)) is APPLIED
    assert ann.says(ann.update("account", row_id, deleted_at=DELETED)) is APPLIED
    assert not conflicts(centre, "edited-while-deleted")
