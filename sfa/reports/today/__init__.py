"""What a day asks of one person, and for a manager what the team did; few queries, whatever the answers."""

from __future__ import annotations

from sfa.reports.today.figures import KINDS, SILENT_DAYS, WEEK_DAYS, Entry, Section, TodayReport
from sfa.reports.today.report import today_report

__all__ = ["KINDS", "SILENT_DAYS", "WEEK_DAYS", "Entry", "Section", "TodayReport", "today_report"]
