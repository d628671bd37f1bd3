"""Counting activities and tasks done, person by person and step by step."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sfa import clock
from sfa.errors import InvalidInput, msg
from sfa.finding.periods import Period, read_period
from sfa.reports.activity.figures import KINDS, ActivityReport, Counts, GroupLine, Scope, total
from sfa.reports.freshness import freshness

MOST_STEPS = 400  # a year of days, and a little


def activity_report(connection: sqlite3.Connection, scope: Scope, *, today: date) -> ActivityReport:
    """Return what was done in the scope's period: activities that took place, tasks completed.

    An activity counts for its owner on its local day. Active reps who did nothing are there too.
    """
    spans = spans_of(scope, today)
    cells = _activities(connection, spans, scope) | _tasks(connection, spans, scope)
    counted: dict[str, list[Counts]] = defaultdict(lambda: [Counts() for _ in spans])
    for (owner, place, figure), count in cells.items():
        counted[owner][place] += Counts(**{figure: count})
    lines = _lines(connection, counted, scope, len(spans))
    return ActivityReport(scope, today, tuple(spans), tuple(lines), freshness(connection))


def spans_of(scope: Scope, today: date) -> list[Period]:
    """Return the period's steps in order, the first and the last cut at its ends; none still to come.

    A period that is wholly to come has its first step.

    Raises:
        InvalidInput: there are more than 400.
    """
    found: list[Period] = []
    day = scope.period.start
    while day <= scope.period.end and (day <= today or not found):
        if len(found) == MOST_STEPS:
            raise InvalidInput(
                "--per",
                msg("{value!r} parts this period into more than {most} steps."),
                hint=msg("Choose longer steps, or a shorter period."),
                value=scope.step,
                most=MOST_STEPS,
            )
        whole = read_period(_name(day, scope), today=day, fiscal_start=scope.fiscal_start)
        assert whole is not None
        found.append(Period(day, min(whole.end, scope.period.end), whole.label))
        day = whole.end + timedelta(days=1)
    return found


def _name(day: date, scope: Scope) -> str:
    return day.isoformat() if scope.step == "day" else f"this-{scope.step}"


def _begin(day: date) -> str:
    return clock.to_text(clock.instant_at(day, 0))


_Cells = dict[tuple[str, int, str], int]


def _activities(connection: sqlite3.Connection, spans: Sequence[Period], scope: Scope) -> _Cells:
    edges = [[_begin(each.start), _begin(each.end + timedelta(days=1))] for each in spans]
    own = " AND v.owner_id = :owner" if scope.owner_id else ""
    rows = connection.execute(
        "SELECT coalesce(v.owner_id, ''), b.key, v.kind, count(*) FROM json_each(:spans) b"
        " CROSS JOIN activity v ON v.at >= json_extract(b.value, '$[0]')"
        " AND v.at < json_extract(b.value, '$[1]')"
        f" WHERE v.deleted_at IS NULL AND v.state = 'done'{own} GROUP BY 1, 2, 3",
        {"spans": json.dumps(edges), "owner": scope.owner_id},
    )
    found: _Cells = defaultdict(int)
    for owner, place, kind, count in rows:
        found[owner, place, KINDS.get(kind, "other")] += count
    return found


def _tasks(connection: sqlite3.Connection, spans: Sequence[Period], scope: Scope) -> _Cells:
    own = " AND t.owner_id = :owner" if scope.owner_id else ""
    rows = connection.execute(
        "SELECT coalesce(t.owner_id, ''), substr(t.done_at, 1, 16), count(*) FROM task t"
        " WHERE t.deleted_at IS NULL AND t.state = 'done' AND t.done_at >= :begin AND t.done_at < :finish"
        f"{own} GROUP BY 1, 2",
        {
            "begin": _begin(spans[0].start),
            "finish": _begin(spans[-1].end + timedelta(days=1)),
            "owner": scope.owner_id,
        },
    )
    # A day begins on a whole minute in every zone there is.
    begins = [_begin(each.start)[:16] for each in spans]
    found: _Cells = defaultdict(int)
    for owner, minute, count in rows:
        found[owner, bisect_right(begins, minute) - 1, "tasks"] += count
    return found


_PEOPLE = (
    "SELECT u.id, u.name, u.role = 'rep' AND u.is_active AND u.deleted_at IS NULL,"
    " coalesce(u.manager_id, ''), coalesce(m.name, ''), coalesce(u.team_id, ''), coalesce(t.name, '')"
    " FROM user u LEFT JOIN user m ON m.id = u.manager_id LEFT JOIN team t ON t.id = u.team_id"
)


def _lines(
    connection: sqlite3.Connection, counted: dict[str, list[Counts]], scope: Scope, steps: int
) -> list[GroupLine]:
    """Return a line a group, those who visited most first."""
    groups: dict[str, tuple[str, list[list[Counts]]]] = {}
    known = {str(row[0]): tuple(row) for row in connection.execute(_PEOPLE)}
    expected = [] if scope.owner_id else [user for user, row in known.items() if row[2]]
    for user in dict.fromkeys([*counted, *expected]):
        row = known.get(user)
        at = {"owner": 0, "manager": 3, "team": 5}[scope.by]
        group, name = (row[at], row[at + 1]) if row is not None else ("", "")
        groups.setdefault(group, (name, []))[1].append(counted.get(user, [Counts()] * steps))
    lines = []
    for group, (name, parts) in groups.items():
        sums = tuple(total(part[place] for part in parts) for place in range(steps))
        lines.append(GroupLine(group, name, total(sums), sums))
    return sorted(
        lines, key=lambda line: (-line.total.visits, -line.total.activities, -line.total.tasks, line.name)
    )
