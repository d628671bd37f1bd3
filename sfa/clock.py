"""The only reader of the system clock: business day, instants, the hybrid logical clock.

An instant is an aware UTC ``datetime`` (names end in ``_at``); a business day is
a ``date`` (names end in ``_on``). Stored instants are text of fixed width, so
that their order as text is their order in time.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta

from sfa.errors import InvalidInput, msg

HLC_COUNTER_BITS = 16
_COUNTER_MASK = (1 << HLC_COUNTER_BITS) - 1


def today() -> date:
    """Return the business day: ``SFA_TODAY`` when set, else the local day.

    Raises:
        InvalidInput: ``SFA_TODAY`` is not a day written YYYY-MM-DD.
    """
    fixed = os.environ.get("SFA_TODAY")
    if not fixed:
        return date.today()
    try:
        return date.fromisoformat(fixed)
    except ValueError:
        raise InvalidInput(
            "SFA_TODAY", msg("{value!r} is not a day written YYYY-MM-DD."), value=fixed
        ) from None


def utc_now() -> datetime:
    """Return the real instant, whatever ``SFA_TODAY`` says."""
    return datetime.now(UTC)


def moment_on(day: date) -> datetime:
    """Return the present local time of day on a business day, as an instant."""
    now = datetime.now().astimezone()
    return datetime.combine(day, now.time()).astimezone().astimezone(UTC)


def instant_at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the instant of a local time of day on a day."""
    return datetime(day.year, day.month, day.day, hour, minute).astimezone().astimezone(UTC)


def local_day(moment: datetime) -> date:
    """Return the local day an instant falls on."""
    return moment.astimezone().date()


def to_text(moment: datetime) -> str:
    """Write an instant as stored: ``2026-11-22T03:36:23.123Z``, milliseconds, 24 characters."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def from_text(text: str) -> datetime:
    """Read a stored instant."""
    return datetime.fromisoformat(text)


def wall_ms() -> int:
    """Return the real time in milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def hlc_after(last: int, now_ms: int) -> int:
    """Return the hybrid clock's next reading: 48 bits of milliseconds, 16 bits of counter.

    Never at or below ``last``, and never behind ``now_ms``.
    """
    return max(last + 1, now_ms << HLC_COUNTER_BITS)


def hlc_instant(reading: int) -> datetime:
    """Return the instant of a hybrid clock reading."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=reading >> HLC_COUNTER_BITS)


def hlc_parts(reading: int) -> tuple[int, int]:
    """Return (milliseconds, counter) of a hybrid clock reading."""
    return reading >> HLC_COUNTER_BITS, reading & _COUNTER_MASK
