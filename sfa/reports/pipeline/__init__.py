"""The printed pipeline: figures from deal events, for any past day."""

from __future__ import annotations

from sfa.reports.pipeline.figures import (
    GROUPINGS,
    Block,
    CategoryLine,
    Changes,
    DealLine,
    Gaps,
    GroupLine,
    LastPrint,
    Movement,
    PipelineReport,
    Scope,
    StageLine,
    Tally,
    UsedRate,
)
from sfa.reports.pipeline.prints import figures
from sfa.reports.pipeline.report import pipeline_report

__all__ = [
    "GROUPINGS",
    "Block",
    "CategoryLine",
    "Changes",
    "DealLine",
    "Gaps",
    "GroupLine",
    "LastPrint",
    "Movement",
    "PipelineReport",
    "Scope",
    "StageLine",
    "Tally",
    "UsedRate",
    "figures",
    "pipeline_report",
]
