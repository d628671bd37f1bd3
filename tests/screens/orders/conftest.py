"""A company that sells, for the tests of orders in the app."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Made
from tests.services.acting import TODAY
from tests.services.ordering import accepted, ordered, planned, stock


@pytest.fixture
def company(made: Made, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with an account and a product, on a fixed day."""
    monkeypatch.setenv("SFA_TODAY", TODAY.isoformat())
    return made(stock)


@pytest.fixture
def order(company: Path) -> str:
    """Return the id of an order of 226 USD of which a payment is overdue."""
    made = ordered(company, accepted(company, "Pump x 2"), ordered="2026-10-01")
    planned(company, made, "100% 2026-11-01")
    return made.id
