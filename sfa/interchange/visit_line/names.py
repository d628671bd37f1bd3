"""The two slots of a visit line that hold names, as they fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sfa.interchange.visit_line.clauses import Span


@dataclass(slots=True)
class Names:
    """The slots of one line as they fill; all spans are of the line."""

    account: Span | None = None
    attendees: list[Span] = field(default_factory=list)
    taken: list[Span] = field(default_factory=list)

    def take_account(self, start: int, end: int) -> None:
        """Fill the account, once."""
        if self.account is None:
            self.account = (start, end)
            self.taken.append((start, end))

    def take_people(self, spans: Sequence[Span]) -> None:
        """Add attendees, and the words that join them to what is taken."""
        self.attendees += spans
        if spans:
            self.taken.append((spans[0][0], spans[-1][1]))
