"""What today asks of one person, in the order in which a day is planned.

Five questions, a query each: tasks due, visits planned, deals without a next step, key
accounts that went silent, follow-ups due.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sfa import clock
from sfa.finding.organisation import SETTING, local_user_id

SILENT_DAYS = 30
KINDS = ("tasks", "visits", "no_next_step", "silent", "follow_ups")

_ABOUT = """coalesce(
    (SELECT a.name FROM account a WHERE a.id = {0}.account_id),
    (SELECT d.name FROM deal d WHERE d.id = {0}.deal_id),
    (SELECT c.name FROM contact c WHERE c.id = {0}.contact_id),
    (SELECT l.name FROM lead l WHERE l.id = {0}.lead_id))"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record that asks for something.

    ``on`` is the day it is about (due, visited, last touched, follow-up), ``time`` local as
    HH:MM; ``days`` is how late or silent it is, ``None`` when that is unknown or means nothing.
    """

    noun: str
    id: str
    ref: str
    text: str
    about: str
    on: str | None = None
    time: str | None = None
    days: int | None = None
    priority: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One question's answer: its first entries, and how many there are."""

    kind: str
    entries: tuple[Entry, ...]
    total: int


@dataclass(frozen=True, slots=True)
class TodayReport:
    """A person's day; ``silent_days`` is how long a key account may stay untouched."""

    day: date
    silent_days: int
    sections: tuple[Section, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing asks for anything."""
        return not any(section.total for section in self.sections)


def today_report(
    connection: sqlite3.Connection, user: str | None = None, *, today: date, limit: int | None = None
) -> TodayReport:
    """Return what the day asks of a user, else of the one whose store this is.

    At most ``limit`` entries a question. Six queries, whatever the answers.
    """
    whose, silent_days = _who(connection, user)
    ask = _Ask(connection, whose, today, -1 if limit is None else limit)
    sections = (_tasks(ask), _visits(ask), _no_next_step(ask), _silent(ask, silent_days), _follow_ups(ask))
    return TodayReport(today, silent_days, sections)


def _who(connection: sqlite3.Connection, user: str | None) -> tuple[str, int]:
    """Return the user, and how long a key account may stay untouched, in days."""
    own = "?" if user else "(SELECT value FROM local_state WHERE key = 'user_id' AND ? IS NULL)"
    whose, stored = connection.execute(f"SELECT {own}, ({SETTING})", (user, "silent_days")).fetchone()
    days = json.loads(stored) if stored is not None else SILENT_DAYS
    return whose or local_user_id(connection), days if isinstance(days, int) and days > 0 else SILENT_DAYS


@dataclass(frozen=True, slots=True)
class _Ask:
    connection: sqlite3.Connection
    user: str
    today: date
    limit: int

    def rows(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query whose last column counts all of them."""
        cursor = self.connection.cursor()
        cursor.row_factory = None
        given = {"me": self.user, "today": self.today.isoformat(), "limit": self.limit, **params}
        return cursor.execute(f"{sql} LIMIT :limit", given).fetchall()


def _section(kind: str, entries: Sequence[Entry], rows: Sequence[tuple[Any, ...]]) -> Section:
    return Section(kind, tuple(entries), int(rows[0][-1]) if rows else 0)


def _tasks(ask: _Ask) -> Section:
    """Return the open tasks due by today: the longest overdue first, then by time and priority."""
    rows = ask.rows(
        f"SELECT t.id, t.ref, t.subject, {_ABOUT.format('t')}, t.due_on, t.due_time, t.priority,"
        " count(*) OVER () FROM task t WHERE t.deleted_at IS NULL AND t.owner_id = :me AND t.state = 'open'"
        " AND t.due_on <= :today ORDER BY t.due_on, t.due_time IS NULL, t.due_time,"
        " CASE t.priority WHEN 'high' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END, t.id"
    )
    entries = [
        Entry("task", task, ref, subject, about or "", due, time, _days(due, ask.today), priority)
        for task, ref, subject, about, due, time, priority, _ in rows
    ]
    return _section("tasks", entries, rows)


def _visits(ask: _Ask) -> Section:
    """Return the visits planned for today, by time."""
    rows = ask.rows(
        f"SELECT v.id, v.ref, coalesce(v.purpose, ''), {_ABOUT.format('v')}, v.at, count(*) OVER ()"
        " FROM activity v WHERE v.deleted_at IS NULL AND v.owner_id = :me AND v.kind = 'visit'"
        " AND v.state = 'planned' AND v.at >= :begin AND v.at < :finish ORDER BY v.at, v.id",
        begin=clock.to_text(clock.instant_at(ask.today, 0)),
        finish=_midnight_after(ask.today),
    )
    entries = [
        Entry("visit", visit, ref, purpose, about or "", ask.today.isoformat(), _local_time(at))
        for visit, ref, purpose, about, at, _ in rows
    ]
    return _section("visits", entries, rows)


def _no_next_step(ask: _Ask) -> Section:
    """Return the open deals without a next step, the nearest close date first."""
    rows = ask.rows(
        "SELECT d.id, d.ref, d.name, (SELECT a.name FROM account a WHERE a.id = d.account_id), d.close_on,"
        " count(*) OVER () FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.deleted_at IS NULL"
        " AND d.owner_id = :me AND s.kind = 'open' AND coalesce(trim(d.next_step), '') = ''"
        " ORDER BY d.close_on IS NULL, d.close_on, d.name, d.id"
    )
    entries = [
        Entry("deal", deal, ref, name, about or "", close) for deal, ref, name, about, close, _ in rows
    ]
    return _section("no_next_step", entries, rows)


def _silent(ask: _Ask, days: int) -> Section:
    """Return the key accounts without a done activity for so many days, the longest silence first.

    An activity counts when it is about the account, one of its deals or one of its contacts.
    """
    last = (
        "SELECT max(v.at) FROM activity v WHERE v.deleted_at IS NULL AND v.state = 'done' AND v.at < :finish"
        " AND {0}"
    )
    own = last.format("v.account_id = a.id")
    deals = last.format("v.deal_id IN (SELECT d.id FROM deal d WHERE d.account_id = a.id)")
    people = last.format(
        "v.contact_id IN (SELECT c.contact_id FROM contact_account c"
        " WHERE c.account_id = a.id AND c.deleted_at IS NULL)"
    )
    latest = ", ".join(f"coalesce(({each}), '')" for each in (own, deals, people))
    rows = ask.rows(
        "SELECT id, ref, name, last_at, count(*) OVER () FROM (SELECT a.id, a.ref, a.name,"
        f" nullif(max({latest}), '') AS last_at FROM account a"
        " WHERE a.deleted_at IS NULL AND a.owner_id = :me AND a.tier = 'key')"
        " WHERE last_at IS NULL OR last_at < :since ORDER BY last_at IS NOT NULL, last_at, name, id",
        since=_midnight_after(ask.today - timedelta(days=days)),
        finish=_midnight_after(ask.today),
    )
    entries = []
    for account, ref, name, last_at, _ in rows:
        day = clock.local_day(clock.from_text(last_at)).isoformat() if last_at else None
        entries.append(Entry("account", account, ref, name, "", day, None, _days(day, ask.today)))
    return _section("silent", entries, rows)


def _follow_ups(ask: _Ask) -> Section:
    """Return leads and accounts to follow up and next steps of open deals that are due by today."""
    rows = ask.rows(
        "SELECT noun, id, ref, text, about, day, count(*) OVER () FROM ("
        "SELECT 'account' AS noun, a.id, a.ref, a.name AS text, '' AS about, a.next_follow_up_on AS day"
        " FROM account a WHERE a.deleted_at IS NULL AND a.owner_id = :me AND a.next_follow_up_on <= :today"
        " UNION ALL SELECT 'lead', l.id, l.ref, l.name, coalesce(l.company, ''), l.next_follow_up_on"
        " FROM lead l WHERE l.deleted_at IS NULL AND l.owner_id = :me AND l.next_follow_up_on <= :today"
        " AND l.converted_at IS NULL AND l.status <> 'disqualified'"
        " UNION ALL SELECT 'deal', d.id, d.ref, coalesce(d.next_step, ''), d.name, d.next_step_on"
        " FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.deleted_at IS NULL AND d.owner_id = :me"
        " AND s.kind = 'open' AND d.next_step_on <= :today) ORDER BY day, text, id"
    )
    entries = [
        Entry(noun, record, ref, text, about, day, None, _days(day, ask.today))
        for noun, record, ref, text, about, day, _ in rows
    ]
    return _section("follow_ups", entries, rows)


def _days(day: str | None, today: date) -> int | None:
    return (today - date.fromisoformat(day)).days if day else None


def _midnight_after(day: date) -> str:
    return clock.to_text(clock.instant_at(day + timedelta(days=1), 0))


def _local_time(at: str) -> str:
    return clock.from_text(at).astimezone().strftime("%H:%M")
