"""What the mouse does on a board: choose, open, drag a card to another column, scroll."""

from __future__ import annotations

from textual import events
from textual.widget import Widget

from sfa.screens.widgets.board import messages as told
from sfa.screens.widgets.board.columns import Columns
from sfa.screens.widgets.board.deck import Deck, Spot
from sfa.screens.widgets.board.shape import Shape

_WHEEL_LINES = 3  # of the list; a column scrolls by a card
_EDGE = 2  # cells at a side where a dragged card scrolls the columns


class Dragging(Widget):
    """A board whose cards are clicked and dragged."""

    deck: Deck
    target: int | None = None  # the lane that a card is dragged over
    _held: str = ""  # the record that is held

    @property
    def shape(self) -> Shape:
        """Return the form in use."""
        raise NotImplementedError

    def go_to(self, spot: Spot) -> None:
        """Move the cursor and show it."""
        raise NotImplementedError

    def action_open(self) -> None:
        """Open what is under the cursor."""
        raise NotImplementedError

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Choose what is under the pointer, and take hold of a card."""
        spot = self.shape.at(self.deck, event.x, event.y)
        if spot is None or event.button != 1:
            return
        event.stop()
        self.go_to(self.deck.within(spot))
        self._held = self.deck.card_id if spot.row >= 0 else ""
        if self._held:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show over which column the held card is; at a side go on to the columns beyond."""
        if not self._held:
            return
        event.stop()
        shape = self.shape
        if isinstance(shape, Columns):
            if event.x < _EDGE:
                shape.shift(-1)
            elif event.x >= self.size.width - _EDGE:
                shape.shift(1)
        spot = shape.at(self.deck, max(0, event.x), max(0, event.y))
        own = self.deck.find(self._held)
        over = spot.lane if spot is not None and own is not None and spot.lane != own.lane else None
        if over != self.target:
            self.target = over
            self.refresh()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of the card: over another column it moves there."""
        held, over = self._held, self.target
        self._held, self.target = "", None
        if not held:
            return
        event.stop()
        self.capture_mouse(False)
        self.refresh()
        if over is not None:
            lane = self.deck.lanes[over]
            self.post_message(told.Dropped(held, lane.kind, lane.key))

    def on_click(self, event: events.Click) -> None:
        """Open on the second click."""
        event.stop()
        if event.chain == 2:
            self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the column under the pointer, or the list, down."""
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll the column under the pointer, or the list, up."""
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseScrollDown | events.MouseScrollUp, by: int) -> None:
        event.stop()
        lines = by if isinstance(self.shape, Columns) else by * _WHEEL_LINES
        if self.shape.scroll(self.deck, event.x, lines):
            self.refresh()
