"""Days written in figures alone: 2026-11-25, 11/25, 25.11., 11-25.

Which of two figures is the month depends on the language of the line: Chinese writes the month
first, with any sign. English is read month first with a slash and day first with dots; where both
orders make a day it is doubtful, and without a year the nearer day is taken.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from sfa.interchange.day_words.mention import Patterns, Reading, Resolver, Shape, on_date, without_year

_LEFT = r"(?<![A-Za-z0-9./$£€¥-])(?<!@\s)"
_RIGHT = r"(?![A-Za-z0-9]|[/.-][0-9]|\s?%)"
# Measure words after two figures: an amount ("11.27万"), not a day.
_NO_UNIT = r"(?!\s*(?:[万元块折吨个人台套天周点年米寸折件箱公斤]|kg|mm|cm|%))"


def _year_first(found: re.Match[str], _today: date) -> Reading | None:
    """Read year, month and day in that order."""
    return on_date(int(found["year"]), int(found["month"]), int(found["day"]))


def _with_year(first: int, second: int, year: int, *, month_first: bool) -> Reading | None:
    """Read two figures and a year; the other order when the first makes no day."""
    month, day = (first, second) if month_first else (second, first)
    return on_date(year, month, day) or on_date(year, day, month)


def _pair(found: re.Match[str], today: date, *, month_first: bool, sure: bool) -> Reading | None:
    """Read two figures, with a year when there is one."""
    first, second = int(found["one"]), int(found["two"])
    year = found.groupdict().get("year")
    doubtful = not sure and first <= 12 and second <= 12 and first != second
    if year:
        reading = _with_year(first, second, int(year), month_first=month_first)
        return Reading(reading.day, Shape.DATE, doubtful=doubtful) if reading else None
    if (first, second) == (24, 7):  # round the clock, not 24 July
        return None
    month, day = (first, second) if month_first else (second, first)
    readings = [without_year(*pair, today, doubtful=doubtful) for pair in ((month, day), (day, month))]
    made = [reading for reading in readings if reading]
    if doubtful:
        return min(made, key=lambda reading: abs(reading.day - today), default=None)
    return made[0] if made else None


def _month_first(found: re.Match[str], today: date) -> Reading | None:
    """Read an English slash date."""
    return _pair(found, today, month_first=True, sure=False)


def _day_first(found: re.Match[str], today: date) -> Reading | None:
    """Read a dotted date; with its year it is the European form, and sure."""
    return _pair(found, today, month_first=False, sure=bool(found.groupdict().get("year")))


def _chinese(found: re.Match[str], today: date) -> Reading | None:
    """Read a Chinese date in figures: the month comes first."""
    return _pair(found, today, month_first=True, sure=True)


def _compile(*sources: tuple[str, Resolver]) -> Patterns:
    """Compile sources between the edges that keep amounts and ranges out."""
    return tuple((re.compile(f"{_LEFT}(?:{source}){_RIGHT}", re.ASCII), read) for source, read in sources)


_ISO = (r"(?P<year>(?:19|20)[0-9]{2})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})", _year_first)
_ONE, _TWO = r"(?P<one>[0-9]{1,2})", r"(?P<two>[0-9]{1,2})"
_ANY_YEAR = r"(?P<year>(?:20)?[0-9]{2})"
_TWO_FIGURES = r"(?P<one>[0-3][0-9])\.(?P<two>[0-3][0-9])"
_BY = r"(?:(?<=\bby\s)|(?<=\bon\s)|(?<=\bdue\s)|(?<=\buntil\s)|(?<=\bbefore\s))"


@cache
def english_patterns() -> Patterns:
    """Return the patterns for figures in English lines, compiled when first asked for."""
    return _compile(
        _ISO,
        (rf"{_ONE}/{_TWO}(?:/{_ANY_YEAR})?", _month_first),
        (rf"{_ONE}-{_TWO}-(?P<year>20[0-9]{{2}})", _month_first),
        (rf"{_ONE}\.{_TWO}\.(?P<year>20[0-9]{{2}})", _day_first),
        (rf"{_TWO_FIGURES}\.", _day_first),
        (rf"{_BY}{_TWO_FIGURES}", _day_first),
    )


@cache
def chinese_patterns() -> Patterns:
    """Return the patterns for figures in Chinese lines, compiled when first asked for."""
    return _compile(
        _ISO,
        (rf"{_ONE}/{_TWO}(?:/{_ANY_YEAR})?{_NO_UNIT}", _chinese),
        (rf"{_TWO_FIGURES}\.?{_NO_UNIT}", _chinese),
        (rf"(?P<one>0[1-9]|1[0-2])-(?P<two>0[1-9]|[12][0-9]|3[01]){_NO_UNIT}", _chinese),
    )
