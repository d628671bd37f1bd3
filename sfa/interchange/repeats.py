"""How often a task comes again: words into a rule, the rule into one plain text, and the next day.

Stored is the plain text (``weekly on mon``, ``every 2 months on 15``); it names the day
itself, so that a task put off once returns to its usual day, and the 31st comes back
after February. Reading the plain text gives the rule again.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sfa.errors import InvalidInput, msg

MOST = 999
_FRIDAY = 4
_WEEK = 7
_MONTHS_OF_YEAR = 12
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_WORD = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_LIST = re.compile(r"\s*(?:,|and|&|、|和|及|跟)\s*|\s+")
_HAN_NUMBER = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "双": 2}
_HAN_DAYS = "一二三四五六日"
_N = r"(?P<n>[0-9]{1,3}|[零一两二三四五六七八九十]{1,3}|双)"


class Unit(StrEnum):
    """What is counted between two times."""

    DAY = "day"
    WORKDAY = "weekday"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rule: every so many units, on these weekdays (0 is Monday) or on this day of the month.

    ``month`` serves yearly rules alone. A day past the end of a month means its last day.
    """

    unit: Unit
    every: int = 1
    weekdays: tuple[int, ...] = ()
    day: int | None = None
    month: int | None = None


def parse_repeat(text: str) -> Repeat | None:
    """Return the rule that a text such as ``every 2 weeks`` or 每月15号 names; ``None`` for no text.

    Raises:
        InvalidInput: it names none.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip().rstrip(".。")
    plain = " ".join(plain.split())
    if plain in {"", "no", "none", "never", "不重复", "无", "否"}:
        return None
    for pattern, reading in _READINGS:
        found = pattern.fullmatch(plain)
        rule = reading(found) if found else None
        if rule is not None and 1 <= rule.every <= MOST:
            return rule
    raise InvalidInput(
        "repeat",
        msg("{value!r} says not how often"),
        hint=msg("Write it as daily, every 2 weeks, weekly on mon, monthly on 15 or every weekday."),
        value=text,
    )


def repeat_text(rule: Repeat) -> str:
    """Return a rule as the plain text it is stored as."""
    if rule.unit is Unit.WORKDAY:
        return "every weekday"
    alone = {Unit.DAY: "daily", Unit.WEEK: "weekly", Unit.MONTH: "monthly", Unit.YEAR: "yearly"}[rule.unit]
    front = alone if rule.every == 1 else f"every {rule.every} {rule.unit.value}s"
    if rule.weekdays:
        return f"{front} on {', '.join(DAYS[each] for each in rule.weekdays)}"
    if rule.month is not None and rule.day is not None:
        return f"{front} on {rule.month:02d}-{rule.day:02d}"
    return front if rule.day is None else f"{front} on {rule.day}"


def anchored(rule: Repeat, due: date) -> Repeat:
    """Return the rule with the day it falls on, taken from a due day unless it names one itself."""
    if rule.unit is Unit.WEEK and not rule.weekdays:
        return replace(rule, weekdays=(due.weekday(),))
    if rule.unit is Unit.MONTH and rule.day is None:
        return replace(rule, day=due.day)
    if rule.unit is Unit.YEAR and rule.day is None:
        return replace(rule, day=due.day, month=due.month)
    return rule


def first_due(rule: Repeat, today: date) -> date:
    """Return the first day from today on that a rule falls on."""
    rule = replace(anchored(rule, today), every=1)
    return today if rule.unit is Unit.DAY else _following(rule, today - timedelta(days=1))


def next_due(rule: Repeat, due: date, *, today: date) -> date:
    """Return the next day after both a due day and today; the days that have gone by are left out.

    Raises:
        InvalidInput: the calendar ends before it.
    """
    rule = anchored(rule, due)
    try:
        found = _leap(rule, due, today)
        while found <= max(due, today):
            found = _following(rule, found)
    except (OverflowError, ValueError):
        raise InvalidInput("repeat", msg("its next day is past the end of the calendar")) from None
    return found


def _leap(rule: Repeat, due: date, today: date) -> date:
    """Return a day of the rule not after today, so that a task years overdue is not counted day by day."""
    if rule.unit is Unit.DAY and today > due:
        return due + timedelta(days=(today - due).days // rule.every * rule.every)
    return due


def _following(rule: Repeat, day: date) -> date:
    if rule.unit is Unit.DAY:
        return day + timedelta(days=rule.every)
    if rule.unit is Unit.WORKDAY:
        return day + timedelta(days=_WEEK - day.weekday() if day.weekday() >= _FRIDAY else 1)
    if rule.unit is Unit.WEEK:
        return _following_week(rule, day)
    return _following_month(rule, day)


def _following_week(rule: Repeat, day: date) -> date:
    later = [each for each in rule.weekdays if each > day.weekday()]
    monday = day - timedelta(days=day.weekday())
    if later:
        return monday + timedelta(days=later[0])
    return monday + timedelta(days=_WEEK * rule.every + rule.weekdays[0])


def _following_month(rule: Repeat, day: date) -> date:
    assert rule.day is not None
    step = rule.every * (_MONTHS_OF_YEAR if rule.unit is Unit.YEAR else 1)
    base = day if rule.month is None else day.replace(month=rule.month, day=1)
    this = _in_month(base.year, base.month, rule.day)
    if this > day:
        return this
    year, month = divmod(base.year * _MONTHS_OF_YEAR + base.month - 1 + step, _MONTHS_OF_YEAR)
    return _in_month(year, month + 1, rule.day)


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _count(text: str | None, default: int = 1) -> int:
    if not text:
        return default
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _HAN_NUMBER.get(tens, 1) * 10 + (_HAN_NUMBER.get(ones, 0) if ones else 0)
    return _HAN_NUMBER.get(text, 0)


def _on_weekdays(words: list[int], every: int = 1) -> Repeat | None:
    return Repeat(Unit.WEEK, every, tuple(sorted(set(words)))) if words else None


def _english_days(text: str) -> list[int]:
    return [DAYS.index(word[:3]) for word in _LIST.split(text) if word[:3] in DAYS]


def _han_days(text: str) -> list[int]:
    return [_HAN_DAYS.index(sign) for sign in text.replace("天", "日") if sign in _HAN_DAYS]


def _of_month(day: int, every: int = 1) -> Repeat | None:
    return Repeat(Unit.MONTH, every, day=day) if 1 <= day <= 31 else None


def _of_year(month: int, day: int, every: int = 1) -> Repeat | None:
    if not 1 <= month <= _MONTHS_OF_YEAR or not 1 <= day <= monthrange(2000, month)[1]:
        return None
    return Repeat(Unit.YEAR, every, day=day, month=month)


_ALONE = {
    "daily": Repeat(Unit.DAY),
    "everyday": Repeat(Unit.DAY),
    "weekly": Repeat(Unit.WEEK),
    "biweekly": Repeat(Unit.WEEK, 2),
    "fortnightly": Repeat(Unit.WEEK, 2),
    "monthly": Repeat(Unit.MONTH),
    "quarterly": Repeat(Unit.MONTH, 3),
    "yearly": Repeat(Unit.YEAR),
    "annually": Repeat(Unit.YEAR),
    "天天": Repeat(Unit.DAY),
    "隔天": Repeat(Unit.DAY, 2),
    "隔周": Repeat(Unit.WEEK, 2),
    "双周": Repeat(Unit.WEEK, 2),
    "隔月": Repeat(Unit.MONTH, 2),
    "月底": Repeat(Unit.MONTH, day=31),
    "每半年": Repeat(Unit.MONTH, 6),
    "工作日": Repeat(Unit.WORKDAY),
    "weekdays": Repeat(Unit.WORKDAY),
}
_UNITS = {
    "day": Repeat(Unit.DAY),
    "weekday": Repeat(Unit.WORKDAY),
    "workday": Repeat(Unit.WORKDAY),
    "business day": Repeat(Unit.WORKDAY),
    "working day": Repeat(Unit.WORKDAY),
    "week": Repeat(Unit.WEEK),
    "fortnight": Repeat(Unit.WEEK, 2),
    "month": Repeat(Unit.MONTH),
    "quarter": Repeat(Unit.MONTH, 3),
    "year": Repeat(Unit.YEAR),
    "天": Repeat(Unit.DAY),
    "日": Repeat(Unit.DAY),
    "工作日": Repeat(Unit.WORKDAY),
    "周": Repeat(Unit.WEEK),
    "星期": Repeat(Unit.WEEK),
    "礼拜": Repeat(Unit.WEEK),
    "月": Repeat(Unit.MONTH),
    "季度": Repeat(Unit.MONTH, 3),
    "季": Repeat(Unit.MONTH, 3),
    "年": Repeat(Unit.YEAR),
}


def _times(unit: str, every: int) -> Repeat:
    found = _UNITS[unit]
    return replace(found, every=found.every * every)


def _every(found: re.Match[str]) -> Repeat | None:
    """Read ``every 2 weeks``, ``every other day``, ``every month on the 15th``, ``weekly on mon, thu``."""
    every = 2 if found["n"] == "other" else _count(found["n"])
    rule = _ALONE[found["alone"]] if found["alone"] else _times(found["unit"], every)
    on = found["on"]
    if not on:
        return rule
    if rule.unit is Unit.WEEK:
        return _on_weekdays(_english_days(on), rule.every)
    figures = [int(each) for each in re.findall(r"[0-9]+", on)]
    if rule.unit is Unit.MONTH and len(figures) == 1:
        return _of_month(figures[0], rule.every)
    if rule.unit is Unit.YEAR and len(figures) == 2:
        return _of_year(figures[0], figures[1], rule.every)
    return None


def _han_every(found: re.Match[str]) -> Repeat | None:
    """Read 每两周, 每隔一天, 每周一三五, 每月15号, 每年3月1日."""
    every = _count(found["n"]) + (1 if found["gap"] else 0)
    rule = _times(found["unit"], every)
    on = found["on"]
    if not on:
        return rule
    if rule.unit is Unit.WEEK:
        return _on_weekdays(_han_days(on), rule.every)
    figures = [_count(each) for each in re.findall(r"[0-9]+|[一二三四五六七八九十]+", on)]
    if rule.unit is Unit.YEAR:
        return _of_year(figures[0], figures[1], rule.every) if len(figures) == 2 else None
    if rule.unit is Unit.MONTH:
        return _of_month(31 if not figures else figures[0], rule.every)
    return None


_READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Repeat | None]], ...] = (
    (re.compile("|".join(map(re.escape, _ALONE))), lambda found: _ALONE[found[0]]),
    (
        re.compile(
            r"(?:(?:every|each)\s+(?:(?P<n>[0-9]{1,3}|other)(?:st|nd|rd|th)?\s+)?"
            r"(?P<unit>business day|working day|weekday|workday|day|fortnight|week|month|quarter|year)s?"
            r"|(?P<alone>weekly|biweekly|fortnightly|monthly|quarterly|yearly|annually))"
            rf"(?:\s+on\s+(?:the\s+)?(?P<on>[0-9]{{1,2}}(?:st|nd|rd|th)?|[0-9]{{1,2}}-[0-9]{{1,2}}"
            rf"|{_DAY_WORD}(?:(?:\s*,\s*|\s+and\s+|\s+){_DAY_WORD})*))?"
        ),
        _every,
    ),
    (
        re.compile(rf"(?:(?:every|each)\s+)?(?P<on>{_DAY_WORD}(?:(?:\s*,\s*|\s+and\s+|\s+){_DAY_WORD})*)"),
        lambda found: _on_weekdays(_english_days(found["on"])),
    ),
    (
        re.compile(
            r"(?:every|each)\s+(?P<day>[0-9]{1,2})(?:st|nd|rd|th)|(?:the\s+)?(?P<of>[0-9]{1,2})(?:st|nd|rd|th)"
            r"\s+of\s+(?:every|each|the)\s+month"
        ),
        lambda found: _of_month(int(found["day"] or found["of"])),
    ),
    (
        re.compile(
            r"(?:the\s+)?(?:last\s+day|end)\s+of\s+(?:every|each|the)\s+month|(?:every|each)\s+month\s+end|month\s+end"
        ),
        lambda _: _of_month(31),
    ),
    (
        re.compile(
            rf"每(?P<gap>隔)?\s*(?:{_N}\s*个?\s*|个)?(?P<unit>工作日|天|日|周|星期|礼拜|月|季度|季|年)\s*的?\s*"
            r"(?P<on>(?:周|星期|礼拜)?[一二三四五六日天](?:[、,和及\s]*(?:周|星期|礼拜)?[一二三四五六日天])*"
            r"|[0-9一二三四五六七八九十]{1,3}[号日]|底|末|最后一天"
            r"|[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}[号日])?"
        ),
        _han_every,
    ),
)
