"""The printed pipeline, every section, over deals with three events each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import peers, stores
from benchmarks.figures import Figure
from benchmarks.rows.plan import Plan, beside, sfa
from benchmarks.timing import Command, environment

DEALS = 1_000_000
_TURNS = 7
_QUERY = (
    "SELECT stage.name, count(*), sum(deal.amount_minor) FROM deal JOIN stage ON stage.id = deal.stage_id"
    " WHERE deal.deleted_at IS NULL GROUP BY stage.id"
)


def measure(plan: Plan) -> Iterator[Figure]:
    """Time the pipeline beside the sqlite3 shell, which sums the current deals by stage."""
    count = min(DEALS, max(plan.sizes))
    home = stores.deal_home(count)
    yield beside(
        Plan(min(plan.turns, _TURNS), plan.sizes),
        sfa(home, "pipeline", "--format", "table"),
        peers.wanted(partial(_shell, home)),
        what="`sfa pipeline`, all sections; three events a deal",
        peer_name="`GROUP BY stage` in the sqlite3 shell",
        size=count,
        goal=4,
    )


def _shell(home: Path) -> Command:
    arguments = (peers.program("sqlite3"), "-readonly", str(home / "sfa.db"), _QUERY)
    return Command(arguments, environment())
