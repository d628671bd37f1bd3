"""English words for days, as patterns with the function that reads each."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from sfa.interchange.day_words.mention import (
    FRIDAY,
    SATURDAY,
    Patterns,
    Reading,
    Resolver,
    Shape,
    add_months,
    add_workdays,
    in_month,
    monday_of,
    month_end,
    of_month_day,
    on_date,
    on_weekday,
    quarter_end,
    weekday_in_week,
    without_year,
)

# Word edges by hand: a Chinese character beside a Latin word does not make it longer.
LEFT = r"(?<![A-Za-z0-9À-ɏ_])"
RIGHT = r"(?![A-Za-z0-9À-ɏ_])"

_WEEKDAYS = {name: at for at, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_WEEKDAY = (
    r"mon(?:day)?|tues?(?:day)?|wed(?:s|nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
_MONTHS = {
    name: at
    for at, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_NUMBERS = {
    name: at
    for at, name in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
} | {"a": 1, "an": 1, "couple": 2, "a couple": 2, "a couple of": 2, "couple of": 2, "a few": 3}
_NUMBER = (
    r"[0-9]{1,3}|(?:a\s+)?couple(?:\s+of)?|a\s+few|an?|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve"
)
_UNIT = (
    r"(?:working|business|work)\s?days?|wdays?|days?|d|weeks?|wks?|w|fortnights?|months?|mths?|mos?|years?"
    r"|yrs?"
)
_PART = {"mid": "middle", "middle": "middle", "late": "late", "end": "end"}
# A bare ordinal is a day only where the sentence could end: not "2nd machine", not "1st floor".
_ORDINAL_END = r"(?=\s*(?:$|[,.;!?)\]+&/，。；！]|\s-\s|(?:at|and|then|for|by|if|@)\b))"


def _group(found: re.Match[str], name: str) -> str:
    """Return a named group in lower case, "" where the pattern lacks it or left it out."""
    return " ".join((found.groupdict().get(name) or "").lower().split())


def _number(text: str) -> int:
    """Return a count written in digits or words."""
    key = " ".join(text.lower().split())
    return int(key) if key.isdigit() else _NUMBERS[key]


def _weekday(found: re.Match[str], today: date) -> Reading | None:
    """Read "fri", "this fri", "next fri", "last fri"."""
    weekday = _WEEKDAYS[found["weekday"][:3].lower()]
    word = _group(found, "which")
    if word == "next":
        reading = weekday_in_week(weekday, 1, today)
        return _doubt(reading, weekday > today.weekday())
    if word in {"last", "past"}:
        behind = (today.weekday() - weekday - 1) % 7 + 1
        return Reading(today - timedelta(days=behind), is_past_form=True, doubtful=weekday < today.weekday())
    if word == "this":
        return weekday_in_week(weekday, 0, today)
    return on_weekday(weekday, today)


def _doubt(reading: Reading, doubtful: bool) -> Reading:
    """Return the reading marked as one a person should look at."""
    return Reading(reading.day, reading.shape, reading.earlier, doubtful, reading.is_past_form)


_NAMED_DAYS = {
    "today": 0,
    "tonight": 0,
    "tonite": 0,
    "eod": 0,
    "cob": 0,
    "end of day": 0,
    "end of the day": 0,
    "close of business": 0,
    "this morning": 0,
    "this afternoon": 0,
    "this evening": 0,
    "tomorrow": 1,
    "tomorow": 1,
    "tommorow": 1,
    "tommorrow": 1,
    "tmrw": 1,
    "tmr": 1,
    "tmrow": 1,
    "tmw": 1,
    "2moro": 1,
    "2morrow": 1,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
    "yesterday": -1,
    "yday": -1,
    "last night": -1,
    "day before yesterday": -2,
    "the day before yesterday": -2,
}


def _named_day(found: re.Match[str], today: date) -> Reading | None:
    """Read "today", "tmrw", "yesterday" and their kin."""
    shift = _NAMED_DAYS[" ".join(found[0].lower().split())]
    return Reading(today + timedelta(days=shift), is_past_form=shift < 0)


def _later(today: date, count: int, unit: str) -> date:
    """Return the day ``count`` units after today; the unit in any of its spellings."""
    key = unit.lower()
    if key.startswith(("work", "business", "wday")):
        return add_workdays(today, count)
    if key.startswith("d"):
        return today + timedelta(days=count)
    if key.startswith("w"):
        return today + timedelta(weeks=count)
    if key.startswith("f"):
        return today + timedelta(weeks=2 * count)
    return add_months(today, count * 12 if key.startswith("y") else count)


def _in_units(found: re.Match[str], today: date) -> Reading | None:
    """Read "in 3 days", "a week from now", "+2w"."""
    return Reading(_later(today, _number(found["count"]), found["unit"]))


def _units_ago(found: re.Match[str], today: date) -> Reading | None:
    """Read "2 days ago"; working days are not counted backwards."""
    unit = found["unit"].lower()
    count = _number(found["count"])
    if unit.startswith(("work", "business", "wday")):
        return None
    if unit.startswith(("m", "y")):
        return Reading(add_months(today, -count * (12 if unit.startswith("y") else 1)), is_past_form=True)
    return Reading(today - (_later(today, count, unit) - today), is_past_form=True)


_SHORT = {"w": "week", "m": "month", "q": "quarter", "y": "year"}
_WHICH = {"next": 1, "following": 1, "coming": 1, "this": 0, "the": 0, "": 0, "last": -1, "past": -1}


def _end_of(found: re.Match[str], today: date) -> Reading | None:
    """Read "end of month", "EOW", "end of next quarter"."""
    unit = _group(found, "unit") or _SHORT[_group(found, "short")]
    shift = _WHICH[_group(found, "which")]
    if unit in {"week", "wk"}:
        return Reading(monday_of(today, shift) + timedelta(days=FRIDAY), is_past_form=shift < 0)
    if unit == "month":
        return Reading(month_end(today, shift), is_past_form=shift < 0)
    if unit in {"quarter", "qtr"}:
        return Reading(quarter_end(today, shift), is_past_form=shift < 0)
    return Reading(date(today.year + shift, 12, 31), is_past_form=shift < 0)


def _whole_period(found: re.Match[str], today: date) -> Reading | None:
    """Read "next week", "this month": their first day, or the last one of the running period."""
    shift = _WHICH[found["which"].lower()]
    unit = found["unit"].lower()
    past = shift < 0
    if unit in {"week", "wk"}:
        day = monday_of(today, shift) + timedelta(days=0 if shift else FRIDAY)
        return Reading(day, Shape.WEEK, doubtful=True, is_past_form=past)
    if unit == "weekend":
        return Reading(monday_of(today, shift) + timedelta(days=SATURDAY), is_past_form=past)
    if unit == "month":
        day = add_months(today.replace(day=1), shift) if shift else month_end(today)
    elif unit in {"quarter", "qtr"}:
        day = quarter_end(today, shift - 1) + timedelta(days=1) if shift else quarter_end(today)
    else:
        day = date(today.year + shift, 1, 1) if shift else date(today.year, 12, 31)
    return Reading(day, doubtful=True, is_past_form=past)


def _weekend(_found: re.Match[str], today: date) -> Reading | None:
    """Read "the weekend": this week's Saturday."""
    return Reading(monday_of(today) + timedelta(days=SATURDAY))


