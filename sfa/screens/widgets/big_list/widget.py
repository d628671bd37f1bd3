"""The big list: a widget for any number of records."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, TypeAlias

from sfa.screens.widgets.big_list import messages as told
from sfa.screens.widgets.big_list.mouse import PointedList


class BigList(PointedList):
    """A list of records of any number, read a screen at a time.

    Give it a ``Source`` and a ``Query``; listen to its messages. Everything it shows of
    its own is translated; the empty text comes from the screen.
    """

    DEFAULT_CSS: ClassVar[str] = Path(__file__).with_name("big_list.tcss").read_text("utf-8")

    RowHighlighted: TypeAlias = told.RowHighlighted
    RowOpened: TypeAlias = told.RowOpened
    MarksChanged: TypeAlias = told.MarksChanged
    SortChanged: TypeAlias = told.SortChanged
    ColumnsChanged: TypeAlias = told.ColumnsChanged
    Counted: TypeAlias = told.Counted
