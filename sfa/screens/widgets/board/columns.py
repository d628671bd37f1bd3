"""The board as columns: where each lies, which cards it shows, and its lines. Nothing is read here."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip

from sfa.i18n import tr, tr_plural
from sfa.render.board import MUTED, PLAIN, Line
from sfa.render.cells import cell_width, clip
from sfa.screens.widgets.board.deck import OPEN, Deck, Lane, Spot
from sfa.screens.widgets.board.face import Face
from sfa.screens.widgets.board.shape import CURSOR, Look, filled

_LEAST, _MOST = 24, 46  # cells of a column
_SLIVER = 10  # less of a column than this is not drawn
_ROOMY = 34  # lines of a view in which cards say more
_UP, _DOWN, _LEFT, _RIGHT = "▲", "▼", "◂", "▸"
_Row = tuple[int, Line | None]  # a card and one of its lines, ``None`` for the gap below it


class Columns:
    """Columns side by side, each scrolled by itself; all of them scroll sideways by whole columns."""

    def __init__(self, face: Face) -> None:
        """Start without a size; ``face`` tells the cards and heads."""
        self._face = face
        self._head = face.head_lines + 1  # a rule below
        self.width = self.height = 0
        self.first = 0  # the leftmost column in view
        self._widths: list[int] = []
        self._tops: dict[str, int] = {}  # the first card in view of each lane
        self._cards: dict[tuple[str, int], list[Line]] = {}
        self._rows: dict[int, list[_Row]] = {}

    @property
    def is_roomy(self) -> bool:
        """Say whether cards say more than the least."""
        return self.height >= _ROOMY

    def fit(self, deck: Deck, width: int, height: int) -> None:
        """Share the width among the columns: all of them in view, or as many as are readable."""
        self.width, self.height = width, height
        self._cards.clear()
        self._rows.clear()
        stages = sum(lane.kind == OPEN for lane in deck.lanes)
        narrow = self._face.closed_cells
        rest = width - narrow * (len(deck.lanes) - stages)
        if stages * _LEAST <= rest:
            wide = min(_MOST, rest // max(1, stages))
        else:
            wide = width // max(1, width // _LEAST)
        self._widths = [wide if lane.kind == OPEN else narrow for lane in deck.lanes]
        self._tops = {lane.key: self._tops.get(lane.key, 0) for lane in deck.lanes}
        for lane in deck.lanes:
            self._tops[lane.key] = max(0, min(self._tops[lane.key], len(lane.cards) - 1))
        self.first = min(self.first, self._last_first())

    def _last_first(self) -> int:
        """Return the leftmost column when the last one is in view."""
        total, first = 0, len(self._widths)
        while first and total + self._widths[first - 1] <= self.width:
            first -= 1
            total += self._widths[first]
        return min(first, max(0, len(self._widths) - 1))

    def reveal(self, deck: Deck) -> None:
        """Show the chosen column, and in it the whole of the chosen card."""
        lane = deck.cursor.lane
        if lane < self.first:
            self.first = lane
        while self.first < lane and sum(self._widths[self.first : lane + 1]) > self.width:
            self.first += 1
        if deck.chosen is None or deck.card is None:
            return
        key, row = deck.chosen.key, deck.cursor.row
        top = min(self._tops[key], row)
        first, lines = row, len(self._card(deck, lane, row))
        while first > top and lines <= self._room:
            first -= 1
            lines += len(self._card(deck, lane, first)) + 1
        top = first if lines <= self._room or first == row else first + 1
        if top != self._tops[key]:
            self._tops[key] = top
            self._rows.pop(lane, None)

    @property
    def _room(self) -> int:
        return max(1, self.height - self._head)

    def _card(self, deck: Deck, lane: int, row: int) -> list[Line]:
        card = deck.lanes[lane].cards[row]
        key = (card.id, lane)
        if key not in self._cards:
            self._cards[key] = self._face.card(card, self._widths[lane] - 2, roomy=self.is_roomy)
        return self._cards[key]

    def _rows_of(self, deck: Deck, lane: int) -> list[_Row]:
        """Return the lines of a lane that are in view."""
        if lane not in self._rows:
            found: list[_Row] = []
            each = deck.lanes[lane]
            for row in range(self._tops[each.key], len(each.cards)):
                found += [(row, line) for line in self._card(deck, lane, row)] + [(row, None)]
                if len(found) >= self._room:
                    break
            else:
                found += self._rest(each, self._widths[lane] - 2)
            self._rows[lane] = found[: self._room]
        return self._rows[lane]

    def _rest(self, lane: Lane, room: int) -> list[_Row]:
        """Return what stands below the last card that was read."""
        text = ""
        more = lane.count - len(lane.cards)
        if lane.kind != OPEN:
            text = tr("Enter: list") if lane.count else ""
        elif lane.cards and more:
            text = tr_plural("and {count} more", "and {count} more", more)
        return [(-1, Line(clip(text, room), MUTED))] if text else []

    # Drawing -------------------------------------------------------------------------------

    def line(self, deck: Deck, y: int, look: Look, target: int | None) -> Strip:
        """Return a line of the columns in view, side by side."""
        segments: list[Segment] = []
        used = 0
        for lane in range(self.first, len(deck.lanes)):
            width = self._widths[lane]
            if self.width - used < min(width, _SLIVER):
                break
            draw = self._head_line if y < self._head else self._body_line
            segments += draw(deck, lane, y, look, target)
            used += width
        return Strip(segments, used).adjust_cell_length(self.width, look("gap"))

    def _head_line(self, deck: Deck, lane: int, y: int, look: Look, target: int | None) -> list[Segment]:
        width = self._widths[lane]
        name = "target" if lane == target else "head-current" if lane == deck.cursor.lane else "head"
        if y == self._face.head_lines:
            return [Segment(self._rule(deck, lane, target), look("rule")), Segment(" ", look("gap"))]
        line = self._face.head(deck.lanes[lane], width - 2)[y]
        sign = CURSOR if y == 0 and lane == deck.cursor.lane and deck.card is None else " "
        style = look(name) if line.look != MUTED or name != "head" else look("head-muted")
        style = look(f"{name}-title") if y == 0 and name != "target" else style
        return [filled(f"{sign}{line.text}", width - 1, style), Segment(" ", look("gap"))]

    def _rule(self, deck: Deck, lane: int, target: int | None) -> str:
        """Return the line below a head: heavy for the chosen column, with what is not in view."""
        each, width = deck.lanes[lane], self._widths[lane] - 1
        if lane == target:
            return _DOWN * width
        stroke = "━" if lane == deck.cursor.lane else "─"
        rows = [row for row, _ in self._rows_of(deck, lane) if row >= 0]
        left = _LEFT if lane == self.first and lane else stroke
        right = _RIGHT if self._is_cut(deck, lane) else stroke
        said = ""
        if rows and (rows[0] > 0 or rows[-1] < each.count - 1):
            signs = (_UP if rows[0] else "") + (_DOWN if rows[-1] < each.count - 1 else "")
            said = f" {rows[0] + 1}–{rows[-1] + 1}/{each.count} {signs} "
        said = said if cell_width(said) <= width - 2 else ""
        return left + stroke * (width - 2 - cell_width(said)) + said + right

    def _is_cut(self, deck: Deck, lane: int) -> bool:
        """Say whether this is the last column in full view and more follow."""
        end = sum(self._widths[self.first : lane + 1])
        more = lane + 1 < len(deck.lanes)
        return more and end <= self.width < end + self._widths[lane + 1]

    def _body_line(self, deck: Deck, lane: int, y: int, look: Look, target: int | None) -> list[Segment]:  # noqa: ARG002  as the head
        width = self._widths[lane]
        rows, at = self._rows_of(deck, lane), y - self._head
        if at >= len(rows) or rows[at][1] is None:
            return [Segment(" " * width, look("gap"))]
        row, line = rows[at]
        assert line is not None
        is_cursor = (lane, row) == deck.cursor
        first = at == 0 or rows[at - 1][0] != row
        sign = CURSOR if is_cursor and first else " "
        name = "card" if row >= 0 else "gap"
        style = look("cursor" if is_cursor else name if line.look == PLAIN else f"{name}-{line.look}")
        if is_cursor and line.look == "title":
            style = look("cursor-title")
        return [filled(f"{sign}{line.text}", width - 1, style), Segment(" ", look("gap"))]

    # Where things are ----------------------------------------------------------------------

    def at(self, deck: Deck, x: int, y: int) -> Spot | None:
        """Return the lane and card at a cell of the view."""
        left = 0
        for lane in range(self.first, len(deck.lanes)):
            left += self._widths[lane]
            if x < left:
                rows = self._rows_of(deck, lane)
                inside = self._head <= y < self._head + len(rows)
                return Spot(lane, rows[y - self._head][0] if inside else -1)
        return None

    def scroll(self, deck: Deck, x: int, by: int) -> bool:
        """Scroll the column at a cell by cards, as long as there are lines below the view."""
        spot = self.at(deck, x, 0)
        if spot is None:
            return False
        lane = deck.lanes[spot.lane]
        rows = self._rows_of(deck, spot.lane)
        if not lane.cards or (by > 0 and len(rows) < self._room):
            return False
        top = max(0, min(self._tops[lane.key] + by, len(lane.cards) - 1))
        moved = top != self._tops[lane.key]
        self._tops[lane.key] = top
        self._rows.pop(spot.lane, None)
        return moved

    def shift(self, by: int) -> bool:
        """Scroll sideways by columns."""
        first = max(0, min(self.first + by, self._last_first()))
        moved, self.first = first != self.first, first
        return moved

    def step(self, deck: Deck, by: int) -> Spot:
        """Return the card so many below in the same column."""
        return deck.within(Spot(deck.cursor.lane, deck.cursor.row + by))

    def across(self, deck: Deck, by: int) -> Spot:
        """Return the card beside, at the same height where there is one."""
        at = deck.within(Spot(deck.cursor.lane + by, 0))
        if deck.chosen is None or at.lane == deck.cursor.lane:
            return deck.cursor
        height = deck.cursor.row - self._tops[deck.chosen.key]
        return deck.within(Spot(at.lane, self._tops[deck.lanes[at.lane].key] + height))

    def ends(self, deck: Deck, *, last: bool) -> Spot:
        """Return the first or the last card of the column."""
        return deck.within(Spot(deck.cursor.lane, len(deck.lanes[deck.cursor.lane].cards) if last else 0))

    def page(self, deck: Deck) -> int:
        """Return how many cards of the column are in view, one before there are columns."""
        if deck.chosen is None:
            return 1
        return max(1, len({row for row, _ in self._rows_of(deck, deck.cursor.lane) if row >= 0}) - 1)