def _month_and_day(found: re.Match[str], today: date) -> Reading | None:
    """Read "25 Nov", "Nov 25th, 2026"."""
    month = _MONTHS[found["month"][:3].lower()]
    day = int(found["day"])
    if year := _group(found, "year"):
        return on_date(int(year), month, day)
    return without_year(month, day, today)


def _month(found: re.Match[str], today: date) -> Reading | None:
    """Read "in december", "mid dec", "end of January"."""
    part = _group(found, "part").removesuffix(" of")
    year = _group(found, "year")
    return in_month(
        _MONTHS[found["month"][:3].lower()], int(year) if year else None, _PART.get(part, ""), today
    )


def _ordinal(found: re.Match[str], today: date) -> Reading | None:
    """Read "the 24th"."""
    return of_month_day(int(found["day"]), today)


def _holiday(found: re.Match[str], today: date) -> Reading | None:
    """Read the feasts that keep their day."""
    name = found[0].lower()
    if "eve" in name:
        return without_year(12, 24 if "mas" in name else 31, today)
    return without_year(1, 1, today) if "new" in name else without_year(12, 25, today)


_WHICH_PERIOD = r"next|this|last|past|following|coming"
_PERIOD = r"week|wk|month|quarter|qtr|year"
_NAMES = "|".join(
    sorted((re.escape(name).replace(r"\ ", r"\s+") for name in _NAMED_DAYS), key=len, reverse=True)
)
_DAY = r"(?P<day>[0-9]{1,2})"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
# "2 may be late" names no day.
_NOT_VERB = r"(?!(?<=\bmay)\s+(?:be|have|not|want|need|go|take|come|buy|order|still)\b)"

