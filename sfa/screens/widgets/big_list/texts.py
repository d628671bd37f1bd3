"""Texts of exactly so many terminal cells, measured as Textual measures what it writes."""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

ELLIPSIS = "…"
# One cell below U+007F, two cells and three bytes above: the width follows from the bytes, many times
# faster than from a table. Fullwidth signs are in it, halfwidth ones are not.
_HAN = re.compile("[ -~\u3001-\u3029\u4e00-\u9fff\uff01-\uff5e]*")


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Return a text of exactly ``width`` cells: padded, or cut with an ellipsis.

    A wide character that would be cut in two is left out.
    """
    cells = width_of(text)
    if cells <= width:
        gap = " " * (width - cells)
        return gap + text if right else text + gap
    if width <= 1:
        return ELLIPSIS[:width]
    if text.isascii():
        return text[: width - 1] + ELLIPSIS
    kept = set_cell_size(text, width - 1)  # puts a space where half a character would be
    if kept.endswith(" ") and not text.startswith(kept):
        return kept[:-1] + ELLIPSIS + " "
    return kept + ELLIPSIS


def cut(text: str, first: int, last: int) -> str:
    """Return the cells of a text from ``first`` to before ``last``; half a wide character is a space."""
    if text.isascii():
        return text[first:last]
    return Strip([Segment(text)]).crop(first, last).text


def width_of(text: str) -> int:
    """Return how many cells a text takes."""
    if text.isascii():
        return len(text)
    if _HAN.fullmatch(text):
        return (len(text.encode()) + len(text)) // 2
    return cell_len(text)
