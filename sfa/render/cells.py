"""Text measured in terminal cells: width, padding, clipping, wrapping.

East Asian wide characters and emoji take two cells, combining marks none.
Ambiguous characters count as one cell, as nearly every terminal draws them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ELLIPSIS = "…"
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("\r\n|[\n\r\t\x0b\x0c\x85\u2028\u2029]")


@lru_cache(maxsize=4096)
def _char_width(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"} or 0x1160 <= ord(char) <= 0x11FF:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _is_skin_tone(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"


def cell_widths(text: str) -> list[int]:
    """Return each character's cells; what joins on to the one before it has none."""
    widths: list[int] = []
    base = -1  # where the last character with a width of its own is
    joined = False
    for index, char in enumerate(text):
        if char == _EMOJI_STYLE and base >= 0:
            widths[base] = 2
        drawn = 0 if joined or (base >= 0 and _is_skin_tone(char)) else _char_width(char)
        widths.append(drawn)
        if drawn:
            base = index
        joined = char == _JOINER
    return widths


def cell_width(text: str) -> int:
    """Return how many terminal cells a text of one line takes."""
    return len(text) if text.isascii() else sum(cell_widths(text))


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill a text with spaces to a width, at its end, or in front when it is aligned right."""
    gap = " " * max(0, width - cell_width(text))
    return gap + text if right else text + gap


def clip(text: str, width: int) -> str:
    """Shorten a text to at most ``width`` cells, with an ellipsis where something was cut."""
    if cell_width(text) <= width:
        return text
    if width < 1:
        return ""
    return text[: _fitting(text, width - 1)].rstrip() + ELLIPSIS


def _fitting(text: str, width: int) -> int:
    """Return how many leading characters fit, never parting a character from its marks."""
    used = 0
    for index, cells in enumerate(cell_widths(text)):
        used += cells
        if used > width:
            return index
    return len(text)


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most ``width`` cells, at spaces or between wide characters.

    Line breaks in the text are kept. A word longer than a line is cut.
    """
    lines: list[str] = []
    for line in text.splitlines() or [""]:
        lines += _wrap_line(line, max(2, width))
    return lines


def _wrap_line(line: str, width: int) -> list[str]:
    lines: list[str] = []
    rest = line.rstrip()
    while cell_width(rest) > width:
        end = max(1, _fitting(rest, width))
        cut = _break_before(rest, end)
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest]


def _break_before(text: str, end: int) -> int:
    """Return where to break at or before ``end``: a space, or next to a wide character."""
    for index in range(end, 0, -1):
        if text[index] == " " or text[index - 1] == " ":
            return index
        if _char_width(text[index]) == 2 and text[index] not in _NEVER_FIRST:
            return index
    return end


_NEVER_FIRST = frozenset(",.:;!?)]}，。、；：！？）》」』】”’%")


def one_line(text: str) -> str:
    """Return a text fit for a cell: breaks become spaces, control characters are made harmless.

    A stored value could otherwise move the cursor, change colours or turn the reading
    direction of the terminal it is shown on.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub("\ufffd", _BREAKS.sub(" ", text))


_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")


def clean_line(text: str) -> str:
    """Return a text on one line as another program wants it: no space at the ends, one between words."""
    return " ".join(one_line(_INVISIBLE.sub("", text)).split())


def many_lines(text: str) -> str:
    """Return a text whose line breaks stay and whose other control characters are made harmless."""
    return "\n".join(one_line(line) for line in text.splitlines())
