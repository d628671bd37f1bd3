"""What a report of activity holds: frozen counts by person and span of days.

Source of every formula: docs/metrics.md, activity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from sfa.finding.periods import Period
from sfa.reports.freshness import NEVER, Freshness
from sfa.terms import ActivityKind

GROUPINGS = ("owner", "manager", "team")
STEPS = ("day", "week", "month", "quarter")
# Which figure an activity's kind counts in; every other kind, a newer client's too, counts as other.
KINDS = {
    ActivityKind.VISIT: "visits",
    ActivityKind.CALL: "calls",
    ActivityKind.MEETING: "meetings",
    ActivityKind.RECEPTION: "meetings",
    ActivityKind.EXHIBITION: "meetings",
    ActivityKind.EMAIL: "messages",
    ActivityKind.MESSAGE: "messages",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked: a period in steps, a line for each person, manager or team."""

    period: Period
    step: str = "week"
    by: str = "owner"
    owner_id: str | None = None
    owner_name: str = ""
    fiscal_start: int = 1


@dataclass(frozen=True, slots=True)
class Counts:
    """How often something was done; meetings are at the customer's or ours and at exhibitions."""

    visits: int = 0
    calls: int = 0
    meetings: int = 0
    messages: int = 0
    other: int = 0
    tasks: int = 0

    def __add__(self, more: Counts) -> Counts:
        """Add two counts figure by figure."""
        return Counts(*(getattr(self, each.name) + getattr(more, each.name) for each in fields(self)))

    @property
    def activities(self) -> int:
        """Return how many activities there were; tasks are none."""
        return self.visits + self.calls + self.meetings + self.messages + self.other


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum of counts; nothing sums to zero."""
    return sum(counts, Counts())


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A person, manager or team: all of the period, and step by step."""

    group_id: str
    name: str
    total: Counts
    steps: tuple[Counts, ...]


@dataclass(frozen=True, slots=True)
class ActivityReport:
    """What was done in a period; ``spans`` are its steps, cut at its ends."""

    scope: Scope
    as_of: date
    spans: tuple[Period, ...]
    lines: tuple[GroupLine, ...]
    freshness: Freshness = NEVER

    @property
    def total(self) -> Counts:
        """Return what everybody did."""
        return total(line.total for line in self.lines)

    @property
    def steps(self) -> tuple[Counts, ...]:
        """Return what everybody did, step by step."""
        return tuple(total(line.steps[place] for line in self.lines) for place in range(len(self.spans)))
