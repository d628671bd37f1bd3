"""What the two forms of a board, columns and list, have in common: how they are asked to draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from sfa.render.cells import pad
from sfa.screens.widgets.board.deck import Deck, Spot
from sfa.screens.widgets.board.face import Face

CURSOR = "›"
Look = Callable[[str], Style]


class Shape(Protocol):
    """A form: it knows where each card lies in a view of some size, and draws a line of it."""

    def __init__(self, face: Face) -> None:
        """Start without a size; ``face`` tells the cards and heads."""

    def fit(self, deck: Deck, width: int, height: int) -> None:
        """Arrange the deck for a view of so many cells and lines."""

    def reveal(self, deck: Deck) -> None:
        """Scroll as little as shows the card under the cursor."""

    def line(self, deck: Deck, y: int, look: Look, target: int | None) -> Strip:
        """Return a line of the view; ``target`` is the lane that a card is dragged over."""

    def at(self, deck: Deck, x: int, y: int) -> Spot | None:
        """Return the lane and card at a cell; the row is -1 for a head, ``None`` is beside everything."""

    def scroll(self, deck: Deck, x: int, by: int) -> bool:
        """Scroll what lies at a cell by so many steps; say whether that moved anything."""

    def step(self, deck: Deck, by: int) -> Spot:
        """Return where the cursor goes by so many cards."""

    def across(self, deck: Deck, by: int) -> Spot:
        """Return where the cursor goes by so many lanes."""

    def ends(self, deck: Deck, *, last: bool) -> Spot:
        """Return where Home or End leads."""

    def page(self, deck: Deck) -> int:
        """Return how many cards a screenful has where the cursor is."""


def filled(text: str, width: int, style: Style) -> Segment:
    """Return a text as a segment of so many cells."""
    return Segment(pad(text, width), style)
