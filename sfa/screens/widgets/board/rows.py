"""The board as a list: stage by stage with subtotals, a line for each deal. Nothing is read here."""

from __future__ import annotations

from textual.strip import Strip

from sfa.i18n import tr_plural
from sfa.screens.widgets.board.deck import OPEN, Deck, Spot
from sfa.screens.widgets.board.face import Face
from sfa.screens.widgets.board.shape import CURSOR, Look, filled

_HEAD, _GAP, _MORE = -1, -2, -3


class Rows:
    """One list, scrolled as a whole."""

    def __init__(self, face: Face) -> None:
        """Start without a size; ``face`` tells the cards and heads."""
        self._face = face
        self.width = self.height = 0
        self.top = 0
        self._lines: list[Spot] = []
        self._line_of: dict[Spot, int] = {}

    def fit(self, deck: Deck, width: int, height: int) -> None:
        """Lay the lines of all stages below each other."""
        self.width, self.height = width, height
        lines: list[Spot] = []
        for lane, each in enumerate(deck.lanes):
            if lines and (each.kind == OPEN or deck.lanes[lane - 1].kind == OPEN):
                lines.append(Spot(lane, _GAP))
            lines.append(Spot(lane, _HEAD))
            lines += [Spot(lane, row) for row in range(len(each.cards))]
            if each.cards and len(each.cards) < each.count:
                lines.append(Spot(lane, _MORE))
        self._lines = lines
        self._line_of = {spot: at for at, spot in enumerate(lines)}
        self.top = max(0, min(self.top, len(lines) - height))

    def _at_line(self, deck: Deck) -> int:
        lane = Spot(deck.cursor.lane, _HEAD)
        return self._line_of.get(deck.cursor, self._line_of.get(lane, 0))

    def reveal(self, deck: Deck) -> None:
        """Show the line of the cursor, with the heading of its stage for the first of it."""
        at = self._at_line(deck)
        first = at - 1 if deck.cursor.row == 0 and deck.card is not None else at
        self.top = max(0, min(first, max(self.top, at - self.height + 1)))

    def line(self, deck: Deck, y: int, look: Look, target: int | None) -> Strip:
        """Return a line of the list."""
        at = y + self.top
        spot = self._lines[at] if at < len(self._lines) else Spot(0, _GAP)
        if spot.row == _GAP:
            return Strip.blank(self.width, look("gap"))
        is_cursor = at == self._at_line(deck)
        sign = f"{CURSOR} " if is_cursor else "  "
        text, name = self._text(deck, spot)
        style = look("target" if spot.lane == target else "cursor" if is_cursor else name)
        return Strip([filled(sign + text, self.width, style)], self.width)

    def _text(self, deck: Deck, spot: Spot) -> tuple[str, str]:
        lane, room = deck.lanes[spot.lane], self.width - 3
        if spot.row == _HEAD:
            return self._face.heading(lane, room), "head-title"
        if spot.row == _MORE:
            more = lane.count - len(lane.cards)
            return tr_plural("and {count} more", "and {count} more", more), "gap-muted"
        return self._face.row(lane.cards[spot.row], room), "gap"

    def at(self, deck: Deck, x: int, y: int) -> Spot | None:  # noqa: ARG002  a line is as wide as the view
        """Return the stage and deal at a line."""
        at = y + self.top
        if not 0 <= at < len(self._lines):
            return None
        spot = self._lines[at]
        return spot if spot.row >= 0 else Spot(spot.lane, -1)

    def scroll(self, deck: Deck, x: int, by: int) -> bool:  # noqa: ARG002  as above
        """Scroll the list by lines."""
        top = max(0, min(self.top + by, len(self._lines) - self.height))
        moved, self.top = top != self.top, top
        return moved

    def step(self, deck: Deck, by: int) -> Spot:
        """Return the deal so many below, in another stage where this one ends."""
        spots = list(deck.spots())
        at = spots.index(deck.cursor) if deck.cursor in spots else 0
        return spots[max(0, min(at + by, len(spots) - 1))] if spots else deck.cursor

    def across(self, deck: Deck, by: int) -> Spot:
        """Return the first deal of the stage before or after."""
        return deck.within(Spot(deck.cursor.lane + by, 0))

    def ends(self, deck: Deck, *, last: bool) -> Spot:
        """Return the first or the last deal of the list."""
        if not last:
            return deck.within(Spot(0, 0))
        lanes = [lane for lane, each in enumerate(deck.lanes) if each.cards]
        end = lanes[-1] if lanes else 0
        return deck.within(Spot(end, len(deck.lanes[end].cards)))

    def page(self, deck: Deck) -> int:  # noqa: ARG002  as above
        """Return how many lines are in view."""
        return max(1, self.height - 1)
