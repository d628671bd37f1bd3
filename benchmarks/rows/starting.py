"""How long it takes until the program has started at all."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import stores
from benchmarks.figures import Figure
from benchmarks.rows.plan import Plan, beside, sfa


def measure(plan: Plan) -> Iterator[Figure]:
    """Time the version and the help, which read no store."""
    home = stores.leads(min(plan.sizes))
    yield beside(plan, sfa(home, "--version"), what="`sfa --version`", goal=3)
    yield beside(plan, sfa(home, "--help"), what="`sfa --help`", goal=8)
