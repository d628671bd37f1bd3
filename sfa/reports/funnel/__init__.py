"""The funnel: of the deals that came in a period, how many reached each stage."""

from __future__ import annotations

from sfa.reports.funnel.figures import GROUPINGS, Funnel, FunnelReport, GroupLine, Scope, Step
from sfa.reports.funnel.report import funnel_report

__all__ = ["GROUPINGS", "Funnel", "FunnelReport", "GroupLine", "Scope", "Step", "funnel_report"]
