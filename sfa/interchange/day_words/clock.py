"""Words and figures for a time of day, in English and Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from functools import cache

from sfa.interchange.day_words.chinese import number
from sfa.interchange.day_words.mention import FIGURE, HAN, LETTER

# A bare hour below this is taken for the afternoon: nobody visits a customer at three at night.
FIRST_WORKING_HOUR = 7
LAST_WORKING_HOUR = 19
_NUMERAL = r"(?:[0-9]{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_LEFT = r"(?<![A-Za-z0-9À-ɏ.:$£€¥/-])"
_RIGHT = r"(?![A-Za-z0-9À-ɏ%]|[.:/-][0-9])"


@dataclass(frozen=True, slots=True)
class ClockMention:
    """A time of day in a text; ``time`` is ``None`` for a mere "afternoon".

    ``needs_day``: too bare to be a time unless a day stands beside it ("at 11", "3点").
    """

    start: int
    end: int
    time: time | None
    doubtful: bool = False
    needs_day: bool = False


def _clock(hour: int, minute: int, half: str) -> time | None:
    """Return the time, ``half`` being "am", "pm" or ""; ``None`` where there is no such time."""
    if half == "pm" and hour < 12:
        hour += 12
    if half == "am" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


_RANGE = r"(?:\s*(?:-|–|—|~|to|到|至)\s*[0-9]{1,2}(?:[:.][0-9]{2})?)?"


@cache
def _english() -> re.Pattern[str]:
    """Return the pattern of times in figures, compiled when first asked for."""
    return re.compile(
        rf"{_LEFT}(?:(?P<half0>am|pm)\s?)?(?P<hour>[0-9]{{1,2}})(?:[:.h](?P<minute>[0-9]{{2}}))?"
        rf"{_RANGE}\s?(?P<half>[ap]\.?m\.?|(?<=[0-9])[ap](?=[\s,;]|$)|o['’]clock){_RIGHT}"
        rf"|{_LEFT}(?:(?P<half1>am|pm)\s?)?(?P<hour1>[0-9]{{1,2}}):(?P<minute1>[0-9]{{2}})"
        rf"(?:\s*[-–—~到至]\s*[0-9]{{1,2}}:[0-9]{{2}})?{_RIGHT}"
        rf"|{_LEFT}(?:at|@)\s?(?P<hour2>[0-9]{{1,2}})(?=\s*(?:$|[,.;!?]|\s-\s)){_RIGHT}",
        re.IGNORECASE | re.ASCII,
    )


@cache
def _words() -> re.Pattern[str]:
    """Return the pattern of English words for times, compiled when first asked for."""
    return re.compile(
        r"(?<![A-Za-z])(?:(?P<noon>noon|midday|lunchtime)"
        r"|(?P<part>(?:in\s+the\s+|early\s+|late\s+|first\s+thing(?:\s+in\s+the)?\s*)?"
        r"(?:morning|afternoon|evening|night|am|pm)|first\s+thing))(?![A-Za-z0-9])",
        re.IGNORECASE | re.ASCII,
    )


_PERIOD = r"凌晨|清晨|一?大早|早上|早晨|上午|中午|正午|下午|午后|傍晚|晚上|夜里|晚间|半夜|早|晚|夜"


@cache
def _chinese() -> re.Pattern[str]:
    """Return the pattern of Chinese times, compiled when first asked for."""
    return re.compile(
        rf"(?:(?P<period>{_PERIOD})\s?)?(?P<hour>{_NUMERAL})(?:[点點](?!建议|要求|意见|问题|想法|共识|[0-9]%)钟?"
        rf"(?:(?P<part>半|一刻|三刻)|(?P<minute>{_NUMERAL})分?)?|:(?P<minute1>[0-9]{{2}}))"
        rf"(?:\s*[-~到至]\s*{_NUMERAL}[点:](?:半|[0-9]{{2}})?)?(?![0-9])"
        rf"|(?P<alone>{_PERIOD}|一早)(?![0-9])"
    )


_QUARTERS = {"半": 30, "一刻": 15, "三刻": 45, "": 0}


def find_times(text: str) -> list[ClockMention]:
    """Return the times of day in a text of half-width forms, leftmost longest, in order."""
    found: list[ClockMention | None] = []
    if FIGURE.search(text):
        found += map(_read_english, _english().finditer(text))
    if LETTER.search(text):
        found += map(_read_words, _words().finditer(text))
    if HAN.search(text):
        found += map(_read_chinese, _chinese().finditer(text))
    kept: list[ClockMention] = []
    for mention in sorted((one for one in found if one), key=lambda one: (one.start, -one.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _read_english(found: re.Match[str]) -> ClockMention | None:
    """Read "3pm", "15:30", "pm2:30", "2-4pm", "at 11"."""
    groups = found.groupdict()
    hour = int(groups["hour"] or groups["hour1"] or groups["hour2"])
    minute = int(groups["minute"] or groups["minute1"] or 0)
    half = (groups["half"] or groups["half0"] or groups["half1"] or "").lower().replace(".", "")[:1]
    bare = bool(groups["hour2"])
    doubtful = not half and hour < FIRST_WORKING_HOUR and not found[0].lstrip().startswith("0")
    if doubtful and hour:
        half = "p"
    at = _clock(hour, minute, {"a": "am", "p": "pm"}.get(half, ""))
    working = FIRST_WORKING_HOUR <= hour <= LAST_WORKING_HOUR and not found[0].startswith("@")
    needs_day = bare and not working
    return ClockMention(found.start(), found.end(), at, doubtful or bare, needs_day) if at else None


def _read_words(found: re.Match[str]) -> ClockMention | None:
    """Read "noon"; "morning" and its kin say no time."""
    at = time(12) if found["noon"] else None
    return ClockMention(found.start(), found.end(), at, needs_day=at is None)


def _read_chinese(found: re.Match[str]) -> ClockMention | None:
    """Read 下午3点, 上午十点半, 晚上八点; 上午 alone says no time."""
    groups = {name: value or "" for name, value in found.groupdict().items()}
    if groups["alone"]:
        at = time(12) if groups["alone"] in {"中午", "正午"} else None
        return ClockMention(found.start(), found.end(), at, needs_day=len(groups["alone"]) == 1)
    hour = number(groups["hour"])
    minute = number(groups["minute"] or groups["minute1"] or "0") or _QUARTERS[groups["part"]]
    period = groups["period"]
    late = period[:1] in {"下", "傍"} or period in {"午后", "晚上", "晚间", "晚", "夜", "夜里"}
    late = late or (period in {"中午", "正午"} and hour < 3)
    doubtful = not period and hour < FIRST_WORKING_HOUR and not groups["minute1"].startswith("0")
    at = _clock(hour, minute, "pm" if late or (doubtful and hour) else "")
    needs_day = not period and not groups["minute1"]
    return ClockMention(found.start(), found.end(), at, doubtful, needs_day) if at else None
