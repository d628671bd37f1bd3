"""What a transaction may do to a quote, who approves it, and what the centre does then."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sfa import ids
from sfa.fields import TABLES
from sfa.sync.device.digests import row_digest
from sfa.sync.protocol import OpEntry, Outcome, RowEntry, Value
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import (
    ADMIN,
    ANN,
    BOB,
    CAT,
    COST,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PRODUCT,
)
from tests.simulation.pens import Pen
from tests.simulation.quoting import (
    content,
    digest_at,
    edit,
    item,
    limit,
    order,
    quote_op,
    said,
    submission,
    values_of,
)
from tests.simulation.test_model_outcomes import account, deal

APPLIED, PROPOSAL, QUARANTINED = Outcome.APPLIED, Outcome.PROPOSAL, Outcome.QUARANTINED
APPROVAL = ("approved_digest", "approved_by_id", "approved_at")
DELETED = "2026-11-22T08:00:00.000Z"
BOOK, ENTRY = "0d000000-0000-7000-8000-0000000000b1", "0d000000-0000-7000-8000-0000000000b2"
ALWAYS: dict[str, Value] = {"absent_from_on": "2000-01-01", "absent_to_on": "2100-01-01"}
CHEAP, DEAR = item(discount_ppm=50_000), item(discount_ppm=200_000)


@pytest.fixture
def ann(centre: ModelCentre) -> Pen:
    """Return a device of Ann, a rep; reps give up to 5 %, managers up to 30 %."""
    limit(centre, rep_discount=50_000, manager_discount=300_000)
    return Pen(centre, ANN)


@pytest.fixture
def manager(centre: ModelCentre) -> Pen:
    return Pen(centre, MANAGER)


def quote(pen: Pen, *lines: Any, owner: str | None = ANN, **values: Any) -> str:
    """Return a quote of a new account, at the centre."""
    row_id, op = quote_op(pen, account(pen, owner), *lines, owner_id=owner, **values)
    assert pen.says(op) is APPLIED
    return row_id


def submitted(pen: Pen, *lines: Any, **values: Any) -> str:
    """Return a quote that was submitted, beyond what a rep may allow by default."""
    row_id = quote(pen, *(lines or (DEAR,)), **values)
    assert pen.says(*submission(pen, row_id)) is APPLIED
    return row_id


def standing(centre: ModelCentre, row_id: str) -> tuple[str, str | None]:
    """Return the state of a quote and by whom its present content is approved, if it is."""
    values = values_of(centre, row_id)
    is_approved = values["approved_digest"] == digest_at(centre, row_id)
    assert is_approved or [values[name] for name in APPROVAL] == [None] * 3
    return values["state"], (values["approved_by_id"] or "centre") if is_approved else None


def share(centre: ModelCentre, row_id: str, *users: str) -> None:
    """Let others see what a quote's account has."""
    for user in users:
        values: dict[str, Value] = {
            "account_id": values_of(centre, row_id)["account_id"],
            "user_id": user,
            "access": "read",
        }
        centre.edit([("account_collaborator", ids.uuid7(1), values)], author=ADMIN)


# ---- totals


def test_a_quote_comes_to_what_it_says(ann: Pen, centre: ModelCentre) -> None:
    row_id = quote(ann, item(), item("2", kind="gift", unit_price_micros=0))
    assert values_of(centre, row_id)["total_minor"] == 11_300
    assert ann.says(edit(ann, row_id, item(), discount_ppm=100_000)) is APPLIED
    assert values_of(centre, row_id)["total_minor"] == 10_170


@pytest.mark.parametrize("name", ["line_count", "list_minor", "net_minor", "tax_minor", "total_minor"])
def test_a_wrong_total_is_quarantined(ann: Pen, name: str) -> None:
    wrong: dict[str, Any] = {**content(), name: 1 if name != "line_count" else 2}
    _, op = quote_op(ann, account(ann, ANN))
    op["changes"][name] = [wrong[name]]
    assert ann.reason(op) == "invalid"
    row_id = quote(ann)
    assert ann.reason(ann.update("quote", row_id, **{name: wrong[name]})) == "invalid"
    assert ann.reason(ann.update("quote", row_id, discount_ppm=100_000)) == "invalid"


