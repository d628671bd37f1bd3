"""A table for little room: each row's text on lines of its own, its figures below."""

from __future__ import annotations

from collections.abc import Sequence

from sfa.render.cells import cell_width, pad, wrap
from sfa.render.tables import BOLD, GAP, PLAIN, Grid, fit, natural, table_text

_READABLE = 16  # cells in which a name can be read
_INDENT = 2


def is_cut_short(grid: Grid, at: int, width: int) -> bool:
    """Say whether a column of texts would have too little room in a table of so many cells to be read."""
    return fit(grid, width)[at] < min(natural(grid)[at], _READABLE)


def stacked_text(grid: Grid, at: int, width: int, *, bold: bool = False) -> str:
    """Return a table whose column ``at`` stands above those on its right, on as many lines as it needs."""
    front = _Front(grid, at, width)
    figures = Grid(grid.columns[at + 1 :], tuple(row[at + 1 :] for row in grid.rows))
    head, rule, *below = table_text(figures, width=width - _INDENT).splitlines()
    labels = [*front.lines([column.label for column in grid.columns]), _INDENT * " " + head]
    found = [f"{BOLD}{line.rstrip()}{PLAIN}" if bold else line for line in labels]
    found.append("-" * max(cell_width(labels[0]), _INDENT + cell_width(rule)))
    for row, line in zip(grid.rows, below, strict=True):
        found += front.lines(row)
        found += [_INDENT * " " + line] if line.strip() else []
    return "".join(f"{line.rstrip()}\n" for line in (*found, *grid.footer))


class _Front:
    """The columns left of the text, and the text: how they stand above the figures."""

    def __init__(self, grid: Grid, at: int, width: int) -> None:
        self._columns = grid.columns[:at]
        left = Grid(self._columns, tuple(row[:at] for row in grid.rows))
        self._widths = natural(left)
        self._left = sum(self._widths) + GAP * at
        self._room = max(_INDENT, width - self._left)
        self._at = at

    def lines(self, cells: Sequence[str]) -> list[str]:
        """Return a row's cells up to the text."""
        drawn = [
            pad(cell, width, right=column.right)
            for column, cell, width in zip(self._columns, cells[: self._at], self._widths, strict=True)
        ]
        first, *more = wrap(cells[self._at], self._room)
        return [(GAP * " ").join([*drawn, first]), *(self._left * " " + line for line in more)]
