"""What becomes of erasures: held, without their words, late, and of rows that moved."""

from __future__ import annotations

import json
from typing import Any

from sfa import clock
from sfa.sync.protocol import OpEntry, Outcome, RowEntry, TxEntry, Value
from sfa.terms import OpKind
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ADMIN, ANN, BOB, CAT, HEAD, MANAGER
from tests.simulation.pens import START_MS, Pen
from tests.simulation.test_model_outcomes import account, lead

APPLIED, PROPOSAL = Outcome.APPLIED, Outcome.PROPOSAL


def test_of_an_erasure_that_is_held_everything_personal_is_told_as_it_stays(centre: ModelCentre) -> None:
    ann = Pen(centre, ANN)
    row_id = lead(ann, ANN, notes="calls back")
    _, whole = ann.insert("lead", row_id, name="[erased]", status="new", pool_state="owned", owner_id=ANN)
    ann.write({**whole, "kind": OpKind.ERASE}, ann.update("lead", row_id, owner_id=BOB))
    answer = ann.push()
    assert answer.outcomes[0].outcome is PROPOSAL
    (differs,) = answer.differs
    assert differs.columns is not None
    told = {name: differs.columns[name][0] for name in ("name", "notes", "owner_id")}
    assert told == {"name": "Wang", "notes": "calls back", "owner_id": ANN}


def test_an_erasure_buries_what_is_nothing_but_a_value_and_no_more(centre: ModelCentre) -> None:
    ann = Pen(centre, ANN)
    deleted = "2026-11-22T00:00:00.000Z"
    row_id = lead(ann, ANN)
    phone = ann.add("phone", lead_id=row_id, value="555", digits="555")
    made = {"name": "[erased]", "status": "new", "pool_state": "owned", "owner_id": ANN}
    _, whole = ann.insert("lead", row_id, deleted_at=deleted, **made)
    values = {"lead_id": row_id, "value": "[erased]", "digits": "", "deleted_at": deleted}
    _, value = ann.insert("phone", phone, **values)
    assert ann.says({**whole, "kind": OpKind.ERASE}, {**value, "kind": OpKind.ERASE}) is APPLIED
    left = centre.state.tables["lead"][row_id].values
    assert (left["name"], left["deleted_at"]) == ("[erased]", None)
    assert centre.state.tables["phone"][phone].values["deleted_at"] == deleted


