"""Receivables by how long they are overdue."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sfa.money import Money
from sfa.pricing.ageing import Receivable, ageing, bucket_of, overdue_days
from sfa.terms import AgeBucket

AS_OF = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-10, AgeBucket.NOT_DUE),
        (0, AgeBucket.NOT_DUE),
        (1, AgeBucket.UP_TO_30),
        (30, AgeBucket.UP_TO_30),
        (31, AgeBucket.UP_TO_60),
        (60, AgeBucket.UP_TO_60),
        (61, AgeBucket.UP_TO_90),
        (90, AgeBucket.UP_TO_90),
        (91, AgeBucket.OVER_90),
        (4000, AgeBucket.OVER_90),
    ],
)
def test_a_bucket_goes_by_the_days_since_the_due_day(days: int, bucket: AgeBucket) -> None:
    due = AS_OF - timedelta(days=days)
    assert bucket_of(due, AS_OF) == bucket
    assert overdue_days(due, AS_OF) == max(0, days)


def test_without_a_day_nothing_is_due() -> None:
    assert bucket_of(None, AS_OF) == AgeBucket.NOT_DUE
    assert overdue_days(None, AS_OF) == 0


def test_currencies_stay_apart_and_buckets_sum_to_all_that_is_open() -> None:
    usd, cny = ageing(
        [
            Receivable(Money(500, "USD"), None),
            Receivable(Money(700, "CNY"), AS_OF - timedelta(days=45)),
            Receivable(Money(200, "USD"), AS_OF - timedelta(days=5)),
            Receivable(Money(-50, "USD"), AS_OF - timedelta(days=7)),  # paid too much
            Receivable(Money(1000, "USD"), AS_OF - timedelta(days=120)),
        ],
        AS_OF,
    )[::-1]
    assert [minor for _, minor in usd.minor_by_bucket] == [500, 150, 0, 0, 1000]
    assert [bucket for bucket, _ in usd.minor_by_bucket] == list(AgeBucket)
    assert (usd.total_minor, usd.overdue_minor) == (1650, 1150)
    assert (cny.currency, cny.total_minor, cny.overdue_minor) == ("CNY", 700, 700)
    assert ageing([], AS_OF) == ()
