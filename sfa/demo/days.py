"""The year that the company's sales lie in: working days, the busy and the quiet weeks, the meetings.

The twelve months before a given day. Nothing happens on free days, little around the Spring
Festival and in high summer, much at the end of a quarter.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random

LENGTH = 365
STEP_DAYS = 14
_MONTHS = (0.9, 0.8, 1.1, 1.0, 1.0, 1.15, 0.85, 0.8, 1.1, 0.95, 1.1, 1.25)
_NEAR_FESTIVAL = 0.3
_QUARTER_END = 1.6
# First days of the lunar year. Source: Hong Kong Observatory, Gregorian-Lunar calendar conversion table.
_SPRING_FESTIVALS = tuple(
    date.fromisoformat(day)
    for day in (
        "2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03 2031-01-23"
        " 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24 2040-02-12"
    ).split()
)


def spring_festival(year: int) -> date:
    """Return the first day of the lunar year; a day in the middle of its range where no table tells it."""
    return next((day for day in _SPRING_FESTIVALS if day.year == year), date(year, 2, 5))


def is_holiday(day: date) -> bool:
    """Say whether the whole company is off: Spring Festival, Labour Day, National Day, New Year."""
    since = (day - spring_festival(day.year)).days
    return (
        -1 <= since <= 6
        or (day.month == 10 and day.day <= 7)
        or (day.month == 5 and day.day <= 3)
        or (day.month, day.day) == (1, 1)
    )


def is_working(day: date) -> bool:
    """Say whether anybody works on a day."""
    return day.weekday() < 5 and not is_holiday(day)


def working_from(day: date) -> date:
    """Return the day itself, else the next one that is worked."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def _weight(day: date) -> float:
    if not is_working(day):
        return 0.0
    weight = _MONTHS[day.month - 1]
    since = (day - spring_festival(day.year)).days
    if -12 <= since < -1 or 6 < since <= 14:
        weight *= _NEAR_FESTIVAL
    if day.month % 3 == 0 and day.day >= 16:
        weight *= _QUARTER_END
    return weight


@dataclass(frozen=True, slots=True)
class Year:
    """The twelve months up to ``today``; ``meetings`` are the days the pipeline was gone through.

    The meetings are every other Monday, and ``today`` is the last of them, so that between
    the last but one and today lies the week since last Monday's print.
    """

    today: date
    first: date = field(init=False)
    meetings: tuple[date, ...] = field(init=False)
    _sums: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", self.today - timedelta(days=LENGTH - 1))
        monday = self.today - timedelta(days=self.today.weekday() or 7)
        steps = (monday - self.first).days // STEP_DAYS
        days = [monday - timedelta(days=STEP_DAYS * back) for back in range(steps, -1, -1)]
        object.__setattr__(self, "meetings", (*days, self.today))
        weights = (_weight(self.first + timedelta(days=number)) for number in range(LENGTH))
        object.__setattr__(self, "_sums", tuple(accumulate(weights, initial=0.0)))

    def day(self, rng: Random, first: date, last: date) -> date:
        """Return a day of the year between two, busy days rather than quiet ones."""
        low = max((first - self.first).days, 0)
        high = min((last - self.first).days, LENGTH - 1)
        if high <= low:
            return self.first + timedelta(days=max(min(low, LENGTH - 1), 0))
        below, above = self._sums[low], self._sums[high + 1]
        if above <= below:
            return self.first + timedelta(days=high)
        found = bisect_left(self._sums, below + (above - below) * (1 - rng.random())) - 1
        return self.first + timedelta(days=min(max(found, low), high))

    def step_of(self, day: date) -> int:
        """Return the number of the first meeting on or after a day."""
        return bisect_left(self.meetings, day)

    def in_step(self, rng: Random, step: int) -> date:
        """Return a day after the meeting before and up to the given one."""
        before = self.meetings[step - 1] if step else self.first - timedelta(days=1)
        return self.day(rng, before + timedelta(days=1), self.meetings[step])