def test_an_erasure_of_what_was_refused_goes_through_and_makes_nothing(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    kept = lead(pen, ANN)
    refused, op = pen.insert("lead", name="Wang", status="new", pool_state="owned", owner_id=BOB)
    assert pen.says(op) is PROPOSAL
    erasures = [
        {
            **pen.insert("lead", each, name="[erased]", status="new", pool_state="owned")[1],
            "kind": OpKind.ERASE,
        }
        for each in (kept, refused)
    ]
    assert pen.says(*erasures) is APPLIED
    assert centre.state.tables["lead"][kept].values["name"] == "[erased]"
    assert centre.state.row("lead", refused) is None
    (proposal,) = centre.state.tables["proposal"].values()
    assert proposal.values["ops"] == "[]"
    # Of the real centre's log tests/sync/centre/test_push.py asks.
    ops = getattr(centre.state, "ops", {}).values()
    assert not [op for op in ops if "Wang" in str(op.changes) and op.row_id == refused]


def test_an_erasure_without_its_words_erases_at_a_centre_that_was_set_back_before_it(
    centre: ModelCentre,
) -> None:
    pen, manager = Pen(centre, ANN), Pen(centre, MANAGER)
    found = pen.add("lead", name="Wang", status="new", pool_state="owned", owner_id=ANN)
    phone = pen.add("phone", lead_id=found, value="555", digits="555")
    gone = {"kind": OpKind.ERASE, "changes": None}
    assert (
        pen.says({**gone, "table": "lead", "row_id": found}, {**gone, "table": "phone", "row_id": phone})
        is APPLIED
    )
    values, phoned = (
        centre.state.tables[kind][each].values for kind, each in (("lead", found), ("phone", phone))
    )
    assert (values["name"], values["deleted_at"]) == ("[erased]", None)
    assert (phoned["value"], phoned["digits"]) == ("[erased]", "[erased]")
    assert phoned["deleted_at"] == clock.to_text(clock.hlc_instant(START_MS << clock.HLC_COUNTER_BITS))
    told = [entry for entry in manager.pull().entries if isinstance(entry, OpEntry)]
    said = {"value": ["[erased]"], "digits": ["[erased]"], "deleted_at": [phoned["deleted_at"]]}
    assert json.loads(str(told[-1].changes)) == said


def test_an_erasure_without_its_words_of_a_row_that_is_not_there_is_told(centre: ModelCentre) -> None:
    pen = Pen(centre, ANN)
    gone = {"kind": OpKind.ERASE, "table": "lead", "row_id": pen.new_id(), "changes": None}
    assert pen.reason(gone) == "unknown_row"


def erased_by(pen: Pen, row_id: str) -> None:
    left = pen.insert("lead", row_id, name="[erased]", status="new", pool_state="owned", owner_id=ANN)[1]
    assert pen.says({**left, "kind": OpKind.ERASE}) is APPLIED


def test_a_value_that_was_added_in_ignorance_of_an_erasure_is_erased_too(centre: ModelCentre) -> None:
    ann, manager = Pen(centre, ANN), Pen(centre, MANAGER)
    found, other = lead(ann, ANN), lead(ann, ANN)
    erased_by(ann, found)
    ann.pull()
    phones = [
        manager.insert("phone", lead_id=each, value="555 0101", digits="5550101") for each in (found, other)
    ]
    assert manager.says(*(op for _, op in phones)) is APPLIED
    late, beside = (centre.state.tables["phone"][each].values for each, _ in phones)
    assert (late["value"], late["digits"], late["lead_id"]) == ("[erased]", "[erased]", found)
    assert late["deleted_at"] is not None
    assert (beside["value"], beside["deleted_at"]) == ("555 0101", None)
    for pen in (ann, manager):
        told = [
            each for each in pen.pull().entries if isinstance(each, OpEntry) and each.row_id == phones[0][0]
        ]
        assert "5550101" not in str(told)
        assert told[-1].kind == OpKind.ERASE
    knowing = manager.insert("phone", lead_id=found, value="555 0202", digits="5550202")
    assert manager.says(knowing[1]) is APPLIED
    assert centre.state.tables["phone"][knowing[0]].values["value"] == "555 0202"


def called(pen: Pen, tx_id: str) -> dict[str, Any]:
    """Return the arguments of a transaction as a device hears them."""
    told = {each.tx_id: each for each in pen.pull().entries if isinstance(each, TxEntry)}
    found: dict[str, Any] = json.loads(told[tx_id].arguments)
    return found


def test_what_a_transaction_was_called_in_ignorance_of_an_erasure_goes(centre: ModelCentre) -> None:
    ann, manager = Pen(centre, ANN), Pen(centre, MANAGER)
    found, other = lead(ann, ANN), lead(ann, ANN)
    erased_by(ann, found)
    named: dict[str, Any] = {"noun": "lead", "label": "Wang Fang", "number": 2}
    slow = manager.write(manager.update("lead", found, company="Steel"), **named)
    phone = manager.insert("phone", lead_id=found, value="555", digits="555")[1]
    below = manager.write(phone, **named)
    beside = manager.write(manager.update("lead", other, company="Steel"), **named)
    manager.push()
    listener = Pen(centre, HEAD)
    listener.version = 0
    told = {each.tx_id: each.arguments for each in listener.pull().entries if isinstance(each, TxEntry)}
    assert json.loads(told[slow.tx_id]) == {"noun": "lead", "label": "[erased]", "number": 2}
    assert json.loads(told[below.tx_id])["label"] == "[erased]"
    assert json.loads(told[beside.tx_id]) == named
    manager.pull()
    knowing = manager.write(manager.update("lead", found, company="Glass"), **named)
    manager.push()
    assert called(ann, knowing.tx_id) == named


def test_a_proposal_made_in_ignorance_of_an_erasure_says_nothing_of_the_person(centre: ModelCentre) -> None:
    ann, manager = Pen(centre, ANN), Pen(centre, MANAGER)
    found = lead(ann, ANN)
    seen = centre.state.row("lead", found)
    erased_by(manager, found)
    ann.write(ann.update("lead", found, base=seen, name="Wang Fang", owner_id=BOB), label="Wang Fang")
    assert ann.push().outcomes[0].outcome is PROPOSAL
    (proposal,) = centre.state.tables["proposal"].values()
    assert "Wang" not in str(proposal.values)
    # Of the real centre's log tests/sync/centre/test_push.py asks.
    assert not [op for op in getattr(centre.state, "ops", {}).values() if "Wang" in str(op.changes)]


def test_an_erasure_reaches_who_sees_the_row_where_it_hangs_by_then(centre: ModelCentre) -> None:
    ann, cat = Pen(centre, ANN), Pen(centre, CAT)
    found, elsewhere = lead(ann, ANN), account(cat, CAT)
    begun: dict[str, Value] = {"owner_id": ANN, "kind": "note", "state": "done", "lead_id": found}
    begun |= {"at": "2026-11-22T00:00:00.000Z", "no_next_step": 0, "is_unplanned": 0}
    act = ann.add("activity", **begun, notes="a private word")
    centre.edit([("activity", act, {"lead_id": None, "account_id": elsewhere})], author=ADMIN)
    (moved,) = [each for each in cat.pull().entries if isinstance(each, RowEntry) and each.row_id == act]
    assert moved.values["notes"] == "a private word"
    admin = Pen(centre, ADMIN)
    left = admin.insert("activity", act, **begun)[1]
    assert admin.says({**left, "kind": OpKind.ERASE}) is APPLIED
    (told,) = [each for each in cat.pull().entries if isinstance(each, OpEntry) and each.row_id == act]
    assert told.kind == OpKind.ERASE
    assert found not in str(told)
    assert centre.state.tables["activity"][act].values["notes"] is None
