"""The page's tables of outcomes and of who may do what, held by the real centre: the model's own tests."""

from __future__ import annotations

import pytest

from sfa.sync.merge import made_id
from sfa.sync.protocol import Outcome
from sfa.terms import OpKind
from tests.simulation import (
    pens,
    test_model_erasures,
    test_model_outcomes,
    test_model_proposals,
    test_model_quotes,
)
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ADMIN, ANN, BOB
from tests.simulation.pens import Pen
from tests.sync.centre.real_centre import RealCentre
from tests.sync.centre.twins import merge_in_runs

pytestmark = pytest.mark.every_server

_ALL = (test_model_outcomes, test_model_proposals, test_model_quotes, test_model_erasures)
for _module in _ALL:
    for _name, _found in vars(_module).items():
        if _name.startswith("test_") or _name in {"ann", "manager"}:
            globals()[_name] = _found


@pytest.fixture(params=[1, None], ids=["in-runs", "op-by-op"])
def centre(
    company: RealCentre, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> RealCentre:
    merge_in_runs(company, of=request.param)
    monkeypatch.setattr(pens, "ModelTransport", RealCentre.transport)
    return company


def test_an_erased_proposal_that_a_centre_lost_can_be_made_again(centre: ModelCentre) -> None:
    ann, admin = Pen(centre, ANN), Pen(centre, ADMIN)
    refused, op = ann.insert("lead", name="Wang", status="new", pool_state="owned", owner_id=BOB)
    tx = ann.write(op)
    found = made_id("proposal", tx.tx_id)
    left = {"kind": "guarded", "on_table": "lead", "on_id": refused, "tx_id": tx.tx_id, "name": "[erased]"}
    more = {"arguments": "{}", "ops": "[]", "made_at": "2026-11-22T00:00:00.000Z", "state": "open"}
    _, erasure = admin.insert("proposal", found, **left, **more)
    assert admin.says({**erasure, "kind": OpKind.ERASE}) is Outcome.APPLIED
    assert centre.state.row("proposal", found) is None
    assert ann.push().outcomes[0].outcome is Outcome.PROPOSAL
    assert centre.state.tables["proposal"][found].values["state"] == "open"
