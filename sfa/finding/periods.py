"""Stretches of days that people name: a day, a month, a quarter, ``+7d``, last week, 本季度.

Quarters follow the organisation's fiscal year and are named by the year it begins in;
a month and a year are the calendar's. Weeks begin on Monday.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

Period = tuple[date, date]

_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_WORDS = {
    "today": 0, "now": 0, "今天": 0, "今日": 0, "tomorrow": 1, "明天": 1, "明日": 1, "后天": 2,
    "yesterday": -1, "昨天": -1, "昨日": -1, "前天": -2,
}  # fmt: skip
_SHIFTS = {
    "this": 0,
    "last": -1,
    "next": 1,
    "本": 0,
    "这": 0,
    "这个": 0,
    "上": -1,
    "上个": -1,
    "下": 1,
    "下个": 1,
}
_UNITS = {
    "week": "w", "周": "w", "星期": "w", "month": "m", "月": "m", "quarter": "q", "季度": "q", "季": "q",
    "year": "y", "年": "y",
}  # fmt: skip
_YEAR_WORDS = {"今年": 0, "去年": -1, "明年": 1, "前年": -2, "后年": 2}
_HAN_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


def read_period(text: str, *, today: date, fiscal_start: int = 1) -> Period | None:
    """Return the first and the last day of what a text names, or ``None`` when it names no days."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if not plain or len(plain) > 40:
        return None
    try:
        found = (
            _written(plain, today)
            or _quarter(plain, today, fiscal_start)
            or _relative(plain, today)
            or _around(plain, today, fiscal_start)
        )
    except (ValueError, OverflowError):  # a 30th of February, or a year out of reach
        return None
    return found if found and _FIRST_YEAR <= found[0].year and found[1].year <= _LAST_YEAR else None


def _written(plain: str, today: date) -> Period | None:
    parts = re.fullmatch(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})[日号]?|月)?|年)?", plain)
    if parts:
        year, month, day = (int(part or 0) for part in parts.groups())
        if day:
            return (date(year, month, day),) * 2
        return _month(year, month) if month or parts[2] else (date(year, 1, 1), date(year, 12, 31))
    if re.fullmatch(r"(?:19|20)[0-9]{6}", plain):
        return (date(int(plain[:4]), int(plain[4:6]), int(plain[6:])),) * 2
    han = re.fullmatch(r"([0-9]{1,2})月(份)?", plain)
    return _month(today.year, int(han[1])) if han else _named_month(plain, today)


def _named_month(plain: str, today: date) -> Period | None:
    named = re.fullmatch(r"([0-9]{4})? ?([a-z]{3,9})\.? ?([0-9]{4})?", plain)
    if not named or (named[1] and named[3]) or named[2][:3] not in _MONTHS:
        return None
    number = _MONTHS.index(named[2][:3]) + 1
    whole = date(2000, number, 1).strftime("%B").casefold()
    if not (whole.startswith(named[2]) or named[2] == "sept"):
        return None
    return _month(int(named[1] or named[3] or today.year), number)


def _month(year: int, month: int) -> Period:
    first = date(year, month, 1)
    return first, add_months(first, 1) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """Return the day some months later; the month's last one when it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = 29 if month == 1 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)) else _LENGTHS[month]
    return date(year, month + 1, min(day.day, last))


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _quarter(plain: str, today: date, fiscal_start: int) -> Period | None:
    found = re.fullmatch(r"(?:([0-9]{4})[- ]?)?q([1-4])(?:[- ]?([0-9]{4}))?", plain)
    if found:
        if found[1] and found[3]:
            return None
        return _quarter_of(found[1] or found[3], int(found[2]), today, fiscal_start)
    han = re.fullmatch(r"(?:([0-9]{4})年?)?第?([一二三四1-4])季度?", plain)
    if han:
        return _quarter_of(han[1], _HAN_QUARTERS.get(han[2]) or int(han[2]), today, fiscal_start)
    return None


def _quarter_of(year: str | None, number: int, today: date, fiscal_start: int) -> Period:
    chosen = int(year) if year else today.year - (today.month < fiscal_start)
    first = add_months(date(chosen, fiscal_start, 1), 3 * (number - 1))
    return first, add_months(first, 3) - timedelta(days=1)


def _relative(plain: str, today: date) -> Period | None:
    found = re.fullmatch(r"(\w+?)? ?(?:([+-] ?[0-9]{1,5}) ?(d|w|m|q|y|天|周|个?月|年)[a-z]{0,7})?", plain)
    if not found or (found[1] or "today") not in _DAY_WORDS:
        return None
    day = today + timedelta(days=_DAY_WORDS[found[1] or "today"])
    count = int((found[2] or "0").replace(" ", ""))
    return (_later(day, count, found[3] or "d"),) * 2


def _later(day: date, count: int, unit: str) -> date:
    if unit in ("d", "天"):
        return day + timedelta(days=count)
    if unit in ("w", "周"):
        return day + timedelta(weeks=count)
    return add_months(day, count * {"q": 3, "y": 12, "年": 12}.get(unit, 1))


def _around(plain: str, today: date, fiscal_start: int) -> Period | None:
    if plain in _YEAR_WORDS:
        year = today.year + _YEAR_WORDS[plain]
        return date(year, 1, 1), date(year, 12, 31)
    found = re.fullmatch(
        r"(this|last|next|本|这个?|上个?|下个?) ?(week|周|星期|month|月|quarter|季度?|year|年)", plain
    )
    if not found:
        return None
    shift, unit = _SHIFTS[found[1]], _UNITS[found[2]]
    if unit == "w":
        monday = today + timedelta(days=7 * shift - today.weekday())
        return monday, monday + timedelta(days=6)
    if unit == "y":
        return date(today.year + shift, 1, 1), date(today.year + shift, 12, 31)
    if unit == "m":
        day = add_months(today, shift)
        return _month(day.year, day.month)
    first = add_months(today.replace(day=1), 3 * shift - (today.month - fiscal_start) % 3)
    return first, add_months(first, 3) - timedelta(days=1)
