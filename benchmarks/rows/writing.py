"""One write, in a copy of the store."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import stores
from benchmarks.figures import Figure
from benchmarks.rows.plan import Plan, beside, sfa


def measure(plan: Plan) -> Iterator[Figure]:
    """Time a visit that is logged."""
    what = "`sfa visit add`"
    for size in plan.sizes:
        with stores.copy_of(stores.leads(size)) as home:
            ours = sfa(home, "visit", "add", "--account", stores.ACCOUNT, "--notes", "benchmark")
            yield beside(plan, ours, what=what, size=size, goal=60, flat=what)
