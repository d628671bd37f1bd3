"""Putting the day together: two queries, and one each for decisions, news and a team; orders need two."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import NamedTuple

from sfa.finding.news import SEEN, seen_up_to
from sfa.finding.organisation import SETTING, local_user_id
from sfa.reports.today.asking import Ask
from sfa.reports.today.figures import KINDS, SILENT_DAYS, Section, TodayReport
from sfa.reports.today.own import own_sections
from sfa.reports.today.team import team_sections
from sfa.terms import Role


class _Who(NamedTuple):
    user: str
    silent_days: int
    role: str
    team: str | None
    seen: int
    has_decisions: bool
    has_news: bool
    has_orders: bool


# Whether there is anything that could wait for somebody, or that came after all was seen.
_DECISIONS = (
    "EXISTS (SELECT 1 FROM conflict WHERE state = 'open' AND deleted_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM proposal WHERE state = 'open' AND deleted_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM outcome)"
)
_ORDERS = "EXISTS (SELECT 1 FROM sales_order o WHERE o.owner_id = whose AND o.deleted_at IS NULL)"
_NEWS = f"coalesce((SELECT max(no) FROM history), 0) > {seen_up_to()}"


def today_report(
    connection: sqlite3.Connection, user: str | None = None, *, today: date, limit: int | None = None
) -> TodayReport:
    """Return what the day asks of a user, else of the one whose store this is.

    At most ``limit`` entries a question. At most eight queries, and two for each quote that
    several orders were made from.
    """
    who = _who(connection, user)
    ask = Ask(connection, who.user, today, -1 if limit is None else limit)
    found = own_sections(ask, who.silent_days)
    if who.has_decisions or who.has_news:
        from sfa.reports.today import waiting  # with all tables' names; most days ask for neither

        found |= {"decisions": waiting.decisions(ask, who.role)} if who.has_decisions else {}
        found |= {"brought": waiting.brought(ask, who.seen, SEEN)} if who.has_news else {}
    if who.has_orders:
        from sfa.reports.today.orders import order_section  # with pricing; many days ask for none

        found["orders"] = order_section(ask)
    leads = who.role == Role.MANAGER or (who.role == Role.ADMIN and bool(who.team))
    if leads:
        found |= team_sections(ask, who.team)
    sections = tuple(found.get(kind) or Section(kind, (), 0) for kind in KINDS)
    return TodayReport(today, who.silent_days, sections, leads)


def _who(connection: sqlite3.Connection, user: str | None) -> _Who:
    """Return the user, and how long a key account may stay untouched, in days."""
    own = "coalesce(?, (SELECT value FROM local_state WHERE key = 'user_id'))"
    row = connection.execute(
        f"SELECT whose, ({SETTING}), u.role, u.team_id, {seen_up_to()}, {_DECISIONS}, {_NEWS}, {_ORDERS}"
        f" FROM (SELECT {own} AS whose) LEFT JOIN user u ON u.id = whose",
        ("silent_days", user),
    ).fetchone()
    whose, stored, role, team, seen, *has = tuple(row)
    days = json.loads(stored) if stored is not None else SILENT_DAYS
    days = days if isinstance(days, int) and days > 0 else SILENT_DAYS
    return _Who(whose or local_user_id(connection), days, role or "", team, int(seen), *map(bool, has))
