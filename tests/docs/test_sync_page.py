"""The page's table of promises: complete, and every test it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.simulation.invariants import ALL

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "sync.md").read_text("utf-8")
_LINES = re.findall(r"^\| I\d.*", PAGE, re.MULTILINE)
ROWS = [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in _LINES]
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))


@cache
def functions_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_each_promise_stands_there_with_the_check_that_asks_for_it() -> None:
    asked = {name: f"`{check.__name__}`" for name, check in ALL.items()}
    assert {name: check for name, _, check, _ in ROWS} == asked


def test_each_promise_is_asked_for_by_a_test_besides() -> None:
    assert [name for name, *_, tests in ROWS if "::test_" not in tests] == []


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_test_that_the_page_names_is_there(path: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in functions_in(path)


def numbers(path: str) -> tuple[int, int]:
    """Return how many schedules a module asks by default and in CI."""
    source = (ROOT / "tests" / path).read_text("utf-8")
    found = re.findall(r'"(\d+)" if os\.environ\.get\("CI"\) else "(\d+)"', source)
    ((in_ci, usual),) = found
    return int(usual), int(in_ci)


def test_the_page_says_how_many_schedules_there_are() -> None:
    text = " ".join(PAGE.split())
    usual, in_ci = numbers("simulation/test_schedules.py")
    assert f"of {usual} with each run of the tests, of {in_ci:,} in CI (seeds 0 to {in_ci - 1:,})" in text
    usual, in_ci = numbers("simulation/real/test_real_schedules.py")
    assert f"on real PostgreSQL, of {usual} and of {in_ci}, by" in text
