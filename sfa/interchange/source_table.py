"""A file's table once it is read: a header, rows of texts, and what there is to say of how it was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sfa.errors import InvalidInput, Msg, msg


class Note(NamedTuple):
    """Something to tell of how a file was read: a text and what it names."""

    text: Msg
    data: Mapping[str, object]


class SourceRow(NamedTuple):
    """A row as read; ``line_number`` is the line it starts on, ``problem`` why it cannot be used."""

    line_number: int
    cells: list[str]
    problem: Msg | None = None


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A file's header, its rows without blank lines, and how it was read.

    Every row without a problem has as many cells as the header. A column
    without a name has the empty name.
    """

    header: tuple[str, ...]
    rows: list[SourceRow]
    encoding: str
    delimiter: str
    name: str = ""
    notes: tuple[Note, ...] = ()


def header_of(cells: list[str], name: str) -> tuple[str, ...]:
    """Return the names of the columns, on one line each; a column may have none.

    Raises:
        InvalidInput: no column has a name, or two have the same.
    """
    header = tuple(" ".join(cell.replace("\ufeff", "").split()) for cell in cells)
    twice = [column for column, count in Counter(header).items() if column and count > 1]
    if twice:
        raise InvalidInput(
            name,
            msg("the header names a column twice: {columns}."),
            hint=msg("Give every column a name of its own."),
            columns=", ".join(twice),
        )
    if not any(header):
        raise InvalidInput(
            name, msg("the first row names no column."), hint=msg("Put the header into the first row.")
        )
    return header


def wrong_width(count: int, width: int) -> Msg:
    """Return why a row of so many cells does not fit a header of so many."""
    if count > width:
        return msg("The row has more cells than the header.")
    return msg("The row has fewer cells than the header.")
