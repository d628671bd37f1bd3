"""Days and times that people type, in English and Chinese: found in a line, or read as a whole.

A day without a year is the next one, unless it has just gone by; a bare weekday is the next one
after today; "next tue" and 下周二 are in the week after this one, weeks starting on Monday. The
words themselves are in ``english_days``, ``chinese_days``, ``number_days`` and ``clock_words``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sfa.interchange.day_words import chinese as chinese_days
from sfa.interchange.day_words import english as english_days
from sfa.interchange.day_words import numbers as number_days
from sfa.interchange.day_words.clock import ClockMention, find_times
from sfa.interchange.day_words.mention import (
    FIGURE,
    HAN,
    LETTER,
    DayMention,
    Reading,
    Resolver,
    Shape,
    half_width,
    monday_of,
    on_date,
    weekday_in_week,
    without_year,
)

__all__ = ["DayMention", "find_days", "parse_day"]

_BETWEEN_DAYS = re.compile(r"\s*[,(]?\s*的?\s*")
_BEFORE_TIME = re.compile(r"\s*(?:at|@|around|about|from|in\s+the|of|的|约|大概|大约)?\s*", re.IGNORECASE)
_BEFORE_DAY = re.compile(r"\s*(?:on|的)?\s*", re.IGNORECASE)
_LEAD = re.compile(r"(?:by|on|before|until|till|til|due|at|from|since|于|在|截止到?|截至)\s*", re.IGNORECASE)
_TRAIL = re.compile(r"\s*(?:之前|以前|前)?[\s.。]*")
_MONTH_DAY = re.compile(r"([0-9]{1,2})-([0-9]{1,2})")
_FULL = re.compile(r"((?:19|20)[0-9]{2})-?([0-9]{2})-?([0-9]{2})")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Words that name a day, before neighbours are joined."""

    start: int
    end: int
    reading: Reading


def find_days(text: str, *, today: date, language_hint: str | None = None) -> list[DayMention]:
    """Return the days and times named in a text, in order and without overlaps.

    ``language_hint`` ("en" or "zh") says how two figures are read (03/04); without it the script of
    the text decides. A time belongs to the day beside it; elsewhere it is a mention of its own.
    """
    plain = half_width(text)
    days = _joined(plain, _candidates(plain, today, _hint(plain, language_hint)), today)
    return _with_times(plain, days, find_times(plain), today)


def parse_day(text: str, *, today: date, language_hint: str | None = None) -> date | None:
    """Return the day that a whole text names ("fri", 明天, "2026-11-25", "+3d"), else ``None``.

    ``None`` also for what names no single day: a month, a time alone, or figures such as 03/04
    that are two different days (with the hint "zh" the month comes first).
    """
    plain = half_width(text).strip()
    lead = _LEAD.match(plain)
    core = plain[lead.end() :] if lead else plain
    reading = _compact(core, today)
    if reading:
        return reading.day
    mentions = find_days(core, today=today, language_hint=language_hint)
    if len(mentions) != 1 or mentions[0].start or not _TRAIL.fullmatch(core, mentions[0].end):
        return None
    mention = mentions[0]
    if not mention.has_day or mention.is_vague or (mention.doubtful and core[0].isdigit() and "/" in core):
        return None
    return mention.day


def _compact(text: str, today: date) -> Reading | None:
    """Read what needs no patterns: "2026-11-25", "20261125", "+3d"."""
    try:
        if eight := _FULL.fullmatch(text):
            return on_date(int(eight[1]), int(eight[2]), int(eight[3]))
        if (dashed := _MONTH_DAY.fullmatch(text)) and int(dashed[2]) > 12:
            return without_year(int(dashed[1]), int(dashed[2]), today)
        return english_days.plus_units(text, today)
    except (OverflowError, ValueError):  # past the ends of the calendar
        return None


def _hint(plain: str, hint: str | None) -> str:
    """Return the language two figures are read in."""
    if hint:
        return "zh" if hint.lower().startswith("zh") else "en"
    return "zh" if 3 * len(HAN.findall(plain)) > len(plain) else "en"


