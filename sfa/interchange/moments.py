"""Days, times of day and instants as typed or exported; ISO forms first, because they are most.

Words such as "next friday" are read by ``day_words``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, tzinfo

from sfa import clock

# Midday: a day without a time stays the same day in every zone an organisation is likely to use.
_MIDDAY = time(12)
_TIME = re.compile(
    r"[T ]*(?P<before>上午|早上|下午|晚上|中午|凌晨)?\s*(?P<hour>[0-9]{1,2})(?::|：|时|点)"
    r"(?P<minute>[0-9]{2})?(?:分)?(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?\s*"
    r"(?P<after>am|pm|a\.m\.|p\.m\.)?\s*"
    r"(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[A-Z][a-z]+/[A-Za-z_]+)?$",
    re.IGNORECASE,
)
_TOKENS = (
    ("YYYY", "%Y"), ("MMMM", "%B"), ("MMM", "%b"), ("MM", "%m"), ("DD", "%d"), ("HH", "%H"), ("mm", "%M"),
    ("ss", "%S"), ("YY", "%y"), ("M", "%m"), ("D", "%d"),
)  # fmt: skip
_TOKEN = re.compile("|".join(token for token, _ in _TOKENS))


def strptime_format(date_format: str) -> str:
    """Return a ``strptime`` format from ``DD.MM.YYYY`` or from one that has percent signs already."""
    if "%" in date_format:
        return date_format
    replaced = dict(_TOKENS)
    return _TOKEN.sub(lambda found: replaced[found[0]], date_format)


def read_day(text: str, *, today: date, date_format: str | None = None) -> date | None:
    """Return the day a text means, or ``None``; a time after it is left out.

    With a ``date_format`` (``DD/MM/YYYY`` or a ``strptime`` one) only that and ISO are read,
    so that 03/04 is never guessed.
    """
    try:
        return date.fromisoformat(
            text if len(text) == 10 else text.strip()[:10] if _is_iso_moment(text) else text
        )
    except ValueError:
        pass
    if date_format:
        return _by_format(text.strip(), date_format)
    from sfa.interchange.day_words import parse_day  # most cells are ISO and never need it

    plain = unicodedata.normalize("NFKC", text).strip()
    return parse_day(plain, today=today) or _day_before_time(plain, today)


def _is_iso_moment(text: str) -> bool:
    plain = text.strip()
    return len(plain) > 10 and plain[4:5] == "-" and plain[10] in "T " and plain[11:13].isdigit()


def _by_format(text: str, date_format: str) -> date | None:
    shape = strptime_format(date_format)
    for candidate in (text, text.split(" ", maxsplit=1)[0]):
        try:
            return datetime.strptime(candidate, shape).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None


def _day_before_time(plain: str, today: date) -> date | None:
    from sfa.interchange.day_words import parse_day

    found = _TIME.search(plain)
    return parse_day(plain[: found.start()].strip(), today=today) if found and found.start() else None


def read_time(text: str) -> str | None:
    """Return a time of day as ``HH:MM``, or ``None``."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[0-9]{1,2} ?(am|pm)", plain, re.IGNORECASE):
        plain = plain.lower().replace(" ", "").replace("am", ":00 am").replace("pm", ":00 pm")
    found = _TIME.fullmatch(plain)
    moment = _time_of(found) if found and not found["zone"] else None
    return moment.strftime("%H:%M") if moment else None


def read_instant(text: str, *, today: date, date_format: str | None = None) -> str | None:
    """Return an instant as stored, or ``None``; without a zone it is local, without a time midday."""
    plain = text.strip()
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        return _worded_instant(unicodedata.normalize("NFKC", plain), today, date_format)
    if len(plain) <= 10:
        moment = datetime.combine(moment.date(), _MIDDAY)
    return _stored(moment)


def _worded_instant(plain: str, today: date, date_format: str | None) -> str | None:
    found = _TIME.search(plain)
    day_text = plain[: found.start()].strip(" ,T") if found else plain
    day = read_day(day_text, today=today, date_format=date_format) if day_text else today
    moment = _time_of(found) if found else _MIDDAY
    if day is None or moment is None:
        return None
    zone = _zone(found["zone"]) if found and found["zone"] else None
    if found and found["zone"] and zone is None:
        return None
    return _stored(datetime.combine(day, moment, zone))


def _stored(moment: datetime) -> str | None:
    try:
        return clock.to_text(moment if moment.tzinfo else moment.astimezone())
    except (OverflowError, ValueError):  # year 1 or 9999 moved past the calendar's end
        return None


def _time_of(found: re.Match[str]) -> time | None:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["after"] or found["before"] or "").lower().replace(".", "")
    if half in {"pm", "下午", "晚上"} and hour < 12:
        hour += 12
    if half in {"am", "上午", "凌晨", "早上"} and hour == 12:
        hour = 0
    return (
        time(hour, minute, int(found["second"] or 0))
        if hour < 24 and minute < 60 and int(found["second"] or 0) < 60
        else None
    )


def _zone(name: str) -> tzinfo | None:
    if name.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    if "/" in name:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # named zones are rare in exports

        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            return None
    return datetime.strptime(name.replace(":", ""), "%z").tzinfo
