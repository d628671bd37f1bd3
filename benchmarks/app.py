"""Opening the app on its list of leads, on a terminal of its own: the one place that knows how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import stores
from benchmarks.places import SFA
from benchmarks.terminal import Terminal
from benchmarks.timing import Command, Sample, environment

QUIT = b"\x11"  # Ctrl+Q
ROWS_SEEN = 5
_PATIENCE_S = 30.0


class NothingPainted(Exception):
    """The app showed no rows of the list in time."""


def command(home: Path) -> Command:
    """Return what opens the app on the list of leads."""
    return Command((SFA,), environment(home, SFA_START="leads", SFA_TODAY="2026-11-20"))


def shows_leads(home: Path) -> Callable[[str], bool]:
    """Return what says whether a painted text shows rows: the names of some of the newest leads."""
    names = set(stores.first_names(home))
    return lambda text: sum(name in text for name in names) >= ROWS_SEEN


@contextmanager
def opened(ours: Command, seen: Callable[[str], bool]) -> Iterator[tuple[Terminal, float]]:
    """Open the app and wait for its first rows; lend its terminal and the seconds until they came.

    Raises:
        NothingPainted: no rows came.
    """
    terminal = Terminal(ours.arguments, ours.environment)
    try:
        took = terminal.until(seen, _PATIENCE_S)
        if took is None:
            raise NothingPainted(f"the app showed no leads; it wrote {len(terminal.painted):,} bytes")
        yield terminal, took
    finally:
        terminal.stop(QUIT)


def first_paint(ours: Command, seen: Callable[[str], bool]) -> Sample:
    """Return what the first rows took; the processor's time is of the whole run, with the end."""
    terminal = Terminal(ours.arguments, ours.environment)
    took = terminal.until(seen, _PATIENCE_S)
    usage = terminal.stop(QUIT)
    if took is None:
        raise NothingPainted(f"the app showed no leads; it wrote {len(terminal.painted):,} bytes")
    return Sample(took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