@pytest.mark.parametrize("lines", ["no", "{}", "[{}]", '[{"key":"1","quantity_milli":0}]'])
def test_lines_that_cannot_be_priced_are_quarantined(ann: Pen, lines: str) -> None:
    row_id = quote(ann)
    assert ann.reason(ann.update("quote", row_id, lines=lines)) == "invalid"


def test_what_a_newer_program_wrote_is_kept_and_never_approved(
    ann: Pen, manager: Pen, centre: ModelCentre
) -> None:
    row_id = quote(ann)
    strange = json.dumps([{"key": "1", "kind": "service"}])
    assert ann.says(ann.update("quote", row_id, lines=strange)) is APPLIED
    assert ann.says(*submission(ann, row_id)) is APPLIED
    assert standing(centre, row_id) == ("submitted", None)
    assert manager.reason(said(manager, row_id, "approve")) == "not_allowed"
    assert ann.says(ann.update("quote", row_id, state="sent")) is PROPOSAL


# ---- what an order says of its quote


def test_an_order_names_its_quote_to_those_alone_who_see_the_quote(ann: Pen, centre: ModelCentre) -> None:
    """The quote hangs on a deal that went to another account; the order has an account only."""
    admin = Pen(centre, ADMIN)
    here, there = account(admin, ANN), account(admin, CAT)
    quoted, op = quote_op(admin, here, deal_id=deal(admin, CAT, account_id=there))
    assert admin.says(op) is APPLIED
    made = order(admin, account_id=here, quote_id=quoted)
    written = next(each for each in ann.pull().entries if isinstance(each, OpEntry) and each.row_id == made)
    assert written.changes is not None
    assert json.loads(written.changes)["quote_id"] == [None]
    (row,) = ann.transport.rows("sales_order", [made])
    assert row.values["quote_id"] is None
    names = [column.name for column in TABLES["sales_order"].captured() if column.name != "deleted_at"]
    held = row_digest((made, *(row.values[name] for name in names)))
    assert ann.transport.row_digests("sales_order") == {made: held}
    admin.add("account_collaborator", account_id=there, user_id=ANN, access="read")
    rows = {entry.row_id: entry for entry in ann.pull().entries if isinstance(entry, RowEntry)}
    assert rows[made].values["quote_id"] == quoted
    assert quoted in rows


# ---- what is the centre's


@pytest.mark.parametrize("user", [ANN, MANAGER, ADMIN])
def test_nobody_pushes_an_approval(ann: Pen, centre: ModelCentre, user: str) -> None:
    pen, row_id = Pen(centre, user), quote(ann)
    forged: list[dict[str, Any]] = [
        {"approved_digest": digest_at(centre, row_id)},
        {"approved_by_id": MANAGER},
        {"approved_at": "2026-11-22T08:00:00.000Z"},
    ]
    for values in forged:
        assert pen.reason(pen.update("quote", row_id, **values)) == "invalid"
        assert pen.reason(quote_op(pen, values_of(centre, row_id)["account_id"], **values)[1]) == "invalid"
    assert standing(centre, row_id) == ("draft", None)


@pytest.mark.parametrize("user", [ANN, MANAGER, ADMIN])
def test_the_state_alone_is_no_approval(ann: Pen, centre: ModelCentre, user: str) -> None:
    pen, row_id = Pen(centre, user), submitted(ann)
    assert pen.says(pen.update("quote", row_id, state="approved")) is APPLIED
    assert standing(centre, row_id) == ("draft", None)
    fresh, op = quote_op(pen, values_of(centre, row_id)["account_id"], state="approved")
    assert pen.says(op) is APPLIED
    assert standing(centre, fresh) == ("draft", None)


