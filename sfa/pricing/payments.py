"""A payment plan: instalments that sum to what is to be paid, each with its day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sfa.errors import InvalidInput, msg
from sfa.money import Money, from_minor
from sfa.pricing.checking import percent
from sfa.pricing.rounding import PPM, part
from sfa.terms import DueFrom, MonthEnd, Rounding

MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class DueRule:
    """Days after the order, the delivery or the invoice; the end of the month where that is agreed."""

    due_from: DueFrom = DueFrom.INVOICE
    days: int = 0
    month_end: MonthEnd = MonthEnd.NO


@dataclass(frozen=True, slots=True)
class Share:
    """An instalment as agreed: a percentage of the whole, an amount, or neither: what the others leave."""

    due: DueRule
    ppm: int | None = None
    minor: int | None = None

    @property
    def is_rest(self) -> bool:
        """Whether it takes what the others leave."""
        return self.ppm is None and self.minor is None


@dataclass(frozen=True, slots=True)
class Instalment:
    """An instalment with its amount; the day is ``None`` until the day that it depends on is known."""

    amount: Money
    due_on: date | None
    due: DueRule


def payment_plan(
    payable: Money, shares: Sequence[Share], days: Mapping[DueFrom, date | None]
) -> tuple[Instalment, ...]:
    """Return the instalments in the order agreed; they sum to the payable amount.

    Percentages alone sum to 100 %, and the units left over go to the largest remainders.
    Amounts alone sum to the whole. Where both stand, one share is the rest.

    Raises:
        InvalidInput: shares that do not sum to the whole, more than it, or two rests.
    """
    if payable.minor < 0:
        raise InvalidInput(msg("Amount"), msg("it must not be negative"))
    for number, share in enumerate(shares, 1):
        _check_share(share, number)
    amounts = _amounts(payable, shares)
    return tuple(
        Instalment(Money(minor, payable.currency), due_on(share.due, days), share.due)
        for minor, share in zip(amounts, shares, strict=True)
    )


def due_on(rule: DueRule, days: Mapping[DueFrom, date | None]) -> date | None:
    """Return the day a rule means, ``None`` while the day it counts from is not known."""
    day = days.get(rule.due_from)
    if day is None:
        return None
    if rule.month_end == MonthEnd.BEFORE_DAYS:
        return _later(_month_end(day), rule.days)
    later = _later(day, rule.days)
    return _month_end(later) if rule.month_end == MonthEnd.AFTER_DAYS else later


def _later(day: date, days: int) -> date:
    """Return the day so many days on; the last day there is stands for all past it."""
    return day + timedelta(days=min(days, (date.max - day).days))


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _amounts(payable: Money, shares: Sequence[Share]) -> list[int]:
    rests = [number for number, share in enumerate(shares) if share.is_rest]
    if len(rests) > 1:
        raise InvalidInput(msg("Payment plan"), msg("one instalment at most takes the rest"))
    if rests:
        return _with_rest(payable, shares, rests[0])
    percentages = [share.ppm for share in shares if share.ppm is not None]
    if percentages and len(percentages) == len(shares):
        if sum(percentages) != PPM:
            raise InvalidInput(
                msg("Payment plan"),
                msg("the percentages sum to {percent} %, and not to 100 %"),
                percent=percent(sum(percentages)),
            )
        return [share.minor for share in payable.allocate(percentages)]
    if percentages:
        raise InvalidInput(
            msg("Payment plan"),
            msg("percentages and amounts stand together, and no instalment takes the rest"),
            hint=msg("Leave one instalment without percentage and amount: it takes what the others leave."),
        )
    amounts = [share.minor or 0 for share in shares]
    if sum(amounts) != payable.minor:
        raise InvalidInput(
            msg("Payment plan"),
            msg("the amounts sum to {sum}, and {amount} {currency} is to be paid"),
            sum=f"{from_minor(sum(amounts), payable.currency):,f}",
            amount=f"{from_minor(payable.minor, payable.currency):,f}",
            currency=payable.currency,
        )
    return amounts


def _with_rest(payable: Money, shares: Sequence[Share], rest: int) -> list[int]:
    amounts = [
        part(payable.minor, share.ppm, Rounding.HALF_UP) if share.ppm is not None else share.minor or 0
        for share in shares
    ]
    left = payable.minor - sum(amounts)
    if left < 0:
        raise InvalidInput(
            msg("Payment plan"),
            msg("the instalments sum to {sum}, more than the {amount} {currency} to be paid"),
            sum=f"{from_minor(sum(amounts), payable.currency):,f}",
            amount=f"{from_minor(payable.minor, payable.currency):,f}",
            currency=payable.currency,
        )
    amounts[rest] = left
    return amounts


def _check_share(share: Share, number: int) -> None:
    if share.ppm is not None and share.minor is not None:
        reason = msg("instalment {number} is either a percentage or an amount, not both")
    elif share.ppm is not None and not 0 < share.ppm <= PPM:
        reason = msg("instalment {number} must be more than 0 % and at most 100 %")
    elif share.minor is not None and share.minor <= 0:
        reason = msg("instalment {number} must be more than zero")
    elif not 0 <= share.due.days <= MOST_DAYS:
        reason = msg("the days of instalment {number} must be between 0 and {most}")
    else:
        return
    raise InvalidInput(msg("Payment plan"), reason, number=number, most=MOST_DAYS)
