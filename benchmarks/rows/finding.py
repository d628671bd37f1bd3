"""A word of two letters in leads of each size."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import stores
from benchmarks.figures import Figure
from benchmarks.rows.plan import Plan, beside, sfa

_WORD = "上海"


def measure(plan: Plan) -> Iterator[Figure]:
    """Time the search, into a pipe."""
    what = f"`sfa find {_WORD}`"
    for size in plan.sizes:
        ours = sfa(stores.leads(size), "find", _WORD)
        yield beside(plan, ours, what=what, size=size, goal=9, flat=what)
