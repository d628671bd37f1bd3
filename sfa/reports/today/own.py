"""What one's own records ask for today and in the week ahead, in one query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sfa.reports.today.asking import (
    ABOUT,
    Ask,
    Part,
    days_since,
    local_day,
    local_time,
    midnight,
    midnight_after,
)
from sfa.reports.today.figures import QUOTE_DAYS, WEEK_DAYS, Entry, Section

# The columns of every part: noun, id, ref, text, about, day, time, at, priority, mark. ``at`` is an
# instant; where there is one it says day and time.

_TASK = (
    f"'task' AS noun, t.id, t.ref, t.subject AS text, {ABOUT.format('t')} AS about, t.due_on AS day,"
    " t.due_time AS time, NULL AS at, t.priority, 'task' AS mark"
    " FROM task t WHERE t.deleted_at IS NULL AND t.owner_id = :me AND t.state = 'open'"
)
_VISIT = (
    f"'visit' AS noun, v.id, v.ref, coalesce(v.purpose, '') AS text, {ABOUT.format('v')} AS about,"
    " NULL AS day, NULL AS time, v.at, '' AS priority, 'visit' AS mark"
    " FROM activity v WHERE v.deleted_at IS NULL AND v.owner_id = :me AND v.kind = 'visit'"
    " AND v.state = 'planned'"
)
_TASK_ORDER = "day, time IS NULL, time, CASE priority WHEN 'high' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END, id"


def own_sections(ask: Ask, silent_days: int) -> dict[str, Section]:
    """Return what one's own records ask for: today, and in the days after it."""
    week = ask.today + timedelta(days=WEEK_DAYS)
    rows = ask.rows(
        _PARTS,
        quotes_end=(ask.today + timedelta(days=QUOTE_DAYS)).isoformat(),
        since=midnight_after(ask.today - timedelta(days=silent_days)),
        week=week.isoformat(),
        week_end=midnight(week + timedelta(days=1)),
    )
    return {
        part.kind: Section(
            part.kind,
            tuple(_entry(part.kind, row, ask.today) for row in rows[part.kind]),
            int(rows[part.kind][0][-1]) if rows[part.kind] else 0,
        )
        for part in _PARTS
    }


# Which sections tell how late or silent their records are.
_COUNTED: Mapping[str, bool] = {"tasks": True, "silent": True, "follow_ups": True, "quotes": True}


def _entry(kind: str, row: tuple[Any, ...], today: date) -> Entry:
    noun, record, ref, text, about, day, time, at, priority, mark, _ = row
    if at is not None:
        day = local_day(at)
        time = local_time(at) if kind != "silent" else None
    return Entry(
        noun,
        record,
        ref,
        text,
        about or "",
        day,
        time,
        days_since(day, today) if kind in _COUNTED else None,
        priority,
        mark if kind in {"week", "quotes"} else "",
    )


# Tasks due by today: the longest overdue first, then by time and priority.
_TASKS = Part("tasks", f"SELECT {_TASK} AND t.due_on <= :today", _TASK_ORDER)

_VISITS = Part("visits", f"SELECT {_VISIT} AND v.at >= :begin AND v.at < :finish", "at, id")

# Open deals, the nearest close date first.
_NO_NEXT_STEP = Part(
    "no_next_step",
    "SELECT 'deal' AS noun, d.id, d.ref, d.name AS text,"
    " (SELECT a.name FROM account a WHERE a.id = d.account_id) AS about, d.close_on AS day, NULL AS time,"
    " NULL AS at, '' AS priority, '' AS mark FROM deal d JOIN stage s ON s.id = d.stage_id"
    " WHERE d.deleted_at IS NULL AND d.owner_id = :me AND s.kind = 'open'"
    " AND coalesce(trim(d.next_step), '') = ''",
    "day IS NULL, day, text, id",
)


def _silent() -> Part:
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
    return Part(
        "silent",
        "SELECT 'account' AS noun, id, ref, text, '' AS about, NULL AS day, NULL AS time, at,"
        " '' AS priority, '' AS mark FROM (SELECT a.id, a.ref, a.name AS text,"
        f" nullif(max({latest}), '') AS at FROM account a"
        " WHERE a.deleted_at IS NULL AND a.owner_id = :me AND a.tier = 'key')"
        " WHERE at IS NULL OR at < :since",
        "at IS NOT NULL, at, text, id",
    )


