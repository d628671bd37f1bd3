"""Breaking a text into lines of a width, in Chinese and Latin letters mixed."""

from __future__ import annotations

import re
from collections.abc import Callable

# No line begins with these, or ends with those.
_NOT_FIRST = frozenset("，。、；：！？）》」』】〉〕”’…·,.;:!?)]}%‰℃°")
_NOT_LAST = frozenset("（《「『【〈〔“‘([{￥¥$€£#")
# A Han letter or full-width sign stands alone; others hang together as words, parted after these.
_PIECES = re.compile(
    r"\s+|[\u2e80-\u9fff\uf900-\ufaff\ufe30-\uffef\U00020000-\U0003ffff]|[^\s\u2e80-\u9fff\uf900-\ufaff\ufe30-\uffef\U00020000-\U0003ffff]+"
)
_INSIDE = re.compile(r"(?<=[-/_,;@\\|])(?=.)")


def broken(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return the lines of a text, each at most ``width`` as ``measure`` has it; at least one line.

    A word longer than a line is parted after a hyphen or a slash, else where it fits.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _paragraph(paragraph.strip(), width, measure)
    return lines or [""]


def _paragraph(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    if measure(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for unit in _units(text, width, measure):
        if line and measure((line + unit).rstrip()) > width:
            lines.append(line.rstrip())
            line = unit.lstrip()
        else:
            line += unit
    return [*lines, line.rstrip()]


def _units(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return the pieces of a text between which a line may end."""
    units: list[str] = []
    for piece in _PIECES.findall(text):
        joined = units and (piece[0] in _NOT_FIRST or units[-1][-1] in _NOT_LAST)
        if joined and measure(units[-1] + piece) <= width:
            units[-1] += piece
        elif measure(piece) > width:
            units += _parted(piece, width, measure)
        else:
            units.append(piece)
    return units


def _parted(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    parts: list[str] = []
    for piece in _INSIDE.split(word):
        start = 0
        for end in range(1, len(piece) + 1):
            if end - start > 1 and measure(piece[start:end]) > width:
                parts.append(piece[start : end - 1])
                start = end - 1
        parts.append(piece[start:])
    return parts
