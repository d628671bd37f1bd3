"""What every row is given, and the measuring that most rows share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks import profiles
from benchmarks.figures import Figure
from benchmarks.peers import PeerMissing
from benchmarks.places import PYTHON, SFA
from benchmarks.timing import Command, environment, in_turns, run, spread

BARE = Command((PYTHON, "-c", "pass"), environment())
BARE_NAME = "`python -c pass`"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many turns, and in how large stores."""

    turns: int
    sizes: tuple[int, ...]


def sfa(home: Path, *arguments: str) -> Command:
    """Return a command of ours on the store of a home."""
    return Command((SFA, *arguments), environment(home, SFA_TODAY="2026-11-20"))


def beside(
    plan: Plan,
    ours: Command,
    peer: Command | PeerMissing = BARE,
    *,
    what: str,
    peer_name: str = BARE_NAME,
    size: int | None = None,
    goal: float | None = None,
    flat: str = "",
    note: str = "",
) -> Figure:
    """Time two commands in turns; a missed goal is profiled at once, while the store is still there."""
    sides = [partial(run, each) for each in (ours, peer) if isinstance(each, Command)]
    samples, *others = in_turns(plan.turns, *sides)
    theirs = spread(others[0]) if others else None
    note = f"{peer_name} is missing: {peer}." if isinstance(peer, PeerMissing) else note
    found = Figure(what, size, spread(samples), peer_name, theirs, goal, flat=flat, note=note)
    return found if found.met is not False else replace(found, profile=profiles.of_command(ours))
