"""What waits for somebody's word: before whom it comes, what joins it, and who decides it."""

from __future__ import annotations

import pytest

from sfa.sync.protocol import Outcome
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import (
    ADMIN,
    ANN,
    BOB,
    CAT,
    FIRST_STAGE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PRODUCT,
)
from tests.simulation.pens import Pen
from tests.simulation.test_model_outcomes import deal_op, lead

APPLIED, PROPOSAL, LATE, QUARANTINED = (
    Outcome.APPLIED,
    Outcome.PROPOSAL,
    Outcome.LATE,
    Outcome.QUARANTINED,
)


def before_whom(pen: Pen) -> object:
    """Push; return who decides about the last transaction."""
    proposal = pen.centre.state.row("proposal", str(pen.push().outcomes[-1].proposal_id))
    assert proposal is not None
    return proposal.values["recipient_id"]


@pytest.mark.parametrize(
    ("owner", "recipient"), [(BOB, MANAGER), (CAT, OTHER_MANAGER), (MANAGER, MANAGER), (HEAD, HEAD)]
)
def test_who_decides_about_what_is_made_for_another_is_above_them_or_they_themselves(
    centre: ModelCentre, owner: str, recipient: str
) -> None:
    pen = Pen(centre, ANN)
    pen.write(deal_op(pen, owner)[1])
    assert before_whom(pen) == recipient


def test_what_nobody_owns_is_decided_above_who_would_change_it(centre: ModelCentre) -> None:
    pen = Pen(centre, CAT)
    pen.write(pen.update("product", PRODUCT, description="red"))
    assert before_whom(pen) == OTHER_MANAGER


def test_a_late_edit_that_builds_on_another_is_decided_with_it(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    row_id = lead(pen, ANN)
    before = centre.state.row("lead", row_id)
    centre.edit([("lead", row_id, {"owner_id": CAT})], author=ADMIN)
    first = {"op_id": pen.new_id(), **pen.update("lead", row_id, base=before, notes="first")}
    pen.write(first)
    second = pen.update("lead", row_id, base=before, notes="second")
    second["changes"]["notes"][2] = first["op_id"]
    pen.write(second)
    one, other = pen.push().outcomes
    assert (one.outcome, other.outcome) == (LATE, LATE)
    assert one.proposal_id == other.proposal_id is not None


def test_nobody_is_asked_about_what_cannot_be(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    row_id = lead(pen, ANN)
    before = centre.state.row("lead", row_id)
    centre.edit([("lead", row_id, {"owner_id": CAT})], author=ADMIN)
    assert pen.reason(pen.update("lead", row_id, base=before, next_follow_up_on="2026-13-45")) == "invalid"


def test_what_builds_on_a_proposal_joins_it(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    row_id, op = deal_op(pen, BOB)
    pen.write(op)
    pen.write(pen.insert("deal_line", deal_id=row_id, product_id=PRODUCT, position=1, quantity_milli=1)[1])
    first, second = pen.push().outcomes
    assert (first.outcome, second.outcome) == (PROPOSAL, PROPOSAL)
    assert first.proposal_id == second.proposal_id is not None
    proposal = centre.state.row("proposal", str(first.proposal_id))
    assert proposal is not None
    assert '"deal_line"' in str(proposal.values["ops"])
    assert (proposal.values["author_id"], proposal.values["recipient_id"]) == (ANN, MANAGER)


def test_an_edit_of_what_was_handed_over_is_late_and_goes_to_the_new_owner(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    row_id = lead(pen, ANN)
    before = centre.state.row("lead", row_id)
    centre.edit([("lead", row_id, {"owner_id": CAT})], author=ADMIN)
    pen.write(pen.update("lead", row_id, base=before, notes="late"))
    answer = pen.push()
    assert answer.outcomes[0].outcome is LATE
    assert [each.columns for each in answer.differs] == [None]
    proposal = centre.state.row("proposal", str(answer.outcomes[0].proposal_id))
    assert proposal is not None
    assert (proposal.values["kind"], proposal.values["recipient_id"]) == ("late", CAT)


@pytest.mark.parametrize(
    ("user", "outcome"), [(MANAGER, APPLIED), (HEAD, APPLIED), (ADMIN, APPLIED), (ANN, PROPOSAL)]
)
def test_a_proposal_is_decided_by_its_recipient_and_those_above(
    centre: ModelCentre, user: str, outcome: Outcome
) -> None:
    asking = Pen(centre, ANN)
    asking.write(deal_op(asking, BOB)[1])
    proposal = str(asking.push().outcomes[0].proposal_id)
    pen = Pen(centre, user)
    assert pen.says(pen.update("proposal", proposal, state="accepted", decided_by_id=user)) is outcome


def test_an_author_withdraws_what_was_not_decided_and_nothing_more(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    pen.write(deal_op(pen, BOB)[1])
    proposal = str(pen.push().outcomes[0].proposal_id)
    accepting = pen.update("proposal", proposal, state="accepted", decided_by_id=ANN)
    assert pen.says(accepting) is PROPOSAL
    assert pen.says(pen.update("proposal", proposal, state="rejected", decided_by_id=ANN)) is APPLIED
    assert pen.says(pen.update("proposal", proposal, reason="changed my mind")) is PROPOSAL


def test_a_proposal_goes_past_a_manager_who_left(centre: ModelCentre) -> None:
    centre.edit([("user", MANAGER, {"is_active": 0})], author=ADMIN)
    pen = Pen(centre, ANN)
    pen.write(deal_op(pen, BOB)[1])
    proposal = centre.state.row("proposal", str(pen.push().outcomes[0].proposal_id))
    assert proposal is not None
    assert proposal.values["recipient_id"] == HEAD


def test_a_proposal_about_everybodys_row_goes_to_an_admin(centre: ModelCentre) -> None:
    pen = Pen(centre, OTHER_MANAGER)
    pen.write(pen.update("stage", FIRST_STAGE, name="First"))
    proposal = centre.state.row("proposal", str(pen.push().outcomes[0].proposal_id))
    assert proposal is not None
    assert proposal.values["recipient_id"] == ADMIN
