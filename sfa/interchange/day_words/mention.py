"""What a day in a text means: the mention, its reading, and the calendar arithmetic behind both.

The words themselves are in ``english_days`` and ``chinese_days``; times of day in ``clock_words``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

FRIDAY, SATURDAY = 4, 5
# How far back a day without a year is still taken as gone by and not as next year's.
RECENT_DAYS = 90
# What scripts a text holds decides which patterns are tried at all.
HAN = re.compile(r"[\u3400-\u9fff]")
LETTER = re.compile(r"[A-Za-z]")
FIGURE = re.compile(r"[0-9]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class Shape(StrEnum):
    """What kind of words named the day; some kinds combine ("thurs" + "next week")."""

    WEEKDAY = "weekday"
    WEEK = "week"
    DATE = "date"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way words name a day; ``earlier`` is the day meant when they tell of the past."""

    day: date
    shape: Shape = Shape.OTHER
    earlier: date | None = None
    doubtful: bool = False
    is_past_form: bool = False
    is_vague: bool = False


@dataclass(frozen=True, slots=True)
class DayMention:
    """A day named in a text; ``text[start:end]`` are its words, a time of day included.

    ``earlier`` is what the same words mean when they tell of the past ("mon visited"), ``None``
    when that is ``day`` itself. ``has_day`` is false for a bare time of day, whose day is today.
    ``is_vague``: a month or a part of it ("in december"), where ``day`` is only its first day.
    """

    start: int
    end: int
    day: date
    time: time | None = None
    doubtful: bool = False
    is_past_form: bool = False
    earlier: date | None = None
    has_day: bool = True
    is_vague: bool = False

    @property
    def past_day(self) -> date:
        """The day, read as one that has been."""
        return self.earlier or self.day


Resolver = Callable[[re.Match[str], date], Reading | None]
Patterns = tuple[tuple[re.Pattern[str], Resolver], ...]


def half_width(text: str) -> str:
    """Return full-width forms as ASCII, character for character, so that offsets stay."""
    return text.translate(_FULL_WIDTH)


def monday_of(day: date, weeks: int = 0) -> date:
    """Return the Monday of the week ``weeks`` after that of ``day``."""
    return day + timedelta(days=7 * weeks - day.weekday())


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date, months: int = 0) -> date:
    """Return the last day of the month ``months`` after that of ``day``."""
    first = add_months(day.replace(day=1), months)
    return first.replace(day=monthrange(first.year, first.month)[1])


def quarter_end(day: date, quarters: int = 0) -> date:
    """Return the last day of the calendar quarter ``quarters`` after that of ``day``."""
    return month_end(day, (3 - day.month) % 3 + 3 * quarters)


def add_workdays(day: date, count: int) -> date:
    """Return the day ``count`` weekdays later; holidays are not known here."""
    for _ in range(count):
        day += timedelta(days=7 - day.weekday() if day.weekday() >= FRIDAY else 1)
    return day


def on_weekday(weekday: int, today: date) -> Reading:
    """Read a bare weekday: the next one after today, or, told of the past, the last up to today."""
    ahead = (weekday - today.weekday() - 1) % 7 + 1
    behind = (today.weekday() - weekday) % 7
    return Reading(
        today + timedelta(days=ahead),
        Shape.WEEKDAY,
        earlier=today - timedelta(days=behind),
        doubtful=behind == 0,
    )


def weekday_in_week(weekday: int, weeks: int, today: date) -> Reading:
    """Read a weekday of a named week: 0 this one, 1 the next, -1 the last; weeks start on Monday."""
    day = monday_of(today, weeks) + timedelta(days=weekday)
    return Reading(day, Shape.OTHER, is_past_form=weeks < 0)


def without_year(month: int, day: int, today: date, *, doubtful: bool = False) -> Reading | None:
    """Read a day of a month: the next one, unless it has just gone by."""
    forward = _on_or_after(month, day, today)
    back = _on_or_before(month, day, today)
    if forward is None or back is None:
        return None
    recent = (today - back).days <= RECENT_DAYS
    return Reading(back if recent else forward, Shape.DATE, earlier=back, doubtful=doubtful)


def _on_or_after(month: int, day: int, today: date) -> date | None:
    """Return the first such day from today on; 29 February looks up to eight years ahead."""
    days = (exact(year, month, day) for year in range(today.year, today.year + 9))
    return next((found for found in days if found and found >= today), None)


def _on_or_before(month: int, day: int, today: date) -> date | None:
    """Return the last such day up to today."""
    days = (exact(year, month, day) for year in range(today.year, today.year - 9, -1))
    return next((found for found in days if found and found <= today), None)


def exact(year: int, month: int, day: int) -> date | None:
    """Return the day, or ``None`` where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def on_date(year: int, month: int, day: int) -> Reading | None:
    """Read a full date; years of two digits are of this century."""
    found = exact(year + 2000 if year < 100 else year, month, day)
    return Reading(found, Shape.DATE) if found else None


def of_month_day(day: int, today: date) -> Reading | None:
    """Read a bare day of the month: this month's, or the next month's when that has gone by."""
    first = today.replace(day=1)
    months = [add_months(first, shift) for shift in (0, 1, 2)]
    ahead = [found for at in months if (found := exact(at.year, at.month, day)) and found >= today]
    past = [add_months(first, -shift) for shift in (0, 1, 2)]
    behind = [found for at in past if (found := exact(at.year, at.month, day)) and found <= today]
    if not ahead or not behind:
        return None
    return Reading(ahead[0], Shape.DATE, earlier=behind[0])


def in_month(month: int, year: int | None, part: str, today: date) -> Reading | None:
    """Read a month, or its ``part``: "start", "middle", "end" or "" for the month as such."""
    if not 1 <= month <= 12:
        return None
    this = today.year if year is None else year
    first = date(this, month, 1)
    if year is None and month_end(first) < today:
        first = date(this + 1, month, 1)
    if part == "end":
        return Reading(month_end(first), Shape.DATE)
    day = first.replace(day={"middle": 15, "late": 21}.get(part, 1))
    before = first.replace(year=first.year - 1) if first > today and year is None else None
    return Reading(day, Shape.OTHER, earlier=before, doubtful=True, is_vague=True)
