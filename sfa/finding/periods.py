"""Spans of days as people name them: ``2017Q4``, ``2017-11``, ``2017-W48``, ``last-month``.

A year is the fiscal year, named by the calendar year it begins in; its quarters follow.
Weeks are ISO 8601 weeks, which begin on Monday.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from sfa.errors import InvalidInput, msg

_QUARTER = re.compile(r"(?:(\d{4})[- ]?)?Q([1-4])")
_YEAR = re.compile(r"(?:FY)?(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_NAMED_MONTH = re.compile(r"(?:(\d{4}) )?([A-Z]{3,9})(?: (\d{4}))?|(\d{1,2})月")
_MONTH_NAMES = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})")
_SHIFTED = re.compile(r"(THIS|LAST|NEXT)[- ](WEEK|MONTH|QUARTER|YEAR)")
_CHINESE = {
    **{
        f"{word}{unit}": (step, kind)
        for word, step in (("本", 0), ("上", -1), ("下", 1))
        for unit, kind in (("周", "WEEK"), ("月", "MONTH"), ("季度", "QUARTER"))
    },
    "今年": (0, "YEAR"),
    "去年": (-1, "YEAR"),
    "明年": (1, "YEAR"),
}
_STEPS = {"THIS": 0, "LAST": -1, "NEXT": 1}
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` to ``end``, both included, and the name they go by."""

    start: date
    end: date
    label: str


def period_of(text: str, *, today: date, fiscal_start: int = 1) -> Period:
    """Return the period a text names; two of them joined by ``..`` span from one to the other.

    Raises:
        InvalidInput: it names none, or ends before it begins.
    """
    first, dots, last = text.strip().partition("..")
    if not dots:
        return _single(first, today, fiscal_start)
    begin, finish = _single(first, today, fiscal_start), _single(last, today, fiscal_start)
    if begin.start > finish.end:
        raise InvalidInput(
            "--period", msg("{value!r} ends before it begins."), hint=msg("Swap the two ends."), value=text
        )
    return Period(begin.start, finish.end, f"{begin.label}..{finish.label}")


def quarter_of(day: date, fiscal_start: int = 1) -> Period:
    """Return the fiscal quarter a day falls in."""
    months = _months(day) - (fiscal_start - 1)
    return _quarter(months // 12, months % 12 // 3 + 1, fiscal_start)


def month_quarter(month: str, fiscal_start: int = 1) -> str:
    """Return the label of the fiscal quarter of a month written ``2017-11``."""
    return quarter_of(date(int(month[:4]), int(month[5:7]), 1), fiscal_start).label


def read_period(text: str, *, today: date, fiscal_start: int = 1) -> Period | None:
    """Return the period a text names, or ``None`` when it names none."""
    word = unicodedata.normalize("NFKC", text).strip().upper()
    try:
        return _named(word, today, fiscal_start) or _written(word, today, fiscal_start)
    except (ValueError, OverflowError):  # a 13th month, or a year past the last one
        return None


def _single(text: str, today: date, fiscal_start: int) -> Period:
    found = read_period(text, today=today, fiscal_start=fiscal_start)
    if found is None:
        raise InvalidInput(
            "--period",
            msg("{value!r} is no period."),
            hint=msg("Write 2017Q4, 2017-11, 2017, 2017-W48, 2017-11-30, this-quarter or last-month."),
            value=text.strip(),
        )
    return found


def _named(word: str, today: date, fiscal_start: int) -> Period | None:
    if word in {"TODAY", "今天"}:
        return Period(today, today, today.isoformat())
    if word in {"YESTERDAY", "昨天"}:
        day = today - timedelta(days=1)
        return Period(day, day, day.isoformat())
    shifted = _SHIFTED.fullmatch(word)
    if shifted:
        return _shifted(_STEPS[shifted[1]], shifted[2], today, fiscal_start)
    if word in _CHINESE:
        return _shifted(*_CHINESE[word], today, fiscal_start)
    return None


def _shifted(step: int, unit: str, today: date, fiscal_start: int) -> Period:
    if unit == "WEEK":
        year, week, _ = (today + timedelta(weeks=step)).isocalendar()
        return _week(year, week)
    moved = _first_of(_months(today) + step * _MONTHS[unit])
    if unit == "MONTH":
        return _month(moved.year, moved.month)
    if unit == "QUARTER":
        return quarter_of(moved, fiscal_start)
    return _year((_months(moved) - (fiscal_start - 1)) // 12, fiscal_start)


def _written(word: str, today: date, fiscal_start: int) -> Period | None:
    if found := _QUARTER.fullmatch(word):
        this_year = (_months(today) - (fiscal_start - 1)) // 12
        return _quarter(int(found[1]) if found[1] else this_year, int(found[2]), fiscal_start)
    if found := _WEEK.fullmatch(word):
        return _week(int(found[1]), int(found[2]))
    if found := _MONTH.fullmatch(word):
        return _month(int(found[1]), int(found[2]))
    if found := _YEAR.fullmatch(word):
        return _year(int(found[1]), fiscal_start)
    if found := _NAMED_MONTH.fullmatch(word):
        return _month_by_name(found, today)
    day = date.fromisoformat(word)
    return Period(day, day, day.isoformat())


def _month_by_name(found: re.Match[str], today: date) -> Period | None:
    """Return the month of a name, whole or its first letters; without a year, this year's."""
    if found[4]:
        return _month(today.year, int(found[4]))
    name = "SEPTEMBER" if found[2] == "SEPT" else found[2]
    numbers = [number for number, month in enumerate(_MONTH_NAMES, 1) if month.startswith(name)]
    if (
        len(numbers) != 1
        or (found[1] and found[3])
        or len(name) not in (3, len(_MONTH_NAMES[numbers[0] - 1]))
    ):
        return None
    return _month(int(found[1] or found[3] or today.year), numbers[0])


def _months(day: date) -> int:
    """Return the months since year 0 up to a day's month."""
    return day.year * 12 + day.month - 1


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _span(months: int, length: int, label: str) -> Period:
    return Period(_first_of(months), _first_of(months + length) - timedelta(days=1), label)


def _month(year: int, month: int) -> Period:
    return _span(_months(date(year, month, 1)), 1, f"{year:04d}-{month:02d}")


def _quarter(year: int, quarter: int, fiscal_start: int) -> Period:
    return _span(year * 12 + fiscal_start - 1 + (quarter - 1) * 3, 3, f"{year:04d}Q{quarter}")


def _year(year: int, fiscal_start: int) -> Period:
    return _span(year * 12 + fiscal_start - 1, 12, f"{year:04d}")


def _week(year: int, week: int) -> Period:
    monday = date.fromisocalendar(year, week, 1)
    return Period(monday, monday + timedelta(days=6), f"{year:04d}-W{week:02d}")
