"""Visits: one visit in full, and one other activity."""

from __future__ import annotations

from sfa.screens.acting.visits import CommentActions, VisitActions
from sfa.screens.record import RecordScreen


class VisitScreen(VisitActions, RecordScreen):
    """One visit in full."""


class ActivityScreen(CommentActions, RecordScreen):
    """One activity in full that is no visit."""