def test_who_takes_back_the_sending_has_the_approval_again(
    ann: Pen, manager: Pen, centre: ModelCentre
) -> None:
    row_id = submitted(ann)
    assert manager.says(said(manager, row_id, "approve")) is APPLIED
    ann.pull()
    assert ann.says(ann.update("quote", row_id, state="sent")) is APPLIED
    assert ann.says(ann.update("quote", row_id, state="approved")) is APPLIED
    assert standing(centre, row_id) == ("approved", MANAGER)


def test_what_is_there_may_be_said_again(ann: Pen, centre: ModelCentre) -> None:
    row_id = submitted(ann, CHEAP)
    same = {name: values_of(centre, row_id)[name] for name in (*APPROVAL, "state")}
    assert ann.says(ann.update("quote", row_id, **same)) is APPLIED
    assert standing(centre, row_id) == ("approved", "centre")


def test_a_quote_for_somebody_else_is_proposed(ann: Pen, manager: Pen) -> None:
    _, op = quote_op(ann, account(ann, ANN), owner_id=BOB)
    assert ann.says(op) is PROPOSAL
    _, op = quote_op(manager, account(manager, MANAGER), owner_id=BOB)
    assert manager.says(op) is APPLIED


# ---- submitting


def test_the_centre_approves_what_a_rep_may_allow(ann: Pen, centre: ModelCentre) -> None:
    row_id = submitted(ann, CHEAP)
    assert standing(centre, row_id) == ("approved", "centre")
    row = centre.state.row("quote", row_id)
    assert row is not None
    assert row.values["state_on"] is not None
    assert row.writer("approved_digest") == row.writer("state")


def test_what_is_beyond_a_rep_waits(ann: Pen, centre: ModelCentre) -> None:
    assert standing(centre, submitted(ann)) == ("submitted", None)


@pytest.mark.usefixtures("ann")
def test_a_manager_submits_what_a_manager_may_allow(manager: Pen, centre: ModelCentre) -> None:
    assert standing(centre, submitted(manager, DEAR, owner=MANAGER)) == ("approved", "centre")


def test_an_edit_and_a_submission_at_once(ann: Pen, centre: ModelCentre) -> None:
    row_id = quote(ann, DEAR)
    change = edit(ann, row_id, CHEAP)
    assert ann.says(change) is APPLIED
    again = edit(ann, row_id, item(), state="submitted")
    other = quote(ann, item())
    assert ann.says(again, said(ann, row_id, "submit", digest=digest_at(centre, other))) is APPLIED
    assert standing(centre, row_id) == ("submitted", None)


def test_a_submission_of_another_content_approves_nothing(ann: Pen, centre: ModelCentre) -> None:
    row_id = quote(ann, CHEAP)
    old = said(ann, row_id, "submit", digest="0" * 64)
    assert ann.says(old, ann.update("quote", row_id, state="submitted")) is APPLIED
    assert standing(centre, row_id) == ("submitted", None)


@pytest.mark.parametrize(
    ("limits", "lines", "state"),
    [
        ({}, [item(discount_ppm=51_000)], "submitted"),
        ({"rep_line_discount": 10_000}, [item(discount_ppm=11_000), item("2")], "submitted"),
        ({"rep_line_discount": 10_000}, [item(discount_ppm=10_000), item("2")], "approved"),
        ({"rep_margin": 999_999}, [item()], "approved"),
        ({"rep_margin": 999_999}, [item(quantity_milli=200_000_000_000, unit_price_micros=5)], "submitted"),
        ({"rep_margin": 0}, [item(product=None)], "submitted"),
        ({"rep_margin": 0}, [item(), item("2", kind="text", product=None, unit_price_micros=0)], "approved"),
        ({"rep_margin": 0}, [item("2", kind="gift", product=None, unit_price_micros=0)], "submitted"),
        ({"rep_margin": "much"}, [item()], "submitted"),
        ({"rep_margin": None}, [item(product=None)], "approved"),
        ({}, [item(unit_price_micros=95_000_000)], "approved"),
        ({}, [item(unit_price_micros=94_000_000)], "submitted"),
        ({}, [item(unit_price_micros=97_000_000, discount_ppm=30_000)], "submitted"),
        ({}, [item(unit_price_micros=50_000_000), item("2", unit_price_micros=150_000_000)], "submitted"),
        ({"rep_line_discount": 50_000}, [item(unit_price_micros=94_000_000), item("2")], "submitted"),
        ({}, [item(), item("2", kind="gift", unit_price_micros=0)], "submitted"),
        ({}, [item(product=None, unit_price_micros=1)], "approved"),
        ({}, [item(product=None, unit_price_micros=90_000_000, list_price_micros=100_000_000)], "submitted"),
    ],
)
def test_the_limits_of_a_role(
    ann: Pen, centre: ModelCentre, limits: dict[str, object], lines: list[Any], state: str
) -> None:
    limit(centre, **limits)
    assert standing(centre, submitted(ann, *lines))[0] == state


