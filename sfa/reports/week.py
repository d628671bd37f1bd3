"""One person's visits of a week, day by day, with what else each day asks for: four queries."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sfa import clock
from sfa.finding.organisation import local_user_id

DAYS = 7
_WEEKEND = 5  # Saturday, counted from Monday

_ACCOUNT = """coalesce({0}.account_id,
    (SELECT d.account_id FROM deal d WHERE d.id = {0}.deal_id),
    (SELECT w.account_id FROM contact_account w WHERE w.contact_id = {0}.contact_id AND w.deleted_at IS NULL
        ORDER BY w.id LIMIT 1))"""
_NAMES = """coalesce(
    (SELECT a.name FROM account a WHERE a.id = {0}),
    (SELECT c.name FROM contact c WHERE c.id = v.contact_id),
    (SELECT coalesce(l.company, l.name) FROM lead l WHERE l.id = v.lead_id), '')"""
# An address on one line, from its smallest part to its largest.
_PLACE = """trim(coalesce(p.line, '') || coalesce(', ' || nullif(p.district, ''), '')
    || coalesce(', ' || nullif(p.city, ''), '') || coalesce(', ' || nullif(p.region, ''), ''), ', ')"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that is planned or took place; ``minutes`` is ``None`` where nobody said how long.

    ``state`` is a word of ``ActivityState``; ``about`` names the customer, ``place`` is the customer's
    first address, ``people`` are the attendees.
    """

    id: str
    ref: str
    at: datetime
    minutes: int | None
    state: str
    about: str
    purpose: str
    outcome: str
    place: str
    people: tuple[str, ...]

    @property
    def time(self) -> str:
        """Return when it begins, local, as HH:MM."""
        return self.at.astimezone().strftime("%H:%M")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week; ``tasks`` counts the open ones due on it.

    ``is_working`` follows the organisation's calendar, else the week's habit; ``name`` is what the
    calendar calls the day.
    """

    day: date
    visits: tuple[Visit, ...]
    tasks: int
    is_working: bool
    name: str

    @property
    def is_free(self) -> bool:
        """Say whether no visit is planned or took place."""
        return not self.visits

    @property
    def minutes(self) -> int:
        """Return how long the visits take together, as far as it is known."""
        return sum(visit.minutes or 0 for visit in self.visits)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday on."""

    today: date
    days: tuple[Day, ...]

    @property
    def monday(self) -> date:
        """Return its first day."""
        return self.days[0].day

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Return all visits in the order of their beginning."""
        return tuple(visit for day in self.days for visit in day.visits)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week (ISO 8601: weeks begin on Mondays)."""
    return day - timedelta(days=day.weekday())


def week_report(connection: sqlite3.Connection, user: str | None = None, *, day: date, today: date) -> Week:
    """Return the week of a day for a user, else for the one whose store this is."""
    whose = user or local_user_id(connection)
    monday = monday_of(day)
    visits = _visits(connection, whose, monday)
    tasks = _tasks(connection, whose, monday)
    calendar = _calendar(connection, monday)
    found = []
    for each in (monday + timedelta(days=number) for number in range(DAYS)):
        own = tuple(one for one in visits if clock.local_day(one.at) == each)
        is_working, name = calendar.get(each, (each.weekday() < _WEEKEND, ""))
        found.append(Day(each, own, tasks.get(each, 0), is_working, name))
    return Week(today, tuple(found))


def _visits(connection: sqlite3.Connection, user: str, monday: date) -> list[Visit]:
    account = _ACCOUNT.format("v")
    rows = connection.execute(
        f"SELECT v.id, v.ref, v.at, v.duration_min, v.state, {_NAMES.format('v.customer_id')},"
        f" coalesce(v.purpose, ''), coalesce(v.outcome, ''), (SELECT {_PLACE} FROM address p WHERE"
        " p.account_id = v.customer_id AND p.deleted_at IS NULL ORDER BY p.id LIMIT 1),"
        " (SELECT group_concat(name, char(10)) FROM (SELECT coalesce(c.name, u.name, t.name) AS name"
        " FROM activity_attendee t LEFT JOIN contact c ON c.id = t.contact_id"
        " LEFT JOIN user u ON u.id = t.user_id WHERE t.activity_id = v.id AND t.deleted_at IS NULL"
        " ORDER BY t.id))"
        f" FROM (SELECT *, {account} AS customer_id FROM activity v WHERE v.deleted_at IS NULL"
        " AND v.owner_id = :me AND v.kind = 'visit' AND v.state <> 'cancelled'"
        " AND v.at >= :begin AND v.at < :finish) v ORDER BY v.at, v.id",
        {
            "me": user,
            "begin": clock.to_text(clock.instant_at(monday, 0)),
            "finish": clock.to_text(clock.instant_at(monday + timedelta(days=DAYS), 0)),
        },
    )
    return [
        Visit(
            id=row[0],
            ref=row[1],
            at=clock.from_text(row[2]),
            minutes=row[3],
            state=row[4],
            about=row[5],
            purpose=row[6],
            outcome=row[7],
            place=row[8] or "",
            people=tuple((row[9] or "").split("\n")) if row[9] else (),
        )
        for row in rows
    ]


def _tasks(connection: sqlite3.Connection, user: str, monday: date) -> dict[date, int]:
    rows = connection.execute(
        "SELECT due_on, count(*) FROM task WHERE deleted_at IS NULL AND owner_id = ? AND state = 'open'"
        " AND due_on >= ? AND due_on < ? GROUP BY due_on",
        (user, monday.isoformat(), (monday + timedelta(days=DAYS)).isoformat()),
    )
    return {date.fromisoformat(row[0]): int(row[1]) for row in rows}


def _calendar(connection: sqlite3.Connection, monday: date) -> dict[date, tuple[bool, str]]:
    rows = connection.execute(
        "SELECT day_on, is_working, coalesce(name, '') FROM calendar_day WHERE deleted_at IS NULL"
        " AND day_on >= ? AND day_on < ?",
        (monday.isoformat(), (monday + timedelta(days=DAYS)).isoformat()),
    )
    return {date.fromisoformat(row[0]): (bool(row[1]), row[2]) for row in rows}
