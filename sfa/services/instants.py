"""The instant of something done on a business day, without reading the clock."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from sfa import clock
from sfa.services.records import change_of


def moment_on(session: Session, day: date) -> datetime:
    """Return the transaction's local time of day on a business day, as an instant."""
    now = clock.from_text(change_of(session).stamp).astimezone()
    return datetime.combine(day, now.time()).astimezone()


def day_of(value: object) -> date | None:
    """Return a stored or typed day as a day."""
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))
