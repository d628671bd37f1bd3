"""The board of orders: a column for each state, and what was paid and cancelled."""

from __future__ import annotations

from typing import Any

from sfa.render.board import Line
from sfa.render.order_board import (
    HEAD_LINES,
    card_lines,
    closed_lines,
    closed_title,
    column_name,
    head_lines,
    heading_text,
    row_text,
)
from sfa.reports.order_board import OrderBoard as Figures
from sfa.screens.widgets.board.deck import OPEN, Lane
from sfa.screens.widgets.board.widget import Board


class OrderFace:
    """How orders and their states are told."""

    head_lines = HEAD_LINES
    closed_cells = 19

    def __init__(self) -> None:
        """Start without a board."""
        self.board: Figures | None = None

    def head(self, lane: Lane, room: int) -> list[Line]:
        """Return the head of a state, or of what was paid or cancelled."""
        if lane.column is not None:
            return head_lines(lane.column, room)
        assert self.board is not None
        return closed_lines(lane.closed, self.board, room)

    def card(self, card: Any, room: int, *, roomy: bool) -> list[Line]:
        """Return an order as a card."""
        return card_lines(card, room, roomy=roomy)

    def heading(self, lane: Lane, room: int) -> str:
        """Return the heading of a state in the list."""
        if lane.column is not None:
            return heading_text(column_name(lane.column), lane.count, lane.column.sums, room)
        assert self.board is not None
        return heading_text(closed_title(lane.closed, self.board), lane.count, lane.closed.sums, room)

    def row(self, card: Any, room: int) -> str:
        """Return an order as a line of the list."""
        return row_text(card, room)


class OrderBoard(Board):
    """The orders that are not done yet."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  as every widget
        """Start empty."""
        self.face = OrderFace()
        super().__init__(self.face, id=id)

    def fill(self, board: Figures, wanted: str = "") -> None:
        """Show another board; the cursor stays on its order, or goes to the one that is wanted."""
        self.face.board = board
        states = [Lane(each.state, OPEN, each.cards, each.count, column=each) for each in board.columns]
        closed = [
            Lane(f"closed {each.state}", each.state, (), each.count, closed=each) for each in board.closed
        ]
        self.put([*states, *closed], wanted)
