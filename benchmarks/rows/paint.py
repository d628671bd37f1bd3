"""From the start of the app to the first screen that shows rows of the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from benchmarks import app, profiles, stores
from benchmarks.figures import Figure
from benchmarks.places import PYTHON, SFA
from benchmarks.rows.plan import Plan
from benchmarks.timing import Command, environment, in_turns, run, spread

_WHAT = "the app's first paint of the list of leads"
_QUOTES = 10_000
_WHAT_OF_QUOTES = "the app's first paint of the list of quotes, with what each comes to"
_NAME = '`python -c "import textual.app"`'
_NOTE = "Each quote has thirty lines, which the list does not read."
_PEER = Command((PYTHON, "-c", "import textual.app"), environment())


def measure(plan: Plan) -> Iterator[Figure]:
    """Time the first paint at each size beside the import of the library alone."""
    for size in plan.sizes:
        home = stores.leads(size)
        ours, seen = app.command(home), app.shows_leads(home)
        samples, theirs = in_turns(plan.turns, partial(app.first_paint, ours, seen), lambda: run(_PEER))
        found = Figure(_WHAT, size, spread(samples), _NAME, spread(theirs), 2.5, flat=_WHAT)
        yield replace(found, profile=_profile(ours, seen)) if found.met is False else found


def of_quotes(plan: Plan) -> Iterator[Figure]:
    """Time the first paint of the quotes: what they come to is shown, and no line of theirs is read."""
    home = stores.quotes(_QUOTES)
    ours = Command((SFA,), environment(home, SFA_START="quotes", SFA_TODAY="2026-11-20"))
    numbers = set(stores.newest_quotes(home))

    def seen(text: str) -> bool:
        return sum(number in text for number in numbers) >= app.ROWS_SEEN

    samples, theirs = in_turns(plan.turns, partial(app.first_paint, ours, seen), lambda: run(_PEER))
    found = Figure(_WHAT_OF_QUOTES, _QUOTES, spread(samples), _NAME, spread(theirs), 2.5, note=_NOTE)
    yield replace(found, profile=_profile(ours, seen)) if found.met is False else found


def _profile(ours: Command, seen: Callable[[str], bool]) -> str:
    return profiles.functions(lambda path: app.first_paint(profiles.profiled(ours, path), seen))
