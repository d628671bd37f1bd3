"""How long receivables are overdue, in buckets of thirty days; currencies stay apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sfa.money import Money
from sfa.terms import AgeBucket

_LAST_DAYS = (
    (0, AgeBucket.NOT_DUE),
    (30, AgeBucket.UP_TO_30),
    (60, AgeBucket.UP_TO_60),
    (90, AgeBucket.UP_TO_90),
)


@dataclass(frozen=True, slots=True)
class Receivable:
    """What is still to be paid of an instalment; a ``due_on`` of ``None`` is not due yet."""

    open_amount: Money
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Ageing:
    """The open amounts of one currency, in minor units: one for each bucket, the least overdue first."""

    currency: str
    minor_by_bucket: tuple[tuple[AgeBucket, int], ...]

    @property
    def total_minor(self) -> int:
        """All that is open."""
        return sum(minor for _, minor in self.minor_by_bucket)

    @property
    def overdue_minor(self) -> int:
        """All that is due and open."""
        return sum(minor for bucket, minor in self.minor_by_bucket if bucket != AgeBucket.NOT_DUE)


def overdue_days(due_on: date | None, as_of: date) -> int:
    """Return how many days have gone by since the due day; 0 on that day, before it and without one."""
    return max(0, (as_of - due_on).days) if due_on is not None else 0


def bucket_of(due_on: date | None, as_of: date) -> AgeBucket:
    """Return the bucket of a due day as seen on another day."""
    days = overdue_days(due_on, as_of)
    return next((bucket for last, bucket in _LAST_DAYS if days <= last), AgeBucket.OVER_90)


def ageing(receivables: Iterable[Receivable], as_of: date) -> tuple[Ageing, ...]:
    """Return the open amounts by bucket, one result a currency, by its code; empty for none."""
    sums: dict[str, dict[AgeBucket, int]] = {}
    for each in receivables:
        buckets = sums.setdefault(each.open_amount.currency, dict.fromkeys(AgeBucket, 0))
        buckets[bucket_of(each.due_on, as_of)] += each.open_amount.minor
    return tuple(Ageing(currency, tuple(sums[currency].items())) for currency in sorted(sums))
