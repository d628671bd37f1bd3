"""A day as an option of a command gives it, or a refusal that says how to write one."""

from __future__ import annotations

from datetime import date

from sfa.errors import InvalidInput, msg
from sfa.interchange.moments import read_day


def day_or_refuse(text: str, field: str, *, today: date) -> date:
    """Return the day a text means: 2026-11-22, tomorrow, next fri, 下周二.

    Raises:
        InvalidInput: it means no single day.
    """
    found = read_day(text, today=today)
    if found is None:
        raise InvalidInput(
            field,
            msg("{value!r} is no day."),
            hint=msg("Write it as 2026-11-22, tomorrow or next fri."),
            value=text,
        )
    return found