@pytest.mark.parametrize(
    ("rates", "state"),
    [
        ([], "submitted"),
        ([("2000-01-01", 500_000)], "approved"),
        ([("2000-01-01", 500_000), ("2100-01-01", 9_000_000)], "approved"),
        ([("2000-01-01", 9_000_000), ("2001-01-01", 500_000)], "approved"),
        ([("2000-01-01", 500_000), ("2001-01-01", 9_000_000)], "submitted"),
    ],
)
def test_costs_in_another_currency(
    ann: Pen, centre: ModelCentre, rates: list[tuple[str, int]], state: str
) -> None:
    limit(centre, rep_margin=300_000)
    cost: dict[str, Value] = {"unit_cost_micros": 100_000_000, "currency": "USD"}
    centre.edit([("product_cost", COST, cost)], author=ADMIN)
    for number, (day, micros) in enumerate(rates, 1):
        rate: dict[str, Value] = {"from_currency": "USD", "to_currency": "CNY", "effective_on": day}
        row_id = f"0d000000-0000-7000-8000-0000000000f{number}"
        centre.edit([("rate", row_id, {**rate, "rate_micros": micros})], author=ADMIN)
    assert standing(centre, submitted(ann, item(product=PRODUCT)))[0] == state


@pytest.mark.parametrize("claimed", [None, 1, 40_000_000])
def test_a_list_price_of_ones_own_hides_no_lower_price(
    ann: Pen, centre: ModelCentre, claimed: int | None
) -> None:
    row_id = submitted(ann, item(unit_price_micros=40_000_000, list_price_micros=claimed))
    assert standing(centre, row_id) == ("submitted", None)
    assert ann.says(ann.update("quote", row_id, state="sent")) is PROPOSAL


@pytest.mark.parametrize("claimed", [-1, 10**15 + 1])
def test_a_list_price_out_of_its_range_is_quarantined(ann: Pen, claimed: int) -> None:
    row_id = quote(ann)
    lines = json.loads(str(values_of(ann.centre, row_id)["lines"]))
    lines[0]["list_price_micros"] = claimed
    assert ann.reason(ann.update("quote", row_id, lines=json.dumps(lines))) == "invalid"


@pytest.mark.parametrize(
    ("book", "entry", "quantity", "state"),
    [
        ({}, {}, 1, "approved"),  # the book asks 60.00, less than the product's own price
        ({"currency": "USD"}, {}, 1, "submitted"),
        ({"deleted_at": DELETED}, {}, 1, "submitted"),
        ({}, {"deleted_at": DELETED}, 1, "submitted"),
        ({}, {"min_quantity_milli": 5000}, 4, "submitted"),
        ({}, {"min_quantity_milli": 5000}, 5, "approved"),
        ({"valid_until": "2000-01-01"}, {}, 1, "approved"),  # lines of then are still approved
        ({}, {"unit_price_micros": 70_000_000}, 1, "submitted"),
    ],
)
def test_a_list_price_is_at_least_the_lowest_of_all_books(
    ann: Pen, centre: ModelCentre, book: dict[str, Value], entry: dict[str, Value], quantity: int, state: str
) -> None:
    made: dict[str, Value] = {"name": "List", "currency": "CNY", "is_default": 0}
    price: dict[str, Value] = {"pricebook_id": BOOK, "product_id": PRODUCT, "min_quantity_milli": 0}
    price["unit_price_micros"] = 60_000_000
    centre.edit([("pricebook", BOOK, made | book), ("price_entry", ENTRY, price | entry)], author=ADMIN)
    line = item(unit_price_micros=60_000_000, list_price_micros=1, quantity_milli=quantity * 1000)
    assert standing(centre, submitted(ann, line))[0] == state


