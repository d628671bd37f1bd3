"""A centre with the company in it, and the devices of two reps of the east and their manager."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa import clock
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ANN, BOB, CAT, MANAGER, founded
from tests.sync.device.team import Rep, copied_home


@pytest.fixture
def centre(new_store: Path) -> ModelCentre:
    return founded(new_store, clock.wall_ms)


def _rep(new_store: Path, tmp_path: Path, centre: ModelCentre, user: str) -> Rep:
    return Rep(copied_home(new_store, tmp_path / user[-2:]), centre, user)


@pytest.fixture
def ann(new_store: Path, tmp_path: Path, centre: ModelCentre) -> Rep:
    return _rep(new_store, tmp_path, centre, ANN)


@pytest.fixture
def bob(new_store: Path, tmp_path: Path, centre: ModelCentre) -> Rep:
    return _rep(new_store, tmp_path, centre, BOB)


@pytest.fixture
def cat(new_store: Path, tmp_path: Path, centre: ModelCentre) -> Rep:
    return _rep(new_store, tmp_path, centre, CAT)


@pytest.fixture
def mia(new_store: Path, tmp_path: Path, centre: ModelCentre) -> Rep:
    return _rep(new_store, tmp_path, centre, MANAGER)
