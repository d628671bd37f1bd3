"""What a board tells its screen."""

from __future__ import annotations

from textual.message import Message


class Highlighted(Message):
    """Another card or column is under the cursor, or the board was read anew."""


class Opened(Message):
    """The record of a card is to be opened."""

    def __init__(self, card_id: str) -> None:
        """Name the record."""
        super().__init__()
        self.card_id = card_id


class ClosedOpened(Message):
    """What a closed column counts is to be listed."""

    def __init__(self, kind: str) -> None:
        """Say which."""
        super().__init__()
        self.kind = kind


class Dropped(Message):
    """A card was dragged to another column: ``kind`` is open or what is closed, ``key`` the column's."""

    def __init__(self, card_id: str, kind: str, key: str) -> None:
        """Name the record and where it was let go."""
        super().__init__()
        self.card_id = card_id
        self.kind = kind
        self.key = key


class MoreWanted(Message):
    """The cursor reached the last card that was read of a column which has more."""