# ---- deciding


def test_a_manager_approves(ann: Pen, manager: Pen, centre: ModelCentre) -> None:
    row_id = submitted(ann)
    assert manager.says(said(manager, row_id, "approve")) is APPLIED
    assert standing(centre, row_id) == ("approved", MANAGER)


def test_a_manager_rejects_with_a_reason(ann: Pen, manager: Pen, centre: ModelCentre) -> None:
    row_id = submitted(ann)
    assert manager.reason(said(manager, row_id, "reject")) == "invalid"
    assert manager.reason(said(manager, row_id, "reject", reason=" ")) == "invalid"
    assert manager.says(said(manager, row_id, "reject", reason="Too cheap.")) is APPLIED
    assert standing(centre, row_id) == ("draft", None)
    assert values_of(centre, row_id)["state_reason"] == "Too cheap."


def test_what_is_beyond_a_manager_an_administrator_approves(
    ann: Pen, manager: Pen, centre: ModelCentre
) -> None:
    row_id = submitted(ann, item(discount_ppm=400_000))
    admin = Pen(centre, ADMIN)
    assert manager.reason(said(manager, row_id, "approve")) == "not_allowed"
    assert admin.says(said(admin, row_id, "approve")) is APPLIED
    assert standing(centre, row_id) == ("approved", ADMIN)


@pytest.mark.parametrize("verdict", ["approve", "reject"])
@pytest.mark.parametrize("user", [ANN, BOB, OTHER_MANAGER])
def test_nobody_else_decides(ann: Pen, centre: ModelCentre, user: str, verdict: str) -> None:
    row_id = submitted(ann)
    share(centre, row_id, BOB, OTHER_MANAGER)
    pen = Pen(centre, user)
    assert pen.reason(said(pen, row_id, verdict, reason="Mine.")) == "not_allowed"
    assert standing(centre, row_id) == ("submitted", None)


def test_whoever_does_not_see_a_quote_learns_nothing(ann: Pen, centre: ModelCentre) -> None:
    cat = Pen(centre, CAT)
    row_id = submitted(ann)
    assert cat.reason(said(cat, row_id, "approve")) == "unknown_reference"


@pytest.mark.parametrize("user", [MANAGER, ADMIN])
@pytest.mark.parametrize("is_owner", [True, False])
def test_nobody_approves_what_he_submitted_or_owns(
    centre: ModelCentre, ann: Pen, user: str, is_owner: bool
) -> None:
    limit(centre, manager_discount=100_000)
    pen = Pen(centre, user)
    if is_owner:
        row_id = quote(pen, DEAR, owner=user)
        centre.edit([("quote", row_id, {"state": "submitted"})], author=ADMIN)
    else:
        row_id = submitted(ann)
        assert ann.says(said(ann, row_id, "recall"), ann.update("quote", row_id, state="draft")) is APPLIED
        pen.clock_ms += 60_000
        # An administrator's own submission is approved at once, unless it is about something else.
        ops = said(pen, row_id, "submit", digest="0" * 64), pen.update("quote", row_id, state="submitted")
        assert pen.says(*ops) is APPLIED
    limit(centre, manager_discount=300_000)
    assert pen.reason(said(pen, row_id, "approve")) == "not_allowed"
    assert standing(centre, row_id) == ("submitted", None)


def test_a_delegate_decides_with_the_role_of_who_is_absent(ann: Pen, centre: ModelCentre) -> None:
    row_id = submitted(ann)
    share(centre, row_id, BOB)
    bob = Pen(centre, BOB)
    past: dict[str, Value] = {"absent_from_on": "2000-01-01", "absent_to_on": "2000-01-02"}
    centre.edit([("user", MANAGER, {"delegate_id": BOB, **past})], author=ADMIN)
    assert bob.reason(said(bob, row_id, "approve")) == "not_allowed"
    centre.edit([("user", MANAGER, ALWAYS)], author=ADMIN)
    assert bob.says(said(bob, row_id, "approve")) is APPLIED
    assert standing(centre, row_id) == ("approved", BOB)


