"""The cheapest mutations: with its guard gone, the test that holds it fails. All: ``make prove``."""

from __future__ import annotations

import os

import pytest

from tests.simulation.central_guards import CENTRAL
from tests.simulation.guards import Mutation
from tests.simulation.mutations import ALL, PAGE, caught_by, mutated
from tests.sync.servers import versions

CHEAP = frozenset(
    {
        "fork-noticed",
        "epoch-check",
        "base-check",
        "unit-whole",
        "edit-of-tombstone",
        "sequence-check",
        "savepoint",
        "sql-sequence",
        "sql-author",
        "sql-sight-of-row",
        "sql-page-boundary",
        "sql-row-security",
    }
)
ASKED = [each for each in ALL if each.name in CHEAP or os.environ.get("SFA_PROVE")]


@pytest.mark.parametrize("mutation", ASKED, ids=lambda each: each.name)
def test_a_guard_that_is_gone_is_noticed(mutation: Mutation) -> None:
    if mutation in CENTRAL and not versions():
        reason = "no PostgreSQL server is installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    assert caught_by(mutation)


@pytest.mark.parametrize("mutation", ALL, ids=lambda each: each.name)
def test_each_mutation_still_has_its_place_and_is_in_the_table(mutation: Mutation) -> None:
    text = mutated(mutation)
    if mutation.path.endswith(".py"):
        compile(text, mutation.path, "exec")
    assert f"| {mutation.name} | {mutation.guard} |" in PAGE.read_text(encoding="utf-8")
