"""What a board tells its screen."""

from __future__ import annotations

from textual.message import Message


class Highlighted(Message):
    """Another deal or stage is under the cursor, or the board was read anew."""


class Opened(Message):
    """A deal is to be opened."""

    def __init__(self, deal_id: str) -> None:
        """Name the deal."""
        super().__init__()
        self.deal_id = deal_id


class ClosedOpened(Message):
    """The deals won or lost are to be listed."""

    def __init__(self, kind: str) -> None:
        """Say which: ``won`` or ``lost``."""
        super().__init__()
        self.kind = kind


class Dropped(Message):
    """A deal was dragged to another column: ``kind`` is open, won or lost, ``key`` an open stage's id."""

    def __init__(self, deal_id: str, kind: str, key: str) -> None:
        """Name the deal and where it was let go."""
        super().__init__()
        self.deal_id = deal_id
        self.kind = kind
        self.key = key


class MoreWanted(Message):
    """The cursor reached the last card that was read of a stage which has more."""