def test_where_nobody_is_above_the_one_who_is_named_decides(ann: Pen, centre: ModelCentre) -> None:
    head, other = Pen(centre, HEAD), Pen(centre, OTHER_MANAGER)
    limit(centre, fallback=OTHER_MANAGER, rep_discount=0, manager_discount=0)
    row_id, of_ann = submitted(head, CHEAP, owner=HEAD), submitted(ann)
    share(centre, row_id, OTHER_MANAGER)
    share(centre, of_ann, OTHER_MANAGER)
    limit(centre, manager_discount=300_000)
    assert other.reason(said(other, of_ann, "approve")) == "not_allowed"
    assert other.says(said(other, row_id, "approve")) is APPLIED
    assert standing(centre, row_id) == ("approved", OTHER_MANAGER)


def test_a_decision_about_another_content_is_kept_and_does_nothing(
    ann: Pen, manager: Pen, centre: ModelCentre
) -> None:
    row_id = submitted(ann)
    old = said(manager, row_id, "approve")
    assert ann.says(edit(ann, row_id, item(discount_ppm=300_000))) is APPLIED
    assert standing(centre, row_id) == ("draft", None)
    assert ann.says(*submission(ann, row_id)) is APPLIED
    assert manager.says(old) is APPLIED
    assert standing(centre, row_id) == ("submitted", None)
    assert centre.state.row("quote_decision", old["row_id"]) is not None


def test_a_decision_about_what_was_taken_back_does_nothing(
    ann: Pen, manager: Pen, centre: ModelCentre
) -> None:
    row_id = submitted(ann)
    assert ann.says(said(ann, row_id, "recall"), ann.update("quote", row_id, state="draft")) is APPLIED
    assert manager.says(said(manager, row_id, "approve")) is APPLIED
    assert standing(centre, row_id) == ("draft", None)


def test_the_name_on_a_decision_is_its_authors(ann: Pen, manager: Pen, centre: ModelCentre) -> None:
    row_id = submitted(ann)
    share(centre, row_id, BOB)
    bob = Pen(centre, BOB)
    assert bob.reason(said(bob, row_id, "approve", created_by=MANAGER)) == "not_allowed"
    assert manager.says(said(manager, row_id, "approve", created_by=ADMIN)) is APPLIED
    assert standing(centre, row_id) == ("approved", MANAGER)


# ---- what an approval outlives


@pytest.mark.parametrize("state", ["approved", "sent", "accepted"])
def test_an_edit_of_the_content_voids_an_approval(ann: Pen, centre: ModelCentre, state: str) -> None:
    row_id = submitted(ann, CHEAP)
    if state != "approved":
        assert ann.says(ann.update("quote", row_id, state=state)) is APPLIED
    assert ann.says(edit(ann, row_id, CHEAP, notes="By ship.")) is APPLIED
    assert standing(centre, row_id) == ("draft", None)


def test_a_draft_has_no_approval(ann: Pen, centre: ModelCentre) -> None:
    row_id = submitted(ann, CHEAP)
    assert ann.says(ann.update("quote", row_id, state="draft")) is APPLIED
    assert standing(centre, row_id) == ("draft", None)


def test_what_is_no_content_leaves_an_approval(ann: Pen, manager: Pen, centre: ModelCentre) -> None:
    row_id = submitted(ann, CHEAP)
    values = values_of(centre, row_id)
    sale = deal(ann, ANN, account_id=values["account_id"])
    assert ann.says(ann.update("quote", row_id, deal_id=sale)) is APPLIED
    assert manager.says(manager.update("quote", row_id, owner_id=BOB)) is APPLIED
    assert standing(centre, row_id) == ("approved", "centre")


