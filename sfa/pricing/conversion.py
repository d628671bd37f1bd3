"""Amounts and prices in another currency, at a dated rate that the result names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sfa.errors import InvalidInput, NotFound, msg
from sfa.money import MICROS, Money, exponent
from sfa.pricing.checking import check_currency
from sfa.pricing.rounding import divide
from sfa.terms import Rounding


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is in another from a day on, in millionths."""

    from_currency: str
    to_currency: str
    rate_micros: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in another currency, the amount it was, and the rate between them."""

    amount: Money
    original: Money
    rate: Rate


def rate_on(rates: Iterable[Rate], from_currency: str, to_currency: str, day: date) -> Rate:
    """Return the rate in force on a day: the last one on or before it, among equals the last given.

    Raises:
        NotFound: there is none; a rate of the other direction is not turned round.
    """
    found: Rate | None = None
    for rate in rates:
        fits = (rate.from_currency, rate.to_currency) == (from_currency, to_currency)
        if fits and rate.effective_on <= day and (found is None or rate.effective_on >= found.effective_on):
            found = rate
    if found is None:
        raise NotFound(
            msg("There is no rate from {one} to {other} on or before {day}."),
            hint=msg("Add one: sfa rate add --from {one} --to {other} --rate NUMBER --on {day}."),
            one=from_currency,
            other=to_currency,
            day=day.isoformat(),
        )
    return found


def convert(amount: Money, rate: Rate, rounding: Rounding = Rounding.HALF_UP) -> Converted:
    """Return an amount in the rate's other currency, rounded once to its minor unit.

    Raises:
        InvalidInput: the rate is of another currency, not more than zero, or of an unknown one.
    """
    _check(rate, amount.currency)
    scale = 10 ** exponent(rate.to_currency)
    whole = MICROS * 10 ** exponent(rate.from_currency)
    minor = divide(amount.minor * rate.rate_micros * scale, whole, rounding)
    return Converted(Money(minor, rate.to_currency), amount, rate)


def convert_micros(micros: int, currency: str, rate: Rate, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Return a unit price or cost of a currency in millionths of the rate's other one.

    Raises:
        InvalidInput: as for ``convert``.
    """
    _check(rate, currency)
    return divide(micros * rate.rate_micros, MICROS, rounding)


def _check(rate: Rate, currency: str) -> None:
    check_currency(rate.from_currency)
    check_currency(rate.to_currency)
    if rate.rate_micros <= 0:
        raise InvalidInput(msg("Rate"), msg("it must be more than zero"), column="rate_micros")
    if rate.from_currency != currency:
        raise InvalidInput(
            msg("Rate"),
            msg("it is from {one} to {other}, and the amount is in {currency}"),
            column="from_currency",
            one=rate.from_currency,
            other=rate.to_currency,
            currency=currency,
        )
