"""Statements that insert many rows each: a tenth of a microsecond less for every value than row after row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sfa.store.bulk_sheets import Sheet
from sfa.store.capture import Value

# Long enough that SQLite works for milliseconds on each, and far below the 32,766 values one may have.
ROWS_A_STATEMENT = 500


def insertion(sheet: Sheet) -> tuple[str, list[Value]]:
    """Return a statement that inserts rows, with its values: those that all rows share once."""
    statement = _statement(sheet.table, (*sheet.same, *sheet.varying), len(sheet.same), sheet.size)
    return statement, [*sheet.same.values(), *row_by_row([*sheet.varying.values()], sheet.size)]


def row_by_row(columns: Sequence[Sequence[Any]], count: int) -> list[Any]:
    """Return all values of the first row, then of the second, and so on."""
    width = len(columns)
    values: list[Any] = [None] * (width * count)
    for place, column in enumerate(columns):
        values[place::width] = column
    return values


@lru_cache(maxsize=64)
def _statement(table: str, names: tuple[str, ...], shared: int, count: int) -> str:
    """Return an insertion of many rows; the first ``shared`` values are given once for all of them."""
    own = len(names) - shared
    always = [f"?{place}" for place in range(1, shared + 1)]
    firsts = range(shared + 1, shared + 1 + own * count, own)
    rows = [
        f"({', '.join([*always, *(f'?{place}' for place in range(first, first + own))])})" for first in firsts
    ]
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({listed}) VALUES {', '.join(rows)}"