def test_an_edit_that_did_not_know_of_an_approval_voids_it(
    ann: Pen, manager: Pen, centre: ModelCentre
) -> None:
    row_id = submitted(ann)
    late = edit(ann, row_id, item(), state="draft")
    manager.clock_ms += 60_000
    assert manager.says(said(manager, row_id, "approve")) is APPLIED
    assert ann.says(late) is APPLIED
    assert standing(centre, row_id) == ("draft", None)


# ---- sending


def test_what_is_approved_is_sent(ann: Pen, manager: Pen, centre: ModelCentre) -> None:
    row_id = submitted(ann)
    assert manager.says(said(manager, row_id, "approve")) is APPLIED
    ann.pull()
    assert ann.says(ann.update("quote", row_id, state="sent")) is APPLIED
    limit(centre, rep_discount=0)
    assert ann.says(ann.update("quote", row_id, state="accepted")) is APPLIED
    assert standing(centre, row_id) == ("accepted", MANAGER)


@pytest.mark.parametrize("state", ["sent", "accepted"])
def test_what_is_neither_approved_nor_within_the_role_is_proposed(
    ann: Pen, manager: Pen, centre: ModelCentre, state: str
) -> None:
    row_id = quote(ann, DEAR)
    op = ann.update("quote", row_id, state=state)
    assert ann.says(op) is PROPOSAL
    (proposal,) = [row.values for row in centre.state.tables["proposal"].values()]
    assert (proposal["on_table"], proposal["on_id"]) == ("quote", row_id)
    assert (proposal["recipient_id"], proposal["kind"]) == (MANAGER, "guarded")
    assert standing(centre, row_id) == ("draft", None)
    assert manager.says(manager.update("quote", row_id, state=state)) is APPLIED
    assert standing(centre, row_id) == (state, None)


def test_what_is_within_the_role_is_sent_without_approval(ann: Pen, centre: ModelCentre) -> None:
    row_id = quote(ann, CHEAP)
    assert ann.says(ann.update("quote", row_id, state="sent")) is APPLIED
    limit(centre, rep_discount=0)
    assert ann.says(ann.update("quote", row_id, state="accepted")) is APPLIED


def test_a_content_that_is_changed_while_it_is_sent_is_judged_as_it_will_be(
    ann: Pen, centre: ModelCentre
) -> None:
    row_id = quote(ann, CHEAP)
    before = ann.update("quote", row_id, state="sent"), edit(ann, row_id, DEAR)
    assert ann.says(*before) is PROPOSAL
    ann = Pen(centre, ANN)
    assert ann.says(edit(ann, row_id, item(), state="sent")) is APPLIED
    other = ann.update("quote", row_id, state="accepted"), edit(ann, row_id, DEAR)
    assert ann.says(*other) is PROPOSAL
    _, new = quote_op(ann, account(ann, ANN), DEAR, state="sent")
    assert ann.says(new) is PROPOSAL


# ---- numbers, places, administrators


def test_two_quotes_with_one_number_clash(ann: Pen, manager: Pen, centre: ModelCentre) -> None:
    one = quote(ann, number="Q-7")
    other = quote(manager, number="q-7")
    (clash,) = [row.values for row in centre.state.tables["conflict"].values()]
    assert (clash["kind"], clash["on_table"], clash["unit"]) == ("clash", "quote", "number")
    assert {clash["on_id"], json.loads(str(clash["lost"]))["id"]} == {one, other}
    assert ann.says(ann.update("quote", one, number="Q-8")) is APPLIED
    (clash,) = [row.values for row in centre.state.tables["conflict"].values()]
    assert clash["state"] == "kept"


def test_a_quote_is_seen_where_it_hangs(ann: Pen, centre: ModelCentre) -> None:
    bob, cat = Pen(centre, BOB), Pen(centre, CAT)
    row_id = quote(ann)
    of = str(values_of(centre, row_id)["account_id"])
    decision = said(ann, row_id, "submit")
    assert ann.says(decision) is APPLIED
    share(centre, row_id, BOB)
    deal(Pen(centre, ADMIN), CAT, account_id=of)
    own = deal(ann, ANN, account_id=of)

    def seen(pen: Pen) -> list[int]:
        asked = (("quote", row_id), ("quote_decision", decision["row_id"]))
        return [len(pen.transport.rows(table, [one])) for table, one in asked]

    for place, of_cat in ((None, 1), (own, 0), (None, 1)):
        assert ann.says(ann.update("quote", row_id, deal_id=place)) is APPLIED
        assert (seen(bob), seen(cat)) == ([1, 1], [of_cat, of_cat])


