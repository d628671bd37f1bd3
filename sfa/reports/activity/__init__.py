"""What was done: visits, calls and the rest, and tasks, a person and a week, or a team and a month."""

from __future__ import annotations

from sfa.reports.activity.figures import (
    GROUPINGS,
    KINDS,
    STEPS,
    ActivityReport,
    Counts,
    GroupLine,
    Scope,
)
from sfa.reports.activity.report import activity_report

__all__ = [
    "GROUPINGS",
    "KINDS",
    "STEPS",
    "ActivityReport",
    "Counts",
    "GroupLine",
    "Scope",
    "activity_report",
]