def _candidates(plain: str, today: date, hint: str) -> list[_Candidate]:
    """Return what the patterns find: leftmost, then longest, without overlaps."""
    found: list[_Candidate] = []
    for pattern, resolver in _patterns(plain, hint):
        for match in pattern.finditer(plain):
            reading = _resolved(resolver, match, today)
            if reading:
                found.append(_Candidate(match.start(), match.end(), reading))
    kept: list[_Candidate] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _patterns(plain: str, hint: str) -> Iterator[tuple[re.Pattern[str], Resolver]]:
    """Yield the patterns that can find something in a text, by the scripts it holds."""
    if FIGURE.search(plain):
        yield from number_days.chinese_patterns() if hint == "zh" else number_days.english_patterns()
    if LETTER.search(plain):
        yield from english_days.patterns()
    if HAN.search(plain):
        yield from chinese_days.patterns()


def _resolved(resolver: Resolver, match: re.Match[str], today: date) -> Reading | None:
    """Read a match; ``None`` past the ends of the calendar."""
    try:
        return resolver(match, today)
    except (OverflowError, ValueError):
        return None


def _joined(plain: str, days: list[_Candidate], today: date) -> list[_Candidate]:
    """Join neighbours that name one day together: "mon 30 nov", "thurs next week"."""
    joined: list[_Candidate] = []
    for one in days:
        last = joined[-1] if joined else None
        if last and _BETWEEN_DAYS.fullmatch(plain, last.end, one.start):
            both = _both(last.reading, one.reading, today)
            if both:
                opened = "(" in plain[last.end : one.start] and plain.startswith(")", one.end)
                joined[-1] = _Candidate(last.start, one.end + opened, both)
                continue
        joined.append(one)
    return joined


def _both(first: Reading, second: Reading, today: date) -> Reading | None:
    """Return what two neighbouring readings mean as one, ``None`` when they are two days."""
    shapes = {first.shape, second.shape}
    weekday, other = (first, second) if first.shape is Shape.WEEKDAY else (second, first)
    if shapes == {Shape.WEEKDAY, Shape.WEEK}:
        weeks = (monday_of(other.day) - monday_of(today)).days // 7
        return weekday_in_week(weekday.day.weekday(), weeks, today)
    if shapes == {Shape.WEEKDAY, Shape.DATE}:
        return _dated_weekday(weekday, other)
    return None


def _dated_weekday(weekday: Reading, dated: Reading) -> Reading:
    """Return the date; the weekday only picks the order of figures or raises a doubt."""
    agrees = dated.day.weekday() == weekday.day.weekday()
    earlier_agrees = dated.earlier is not None and dated.earlier.weekday() == weekday.day.weekday()
    return replace(dated, doubtful=not (agrees or earlier_agrees))


def _with_times(
    plain: str, days: list[_Candidate], times: list[ClockMention], today: date
) -> list[DayMention]:
    """Give each time to the day beside it, and keep the others as mentions of today."""
    free = [one for one in times if not any(one.start < day.end and day.start < one.end for day in days)]
    mentions: list[DayMention] = []
    for day in days:
        mention = DayMention(
            day.start,
            day.end,
            day.reading.day,
            doubtful=day.reading.doubtful,
            is_past_form=day.reading.is_past_form,
            earlier=day.reading.earlier,
            is_vague=day.reading.is_vague,
        )
        while beside := next((one for one in free if _is_beside(plain, mention, one)), None):
            mention = _with_time(mention, beside)
            free.remove(beside)
        mentions.append(mention)
    alone = (
        DayMention(one.start, one.end, today, one.time, one.doubtful, has_day=False)
        for one in free
        if not one.needs_day
    )
    return sorted((*mentions, *alone), key=lambda one: one.start)


def _is_beside(plain: str, day: DayMention, clock: ClockMention) -> bool:
    """Return whether nothing but a joining word stands between a day and a time."""
    if clock.start >= day.end:
        return bool(_BEFORE_TIME.fullmatch(plain, day.end, clock.start)) and not (day.time and clock.time)
    sure = not clock.needs_day and clock.time is not None and day.time is None
    return sure and bool(_BEFORE_DAY.fullmatch(plain, clock.end, day.start))


def _with_time(day: DayMention, clock: ClockMention) -> DayMention:
    """Return the mention widened by the time beside it; a wordy part of the day sets no time."""
    return replace(
        day,
        start=min(day.start, clock.start),
        end=max(day.end, clock.end),
        time=day.time or clock.time,
        doubtful=day.doubtful or clock.doubtful,
    )
