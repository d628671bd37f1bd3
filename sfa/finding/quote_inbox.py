"""Quotes that wait for approval, with what whoever decides looks at. Read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sfa.errors import InvalidInput
from sfa.finding.labels import labels
from sfa.finding.quoting import Quote, Standing, load_quote, standing
from sfa.pricing.thresholds import concession_ppm
from sfa.store.change import local_state
from sfa.terms import QuoteState

MOST = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A quote that waits: whose it is, for whom, and why it needs a word.

    ``concession_ppm`` is what is given off the list prices, in whatever way, as a part of them.
    """

    quote: Quote
    standing: Standing
    account: str
    owner: str
    is_own: bool

    @property
    def concession_ppm(self) -> int:
        """Return which part of the list prices is given away."""
        return concession_ppm(self.quote.priced)


def waiting(connection: sqlite3.Connection, *, today: date, limit: int = MOST) -> tuple[list[Waiting], bool]:
    """Return the quotes that wait, others' first, the longest first; and whether there are more."""
    rows = connection.execute(
        "SELECT id FROM quote WHERE state = ? AND deleted_at IS NULL ORDER BY updated_at, id LIMIT ?",
        (QuoteState.SUBMITTED.value, limit + 1),
    ).fetchall()
    found = [each for each in (_readable(connection, row[0], today) for row in rows[:limit]) if each]
    accounts = _labels(connection, "account", [each.values["account_id"] for each in found])
    owners = _labels(connection, "user", [each.values["owner_id"] for each in found])
    me = local_state(connection, "user_id")
    entries = [
        Waiting(
            quote=each,
            standing=standing(connection, each),
            account=accounts.get(each.values["account_id"], ""),
            owner=owners.get(each.values["owner_id"], ""),
            is_own=each.values["owner_id"] == me,
        )
        for each in found
    ]
    return sorted(entries, key=lambda each: each.is_own), len(rows) > limit


def _readable(connection: sqlite3.Connection, quote_id: str, today: date) -> Quote | None:
    try:
        return load_quote(connection, quote_id, today=today)
    except InvalidInput:
        return None  # of a newer version of sfa: its record says so


def _labels(connection: sqlite3.Connection, noun: str, ids: Sequence[str | None]) -> dict[str, str]:
    return labels(connection, noun, sorted({each for each in ids if each}))
