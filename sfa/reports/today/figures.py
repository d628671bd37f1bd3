"""What a day holds: frozen entries, a section a question, in the order in which a day is planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

SILENT_DAYS = 30
QUOTE_DAYS = 3  # so many days before its last one a quote is told of
WEEK_DAYS = 7  # so far the week ahead reaches, counted from tomorrow
KINDS = (
    "tasks",
    "visits",
    "decisions",
    "approvals",
    "brought",
    "no_next_step",
    "silent",
    "follow_ups",
    "quotes",
    "orders",
    "team_visits",
    "team_deals",
    "week",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A record that asks for something, or of which something is to be known.

    ``on`` is the day it is about (due, visited, last touched, follow-up), ``time`` local as
    HH:MM; ``days`` is how late or silent it is, ``None`` when that is unknown or means nothing.
    ``noun`` of a decision is ``conflict``, ``proposal`` or ``tx``, of all else a noun.

    ``mark`` says what sort of entry it is where a section has several: in ``week`` visit, task,
    follow_up or close; in ``quotes`` ready (approved, to be sent), back (not approved) or expires; in
    ``orders`` overdue (a payment), late (the promised day) or over (more than the quote); in
    ``team_deals`` won, lost, new or moved; of a conflict its kind, of a
    decision about one's own change the outcome. ``who`` is somebody else who has to do with it;
    ``change`` with its ``arguments`` is the name of what they changed, ``count`` how often they did
    (in ``team_visits`` how many comments there are). ``before`` and ``after`` are stages.
    """

    noun: str
    id: str
    ref: str
    text: str
    about: str
    on: str | None = None
    time: str | None = None
    days: int | None = None
    priority: str = ""
    mark: str = ""
    who: str = ""
    change: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None
    before: str = ""
    after: str = ""
    amount: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One question's answer: its first entries, and how many there are."""

    kind: str
    entries: tuple[Entry, ...]
    total: int


@dataclass(frozen=True, slots=True)
class TodayReport:
    """A person's day; ``silent_days`` is how long a key account may stay untouched.

    ``leads`` says whether the person has a team, of which the sections ``team_…`` tell.
    """

    day: date
    silent_days: int
    sections: tuple[Section, ...]
    leads: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether nothing asks for anything."""
        return not any(section.total for section in self.sections)
