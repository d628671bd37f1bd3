"""Statements that insert many rows each, and what all of these share once.

Row after row comes back to Python for each, and binds again what was bound for the one before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sfa.store.bulk_sheets import Sheet
from sfa.store.capture import Value

ROWS_A_STATEMENT = 500
_MOST_VALUES = 32_000  # of the 32,766 that a statement may have


class Insertion(NamedTuple):
    """A statement that inserts so many rows, and its values."""

    statement: str
    values: list[Value]
    size: int


def insertions(sheet: Sheet, *, replacing: bool = False) -> Iterator[Insertion]:
    """Yield statements that insert all rows, in order; ``replacing`` rows that have the same key."""
    most = (_MOST_VALUES - len(sheet.same)) // len(sheet.varying)
    for part in sheet.parts(min(ROWS_A_STATEMENT, most)):
        yield insertion(part, replacing=replacing)


def insertion(sheet: Sheet, *, replacing: bool = False) -> Insertion:
    """Return one statement for at most ``ROWS_A_STATEMENT`` rows, with the values that all share once."""
    names = (*sheet.same, *sheet.varying)
    statement = _statement(sheet.table, names, len(sheet.same), sheet.size, replacing=replacing)
    values = [*sheet.same.values(), *row_by_row([*sheet.varying.values()], sheet.size)]
    return Insertion(statement, values, sheet.size)


def row_by_row(columns: Sequence[Sequence[Any]], count: int) -> list[Any]:
    """Return all values of the first row, then of the second, and so on."""
    width = len(columns)
    values: list[Any] = [None] * (width * count)
    for place, column in enumerate(columns):
        values[place::width] = column
    return values


@lru_cache(maxsize=64)
def _statement(table: str, names: tuple[str, ...], shared: int, count: int, *, replacing: bool) -> str:
    """Return an insertion of many rows; the first ``shared`` values are given once for all of them."""
    own = len(names) - shared
    always = [f"?{place}" for place in range(1, shared + 1)]
    firsts = range(shared + 1, shared + 1 + own * count, own)
    rows = [
        f"({', '.join([*always, *(f'?{place}' for place in range(first, first + own))])})" for first in firsts
    ]
    listed = ", ".join(f'"{name}"' for name in names)
    verb = "INSERT OR REPLACE" if replacing else "INSERT"
    return f"{verb} INTO {table} ({listed}) VALUES {', '.join(rows)}"
