"""Resident memory of the app on its big list, beside an app that shows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import app, profiles, stores
from benchmarks.figures import Figure
from benchmarks.places import PYTHON
from benchmarks.rows.plan import Plan
from benchmarks.terminal import Terminal
from benchmarks.timing import Command, environment, spread_of

_EMPTY = Command((PYTHON, str(Path(app.__file__).with_name("empty_app.py"))), environment())
_TURNS = 3
_QUIET_S = 1.0
_DOWN = b"\x1b[6~" * 3  # page down
_NOTE = (
    "Memory is what the system says is resident once the list is painted, a few pages were turned and the"
    f" terminal was quiet for {_QUIET_S:g} s."
)


def measure(plan: Plan) -> Iterator[Figure]:
    """Ask for the memory of both in turns, in stores of each size."""
    what = "memory of the app on the list of leads"
    for size in plan.sizes:
        home = stores.leads(size)
        pairs = [(_ours(home), _empty()) for _ in range(_TURNS)]
        ours, theirs = ([held.mb for held in side] for side in zip(*pairs, strict=True))
        found = Figure(
            what, size, spread_of(ours), "an empty Textual app", spread_of(theirs), 2, unit="MB", flat=what,
            note=_NOTE,
        )  # fmt: skip
        yield replace(found, profile=pairs[0][0].where) if found.met is False else found


@dataclass(frozen=True, slots=True)
class Held:
    """What a program holds in memory, and where."""

    mb: float
    where: str


def _ours(home: Path) -> Held:
    with app.opened(app.command(home), app.shows_leads(home)) as (terminal, _):
        terminal.quiet(_QUIET_S)
        terminal.press_and_wait(_DOWN)
        return _held(terminal)


def _empty() -> Held:
    with app.opened(_EMPTY, bool) as (terminal, _):
        return _held(terminal)


def _held(terminal: Terminal) -> Held:
    terminal.quiet(_QUIET_S)
    return Held(terminal.memory_mb(), profiles.memory_map(terminal.child))
