"""The list as numbers: keys in order, the rows that are loaded, where the cursor is. No Textual."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from sfa.finding.browsing import SMALL, joined
from sfa.screens.widgets.big_list.source import Row

_KEPT = 3000  # rows in memory
_PORTION = 50_000


class Window:
    """Keys of all records in order and the rows of some of them.

    Rows that were read before the data changed stay drawn until they are read again.
    """

    def __init__(self) -> None:
        """Start with nothing known."""
        self.keys: array[int] = array(SMALL)
        self.complete = False
        self.cursor = 0
        self._rows: dict[int, Row] = {}
        self._fresh: set[int] = set()

    def __len__(self) -> int:
        return len(self.keys)

    def start(self, keys: array[int]) -> None:
        """Take the first keys of a new order; the cursor goes to the first."""
        self.keys = keys
        self.complete = False
        self.cursor = 0

    def add(self, keys: array[int]) -> None:
        """Take the keys that follow."""
        self.keys = joined(self.keys, keys)

    def replace(self, keys: array[int], cursor: int) -> None:
        """Take all keys anew, the cursor on the record that it was on or beside it."""
        self.keys = keys
        self.complete = True
        self.cursor = self.within(cursor)

    def within(self, index: int) -> int:
        """Return the nearest position there is; 0 in an empty list."""
        return max(0, min(index, len(self.keys) - 1))

    def row(self, index: int) -> Row | None:
        """Return the row at a position, or ``None`` while it is not loaded."""
        return self._rows.get(self.keys[index])

    @property
    def cursor_key(self) -> int | None:
        """Return the key of the record under the cursor."""
        return self.keys[self.cursor] if self.keys else None

    @property
    def cursor_id(self) -> str | None:
        """Return the id of the record under the cursor, once its row is loaded."""
        row = self.row(self.cursor) if self.keys else None
        return row.id or None if row else None

    def put(self, rows: Iterable[Row], asked: Sequence[int] = ()) -> None:
        """Keep rows; of the keys asked for, those without a row are blank from now on."""
        for key in asked:
            self._keep(Row(key, "", ()))
        for row in rows:
            self._keep(row)
        for key in list(self._rows)[: max(0, len(self._rows) - _KEPT)]:
            del self._rows[key]
            self._fresh.discard(key)

    def _keep(self, row: Row) -> None:
        self._rows.pop(row.key, None)
        self._rows[row.key] = row
        self._fresh.add(row.key)

    def doubt(self) -> None:
        """Have every row read again before it is believed; until then it is drawn as it was."""
        self._fresh.clear()

    def forget(self) -> None:
        """Drop every row: keys may mean other records now."""
        self._rows.clear()
        self._fresh.clear()

    def wanted(self, first: int, height: int) -> list[int]:
        """Return the keys to read for a view: none while it and half a screen around it are loaded.

        Otherwise all that are missing there and on a screen around it.
        """
        if not self._missing(first - height // 2, first + height + height // 2):
            return []
        return self._missing(first - height, first + 2 * height)

    def lacks(self, first: int, height: int) -> bool:
        """Say whether a row of a view is not loaded."""
        return bool(self._missing(first, first + height))

    def _missing(self, first: int, last: int) -> list[int]:
        fresh = self._fresh
        return [key for key in self.keys[max(0, first) : max(0, last)] if key not in fresh]

    def neighbours(self, count: int) -> list[int]:
        """Return the keys where a cursor goes whose record has vanished, the nearest first."""
        at = self.cursor
        return [*self.keys[at + 1 : at + 1 + count], *reversed(self.keys[max(0, at - count) : at])]


def place(keys: array[int], wanted: Sequence[int], otherwise: int) -> int:
    """Return where the first of the wanted keys that is there stands; else the position given."""
    if wanted and (found := _index(keys, wanted[0])) is not None:
        return found
    rank = {key: number for number, key in enumerate(wanted)}
    others = [(rank[key], index) for index, key in enumerate(keys) if key in rank]
    return min(others)[1] if others else min(otherwise, max(0, len(keys) - 1))


def _index(keys: array[int], key: int) -> int | None:
    """Return where a key stands; in portions, since each holds the screen's thread up."""
    for start in range(0, len(keys), _PORTION):
        try:
            return keys.index(key, start, start + _PORTION)
        except ValueError:
            continue
    return None
