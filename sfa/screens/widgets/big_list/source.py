"""What a big list asks of the data behind it. Nothing here knows of a database or of Textual."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol


class Column(NamedTuple):
    """A column that can be shown: its name, its label, how wide it may grow by itself.

    Numbers are aligned ``right``; a ``rigid`` column is as wide as its cells. ``shown``
    columns are there until somebody chooses others.
    """

    name: str
    label: str
    right: bool = False
    rigid: bool = False
    shown: bool = True
    sortable: bool = True


class Row(NamedTuple):
    """A record ready to draw: its key, its id, and a text for each column asked for."""

    key: int
    id: str
    cells: tuple[str, ...]


class Query(NamedTuple):
    """Which records in which order: a filter, a text to look for, a column's name or ``-name``."""

    where: str = ""
    text: str = ""
    sort: str = ""


class Reader(Protocol):
    """Reads for one thread; only ``interrupt`` is called from another."""

    def columns(self) -> Sequence[Column]:
        """Return every column there is, in the usual order."""

    def keys(self, query: Query) -> Iterator[array[int]]:
        """Give the keys of the records in order, at first a small portion."""

    def rows(self, keys: Sequence[int], columns: Sequence[str]) -> Sequence[Row]:
        """Return the rows of the keys; those that are gone are left out."""

    def keys_of(self, ids: Sequence[str]) -> Mapping[str, int]:
        """Return id -> key of the records that are still there."""

    def ids_of(self, keys: Sequence[int]) -> Mapping[int, str]:
        """Return key -> id."""

    def all_ids(self, query: Query) -> Iterator[str]:
        """Give the ids of all that a query selects."""

    def version(self) -> int:
        """Return a number that differs once somebody else changed the data."""

    def interrupt(self) -> None:
        """Make a read that is under way in another thread end with an error."""

    def close(self) -> None:
        """Let go of what was opened."""


class Source(Protocol):
    """Opens readers, one for each thread."""

    def open(self) -> Reader:
        """Return a new reader, made in the thread that will use it."""


class Unreadable(Exception):
    """A source cannot be read; the text says why and what to do, in the user's language."""
