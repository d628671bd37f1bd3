"""What a board shows and where the cursor is: lanes of cards, one lane and one card chosen. No drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

OPEN = "open"


class Spot(NamedTuple):
    """A lane, and a card in it; a lane without cards has its only spot at 0."""

    lane: int
    row: int


class Card(Protocol):
    """What lies in a lane: a record with an id."""

    @property
    def id(self) -> str:
        """Return the id of its record."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A column with its cards, of ``count`` that there are; one that is not open has none: Enter lists them.

    ``column`` or ``closed`` is what its head says, as the report of the board has it.
    """

    key: str
    kind: str
    cards: tuple[Any, ...]
    count: int
    column: Any = None
    closed: Any = None


class Deck:
    """The lanes of a board and the cursor in them."""

    def __init__(self) -> None:
        """Start empty."""
        self.lanes: tuple[Lane, ...] = ()
        self.cursor = Spot(0, 0)

    def fill(self, lanes: Sequence[Lane], wanted: str = "", *, is_another: bool = False) -> None:
        """Show other lanes; the cursor goes to the wanted card, or stays on its own, or near its place.

        ``is_another`` says that they are of another board: then the cursor begins at its first card.
        """
        before, at = self.card_id, self.cursor
        key = self.lanes[at.lane].key if at.lane < len(self.lanes) else ""
        is_first = not self.lanes or is_another
        self.lanes = tuple(lanes)
        found = (self.find(wanted) if wanted else None) or (self.find(before) if before else None)
        if found is None and is_first:
            found = next((Spot(lane, 0) for lane, each in enumerate(self.lanes) if each.cards), Spot(0, 0))
        if found is None:
            same = next((lane for lane, each in enumerate(self.lanes) if each.key == key), at.lane)
            found = Spot(same, at.row)
        self.cursor = self.within(found)

    @property
    def chosen(self) -> Lane | None:
        """Return the lane under the cursor, ``None`` without any."""
        return self.lanes[self.cursor.lane] if self.lanes else None

    @property
    def card(self) -> Any | None:
        """Return the card under the cursor."""
        lane = self.chosen
        return lane.cards[self.cursor.row] if lane and self.cursor.row < len(lane.cards) else None

    @property
    def card_id(self) -> str:
        """Return the id of the record under the cursor; empty for none."""
        return str(self.card.id) if self.card else ""

    @property
    def is_empty(self) -> bool:
        """Say whether there is no card."""
        return not any(lane.cards for lane in self.lanes)

    @property
    def lacks_more(self) -> bool:
        """Say whether the cursor is at the last card that was read of a lane which has more."""
        lane = self.chosen
        return bool(lane and lane.kind == OPEN and self.cursor.row >= len(lane.cards) - 1 < lane.count - 1)

    def find(self, card_id: str) -> Spot | None:
        """Return where a record is, ``None`` when it is not here."""
        for lane, each in enumerate(self.lanes):
            for row, card in enumerate(each.cards):
                if card.id == card_id:
                    return Spot(lane, row)
        return None

    def within(self, spot: Spot) -> Spot:
        """Return the spot, or the nearest there is."""
        lane = max(0, min(spot.lane, len(self.lanes) - 1))
        most = len(self.lanes[lane].cards) - 1 if self.lanes else 0
        return Spot(lane, max(0, min(spot.row, most)))

    def spots(self) -> Iterator[Spot]:
        """Give every spot from the first lane to the last."""
        for lane, each in enumerate(self.lanes):
            for row in range(max(1, len(each.cards))):
                yield Spot(lane, row)
