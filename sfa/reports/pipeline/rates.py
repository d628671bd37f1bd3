"""Dated rates: which currencies can be shown in the organisation's, and at what."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sfa.money import MICROS, exponent
from sfa.reports.pipeline.figures import UsedRate


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates into one currency in force on a day; other currencies stay as they are."""

    currency: str
    by_currency: dict[str, UsedRate]

    def shown(self, minor: int, currency: str) -> tuple[str, int]:
        """Return the currency an amount is shown in, and the amount in it."""
        if currency not in self.by_currency:
            return currency, minor
        return self.currency, self.convert(minor, currency)

    def shown_in(self, currency: str) -> str:
        """Return the currency in which amounts of a currency are shown."""
        return self.currency if currency in self.by_currency else currency

    def convert(self, minor: int, currency: str) -> int:
        """Return an amount in minor units of the currency it is shown in, rounded half up."""
        rate = self.by_currency.get(currency)
        if rate is None:
            return minor
        exact = Decimal(minor) * rate.rate_micros / MICROS
        scaled = exact.scaleb(exponent(self.currency) - exponent(currency))
        return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def rates_into(connection: sqlite3.Connection, currency: str, as_of: date) -> Rates:
    """Return the rates into a currency: of each other currency the last one on or before the day."""
    rows = connection.execute(
        "SELECT from_currency, to_currency, effective_on, rate_micros FROM rate"
        " WHERE deleted_at IS NULL AND to_currency = ? AND from_currency <> ? AND effective_on <= ?"
        " ORDER BY effective_on, created_at, id",
        (currency, currency, as_of.isoformat()),
    )
    return Rates(currency, {row[0]: UsedRate(*row) for row in rows})
