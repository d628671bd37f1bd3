"""The first twenty leads: into a pipe, on a terminal, and beside Taskwarrior."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from benchmarks import peers, stores
from benchmarks.figures import Figure
from benchmarks.rows.plan import Plan, beside, sfa
from benchmarks.timing import Command, environment

_LIST = ("lead", "list", "--limit", "20")


def measure(plan: Plan) -> Iterator[Figure]:
    """Time the list at each size beside bare Python."""
    for size in plan.sizes:
        ours = sfa(stores.leads(size), *_LIST)
        what = "`sfa lead list --limit 20` into a pipe"
        yield beside(plan, ours, what=what, size=size, goal=8, flat=what)
        what = "`sfa lead list --limit 20` on a terminal"
        yield beside(plan, replace(ours, on_terminal=True), what=what, size=size, goal=12, flat=what)


def beside_taskwarrior(plan: Plan) -> Iterator[Figure]:
    """Time the list beside Taskwarrior's, of as many tasks, with its own defaults."""
    for size in plan.sizes:
        yield beside(
            plan,
            sfa(stores.leads(size), *_LIST),
            peers.wanted(partial(_task, size)),
            what="`sfa lead list --limit 20` into a pipe, beside Taskwarrior",
            peer_name="`task limit:20 list`",
            size=size,
            note="Taskwarrior lists as many tasks as there are leads; it has no goal.",
        )


def _task(size: int) -> Command:
    program = peers.program("task")
    folder = stores.tasks(size)
    settings = environment(TASKRC=str(folder / "taskrc"), TASKDATA=str(folder))
    return Command((program, "limit:20", "list"), settings)
