"""How the cards and heads of a board are told: what differs between a board of deals and one of orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sfa.render.board import Line
from sfa.screens.widgets.board.deck import Lane


class Face(Protocol):
    """The words of a board; nothing here knows where they stand."""

    @property
    def head_lines(self) -> int:
        """Return how many lines the head of a column has."""

    @property
    def closed_cells(self) -> int:
        """Return how wide a column is that only counts what was closed."""

    def head(self, lane: Lane, room: int) -> Sequence[Line]:
        """Return the head of a column in so many cells."""

    def card(self, card: Any, room: int, *, roomy: bool) -> list[Line]:
        """Return a card in so many cells; where it is roomy more of it."""

    def heading(self, lane: Lane, room: int) -> str:
        """Return the heading of a column in the list, with its subtotals."""

    def row(self, card: Any, room: int) -> str:
        """Return a card as one line of the list."""
