"""The visits of a week, as text for people, in the formats of machines, and for calendars."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sfa.errors import Msg, msg
from sfa.i18n import tr, tr_plural
from sfa.ids import REF_SHOWN
from sfa.interchange.calendar_file import Event, calendar_text
from sfa.render import dates
from sfa.render.cells import one_line
from sfa.render.tables import Col, Grid, grid_text, json_text, md_text, table_text
from sfa.reports.week import Day, Visit, Week
from sfa.terms import ActivityState

SCHEMA = "sfa.week/1"
USUAL_MIN = 60  # how long a visit takes in a calendar when nobody said
_STATES: dict[str, Msg] = {ActivityState.PLANNED: msg("planned"), ActivityState.DONE: msg("done")}
_FLAT = ("day", "time", "minutes", "state", "ref", "about", "purpose", "outcome", "people", "place")


def week_text(week: Week, fmt: str, *, width: int | None = None) -> str:
    """Return the week in a format; a calendar is written by ``week_calendar``."""
    if fmt == "json":
        return json_text(SCHEMA, _object(week))
    if fmt in {"tsv", "csv"}:
        return grid_text(_flat(week), fmt)
    title = tr("Visits of the week from {day}", day=dates.day(week.monday))
    if fmt == "md":
        parts = [f"\n## {day_title(each)}\n" + _below(each, md_text(_grid(each))) for each in week.days]
        return "".join([f"# {title}\n", *parts])
    parts = [
        f"{day_title(each)}\n" + _below(each, table_text(_grid(each), width=width)) for each in week.days
    ]
    return "".join([f"{title}\n\n", *parts]).rstrip("\n") + "\n"


def _below(day: Day, table: str) -> str:
    """Return the table of a day with visits, set off; nothing on a day without."""
    return f"\n{table}\n" if day.visits else ""


def week_title(week: Week) -> str:
    """Return the week with how much of it is planned, and how many of its days are free."""
    planned = sum(each.state == ActivityState.PLANNED for each in week.visits)
    free = sum(each.is_free and each.is_working and each.day >= week.today for each in week.days)
    parts = (
        tr("Week from {day}", day=dates.day_with_weekday(week.monday)),
        tr_plural("{count} visit planned", "{count} visits planned", planned),
        tr_plural("{count} visit made", "{count} visits made", len(week.visits) - planned),
        tr_plural("{count} day free", "{count} days free", free),
    )
    return " · ".join(parts)


def day_title(day: Day) -> str:
    """Return a day with what is known of it: how many visits, how long, free, not worked, tasks due."""
    parts = []
    if day.name:
        parts.append(one_line(day.name))
    elif not day.is_working:
        parts.append(tr("not worked"))
    if day.visits:
        parts.append(tr_plural("{count} visit", "{count} visits", len(day.visits)))
        if day.minutes:
            parts.append(duration(day.minutes))
    elif day.is_working:
        parts.append(tr("free"))
    if day.tasks:
        parts.append(tr_plural("{count} task due", "{count} tasks due", day.tasks))
    return " · ".join([dates.day_with_weekday(day.day), *parts])


def duration(minutes: int) -> str:
    """Return minutes as hours and minutes: ``1:30 h``."""
    return tr("{hours}:{minutes} h", hours=minutes // 60, minutes=f"{minutes % 60:02d}")


def visit_line(visit: Visit) -> str:
    """Return what a visit is about on one line: a mark that it took place, purpose or outcome, the people."""
    mark = "✓ " if visit.state == ActivityState.DONE else ""
    what = one_line(visit.outcome if visit.outcome and mark else visit.purpose)
    people = ", ".join(one_line(each) for each in visit.people)
    return mark + " · ".join(part for part in (what, people) if part)


def week_calendar(week: Week, *, now: datetime) -> str:
    """Return the planned visits of a week as an iCalendar file; ``now`` stamps it."""
    return calendar_text(
        Event(
            uid=f"{each.id}@sfa",
            begins=each.at,
            minutes=each.minutes or USUAL_MIN,
            title=" – ".join(part for part in (one_line(each.about), one_line(each.purpose)) if part)
            or tr("Visit"),
            place=one_line(each.place),
            text="\n".join(one_line(name) for name in each.people),
            changed=now,
        )
        for each in week.visits
        if each.state == ActivityState.PLANNED
    )


def _grid(day: Day) -> Grid:
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("when", tr("When"), rigid=True),
        Col("state", tr("State"), rigid=True),
        Col("about", tr("About")),
        Col("what", tr("What")),
    )
    return Grid(
        columns,
        tuple(
            (each.ref[:REF_SHOWN], each.time, _state(each), one_line(each.about), visit_line(each))
            for each in day.visits
        ),
    )


def _state(visit: Visit) -> str:
    return tr(_STATES[visit.state]) if visit.state in _STATES else visit.state


def _object(week: Week) -> dict[str, Any]:
    return {
        "monday": week.monday.isoformat(),
        "days": [
            {
                "day": each.day.isoformat(),
                "working": each.is_working,
                **({"name": each.name} if each.name else {}),
                "tasks": each.tasks,
                "visits": [_visit(one) for one in each.visits],
            }
            for each in week.days
        ],
    }


def _visit(visit: Visit) -> dict[str, Any]:
    plain = {**asdict(visit), "at": visit.at.isoformat(), "people": list(visit.people)}
    return {key: value for key, value in plain.items() if value not in (None, "", [])}


def _flat(week: Week) -> Grid:
    rows = tuple(
        (
            day.day.isoformat(),
            each.time,
            "" if each.minutes is None else str(each.minutes),
            each.state,
            each.ref,
            each.about,
            each.purpose,
            each.outcome,
            "; ".join(each.people),
            each.place,
        )
        for day in week.days
        for each in day.visits
    )
    return Grid(tuple(Col(name, name) for name in _FLAT), rows)
