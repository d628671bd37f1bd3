"""From a key to the last byte of what it repaints, in the grid of a quote's lines."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator

from benchmarks import app, stores
from benchmarks.figures import Figure
from benchmarks.places import SFA
from benchmarks.rows.keys import MOST_MS, PRESSES, figure
from benchmarks.rows.plan import Plan
from benchmarks.terminal import Terminal
from benchmarks.timing import Command, environment

LINES = 200
# A quantity typed anew, line by line: the first figure begins the cell, the next prices all lines anew.
_KEYS = (("first figure", b"4"), ("next figure", b"2"), ("enter", b"\r"))
_BESIDE = (("first figure, then Tab", b"4"), ("tab", b"\t"), ("back tab", b"\x1b[Z"))
_MOVES = (("down", b"\x1b[B"), ("right", b"\x1b[C"), ("left", b"\x1b[D"))
_BACK = (("up", b"\x1b[A"),)
_NOTE = (
    f"In a quote of {LINES} lines, each key {PRESSES} times on a screen that has gone quiet: moving, and"
    " typing quantities, which prices all lines and shows what they come to."
)


def measure(plan: Plan) -> Iterator[Figure]:
    """Press the keys that move and type in the grid; the size of other stores is no matter."""
    del plan
    home = stores.quote_of(LINES)
    ours = Command((SFA,), environment(home, SFA_START="quotes", SFA_TODAY="2026-11-20"))
    with app.opened(ours, lambda text: "Q-" in text) as (terminal, _):
        terminal.quiet(1.0)
        terminal.press_and_wait(b"L")
        terminal.quiet(1.0)
        for keys in (_MOVES, _KEYS, _BACK, _BESIDE):
            for name, took in _pressed(terminal, keys).items():
                yield figure(f"key to repaint in 200 lines, {name}", sorted(took), LINES, MOST_MS, _NOTE)


def _pressed(terminal: Terminal, keys: tuple[tuple[str, bytes], ...]) -> dict[str, list[float]]:
    """Return what each key took, in ms, pressed in turns."""
    took: dict[str, list[float]] = defaultdict(list)
    for number in range(PRESSES):
        for name, key in keys:
            time.sleep(number % 7 * 0.003)
            repaint = terminal.press_and_wait(key)
            if repaint is None:
                raise app.NothingPainted(f"key {key!r} repainted nothing")
            took[name].append(repaint[0] * 1000)
    return took
