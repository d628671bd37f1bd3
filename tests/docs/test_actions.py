"""The table of commands and where the app has them: complete, and nothing in it that is not there."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from sfa.screens.keys import PLACES

TOOL = Path(__file__).resolve().parents[2] / "docs" / "tools" / "actions.py"


@pytest.fixture(scope="module")
def actions() -> ModuleType:
    """Return the tool that writes the page."""
    spec = importlib.util.spec_from_file_location("actions_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_says_where_the_app_has_it_or_why_not(actions: ModuleType) -> None:
    every = list(actions.commands())
    assert len(every) > 150
    assert [command for command in every if actions.where(command) is None] == []


def test_the_table_names_no_command_that_is_gone(actions: ModuleType) -> None:
    assert set(actions.TABLE) <= set(actions.commands())


def test_every_place_and_action_of_the_table_is_in_the_app(actions: ModuleType) -> None:
    known = actions.keys()
    for command in actions.commands():
        found = actions.where(command)
        if isinstance(found, actions.In):
            assert found.place in PLACES or found.place == "", command
            assert set(found.actions) <= set(known), command
            assert found.place or found.actions, command
        else:
            assert found.why, command


def test_a_command_nobody_has_thought_of_is_noticed(actions: ModuleType) -> None:
    assert actions.where("lead dance") is None
    assert actions.where("unicorn list") is None


def test_the_page_is_current(actions: ModuleType) -> None:
    assert actions.PAGE.read_text("utf-8") == actions.page()
