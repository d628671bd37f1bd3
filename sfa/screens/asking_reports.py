"""The reports of the place Reports: what each asks the store, and how it is written. No Textual."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sfa.errors import Msg, msg
from sfa.finding.period_steps import moved, period_around
from sfa.finding.periods import Period, period_of

PIPELINE, FUNNEL, ACTIVITY = REPORTS = ("pipeline", "funnel", "activity")
LABELS: dict[str, Msg] = {
    PIPELINE: msg("Pipeline"),
    FUNNEL: msg("Funnel"),
    ACTIVITY: msg("Activity"),
}
ALL, TYPED = "all", "typed"
SIZES: dict[str, Msg] = {
    "week": msg("Week"),
    "month": msg("Month"),
    "quarter": msg("Quarter"),
    "year": msg("Year"),
    ALL: msg("All"),
    TYPED: msg("Another …"),
}
GROUPS: dict[str, Msg] = {
    "owner": msg("By owner"),
    "manager": msg("By manager"),
    "team": msg("By team"),
    "product": msg("By product"),
    "sector": msg("By sector"),
    "source": msg("By source"),
    "month": msg("By month of coming"),
}
STEPS: dict[str, Msg] = {
    "day": msg("Day by day"),
    "week": msg("Week by week"),
    "month": msg("Month by month"),
    "quarter": msg("Quarter by quarter"),
}
_GROUPINGS = {
    PIPELINE: ("owner", "manager", "team", "product", "sector"),
    FUNNEL: ("owner", "manager", "team", "sector", "source", "month"),
    ACTIVITY: ("owner", "manager", "team"),
}
# How an activity is stepped through unless somebody chose: so that a screen holds it.
_USUAL_STEPS = {"week": "day", "month": "week", "quarter": "week", "year": "month"}

_SHORTER = {"day": 14, "week": 120, "month": 740}  # of a period of fewer days

Writer = Callable[..., str]


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: a report, its period (``None`` for all), its grouping and steps, table or chart.

    ``is_mine`` leaves everybody else's out.
    """

    report: str
    size: str
    period: Period | None
    by: str = "owner"
    step: str = ""
    chart: bool = False
    is_mine: bool = False

    def shifted(self, by: int, fiscal_start: int) -> View:
        """Return the view so many periods on, or back; all stays all."""
        if self.period is None:
            return self
        return replace(self, period=moved(self.period, self.size, by, fiscal_start=fiscal_start))

    def sized(self, size: str, today: date, fiscal_start: int) -> View:
        """Return the view of the present week, month, quarter or year, or of all."""
        period = None if size == ALL else period_around(today, size, fiscal_start=fiscal_start)
        return replace(self, size=size, period=period)

    def within(self, text: str, today: date, fiscal_start: int) -> View:
        """Return the view of a period as one types it.

        Raises:
            InvalidInput: the text names no period.
        """
        period = period_of(text, today=today, fiscal_start=fiscal_start)
        return replace(self, size=TYPED, period=period)


def first_views(today: date, fiscal_start: int) -> dict[str, View]:
    """Return how each report is looked at first."""
    year = period_around(today, "year", fiscal_start=fiscal_start)
    month = period_around(today, "month")
    return {
        PIPELINE: View(PIPELINE, ALL, None),
        FUNNEL: View(FUNNEL, "year", year),
        ACTIVITY: View(ACTIVITY, "month", month),
    }


def groupings_of(report: str) -> tuple[str, ...]:
    """Return the groupings a report knows."""
    return _GROUPINGS[report]


def sizes_of(report: str) -> tuple[str, ...]:
    """Return the sizes of period a report can be asked for: what was done has always one."""
    return tuple(each for each in SIZES if each != ALL or report != ACTIVITY)


def step_of(view: View) -> str:
    """Return the steps of an activity: those chosen, else what suits the period."""
    if view.step or view.size in _USUAL_STEPS:
        return view.step or _USUAL_STEPS[view.size]
    days = (view.period.end - view.period.start).days if view.period else 0
    return next((step for step, most in _SHORTER.items() if days < most), "quarter")


def question(view: View, *, today: date, fiscal_start: int) -> Callable[[sqlite3.Connection], Writer]:
    """Return what asks the store, and gives what writes the report: as the commands write it.

    It takes the format, ``now``, ``width`` and ``bold``.
    """
    asked = {PIPELINE: _pipeline, FUNNEL: _funnel, ACTIVITY: _activity}[view.report]
    return lambda connection: asked(connection, view, today, fiscal_start)


def _pipeline(connection: sqlite3.Connection, view: View, today: date, fiscal_start: int) -> Writer:
    from sfa.render.pipeline import pipeline_text
    from sfa.render.pipeline_chart import pipeline_chart_text
    from sfa.reports.pipeline import Scope, pipeline_report

    scope = Scope(as_of=today, period=view.period, by=view.by, fiscal_start=fiscal_start)
    report = pipeline_report(connection, scope)

    def write(fmt: str, *, now: datetime, width: int | None = None, bold: bool = False) -> str:
        if view.chart and fmt in {"table", "md"}:
            return pipeline_chart_text(report, fmt, now=now, width=width, bold=bold)
        return pipeline_text(report, fmt, now=now, today=today, width=width, bold=bold)

    return write


def _funnel(connection: sqlite3.Connection, view: View, today: date, _: int) -> Writer:
    from sfa.render.funnel import funnel_text
    from sfa.reports.funnel import Scope, funnel_report

    owner, name = _whose(connection, view)
    scope = Scope(as_of=today, period=view.period, by=view.by, owner_id=owner, owner_name=name)
    report = funnel_report(connection, scope)

    def write(fmt: str, *, now: datetime, width: int | None = None, bold: bool = False) -> str:
        return funnel_text(report, fmt, now=now, width=width, bold=bold, chart=view.chart)

    return write


def _whose(connection: sqlite3.Connection, view: View) -> tuple[str | None, str]:
    """Return whose deals and activities are counted and the name; nobody's in particular unless one's own."""
    from sfa.reports.whoami import whoami

    if not view.is_mine:
        return None, ""
    found = whoami(connection)
    return found.user_id, found.name


def _activity(connection: sqlite3.Connection, view: View, today: date, fiscal_start: int) -> Writer:
    from sfa.render.activity import activity_text
    from sfa.reports.activity import Scope, activity_report

    assert view.period is not None
    owner, name = _whose(connection, view)
    scope = Scope(view.period, step_of(view), view.by, owner, name, fiscal_start)
    report = activity_report(connection, scope, today=today)

    def write(fmt: str, *, now: datetime, width: int | None = None, bold: bool = False) -> str:
        return activity_text(report, fmt, now=now, width=width, bold=bold, chart=view.chart)

    return write
