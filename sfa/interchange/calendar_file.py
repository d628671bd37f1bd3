"""Visits as an iCalendar file (RFC 5545) that calendars of phones and offices read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

PRODUCT = "-//sfa//visits//EN"


class Event(NamedTuple):
    """An entry of a calendar; ``uid`` stays the same, so that a file read again renews and never doubles."""

    uid: str
    begins: datetime
    minutes: int
    title: str
    place: str
    text: str
    changed: datetime


def calendar_text(events: Iterable[Event]) -> str:
    """Return the events as a calendar of version 2.0; instants are written in UTC."""
    from icalendar import Calendar
    from icalendar import Event as Entry

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for each in events:
        entry = Entry()
        entry.add("uid", each.uid)
        entry.add("dtstamp", each.changed)
        entry.add("dtstart", each.begins)
        entry.add("dtend", each.begins + timedelta(minutes=each.minutes))
        entry.add("summary", each.title)
        entry.add("status", "CONFIRMED")
        if each.place:
            entry.add("location", each.place)
        if each.text:
            entry.add("description", each.text)
        calendar.add_component(entry)
    return str(calendar.to_ical().decode("utf-8"))