_SILENT = _silent()


def _followed(span: str, more: str = "") -> str:
    """Return leads and accounts to follow up and next steps of open deals whose day is in a span.

    ``span`` has a place for the day; ``more`` are conditions with a place for the column that a task
    names the record by and one for the record.
    """
    head = "NULL AS time, NULL AS at, '' AS priority, 'follow_up' AS mark"
    return (
        "SELECT 'account' AS noun, a.id, a.ref, a.name AS text, '' AS about, a.next_follow_up_on AS day,"
        f" {head} FROM account a WHERE a.deleted_at IS NULL AND a.owner_id = :me"
        f" AND {span.format('a.next_follow_up_on')}{more.format('account_id', 'a.id', 'a.next_follow_up_on')}"
        " UNION ALL SELECT 'lead', l.id, l.ref, l.name, coalesce(l.company, ''), l.next_follow_up_on,"
        f" {head} FROM lead l WHERE l.deleted_at IS NULL AND l.owner_id = :me"
        f" AND {span.format('l.next_follow_up_on')}{more.format('lead_id', 'l.id', 'l.next_follow_up_on')}"
        " AND l.converted_at IS NULL AND l.status <> 'disqualified'"
        " UNION ALL SELECT 'deal', d.id, d.ref, coalesce(d.next_step, ''), d.name, d.next_step_on,"
        f" {head} FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.deleted_at IS NULL"
        f" AND d.owner_id = :me AND s.kind = 'open'"
        f" AND {span.format('d.next_step_on')}{more.format('deal_id', 'd.id', 'd.next_step_on')}"
    )


_FOLLOW_UPS = Part("follow_ups", _followed("{0} <= :today"), "day, text, id")

# A follow-up that is a task already is told once.
_NO_TASK = (
    " AND NOT EXISTS (SELECT 1 FROM task k WHERE k.{0} = {1} AND k.due_on = {2} AND k.state = 'open'"
    " AND k.owner_id = :me AND k.deleted_at IS NULL)"
)
_IN_WEEK = "{0} > :today AND {0} <= :week"
_WEEK = Part(
    "week",
    f"SELECT {_TASK} AND {_IN_WEEK.format('t.due_on')}"
    f" UNION ALL SELECT {_VISIT} AND v.at >= :finish AND v.at < :week_end"
    f" UNION ALL {_followed(_IN_WEEK, _NO_TASK)}"
    " UNION ALL SELECT 'deal', d.id, d.ref, d.name,"
    " (SELECT a.name FROM account a WHERE a.id = d.account_id), d.close_on, NULL, NULL, '', 'close'"
    " FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.deleted_at IS NULL AND d.owner_id = :me"
    f" AND s.kind = 'open' AND {_IN_WEEK.format('d.close_on')}",
    # A visit has an instant, all else a day: both as the instant at which they begin.
    "coalesce(at, strftime('%Y-%m-%dT%H:%M', day || ' ' || coalesce(time, '00:00'), 'utc')),"
    " time IS NULL, text, id",
)


# Quotes that were approved and not sent, or sent back, or that end soon or have ended: the last day first.
_QUOTES = Part(
    "quotes",
    "SELECT 'quote' AS noun, q.id, q.ref, q.number AS text,"
    " (SELECT a.name FROM account a WHERE a.id = q.account_id) AS about, q.valid_until AS day, NULL AS time,"
    " NULL AS at, '' AS priority, CASE q.state WHEN 'draft' THEN 'back' WHEN 'sent' THEN 'expires'"
    " ELSE CASE WHEN q.valid_until <= :quotes_end THEN 'expires' ELSE 'ready' END END AS mark"
    " FROM quote q WHERE q.deleted_at IS NULL AND q.owner_id = :me AND (q.state = 'approved'"
    " OR q.state = 'sent' AND q.valid_until <= :quotes_end"
    " OR q.state = 'draft' AND q.state_reason IS NOT NULL)",
    "day IS NULL, day, text, id",
)
_PARTS = (_TASKS, _VISITS, _NO_NEXT_STEP, _SILENT, _FOLLOW_UPS, _QUOTES, _WEEK)
