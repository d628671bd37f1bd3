"""The page's tables of outcomes and of who may do what, held by the real centre: the model's own tests."""

from __future__ import annotations

import pytest

from tests.simulation import pens, test_model_erasures, test_model_outcomes, test_model_quotes
from tests.sync.centre.real_centre import RealCentre
from tests.sync.centre.twins import merge_in_runs

pytestmark = pytest.mark.every_server

_ALL = (test_model_outcomes, test_model_quotes, test_model_erasures)
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
