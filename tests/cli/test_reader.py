"""Commands of somebody whose role may only read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sfa.store.home import store_path
from tests.cli.conftest import Sfa


@pytest.fixture
def reader(sfa: Sfa, home: Path) -> Sfa:
    """Return the command on a store that is signed in with a role that may only read."""
    assert sfa("lead", "add", "Li Wei").code == 0
    with closing(sqlite3.connect(store_path(home))) as connection, connection:
        connection.execute("INSERT INTO local_state (key, value) VALUES ('sync_role', 'read-only')")
    return sfa


@pytest.mark.parametrize(
    "command",
    [
        "lead edit Li --set rating=hot",
        "lead delete Li",
        "erase Li --yes",
        "undo",
        "config org set currency EUR",
    ],
)
def test_what_would_change_something_is_refused_and_says_why(reader: Sfa, command: str) -> None:
    said = reader(*command.split())
    assert said.code == 3
    assert "Your role may only read. Nothing was changed." in said.err
    assert "Ask an administrator for another role" in said.err


def test_a_print_keeps_no_figures_and_says_so_when_that_was_asked_for(reader: Sfa) -> None:
    said = reader("pipeline")
    assert said.code == 0
    assert "not kept" not in said.err
    said = reader("pipeline", "--store")
    assert said.code == 0
    assert "The print was not kept for comparison: Your role may only read." in said.err


def test_ones_own_configuration_is_ones_own(reader: Sfa) -> None:
    assert reader("view", "save", "lead", "v", "--sort", "name").code == 0
