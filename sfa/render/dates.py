"""Days and instants as people read them: ISO days, local time, how long ago.

ISO days read well in both languages; only the long form needs Babel.
"""

from __future__ import annotations

from datetime import date, datetime

from sfa import clock
from sfa.i18n import language, tr, tr_in, tr_plural

_MINUTE_S = 60
_HOUR_S = 3600
_DAY_S = 86_400


def day(value: date | str) -> str:
    """Return a day as ``2026-11-22``."""
    return value if isinstance(value, str) else value.isoformat()


def instant(value: datetime | str) -> str:
    """Return an instant in local time as ``2026-11-22 11:36``; an unreadable one as it is stored."""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    try:
        return clock.from_text(value).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return value


def weekday(value: date) -> str:
    """Return the short name of a day of the week."""
    return (
        tr_in("weekday", "Mon"),
        tr_in("weekday", "Tue"),
        tr_in("weekday", "Wed"),
        tr_in("weekday", "Thu"),
        tr_in("weekday", "Fri"),
        tr_in("weekday", "Sat"),
        tr_in("weekday", "Sun"),
    )[value.weekday()]


def day_with_weekday(value: date) -> str:
    """Return a day as ``2026-11-22 Sun``."""
    return f"{value.isoformat()} {weekday(value)}"


def long_day(value: date) -> str:
    """Return a day in words: ``November 22, 2026``, ``2026年11月22日``."""
    from babel.dates import format_date  # 60 ms, so only where a day in words is wanted

    return format_date(value, format="long", locale=language())


def relative_day(value: date, today: date) -> str:
    """Return how far a day is from today: ``today``, ``in 3 days``, ``2 days ago``."""
    days = (value - today).days
    near = {0: tr("today"), 1: tr("tomorrow"), -1: tr("yesterday")}
    if days in near:
        return near[days]
    if days > 0:
        return tr_plural("in {count} day", "in {count} days", days)
    return tr_plural("{count} day ago", "{count} days ago", -days)


def age(since: datetime, now: datetime) -> str:
    """Return how long ago an instant was, in its largest unit."""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds < _MINUTE_S:
        return tr("just now")
    if seconds < _HOUR_S:
        return tr_plural("{count} minute ago", "{count} minutes ago", seconds // _MINUTE_S)
    if seconds < _DAY_S:
        return tr_plural("{count} hour ago", "{count} hours ago", seconds // _HOUR_S)
    return tr_plural("{count} day ago", "{count} days ago", seconds // _DAY_S)
