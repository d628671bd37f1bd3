"""Bars and lines of letters: read by their length and their shading, never by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sfa.render.cells import cell_width, clip, pad

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_FULL = "█"
_LEVELS = "▁▂▃▄▅▆▇█"
_NOTHING = "·"
SHADES = ("█", "▓", "▒", "░", "▚")
_LEAST_BAR = 8


def bar(value: int, most: int, width: int) -> str:
    """Return a bar whose length is to ``width`` cells as the value to ``most``, in eighths of a cell.

    What is more than nothing shows at least an eighth.
    """
    if value <= 0 or most <= 0 or width <= 0:
        return ""
    eighths = max(1, (value * width * 8 + most // 2) // most)
    return _FULL * (eighths // 8) + _EIGHTHS[eighths % 8]


def shaded(values: Sequence[int], most: int, width: int) -> str:
    """Return one bar of several parts, each in a shade of its own, as long together as their sum.

    The parts end where their running sums do, so that rounding adds up; a part may be too small to show.
    """
    if most <= 0 or width <= 0:
        return ""
    text, running, drawn = "", 0, 0
    for value, shade in zip(values, SHADES, strict=False):
        running += value
        end = (running * width + most // 2) // most
        text += shade * (end - drawn)
        drawn = end
    return text or (_EIGHTHS[1] if running else "")


def sparkline(values: Sequence[int], most: int | None = None) -> str:
    """Return a letter a value, as high as the value is to the greatest; a dot for nothing."""
    top = max(values, default=0) if most is None else most
    return "".join(_NOTHING if value <= 0 else _level(value, top) for value in values)


def _level(value: int, top: int) -> str:
    return _LEVELS[min(len(_LEVELS) - 1, max(0, -(-value * len(_LEVELS) // top) - 1))]


def shrunk(values: Sequence[int], width: int) -> list[int]:
    """Return at most ``width`` values: neighbours are added up when there are more."""
    if len(values) <= width or width <= 0:
        return list(values)
    edges = [place * len(values) // width for place in range(width + 1)]
    return [sum(values[begin:end]) for begin, end in pairwise(edges)]


def bars(rows: Sequence[tuple[str, str, str]], width: int, *, gap: str = "  ") -> list[str]:
    """Return lines of a label, a bar and what stands behind it; labels give way where room is short.

    The bars come as texts already drawn, no wider than ``room_for`` said.
    """
    label, bar_width, _ = _widths(rows, width, gap)
    return [
        f"{pad(clip(name, label), label)}{gap}{pad(drawn, bar_width)}{gap}{behind}".rstrip()
        for name, drawn, behind in rows
    ]


def room_for(names: Sequence[str], behind: Sequence[str], width: int, *, gap: str = "  ") -> int:
    """Return how many cells a bar may take beside its label and what stands behind it."""
    label = min(max(map(cell_width, names), default=0), max(_LEAST_BAR, width // 3))
    return max(_LEAST_BAR, width - label - max(map(cell_width, behind), default=0) - 2 * len(gap))


def _widths(rows: Sequence[tuple[str, str, str]], width: int, gap: str) -> tuple[int, int, int]:
    names, behind = [row[0] for row in rows], [row[2] for row in rows]
    label = min(max(map(cell_width, names), default=0), max(_LEAST_BAR, width // 3))
    return label, room_for(names, behind, width, gap=gap), max(map(cell_width, behind), default=0)
