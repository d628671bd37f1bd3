"""A company with a rep who means harm: with the program's calls, and with SQL of his own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from sfa.sync.centre.install import close_to_others
from tests.simulation import pens
from tests.simulation.company import ANN, BOB
from tests.simulation.pens import Pen
from tests.sync.centre.real_centre import RealCentre, role_of
from tests.sync.servers import Connection

Open = Callable[[], Connection]


@pytest.fixture
def centre(company: RealCentre, monkeypatch: pytest.MonkeyPatch) -> RealCentre:
    """Return the company's centre, closed as after its installation: a copied database is open again."""
    monkeypatch.setattr(pens, "ModelTransport", RealCentre.transport)
    close_to_others(company.connection.cursor())
    return company


@pytest.fixture
def sessions(centre: RealCentre) -> Iterator[Open]:
    """Return what opens a session of SQL as Bob, a rep."""
    opened: list[psycopg.Connection[Any]] = []

    def opening() -> Connection:
        opened.append(psycopg.connect(centre.address(role_of("Bob")), autocommit=True))
        return opened[-1]

    yield opening
    for each in opened:
        each.close()


@pytest.fixture
def bob(sessions: Open) -> Connection:
    """Return a session of SQL as Bob."""
    return sessions()


@pytest.fixture
def ann(centre: RealCentre) -> Pen:
    """Return a device of Ann, who is honest."""
    return Pen(centre, ANN)  # type: ignore[arg-type]


@pytest.fixture
def pen(centre: RealCentre) -> Pen:
    """Return a device of Bob that writes what it likes."""
    return Pen(centre, BOB)  # type: ignore[arg-type]
