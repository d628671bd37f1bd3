"""What a big list tells its screen, and what its readers tell it."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.message import Message

from sfa.screens.widgets.big_list.columns import Shown
from sfa.screens.widgets.big_list.source import Column, Row


@dataclass
class RowHighlighted(Message, namespace="big_list"):
    """The cursor is on a record; the id is ``None`` when the list is empty."""

    record_id: str | None
    index: int


@dataclass
class RowOpened(Message, namespace="big_list"):
    """Somebody wants to see a record."""

    record_id: str


@dataclass
class MarksChanged(Message, namespace="big_list"):
    """So many records are marked."""

    count: int


@dataclass
class SortChanged(Message, namespace="big_list"):
    """The list is ordered by a column; an empty name is the usual order."""

    column: str
    descending: bool


@dataclass
class ColumnsChanged(Message, namespace="big_list"):
    """Somebody chose, moved or resized columns."""

    columns: tuple[Shown, ...]


@dataclass
class Counted(Message, namespace="big_list"):
    """So many records are known; ``complete`` once that is all of them."""

    count: int
    complete: bool


class _FromReader(Message, bubble=False):
    """Something that came from a thread; of another ``turn`` than the list's it is out of date."""


@dataclass
class KeysCame(_FromReader):
    """A portion of keys; the first one brings the columns there are and the rows of a screen."""

    turn: int
    keys: array[int]
    is_first: bool
    is_last: bool
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()


@dataclass
class KeysReplaced(_FromReader):
    """All keys anew after the data changed, where the cursor goes, and the keys of marked ids."""

    turn: int
    keys: array[int]
    cursor: int
    asked: frozenset[str]
    marked: Mapping[str, int]


@dataclass
class RowsCame(_FromReader):
    """The rows of the keys asked for, with their cells in the order of ``columns``."""

    rows: Sequence[Row]
    asked: Sequence[int]
    epoch: int


@dataclass
class IdsCame(_FromReader):
    """The ids of marked keys."""

    ids: Mapping[int, str]


@dataclass
class DataChanged(_FromReader):
    """Somebody else has written."""


@dataclass
class ReadingFailed(_FromReader):
    """A read ended with an error that the user should know of."""

    turn: int
    text: str


@dataclass
class ReaderBroke(_FromReader):
    """A bug of ours ended a thread."""

    error: Exception
