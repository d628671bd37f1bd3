"""From rows to strips of cells: one text for the frozen part and one for what scrolls. No data is read."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from sfa.screens.widgets.big_list.columns import GAP, GUTTER, Columns
from sfa.screens.widgets.big_list.source import Row
from sfa.screens.widgets.big_list.texts import ELLIPSIS, cut, fitted, width_of

CURSOR, MARK = "›", "✓"
UP, DOWN = "▲", "▼"


def row_strip(
    columns: Columns, row: Row | None, signs: str, style: Style, scrolled: int, width: int
) -> Strip:
    """Return the line of a record; ``None`` is one that is not loaded yet."""
    if row is None:
        return line_strip(columns, _unknown(columns), signs, style, scrolled, width)
    cells = row.cells
    known = len(cells)
    texts = [
        fitted(cells[at] if at < known else "", wide, right=right) for at, wide, right in columns.cells()
    ]
    return line_strip(columns, texts, signs, style, scrolled, width)


def _unknown(columns: Columns) -> list[str]:
    return [
        fitted("" if number else ELLIPSIS, columns.width(name)) for number, name in enumerate(columns.shown)
    ]


def line_strip(
    columns: Columns, texts: list[str], signs: str, style: Style, scrolled: int, width: int
) -> Strip:
    """Return cells as a line of so many terminal cells; all but the first column may be scrolled away."""
    gap = " " * GAP
    frozen, total = columns.frozen(), columns.total()
    if total <= width:
        return Strip([Segment(signs + gap.join(texts) + " " * (width - total), style)], width)
    head = signs + "".join(texts[:1]) + (gap if texts[1:] else "")
    if frozen >= width:
        return Strip([Segment(head, style)], frozen).crop(0, width)
    cells = [(wide, text) for (_, wide, _), text in zip(columns.cells()[1:], texts[1:], strict=True)]
    return Strip([Segment(head + _in_sight(cells, scrolled, width - frozen), style)], width)


def _in_sight(cells: Sequence[tuple[int, str]], scrolled: int, width: int) -> str:
    """Return what is seen of cells that are scrolled; only those at an edge are cut, which takes time."""
    parts: list[str] = []
    start = -scrolled
    for wide, text in cells:
        end = start + wide + GAP
        if end > 0 and start < width:
            whole = text + " " * GAP
            parts.append(whole if start >= 0 and end <= width else cut(whole, max(0, -start), width - start))
        start = end
    return "".join(parts) + " " * (width - start)


def signs_of(*, is_cursor: bool, is_marked: bool) -> str:
    """Return the gutter: what tells the cursor and the marks without colour."""
    return (CURSOR if is_cursor else " ") + (MARK if is_marked else " ")


def header_strip(
    columns: Columns, sort: str, styles: tuple[Style, Style], scrolled: int, width: int
) -> Strip:
    """Return the header: labels, an arrow at the sorted column, the current column in the second style."""
    plain, current = styles
    texts = [_heading(columns, name, sort) for name in columns.shown]
    line = line_strip(columns, texts, " " * GUTTER, plain, scrolled, width)
    if not columns.shown:
        return line
    index = columns.current
    start = columns.start(index) - (scrolled if index else 0)
    end = min(width, start + columns.width(columns.shown[index]))
    start = max(start, columns.frozen() if index else 0)
    if end <= start:
        return line
    before, there, after = line.divide([start, end, line.cell_length])
    return Strip.join([before, Strip([Segment(part.text, current) for part in there]), after])


def _heading(columns: Columns, name: str, sort: str) -> str:
    column, width = columns.every[name], columns.width(name)
    arrow = {name: f" {UP}", f"-{name}": f" {DOWN}"}.get(sort, "")
    label = column.label
    if width_of(label) + width_of(arrow) > width:
        label = fitted(label, max(0, width - width_of(arrow)))
    return fitted(label + arrow, width, right=column.right)


def message_strip(text: str, style: Style, width: int) -> Strip:
    """Return a line of text a little from the left."""
    return Strip([Segment(fitted("  " + text, width), style)], width)
