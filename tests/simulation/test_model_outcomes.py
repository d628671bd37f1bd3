"""Every row of the page's tables of outcomes and of who may do what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sfa.store.seed import DEFAULT_PIPELINE
from sfa.sync.errors import DeviceRefused, Forked, Gap
from sfa.sync.protocol import Outcome, Push, RowEntry, Value
from sfa.terms import OpKind
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import (
    ADMIN,
    ANN,
    BOB,
    CAT,
    COST,
    EAST,
    FIRST_STAGE,
    HEAD,
    MANAGER,
    PRODUCT,
    READER,
    WEST,
    WON,
)
from tests.simulation.pens import Pen

APPLIED, PROPOSAL, LATE, QUARANTINED = (
    Outcome.APPLIED,
    Outcome.PROPOSAL,
    Outcome.LATE,
    Outcome.QUARANTINED,
)
DELETED = "2026-11-22T00:00:00.000Z"


def lead(pen: Pen, owner: str | None = None, **values: Value) -> str:
    return pen.add(
        "lead", **{"name": "Wang", "status": "new", "pool_state": "owned", "owner_id": owner, **values}
    )


def account(pen: Pen, owner: str | None = None, **values: Value) -> str:
    flags: dict[str, Value] = dict.fromkeys(("no_calls", "no_emails", "no_messages", "no_visits"), 0)
    whole: dict[str, Value] = {"name": "Acme", "kind": "end-customer", "tier": "key", "pool_state": "owned"}
    return pen.add("account", **{**whole, **flags, "owner_id": owner, **values})


def deal_op(pen: Pen, owner: str | None, **values: Value) -> tuple[str, dict[str, Any]]:
    stage: dict[str, Value] = {
        "pipeline_id": DEFAULT_PIPELINE,
        "stage_id": FIRST_STAGE,
        "category": "pipeline",
    }
    flags: dict[str, Value] = {"is_probability_pinned": 0, "is_category_pinned": 0, "probability_pct": 10}
    return pen.insert("deal", "", **{"name": "Pumps", "owner_id": owner, **stage, **flags, **values})


def deal(pen: Pen, owner: str | None, **values: Value) -> str:
    row_id, op = deal_op(pen, owner, **values)
    assert pen.says(op) is APPLIED
    return row_id


# ---- 1. the author


def test_a_foreign_author_is_quarantined(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    pen.author = BOB
    assert pen.reason(pen.insert("lead", name="x", status="new", pool_state="owned")[1]) == "not_author"


def test_the_local_author_is_the_signed_in_user_in_rows_too(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    pen.author = pen.local_author
    row_id = lead(pen, pen.local_author)
    row = centre.state.row("lead", row_id)
    assert row is not None
    assert (row.values["owner_id"], row.values["created_by"]) == (ANN, ANN)


def test_nobody_makes_a_row_in_another_name(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    row_id, op = pen.insert("lead", name="x", status="new", pool_state="owned", created_by=BOB)
    pen.write(op)
    answer = pen.push()
    assert answer.outcomes[0].outcome is APPLIED
    row = centre.state.row("lead", row_id)
    assert row is not None
    assert row.values["created_by"] == ANN
    (differs,) = answer.differs
    assert differs.columns == {"created_by": (ANN, row.maker)}
    assert pen.says(pen.update("lead", row_id, created_by=BOB, notes="mine")) is APPLIED
    row = centre.state.row("lead", row_id)
    assert row is not None
    assert (row.values["created_by"], row.values["notes"]) == (ANN, "mine")


def test_who_accepts_a_new_record_keeps_the_name_of_its_author(centre: ModelCentre) -> None:
    ann, manager = Pen(centre, ANN), Pen(centre, MANAGER)
    row_id, op = ann.insert("lead", name="x", status="new", pool_state="owned", owner_id=BOB)
    assert ann.says(op) is PROPOSAL
    _, again = manager.insert(
        "lead", row_id, name="x", status="new", pool_state="owned", owner_id=BOB, created_by=ANN
    )
    assert manager.says(again) is APPLIED
    row = centre.state.row("lead", row_id)
    assert row is not None
    assert row.values["created_by"] == ANN


def test_an_admin_names_whoever_made_a_row(centre: ModelCentre) -> None:
    row_id = lead(Pen(centre, ADMIN), created_by=BOB)
    row = centre.state.row("lead", row_id)
    assert row is not None
    assert row.values["created_by"] == BOB


def test_nobody_writes_what_is_the_centres(centre: ModelCentre) -> None:
    ann = Pen(centre, ANN)
    _, op = ann.insert("lead", name="x", status="new", pool_state="owned", owner_id=BOB)
    ann.write(op)
    made = str(ann.push().outcomes[0].proposal_id)
    assert ann.reason(ann.update("proposal", made, recipient_id=ANN)) == "invalid"


@pytest.mark.parametrize("owner", [MANAGER, ANN, None])
def test_a_manager_takes_a_record_over_to_himself_or_gives_it_to_nobody(
    centre: ModelCentre, owner: str | None
) -> None:
    bob, manager = Pen(centre, BOB), Pen(centre, MANAGER)
    row_id = lead(bob, BOB)
    assert manager.says(manager.update("lead", row_id, owner_id=owner)) is APPLIED


def test_a_read_only_user_changes_nothing(centre: ModelCentre) -> None:
    pen = Pen(centre, READER)
    assert pen.reason(pen.insert("lead", name="x", status="new", pool_state="owned")[1]) == "read_only_role"


def test_what_a_store_makes_for_itself_is_ignored(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    pen.author = pen.local_author
    pen.write(pen.insert("user", pen.local_author, name="me", role="rep", is_active=1)[1], kind="system")
    answer = pen.push()
    assert answer.outcomes[0].outcome is Outcome.IGNORED
    assert [each.columns for each in answer.differs] == [None]
    assert centre.state.row("user", pen.local_author) is None


# ---- 2. what the tables can hold


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": "  ", "status": "new", "pool_state": "owned"}, "invalid"),
        ({"name": 5, "status": "new", "pool_state": "owned"}, "invalid"),
        ({"name": "x", "status": "new", "pool_state": "owned", "next_follow_up_on": "22.11."}, "invalid"),
        ({"name": "a\x00b", "status": "new", "pool_state": "owned"}, "invalid"),
        ({"status": "new", "pool_state": "owned"}, "invalid"),
        ({"name": "x", "status": "new", "pool_state": "owned", "colour": "red"}, "unknown_table"),
    ],
)
def test_what_a_column_cannot_hold_is_quarantined(
    centre: ModelCentre, values: dict[str, Value], reason: str
) -> None:
    pen = Pen(centre, ANN)
    assert pen.reason(pen.insert("lead", "", **values)[1]) == reason


def test_an_unknown_table_is_quarantined(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    assert pen.reason(pen.insert("spaceship", name="x")[1]) == "unknown_table"


def test_a_payload_that_is_not_what_was_hashed_is_quarantined(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    pen.write(pen.insert("lead", name="x", status="new", pool_state="owned")[1])
    batch = pen.batch()
    altered = str(batch.ops[0].changes).replace('"x"', '"y"')  # by itself as good as the other
    push = replace(batch, ops=(replace(batch.ops[0], changes=altered),))
    assert pen.transport.push(push).outcomes[0].reason == "invalid"


def test_an_edit_of_a_log_is_quarantined_and_its_tombstone_taken(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    found = deal(pen, ANN)
    day: dict[str, Value] = {"effective_on": "2026-11-22", "recorded_at": DELETED, "stage_id": FIRST_STAGE}
    event = pen.add("deal_event", deal_id=found, probability_pct=10, category="pipeline", **day)
    assert pen.reason(pen.update("deal_event", event, probability_pct=20)) == "invalid"
    assert pen.says(pen.update("deal_event", event, deleted_at=DELETED)) is APPLIED


# ---- 3. fate


def test_what_builds_on_a_quarantined_op_shares_its_fate(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    row_id, op = pen.insert("lead", name=" ", status="new", pool_state="owned")
    assert pen.reason(op) == "invalid"
    assert pen.reason(pen.update("lead", row_id, name="Wang")) == "invalid"
    assert pen.reason(pen.insert("phone", lead_id=row_id, value="1", digits="1")[1]) == "invalid"


def test_a_transaction_is_held_whole(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    row_id, good = pen.insert("lead", name="Wang", status="new", pool_state="owned")
    assert pen.says(good, pen.insert("lead", name=" ", status="new", pool_state="owned")[1]) is QUARANTINED
    assert centre.state.row("lead", row_id) is None


# ---- 4. and 5. sight


def test_an_edit_of_what_was_never_seen_is_quarantined_like_one_of_what_is_not_there(
    centre: ModelCentre,
) -> None:
    row_id = lead(Pen(centre, BOB), BOB)
    pen = Pen(centre, ANN)
    row = centre.state.row("lead", row_id)
    assert pen.reason(pen.update("lead", row_id, base=row, notes="mine")) == "unknown_row"
    assert pen.reason(pen.update("lead", pen.new_id(), notes="mine")) == "unknown_row"


def test_what_was_not_taken_is_told_to_all_devices_of_its_user_and_to_nobody_else(
    centre: ModelCentre,
) -> None:
    pen, other, stranger = (Pen(centre, user) for user in (ANN, ANN, BOB))
    row_id = lead(pen, ANN)
    before = centre.state.row("lead", row_id)
    centre.edit([("lead", row_id, {"owner_id": CAT})], author=ADMIN)
    pen.write(pen.update("lead", row_id, base=before, notes="late"))
    (late,) = pen.push().outcomes
    assert pen.transport.not_taken(pen.device) == (late,)
    assert other.transport.not_taken(other.device) == (late,)
    assert stranger.transport.not_taken(stranger.device) == ()


def test_a_note_on_what_was_handed_over_is_late_too(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    row_id = lead(pen, ANN)
    centre.edit([("lead", row_id, {"owner_id": CAT})], author=ADMIN)
    assert pen.says(pen.insert("phone", lead_id=row_id, value="1", digits="1")[1]) is LATE


def test_a_reference_to_what_is_not_seen_or_not_there_is_quarantined(centre: ModelCentre) -> None:
    unseen = account(Pen(centre, CAT), CAT)
    pen = Pen(centre, ANN)
    assert pen.reason(deal_op(pen, ANN, account_id=unseen)[1]) == "unknown_reference"
    assert pen.reason(deal_op(pen, ANN, account_id=pen.new_id())[1]) == "unknown_reference"
    assert pen.reason(pen.insert("tag", noun="account", record_id=unseen, name="x")[1]) == "unknown_reference"


def test_a_reference_that_is_there_already_is_no_question(centre: ModelCentre) -> None:
    parent, pen = account(Pen(centre, CAT), CAT), Pen(centre, ANN)
    row_id = account(pen, ANN)
    centre.edit([("account", row_id, {"parent_id": parent})], author=ADMIN)
    assert pen.says(pen.update("account", row_id, parent_id=parent)) is APPLIED


# ---- 6. roles


@pytest.mark.parametrize(
    ("user", "outcome"), [(ANN, PROPOSAL), (MANAGER, PROPOSAL), (HEAD, PROPOSAL), (ADMIN, APPLIED)]
)
def test_settings_and_their_like_belong_to_admins(centre: ModelCentre, user: str, outcome: Outcome) -> None:
    pen = Pen(centre, user)
    setting = next(iter(centre.state.tables["setting"]))
    assert pen.says(pen.update("setting", setting, value='"EUR"')) is outcome
    assert pen.says(pen.insert("team", name="North")[1]) is outcome
    assert pen.says(pen.update("stage", FIRST_STAGE, name="First")) is outcome
    assert pen.says(pen.update("user", BOB, role="manager")) is outcome
    assert pen.says(pen.update("team", WEST, name="Far west")) is outcome
    assert pen.says(pen.update("team", WEST, deleted_at=DELETED)) is outcome


@pytest.mark.parametrize(
    ("user", "outcome"), [(ANN, PROPOSAL), (MANAGER, APPLIED), (HEAD, APPLIED), (ADMIN, APPLIED)]
)
@pytest.mark.parametrize("change", [{"name": "Valve"}, {"deleted_at": DELETED}], ids=["edit", "delete"])
def test_a_product_is_for_managers_to_change(
    centre: ModelCentre, user: str, outcome: Outcome, change: dict[str, Value]
) -> None:
    pen = Pen(centre, user)
    assert pen.says(pen.update("product", PRODUCT, **change)) is outcome  # type: ignore[arg-type]


def test_a_rep_changes_the_products_that_they_added(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    mine = pen.add("product", name="Valve", status="active")
    assert pen.says(pen.update("product", mine, name="Ball valve")) is APPLIED
    assert Pen(centre, BOB).says(Pen(centre, BOB).update("product", mine, name="Gate")) is PROPOSAL


@pytest.mark.parametrize(
    ("user", "outcome"),
    [(ANN, APPLIED), (MANAGER, APPLIED), (HEAD, APPLIED), (ADMIN, APPLIED), (BOB, PROPOSAL), (CAT, PROPOSAL)],
)
def test_a_users_absence_belongs_to_them_and_those_above(
    centre: ModelCentre, user: str, outcome: Outcome
) -> None:
    pen = Pen(centre, user)
    assert pen.says(pen.update("user", ANN, absent_from_on="2026-12-01")) is outcome


@pytest.mark.parametrize(("user", "outcome"), [(MANAGER, APPLIED), (ADMIN, APPLIED), (ANN, QUARANTINED)])
def test_costs_belong_to_managers(centre: ModelCentre, user: str, outcome: Outcome) -> None:
    pen = Pen(centre, user)
    assert pen.says(pen.update("product_cost", COST, unit_cost_micros=9, currency="CNY")) is outcome


@pytest.mark.parametrize(("user", "outcome"), [(ANN, PROPOSAL), (MANAGER, APPLIED), (ADMIN, APPLIED)])
def test_prices_are_for_managers_to_say(centre: ModelCentre, user: str, outcome: Outcome) -> None:
    book = Pen(centre, ADMIN).add("pricebook", name="List", currency="CNY", is_default=0)
    entry = Pen(centre, ADMIN).add(
        "price_entry", pricebook_id=book, product_id=PRODUCT, min_quantity_milli=0, unit_price_micros=5
    )
    pen = Pen(centre, user)
    assert pen.says(pen.update("pricebook", book, name="Sale")) is outcome
    assert pen.says(pen.update("price_entry", entry, unit_price_micros=1)) is outcome
    assert pen.says(pen.update("price_entry", entry, deleted_at=DELETED)) is outcome
    made: dict[str, Value] = {
        "pricebook_id": book,
        "product_id": PRODUCT,
        "min_quantity_milli": 0,
        "unit_price_micros": 9,
    }
    assert pen.says(pen.insert("price_entry", "", **made)[1]) is outcome
    assert pen.says(pen.insert("pricebook", name="Own", currency="CNY", is_default=0)[1]) is outcome


@pytest.mark.parametrize(("user", "outcome"), [(ANN, PROPOSAL), (MANAGER, PROPOSAL), (ADMIN, APPLIED)])
def test_classes_of_tax_are_the_organisations(centre: ModelCentre, user: str, outcome: Outcome) -> None:
    tax = Pen(centre, ADMIN).add("tax", name="VAT", rate_ppm=130_000, is_default=0)
    pen = Pen(centre, user)
    assert pen.says(pen.update("tax", tax, rate_ppm=90_000)) is outcome
    assert pen.says(pen.insert("tax", name="None", rate_ppm=0, is_default=0)[1]) is outcome


def test_a_rep_who_makes_a_cost_proposes_it(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    assert pen.says(pen.insert("product_cost", product_id=PRODUCT)[1]) is PROPOSAL


@pytest.mark.parametrize(
    ("user", "owner", "new", "outcome"),
    [
        (ANN, ANN, BOB, PROPOSAL),
        (MANAGER, ANN, BOB, APPLIED),
        (MANAGER, ANN, CAT, PROPOSAL),
        (MANAGER, ANN, None, APPLIED),
        (HEAD, ANN, CAT, APPLIED),
        (ADMIN, ANN, CAT, APPLIED),
        (MANAGER, None, ANN, APPLIED),
        (ANN, None, ANN, PROPOSAL),
    ],
)
def test_handing_over_belongs_to_those_above_both(
    centre: ModelCentre, user: str, owner: str | None, new: str | None, outcome: Outcome
) -> None:
    row_id = lead(Pen(centre, ADMIN), owner, team_id=EAST)
    pen = Pen(centre, user)
    assert pen.says(pen.update("lead", row_id, owner_id=new)) is outcome


@pytest.mark.parametrize(
    ("user", "owner", "outcome"),
    [
        (ANN, ANN, APPLIED),
        (ANN, None, APPLIED),
        (ANN, BOB, PROPOSAL),
        (MANAGER, BOB, APPLIED),
        (MANAGER, CAT, PROPOSAL),
        (ADMIN, CAT, APPLIED),
    ],
)
def test_a_new_record_is_for_oneself_or_somebody_below(
    centre: ModelCentre, user: str, owner: str | None, outcome: Outcome
) -> None:
    pen = Pen(centre, user)
    assert pen.says(deal_op(pen, owner)[1]) is outcome


@pytest.mark.parametrize(
    ("user", "outcome"), [(ANN, PROPOSAL), (MANAGER, APPLIED), (HEAD, APPLIED), (ADMIN, APPLIED)]
)
def test_the_stage_of_a_closed_deal_belongs_to_those_above(
    centre: ModelCentre, user: str, outcome: Outcome
) -> None:
    closed = deal(Pen(centre, ANN), ANN, stage_id=WON, category="closed")
    pen = Pen(centre, user)
    assert pen.says(pen.update("deal", closed, stage_id=FIRST_STAGE)) is outcome
    assert pen.says(pen.update("deal", closed, notes="fine")) is APPLIED


def test_closing_a_deal_and_saying_why_is_one_act(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    found = deal(pen, ANN)
    close = pen.update("deal", found, stage_id=WON, category="closed")
    close["op_id"] = pen.new_id()
    why = pen.update("deal", found, close_reason="price")
    why["changes"]["close_reason"][2] = centre.state.tables["deal"][found].maker
    assert pen.says(close, why) is APPLIED


def test_a_guarded_change_made_without_knowing_the_present_one_is_a_proposal(centre: ModelCentre) -> None:
    row_id = lead(Pen(centre, ANN), ANN)
    before = centre.state.row("lead", row_id)
    centre.edit([("lead", row_id, {"owner_id": BOB})], author=ADMIN)
    pen = Pen(centre, MANAGER)
    assert pen.says(pen.update("lead", row_id, base=before, owner_id=MANAGER)) is PROPOSAL
    assert pen.says(pen.update("lead", row_id, owner_id=ANN)) is APPLIED


def test_a_guarded_change_to_the_present_value_is_no_question(centre: ModelCentre) -> None:
    row_id = lead(Pen(centre, ANN), ANN)
    before = centre.state.row("lead", row_id)
    centre.edit([("lead", row_id, {"owner_id": BOB})], author=ADMIN)
    pen = Pen(centre, ANN)
    assert pen.says(pen.update("lead", row_id, base=before, owner_id=BOB)) is LATE
    pen = Pen(centre, MANAGER)
    assert pen.says(pen.update("lead", row_id, base=before, owner_id=BOB)) is APPLIED


# ---- 7. deletions


def test_an_account_with_a_deal_out_of_sight_is_only_proposed_for_deletion(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    owned = account(Pen(centre, CAT), CAT)
    sibling = deal(Pen(centre, CAT), CAT, account_id=owned)
    centre.edit([("deal", deal(pen, ANN), {"account_id": owned})], author=ADMIN)
    assert pen.says(pen.update("account", owned, deleted_at=DELETED)) is PROPOSAL
    centre.edit([("deal", sibling, {"deleted_at": DELETED})], author=ADMIN)
    assert pen.says(pen.update("account", owned, deleted_at=DELETED)) is APPLIED


def test_a_contact_linked_to_an_account_out_of_sight_is_only_proposed_for_deletion(
    centre: ModelCentre,
) -> None:
    pen = Pen(centre, ANN)
    flags: dict[str, Value] = dict.fromkeys(("no_calls", "no_emails", "no_messages", "no_visits"), 0)
    contact = pen.add("contact", name="Li", owner_id=ANN, **flags)
    other = account(Pen(centre, CAT), CAT)
    centre.edit(
        [("contact_account", pen.new_id(), {"contact_id": contact, "account_id": other})], author=ADMIN
    )
    assert pen.says(pen.update("contact", contact, deleted_at=DELETED)) is PROPOSAL


# ---- the batch


def test_a_transaction_waits_for_its_last_op(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    ops = [pen.insert("lead", name=str(n), status="new", pool_state="owned") for n in range(3)]
    pen.write(*(op for _, op in ops))
    assert pen.push(upto=2).outcomes[0].outcome is Outcome.STAGED
    assert centre.state.row("lead", ops[0][0]) is None
    assert pen.push().outcomes[0].outcome is APPLIED
    assert all(centre.state.row("lead", row_id) is not None for row_id, _ in ops)


def test_a_batch_that_comes_twice_has_one_effect_and_the_same_answer(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    pen.write(pen.insert("lead", name="Wang", status="new", pool_state="owned")[1])
    batch = pen.batch()
    first, version = pen.transport.push(batch), centre.state.version
    assert pen.transport.push(batch) == first
    assert centre.state.version == version


def test_a_batch_that_begins_too_late_is_a_gap(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    for name in ("a", "b"):
        pen.write(pen.insert("lead", name=name, status="new", pool_state="owned")[1])
    batch = pen.batch()
    late = Push(batch.device, 3, "00" * 32, batch.transactions[1:], batch.ops[1:])
    with pytest.raises(Gap):
        pen.transport.push(late)


def test_a_copy_that_pushes_other_ops_is_told_so_and_forks(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    lead(pen, ANN)
    common = centre.state.devices[pen.device].link(1)
    pen.write(pen.insert("lead", name="one", status="new", pool_state="owned")[1])
    other = Pen(centre, ANN)
    other.write(other.insert("lead", name="x", status="new", pool_state="owned")[1])
    copied = other.batch()
    pen.push()
    with pytest.raises(Forked):
        pen.transport.push(replace(copied, device=pen.device, from_seq=2, prefix_chain="11" * 32))
    new = pen.transport.fork(pen.device, 1, str(common))
    assert new != pen.device
    assert len(centre.state.devices[new].log) == 1


def test_a_deletion_past_the_services_is_a_tombstone(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    row_id = lead(pen, ANN)
    row = centre.state.tables["lead"][row_id]
    changes = {name: [None, value, row.writer(name)] for name, value in row.values.items()}
    gone = {"kind": OpKind.DELETE, "table": "lead", "row_id": row_id, "changes": changes}
    assert pen.says(gone) is APPLIED
    assert centre.state.tables["lead"][row_id].values["deleted_at"] is not None


def test_who_may_not_sign_in_is_refused(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    centre.allow(ANN, active=False)
    with pytest.raises(DeviceRefused):
        pen.push()


def test_what_a_device_removed_comes_back_to_it_whole(centre: ModelCentre) -> None:
    ann, other = Pen(centre, ANN), Pen(centre, ANN)
    phone = ann.add("phone", lead_id=lead(ann, ANN), value="1", digits="1")
    ann.pull()
    row = centre.state.row("phone", phone)
    assert row is not None
    changes = {name: [None, value, row.maker] for name, value in row.values.items() if value is not None}
    assert ann.says({"kind": OpKind.DELETE, "table": "phone", "row_id": phone, "changes": changes}) is APPLIED
    ann.pull()
    other.pull()
    assert other.says(other.update("phone", phone, deleted_at=None)) is APPLIED
    whole = [entry for entry in ann.pull().entries if isinstance(entry, RowEntry)]
    assert [(entry.row_id, entry.values["value"], entry.values["deleted_at"]) for entry in whole] == [
        (phone, "1", None)
    ]


def test_a_unit_that_is_called_like_one_of_its_columns_is_taken_whole(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    task = pen.add("task", subject="Call", priority="normal", state="open", owner_id=ANN)
    assert pen.says(pen.update("task", task, priority="high")) is APPLIED
    assert pen.says(pen.update("task", task, state="done", done_at=DELETED)) is APPLIED
    row = centre.state.row("task", task)
    assert row is not None
    assert (row.values["state"], row.values["done_at"]) == ("done", DELETED)


def test_a_copy_that_has_heard_less_knows_what_it_builds_on(centre: ModelCentre) -> None:
    ann = Pen(centre, ANN)
    row_id = deal(ann, ANN)
    copy = Pen(centre, ANN)
    first = {"op_id": ann.new_id(), **ann.update("deal", row_id, amount_minor=100, currency="CNY")}
    assert ann.says(first) is APPLIED
    second = {"op_id": ann.new_id(), **ann.update("deal", row_id, amount_minor=200)}
    assert ann.says(second) is APPLIED
    assert copy.says(copy.update("deal", row_id, amount_minor=300)) is APPLIED
    values = centre.state.tables["deal"][row_id].values
    assert (values["amount_minor"], values["currency"]) == (300, "CNY")
    assert not centre.state.tables["conflict"]
