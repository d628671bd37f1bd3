"""Which columns are shown, in which order, how wide, and what lies under a cell. No Textual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sfa.screens.widgets.big_list.source import Column, Row
from sfa.screens.widgets.big_list.texts import width_of

GUTTER = 2  # the cursor's sign and the mark
GAP = 2
LEAST, MOST = 3, 200
_SOFT = 24  # a column of texts is at first no wider than this


@dataclass(frozen=True, slots=True)
class Shown:
    """A column as somebody chose it: its name and its width."""

    name: str
    width: int


def shown_of(every: Sequence[Column], chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the chosen columns that there are, or else of the usual ones."""
    known = {column.name for column in every}
    kept = tuple(name for name in chosen if name in known)
    return kept or tuple(column.name for column in every if column.shown)


class Columns:
    """The columns that are shown, and every one that there is."""

    def __init__(self) -> None:
        """Start without columns."""
        self.every: dict[str, Column] = {}
        self.shown: list[str] = []
        self.read: list[str] = []  # the order of the cells in rows; it only grows
        self.current = 0
        self._widths: dict[str, int] = {}
        self._own: set[str] = set()  # those whose width somebody chose
        self._natural: dict[str, int] = {}  # what label and cells take, of the first rows there were
        self._cells: list[tuple[int, int, bool]] = []

    def offer(self, columns: Iterable[Column], chosen: Sequence[Shown] = ()) -> None:
        """Take the columns there are; show those chosen before, else the usual ones."""
        self.every = {column.name: column for column in columns}
        kept = [each for each in chosen if each.name in self.every]
        self._widths = {each.name: each.width for each in kept}
        self._own = set(self._widths)
        self._natural = {}
        self.shown = list(shown_of(tuple(self.every.values()), [each.name for each in kept]))
        self.read = list(self.shown)
        self._cells = []

    def choice(self) -> tuple[Shown, ...]:
        """Return what is shown, to be kept for the next time."""
        return tuple(Shown(name, self.width(name)) for name in self.shown)

    def width(self, name: str) -> int:
        """Return a column's width in cells."""
        return self._widths.get(name) or width_of(self.every[name].label) + 2

    def measure(self, rows: Sequence[Row]) -> bool:
        """Take the width of labels and cells from the first rows there are; say whether these are they.

        Later rows change nothing: columns would jump as one scrolls.
        """
        if not rows or self._natural:
            return False
        self._natural = {name: self._wide(name, rows) for name in self.shown}
        return True

    def fit(self, room: int) -> bool:
        """Give columns the width of their label and cells, soft ones up to a bound and what room is left.

        It follows from what was measured and the room alone, whatever was fitted before. Says whether
        a width changed.
        """
        before = dict(self._widths)
        mine = [name for name in self.shown if name not in self._own]
        natural = {name: self._natural.get(name) or self._wide(name) for name in mine}
        for name, wide in natural.items():
            self._widths[name] = wide if self.every[name].rigid else min(wide, _SOFT)
        free = [name for name in mine if not self.every[name].rigid]
        self._grow(sorted(free, key=natural.__getitem__), natural, room)
        # The first rows are not the widest: what room is left is for those that follow.
        self._grow(free, dict.fromkeys(free, _SOFT), room)
        self._cells = []
        return self._widths != before

    def keep(self) -> None:
        """Leave every shown column as wide as it is from now on: somebody has arranged them."""
        self._widths |= {name: self.width(name) for name in self.shown}
        self._own |= set(self.shown)

    def _grow(self, names: Sequence[str], upto: Mapping[str, int], room: int) -> None:
        left = room - self.total()
        for number, name in enumerate(names):
            fair = -(-left // (len(names) - number))
            more = max(0, min(fair, upto[name] - self._widths[name]))
            self._widths[name] += more
            left -= more

    def _wide(self, name: str, rows: Sequence[Row] = ()) -> int:
        at = self.read.index(name)
        cells = (width_of(row.cells[at]) for row in rows if at < len(row.cells))
        return min(MOST, max(LEAST, width_of(self.every[name].label) + 2, *cells, 0))

    def cells(self) -> list[tuple[int, int, bool]]:
        """Return for each shown column where its cell is in a row, its width, whether it stands right."""
        if not self._cells:
            self._cells = [
                (self.read.index(name), self.width(name), self.every[name].right) for name in self.shown
            ]
        return self._cells

    def total(self) -> int:
        """Return the cells of a whole line."""
        return self.start(len(self.shown)) - (GAP if self.shown else 0)

    def frozen(self) -> int:
        """Return the cells at the left that never scroll: the gutter and the first column."""
        return self.start(1) if len(self.shown) > 1 else self.total()

    def start(self, index: int) -> int:
        """Return where a shown column begins in an unscrolled line."""
        return GUTTER + sum(self.width(name) + GAP for name in self.shown[:index])

    def at(self, cell: int) -> tuple[int, bool] | None:
        """Return the column under a cell of an unscrolled line, and whether it is its right border."""
        end = GUTTER
        for index, name in enumerate(self.shown):
            end += self.width(name) + GAP
            if cell < end:
                return (index, cell >= end - GAP) if cell >= GUTTER else None
        return None

    def resize(self, index: int, width: int) -> None:
        """Give a column a width of its own, within bounds."""
        name = self.shown[index]
        self._widths[name] = max(LEAST, min(MOST, width))
        self._own.add(name)
        self._cells = []

    def hide(self, index: int) -> bool:
        """Hide a column, but never the last one."""
        if len(self.shown) < 2:
            return False
        del self.shown[index]
        self._cells = []
        self.current = min(self.current, len(self.shown) - 1)
        return True

    def show(self, names: Sequence[str]) -> bool:
        """Show these columns in this order; say whether rows must be read for new ones."""
        known = [name for name in dict.fromkeys(names) if name in self.every]
        self.shown = known or self.shown
        self.current = min(self.current, len(self.shown) - 1)
        new = [name for name in self.shown if name not in self.read]
        self.read += new
        self._cells = []
        return bool(new)

    def put(self, chosen: Sequence[Shown]) -> None:
        """Show these columns in this order, as wide as was chosen or as fits; the usual ones for none."""
        kept = [each for each in chosen if each.name in self.every]
        self._widths |= {each.name: each.width for each in kept if each.width}
        self._own = {each.name for each in kept if each.width}
        self._natural = {}
        self.show(shown_of(tuple(self.every.values()), [each.name for each in kept]))

    def move(self, index: int, by: int) -> bool:
        """Move a column along the line; say whether there was room."""
        to = index + by
        if not 0 <= to < len(self.shown):
            return False
        self.shown.insert(to, self.shown.pop(index))
        self.current = to
        self._cells = []
        return True
