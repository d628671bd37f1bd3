"""New rows as sheets: column by column, what all rows share once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import Any, NamedTuple

from sfa.store.capture import Value

# Ids that an import makes for children begin like their record's for so many characters.
_ALIKE = 14
_FOLLOWERS = 4  # sheets of one child table, at most, that go into a portion


class NewRows(NamedTuple):
    """Rows for one captured table; ``columns`` say what the values of each are, ``id`` first.

    Where the table has a ``ref`` it is among them, and so is the bookkeeping. Sorted by
    id they go in faster.
    """

    table: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[Any]]
    size: int = 0

    def sheets(self, most: int) -> Iterator[Sheet]:
        """Yield the rows in order, as sheets of so many at most."""
        rows = iter(self.rows)
        while some := list(islice(rows, most)):
            yield sheet_of(self.table, self.columns, some)


class NewSheets(NamedTuple):
    """Rows for one captured table as ``NewRows``, made column by column each time they are asked for.

    ``size`` says how many rows there are.
    """

    table: str
    columns: tuple[str, ...]
    make: Callable[[], Iterator[Sheet]]
    size: int

    def sheets(self, most: int) -> Iterator[Sheet]:
        """Yield the rows in order, as sheets of so many at most."""
        for sheet in self.make():
            yield from sheet.parts(most)


Group = NewRows | NewSheets


class Sheet(NamedTuple):
    """Some rows of one table; of a table with records ``id`` is always among the columns that vary."""

    table: str
    size: int
    same: dict[str, Value]
    varying: dict[str, tuple[Value, ...]]

    def column(self, name: str, default: Value = None) -> Sequence[Value]:
        """Return a column's values, the default where it is not given."""
        found = self.varying.get(name)
        return (self.same.get(name, default),) * self.size if found is None else found

    def values(self, name: str) -> Sequence[Value]:
        """Return a column's values, one for all of them where they share it; none when it is not given."""
        found = self.varying.get(name)
        if found is not None:
            return found
        return (self.same[name],) if name in self.same else ()

    def is_filled(self, name: str) -> bool:
        """Say whether a column may hold anything in any row."""
        return name in self.varying or bool(self.same.get(name))

    def part(self, start: int, stop: int) -> Sheet:
        """Return some of the rows."""
        if start <= 0 and stop >= self.size:
            return self
        varying = {name: values[start:stop] for name, values in self.varying.items()}
        return Sheet(self.table, min(stop, self.size) - max(start, 0), self.same, varying)

    def parts(self, most: int) -> Iterator[Sheet]:
        """Yield the rows in order, as sheets of so many at most."""
        for start in range(0, self.size, most):
            yield self.part(start, start + most)


def sheet_of(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Sheet:
    """Return rows, at least one, column by column."""
    by_column = dict(zip(columns, zip(*rows, strict=True), strict=True))
    return sheet_of_columns(table, by_column.pop("id"), by_column)


def sheet_of_columns(
    table: str, row_ids: tuple[Value, ...], columns: Mapping[str, tuple[Value, ...]]
) -> Sheet:
    """Return rows, at least one, whose columns are given."""
    count = len(row_ids)
    same: dict[str, Value] = {}
    varying: dict[str, tuple[Value, ...]] = {"id": row_ids}
    for name, values in columns.items():
        if values.count(values[0]) == count:
            same[name] = values[0]
        else:
            varying[name] = values
    return Sheet(table, count, same, varying)


def portions(groups: Sequence[Group], most: int) -> Iterator[list[Sheet]]:
    """Yield all rows, the children of new records together with these as far as their order allows.

    Only tables that follow directly and name the record are taken along, so that whatever a
    row refers to is written before it. ``most`` is for the records.
    """
    left = [_Left(group, most) for group in groups]
    for place, records in enumerate(left):
        children = list(takewhile(records.has_child, left[place + 1 :]))
        while (sheet := records.next()) is not None:
            last = str(sheet.varying["id"][-1])[:_ALIKE]
            yield [sheet, *(part for each in children for part in each.until(last))]


class _Left:
    """A group's rows that are not taken yet."""

    def __init__(self, group: Group, most: int) -> None:
        self._group = group
        self._sheets = group.sheets(most)
        self._begun: Sheet | None = None  # a sheet of which some rows are taken

    def has_child(self, other: _Left) -> bool:
        columns = other._group.columns
        return f"{self._group.table}_id" in columns or "record_id" in columns

    def next(self) -> Sheet | None:
        begun, self._begun = self._begun, None
        return begun or next(self._sheets, None)

    def until(self, last: str) -> Iterator[Sheet]:
        """Take rows whose ids begin with ``last`` or sort before it."""
        for _ in range(_FOLLOWERS):
            sheet = self.next()
            if sheet is None:
                return
            taken = bisect_right(sheet.varying["id"], last, key=_front)
            if taken:
                yield sheet.part(0, taken)
            if taken < sheet.size:
                self._begun = sheet.part(taken, sheet.size)
                return


def _front(row_id: Value) -> str:
    return str(row_id)[:_ALIKE]
