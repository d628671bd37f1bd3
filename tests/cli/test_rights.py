"""What a command says that the role of who is signed in does not allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa import clock
from tests.cli.conftest import Sfa
from tests.screens.centre import sign_in
from tests.simulation.company import ADMIN, ANN, founded


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (["team", "edit", "East", "--name", "West"], "teams"),
        (["team", "add", "North"], "teams"),
        (["user", "edit", "Bob", "--role", "manager"], "users"),
        (["user", "delete", "Bob"], "users"),
        (["product", "edit", "Pump", "--name", "Valve"], "products"),
        (["product", "delete", "Pump"], "products"),
        (["config", "org", "set", "currency", "EUR"], "the organisation's settings"),
        (["config", "org", "set", "lease_days", "0"], "the organisation's settings"),
        (["stage", "edit", "Prospecting", "--name", "First"], "stages"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_rep_is_told_who_may_change_it_and_an_administrator_does(
    sfa: Sfa, home: Path, new_store: Path, command: list[str], what: str
) -> None:
    centre = founded(new_store, clock.wall_ms)
    sign_in(home, centre, ANN)
    before = sfa("history", "--format", "json").out
    said = sfa(*command)
    assert said.code == 3, said
    assert f"Error: Your role may not change {what}." in said.err
    assert "Ask one of them" in said.err
    assert sfa("history", "--format", "json").out == before
    assert sfa("sync", "status", "--format", "json").data["unsent"] == 0


def test_an_administrator_may(sfa: Sfa, home: Path, new_store: Path) -> None:
    sign_in(home, founded(new_store, clock.wall_ms), ADMIN)
    assert sfa("team", "edit", "East", "--name", "Far east").code == 0
    assert sfa("product", "edit", "Pump", "--name", "Valve").code == 0
    assert sfa("config", "org", "set", "currency", "EUR").code == 0