def test_a_quote_is_not_seen_without_its_account(ann: Pen, centre: ModelCentre) -> None:
    """Its deal went to an account of somebody else, who sees the deal then."""
    cat, admin = Pen(centre, CAT), Pen(centre, ADMIN)
    row_id = quote(ann)
    of = str(values_of(centre, row_id)["account_id"])
    decision, own = said(ann, row_id, "submit"), deal(ann, ANN, account_id=of)
    assert ann.says(decision, ann.update("quote", row_id, deal_id=own)) is APPLIED
    assert admin.says(admin.update("deal", own, account_id=account(admin, CAT))) is APPLIED

    def seen() -> list[int]:
        asked = (("deal", own), ("quote", row_id), ("quote_decision", decision["row_id"]))
        return [len(cat.transport.rows(table, [one])) for table, one in asked]

    assert seen() == [1, 0, 0]
    assert cat.reason(cat.update("quote", row_id, deal_id=None)) == "unknown_row"
    cat.pull()
    share(centre, row_id, CAT)
    assert seen() == [1, 1, 1]
    came = {entry.row_id for entry in cat.pull().entries if isinstance(entry, RowEntry)}
    assert {row_id, decision["row_id"]} <= came
    centre.edit([("account", of, {"owner_id": BOB})], author=ADMIN)
    assert seen() == [1, 1, 1]


def test_a_decision_below_a_deleted_quote_is_a_conflict(ann: Pen, manager: Pen, centre: ModelCentre) -> None:
    row_id = submitted(ann)
    centre.edit([("quote", row_id, {"deleted_at": "2026-11-22T00:00:00.000Z"})], author=ADMIN)
    assert manager.says(said(manager, row_id, "approve")) is APPLIED
    (found,) = [row.values for row in centre.state.tables["conflict"].values()]
    assert (found["kind"], found["on_table"], found["on_id"]) == ("edited-while-deleted", "quote", row_id)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"notes": "By ship."}, "draft"),
        ({"approved_digest": "0" * 64}, "draft"),
        ({"state": "sent", "approved_digest": None}, "sent"),
    ],
)
def test_an_administrators_own_sql_leaves_no_approval_of_something_else(
    ann: Pen, centre: ModelCentre, values: dict[str, Value], state: str
) -> None:
    row_id = submitted(ann, CHEAP)
    centre.edit([("quote", row_id, values)], author=ADMIN)
    assert standing(centre, row_id) == (state, None)


@pytest.mark.parametrize("state", ["submitted", "sent", "accepted"])
def test_an_administrators_edit_of_the_content_voids(ann: Pen, centre: ModelCentre, state: str) -> None:
    row_id = quote(ann)
    assert ann.says(ann.update("quote", row_id, state=state)) is APPLIED
    centre.edit([("quote", row_id, {"notes": "By ship."})], author=ADMIN)
    assert standing(centre, row_id) == ("draft", None)


def test_an_administrators_own_sql_approves_nothing_by_itself(ann: Pen, centre: ModelCentre) -> None:
    row_id = quote(ann)
    at: dict[str, Value] = {"approved_by_id": ADMIN, "approved_at": "2026-11-22T08:00:00.000Z"}
    centre.edit([("quote", row_id, {"state": "approved", "approved_digest": "0" * 64, **at})], author=ADMIN)
    assert standing(centre, row_id) == ("draft", None)
    good = {"state": "approved", "approved_digest": digest_at(centre, row_id), **at}
    centre.edit([("quote", row_id, good)], author=ADMIN)
    assert standing(centre, row_id) == ("approved", ADMIN)
