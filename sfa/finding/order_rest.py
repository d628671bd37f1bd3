"""How much of an accepted quote has been ordered, and what is left of it. Read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sfa.interchange.quote_lines import QuoteLine, lines_of
from sfa.terms import LineKind, OrderState


@dataclass(frozen=True, slots=True)
class Ordered:
    """A line of a quote and how much of it was ordered, in thousandths; ``number`` counts from 1."""

    number: int
    line: QuoteLine
    ordered_milli: int

    @property
    def counts(self) -> bool:
        """Whether the customer accepted it: it is no heading, and no option that was not chosen."""
        return self.line.kind != LineKind.TEXT and self.line.priced().counts

    @property
    def left_milli(self) -> int:
        """What can still be ordered; less than zero when more was ordered than accepted."""
        return (self.line.quantity_milli if self.counts else 0) - self.ordered_milli


def ordered_lines(connection: sqlite3.Connection, quote_id: str, lines_text: str) -> tuple[Ordered, ...]:
    """Return the lines of a quote with what the live orders of it take; a cancelled order takes nothing.

    Raises:
        InvalidInput: lines that this version cannot read.
    """
    taken = taken_of(connection, quote_id)
    return tuple(
        Ordered(number, line, taken.get(line.key, 0)) for number, line in enumerate(lines_of(lines_text), 1)
    )


def taken_of(connection: sqlite3.Connection, quote_id: str) -> Mapping[str, int]:
    """Return line key -> thousandths that live orders of a quote take."""
    found: dict[str, int] = {}
    rows = connection.execute(
        "SELECT lines FROM sales_order WHERE quote_id = ? AND deleted_at IS NULL AND state <> ?",
        (quote_id, OrderState.CANCELLED.value),
    )
    for (text,) in map(tuple, rows):
        for line in lines_of(text):
            if line.kind != LineKind.TEXT:
                found[line.key] = found.get(line.key, 0) + line.quantity_milli
    return found


def exceeded(connection: sqlite3.Connection, quote_id: str) -> bool:
    """Say whether orders take more of a quote than was accepted, as two devices can without a network."""
    row: Any = connection.execute("SELECT lines FROM quote WHERE id = ?", (quote_id,)).fetchone()
    return row is not None and any(
        each.left_milli < 0 for each in ordered_lines(connection, quote_id, row[0])
    )
