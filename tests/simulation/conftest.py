"""A centre with the company in it, for the tests of the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import founded
from tests.simulation.pens import Ticking


@pytest.fixture
def ticking() -> Ticking:
    """Return the centre's clock."""
    return Ticking()


@pytest.fixture
def centre(new_store: Path, ticking: Ticking) -> ModelCentre:
    """Return a centre with the company in it."""
    return founded(new_store, ticking)
