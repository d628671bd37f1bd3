"""How much of an accepted quote has been ordered, and what is left of it. Read-only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sfa.errors import InvalidInput, NotFound, msg
from sfa.fields import noun as noun_of
from sfa.interchange.quote_lines import QuoteLine, lines_of
from sfa.terms import LineKind, OrderState, QuoteState


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
        _add(found, text)
    return found


def _add(taken: dict[str, int], lines: str) -> None:
    """Add what an order's lines take."""
    for line in lines_of(lines):
        if line.kind != LineKind.TEXT:
            taken[line.key] = taken.get(line.key, 0) + line.quantity_milli


def exceeded(connection: sqlite3.Connection, quote_id: str) -> bool:
    """Say whether orders take more of a quote than was accepted, as two devices can without a network."""
    row: Any = connection.execute("SELECT lines FROM quote WHERE id = ?", (quote_id,)).fetchone()
    return row is not None and any(
        each.left_milli < 0 for each in ordered_lines(connection, quote_id, row[0])
    )


def quote_of(connection: sqlite3.Connection, quote_id: str) -> tuple[str, str]:
    """Return number and lines of a live quote.

    Raises:
        NotFound: it is not there.
    """
    row: Any = connection.execute(
        "SELECT number, lines FROM quote WHERE id = ? AND deleted_at IS NULL", (quote_id,)
    ).fetchone()
    if row is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=msg("quote"), id=quote_id)
    return row[0], row[1]


def orderable(
    connection: sqlite3.Connection, *, account: str = "", deal: str = ""
) -> list[tuple[str, str, str, str]]:
    """Return (id, number, account, subject) of accepted quotes of which something is left, the latest first.

    ``account`` or ``deal``, an id, keeps to those of one.
    """
    sql = (
        "SELECT q.id, q.number, coalesce(a.name, ''), coalesce(q.name, ''), q.lines FROM quote q"
        " LEFT JOIN account a ON a.id = q.account_id WHERE q.deleted_at IS NULL AND q.state = ?"
    )
    values = [QuoteState.ACCEPTED.value]
    for column, wanted in (("account_id", account), ("deal_id", deal)):
        if wanted:
            sql += f" AND q.{column} = ?"
            values.append(wanted)
    quotes = [tuple(row) for row in connection.execute(f"{sql} ORDER BY q.created_at DESC, q.id", values)]
    taken = _taken_of_all(connection, [row[0] for row in quotes])
    return [
        (quote_id, number, name, subject)
        for quote_id, number, name, subject, lines in quotes
        if _has_rest(lines, taken.get(quote_id, {}))
    ]


def _taken_of_all(connection: sqlite3.Connection, quotes: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """Return quote id -> line key -> thousandths that live orders take."""
    found: dict[str, dict[str, int]] = {}
    rows = connection.execute(
        "SELECT o.quote_id, o.lines FROM json_each(?) j JOIN sales_order o ON o.quote_id = j.value"
        " WHERE o.deleted_at IS NULL AND o.state <> ?",
        (json.dumps(quotes), OrderState.CANCELLED.value),
    )
    for quote_id, text in map(tuple, rows):
        _add(found.setdefault(quote_id, {}), text)
    return found


def _has_rest(lines: str, taken: Mapping[str, int]) -> bool:
    try:
        return any(
            Ordered(number, line, taken.get(line.key, 0)).left_milli > 0
            for number, line in enumerate(lines_of(lines), 1)
        )
    except InvalidInput:
        return False  # lines of a newer version of sfa


def count_of(connection: sqlite3.Connection, noun: str, record_id: str) -> int:
    """Return how many live orders an account, a deal or a quote has."""
    row = connection.execute(
        f"SELECT count(*) FROM sales_order WHERE {noun_of(noun).name}_id = ? AND deleted_at IS NULL",
        (record_id,),
    ).fetchone()
    return int(row[0])