_SOURCES: tuple[tuple[str, Resolver], ...] = (
    # "Sun Microsystems" and "sat with him" are no days.
    (
        (
            rf"(?:(?P<which>this|next|last|past|coming)\s+)?(?!(?-i:Sun\s+[A-Z]))(?!sat\s+(?:with|down|in|on)\b)"
            rf"(?P<weekday>{_WEEKDAY})"
        ),
        _weekday,
    ),
    (_NAMES, _named_day),
    (
        (
            rf"(?:in|within)\s+(?:the\s+next\s+)?(?:about\s+)?(?P<count>{_NUMBER})[\s-]*(?P<unit>{_UNIT})"
            r"(?:['’]?\s+time)?"
        ),
        _in_units,
    ),
    (rf"(?P<count>{_NUMBER})\s*(?P<unit>{_UNIT})\s+(?:from\s+(?:now|today)|later|hence)", _in_units),
    (rf"(?P<count>{_NUMBER})\s*(?P<unit>{_UNIT})\s+(?:ago|back)", _units_ago),
    (rf"end\s+of\s+(?:(?P<which>{_WHICH_PERIOD}|the)\s+)?(?P<unit>{_PERIOD})", _end_of),
    (r"eo(?P<short>[wmqy])", _end_of),
    (r"(?P<unit>month|quarter|year)[\s-]end", _end_of),
    (rf"(?P<which>{_WHICH_PERIOD})\s+(?P<unit>weekend|{_PERIOD})", _whole_period),
    (r"(?:the\s+)?weekend", _weekend),
    (
        (
            rf"(?:the\s+)?{_DAY}(?:st|nd|rd|th)?(?:\s+of)?[\s-]*(?P<month>{_MONTH}){_NOT_VERB}"
            rf"(?:,?[\s-]*{_YEAR})?"
        ),
        _month_and_day,
    ),
    (rf"(?P<month>{_MONTH})\.?\s*{_DAY}(?:st|nd|rd|th)?(?!\s*%)(?:,?\s+{_YEAR})?", _month_and_day),
    (
        (
            rf"(?:in\s+)?(?:the\s+)?(?P<part>early|start\s+of|beginning\s+of|mid|middle\s+of|late|end\s+of|end)"
            rf"[\s-]+(?P<month>{_MONTH})(?:\s+{_YEAR})?"
        ),
        _month,
    ),
    (rf"in\s+(?P<month>{_MONTH})(?:\s+{_YEAR})?", _month),
    (rf"(?P<month>{_MONTH})\s+{_YEAR}", _month),
    (rf"the\s+{_DAY}(?:st|nd|rd|th){_ORDINAL_END}", _ordinal),
    (rf"{_DAY}(?:st|nd|rd|th){_ORDINAL_END}", _ordinal),
    (
        r"christmas\s+eve|x-?mas|christmas|new\s+year(?:['’]?s)?\s+eve|new\s+year(?:['’]?s)?(?:\s+day)?",
        _holiday,
    ),
)


@cache
def patterns() -> Patterns:
    """Return the patterns, compiled when first asked for: that costs more than all the rest."""
    return tuple(
        (re.compile(f"{LEFT}(?:{source}){RIGHT}", re.IGNORECASE | re.ASCII), resolver)
        for source, resolver in _SOURCES
    )


_PLUS = rf"(?P<sign>[+-]?)\s*(?P<count>[0-9]{{1,3}})\s*(?P<unit>{_UNIT}|m|y)"


def plus_units(text: str, today: date) -> Reading | None:
    """Read a whole text such as "+3d", "2w" or "-1m"."""
    found = re.fullmatch(_PLUS, text, re.IGNORECASE | re.ASCII)
    if not found:
        return None
    return _units_ago(found, today) if found["sign"] == "-" else _in_units(found, today)
