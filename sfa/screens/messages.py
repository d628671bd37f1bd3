"""What screens tell each other: the store changed, somebody wants to go somewhere."""

from __future__ import annotations

from textual.message import Message


class RecordWanted(Message):
    """Somebody wants to see a record in full."""

    def __init__(self, noun: str, record_id: str) -> None:
        """Name the record."""
        super().__init__()
        self.noun = noun
        self.record_id = record_id
