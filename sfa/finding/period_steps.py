"""Going from one period to the next, and from a month to its quarter: for reports that are leafed through."""

from __future__ import annotations

from datetime import date, timedelta

from sfa.finding.periods import Period, read_period

SIZES = ("week", "month", "quarter", "year")


def period_around(day: date, size: str, *, fiscal_start: int = 1) -> Period:
    """Return the week, month, fiscal quarter or year that a day falls in."""
    found = read_period(f"this-{size}", today=day, fiscal_start=fiscal_start)
    assert found is not None, size
    return found


def moved(period: Period, size: str, by: int, *, fiscal_start: int = 1) -> Period:
    """Return the period so many steps after one of a size, or before it; of no size, one as long."""
    if size not in SIZES:
        return _as_long(period, by)
    for _ in range(abs(by)):
        day = period.end + timedelta(days=1) if by > 0 else period.start - timedelta(days=1)
        period = period_around(day, size, fiscal_start=fiscal_start)
    return period


def _as_long(period: Period, by: int) -> Period:
    days = by * ((period.end - period.start).days + 1)
    start, end = period.start + timedelta(days=days), period.end + timedelta(days=days)
    return Period(start, end, f"{start}..{end}")
