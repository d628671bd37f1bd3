"""Texts of exactly so many terminal cells, measured as Textual measures what it writes."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

ELLIPSIS = "…"


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Return a text of exactly ``width`` cells: padded, or cut with an ellipsis.

    A wide character that would be cut in two is left out.
    """
    cells = len(text) if text.isascii() else cell_len(text)
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


def width_of(text: str) -> int:
    """Return how many cells a text takes."""
    return len(text) if text.isascii() else cell_len(text)
