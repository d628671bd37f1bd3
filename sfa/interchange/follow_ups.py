"""A follow-up in a few words, "call back fri 3pm", into what is to be done and when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from sfa.interchange.day_words import find_days
from sfa.interchange.visit_line.next_steps import widened

_EDGE = " \t,，.。;；:：-–"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is to be done, without its day where that stood at either end."""

    text: str
    due_on: date | None = None
    due_time: time | None = None


def read_follow_up(text: str, *, today: date) -> FollowUp:
    """Return what a few words ask for; a day in their middle stays in the text, and counts."""
    mentions = [one for one in find_days(text, today=today) if one.has_day and one.day >= today]
    if not mentions:
        return FollowUp(text.strip())
    due = mentions[-1]
    start, end = widened(text, due)
    at_edge = not text[:start].strip(_EDGE) or not text[end:].strip(_EDGE)
    rest = (text[:start] + text[end:]).strip(_EDGE) if at_edge else text.strip()
    return FollowUp(rest or text.strip(), due.day, due.time)
