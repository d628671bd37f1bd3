"""From a key to the last byte of what it repaints, in the big list."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks import app, profiles, stores
from benchmarks.figures import Figure
from benchmarks.rows.plan import Plan
from benchmarks.terminal import ROWS, Terminal
from benchmarks.timing import Command, Spread

_FRAME_MS = 1000 / 60
MOST_MS = 16.0
PRESSES = 30
_KEYS = (("down", b"\x1b[B"), ("page down", b"\x1b[6~"), ("up", b"\x1b[A"), ("page up", b"\x1b[5~"))
_NOTE = (
    "A key's repaint is its first run of bytes, until 5 ms of silence: the list itself. What is drawn"
    " afterwards beside it (the preview of a record, the footer) is in the lines without a goal, until"
    f" 100 ms of silence. Each key is pressed {PRESSES} times on a screen that has gone quiet. Shown is"
    " the 95th percentile, in brackets the median and the worst."
)


def measure(plan: Plan) -> Iterator[Figure]:
    """Press the keys that move in the list, in the largest store."""
    size = max(plan.sizes)
    home = stores.leads(size)
    ours, seen = app.command(home), app.shows_leads(home)
    with app.opened(ours, seen) as (terminal, _):
        terminal.quiet(1.0)
        # In a short list the keys would press against its end.
        presses = min(PRESSES, size // ROWS // 2)
        found = [each for name, key in _KEYS for each in _figures(name, key, terminal, presses, size)]
    told = _profile(ours, home) if any(each.met is False for each in found) else ""
    yield from (replace(each, profile=told) if each.met is False else each for each in found)


def _figures(name: str, key: bytes, terminal: Terminal, presses: int, size: int) -> Iterator[Figure]:
    took = _pressed(terminal, key, presses)
    yield figure(f"key to repaint, {name}", sorted(first for first, _ in took), size, MOST_MS)
    yield figure(f"key to quiet, {name}", sorted(last for _, last in took), size, None)


def _pressed(terminal: Terminal, key: bytes, presses: int) -> list[tuple[float, float]]:
    took = []
    for number in range(presses):
        # Keys come at any moment of a frame, not always right after one.
        time.sleep(number % 7 * 0.003)
        repaint = terminal.press_and_wait(key)
        if repaint is None:
            raise app.NothingPainted(f"key {key!r} repainted nothing")
        took.append((repaint[0] * 1000, repaint[1] * 1000))
    return took


def figure(what: str, took: list[float], size: int, most: float | None, note: str = _NOTE) -> Figure:
    """Return the 95th percentile of times in ms, in order, beside a frame."""
    p95 = took[min(int(len(took) * 0.95), len(took) - 1)]
    of = Spread(p95, took[len(took) // 2], took[-1], 0.0, len(took))
    frame = Spread(_FRAME_MS, _FRAME_MS, _FRAME_MS, 0.0, len(took))
    return Figure(f"{what}, 95th percentile", size, of, "one frame at 60 Hz", frame, most=most, note=note)


def _profile(ours: Command, home: Path) -> str:
    seen = app.shows_leads(home)

    def pressed_under_the_profiler(path: Path) -> None:
        with app.opened(profiles.profiled(ours, path), seen) as (terminal, _):
            terminal.quiet(1.0)
            for _, key in _KEYS:
                for _ in range(PRESSES // 3):
                    terminal.press_and_wait(key)

    return profiles.functions(pressed_under_the_profiler)
