"""The board of deals: a column for each stage, and what was won and lost."""

from __future__ import annotations

from typing import Any

from sfa.render import numbers
from sfa.render.board import (
    HEAD_LINES,
    Line,
    card_lines,
    closed_lines,
    closed_title,
    head_lines,
    row_text,
    stage_text,
)
from sfa.reports.board import Board as Figures
from sfa.reports.board import Whose
from sfa.screens.widgets.board.deck import OPEN, Lane
from sfa.screens.widgets.board.widget import Board


class DealFace:
    """How deals and their stages are told."""

    head_lines = HEAD_LINES
    closed_cells = 17

    def __init__(self) -> None:
        """Start without a board."""
        self.board: Figures | None = None

    @property
    def _with_owner(self) -> bool:
        return self.board is not None and self.board.whose is not Whose.MINE

    def head(self, lane: Lane, room: int) -> list[Line]:
        """Return the head of a stage, or of what was won or lost."""
        if lane.column is not None:
            return head_lines(lane.column, room)
        assert self.board is not None
        return closed_lines(lane.closed, self.board, room)

    def card(self, card: Any, room: int, *, roomy: bool) -> list[Line]:
        """Return a deal as a card."""
        return card_lines(card, room, roomy=roomy, with_owner=self._with_owner)

    def heading(self, lane: Lane, room: int) -> str:
        """Return the heading of a stage in the list."""
        if lane.column is not None:
            percent = numbers.percent(lane.column.probability)
            return stage_text(f"{lane.column.name} {percent}", lane.count, lane.column.sums, room)
        assert self.board is not None
        title = f"{closed_title(lane.kind)} {self.board.quarter.label}"
        return stage_text(title, lane.count, lane.closed.sums, room, weighted=False)

    def row(self, card: Any, room: int) -> str:
        """Return a deal as a line of the list."""
        return row_text(card, room, with_owner=self._with_owner)


class DealBoard(Board):
    """The deals of a pipeline."""

    def __init__(self, *, as_list: bool = False, id: str | None = None) -> None:  # noqa: A002  as every widget
        """Start empty, as columns or as a list."""
        self.face = DealFace()
        super().__init__(self.face, as_list=as_list, id=id)

    def fill(self, board: Figures, wanted: str = "") -> None:
        """Show another board; the cursor stays on its deal, or goes to the one that is wanted."""
        before, self.face.board = self.face.board, board
        self.put(lanes_of(board), wanted, is_another=before is not None and before.pipeline != board.pipeline)


def lanes_of(board: Figures) -> list[Lane]:
    """Return the open stages with their deals, then what was won and lost."""
    stages = [Lane(each.stage_id, OPEN, each.cards, each.count, column=each) for each in board.columns]
    return stages + [Lane(each.kind, each.kind, (), each.count, closed=each) for each in board.closed]
