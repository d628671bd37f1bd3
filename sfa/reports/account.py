"""An account in the round: its people and what they decide, deals, orders, what is to be done, what happened.

Six queries, whatever the answers.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from sfa import clock
from sfa.errors import NotFound, msg
from sfa.terms import DECIDERS, OrderState, Stance

PAST = 20  # activities

# What is about an account is about it, one of its deals or one of its people.
_ABOUT = """({0}.account_id = :account
    OR {0}.deal_id IN (SELECT d.id FROM deal d WHERE d.account_id = :account)
    OR {0}.contact_id IN (SELECT w.contact_id FROM contact_account w
        WHERE w.account_id = :account AND w.deleted_at IS NULL))"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the account itself; ``barred`` names the channels on which it wants no contact."""

    name: str
    tier: str
    kind: str
    industry: str
    region: str
    owner: str
    next_follow_up: str | None
    phone: str
    barred: tuple[str, ...]
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class Person:
    """A contact of the account: the part in open deals, and the day of the last touch."""

    id: str
    name: str
    title: str
    phone: str
    roles: tuple[tuple[str, str], ...]  # words of BuyingRole and Stance
    last: date | None

    @property
    def decides(self) -> bool:
        """Say whether the person decides in one of the open deals."""
        return any(role in DECIDERS for role, _ in self.roles)


@dataclass(frozen=True, slots=True)
class Deal:
    """An open deal; the amount in minor units, ``None`` where nobody knows it yet."""

    id: str
    name: str
    stage: str
    minor: int | None
    currency: str
    close_on: str | None
    next_step: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order that is neither paid nor cancelled; the total in minor units."""

    id: str
    number: str
    state: str
    minor: int
    currency: str
    promised_on: str | None
    is_late: int


@dataclass(frozen=True, slots=True)
class Todo:
    """An open task or a planned activity; ``time`` local, ``on`` its local day."""

    noun: str
    id: str
    text: str
    on: date | None
    time: str


@dataclass(frozen=True, slots=True)
class Past:
    """An activity that took place; ``kind`` is a word of ``ActivityKind``."""

    noun: str
    id: str
    kind: str
    on: date
    text: str
    who: str


@dataclass(frozen=True, slots=True)
class Overview:
    """An account with all that belongs to it."""

    id: str
    today: date
    facts: Facts
    people: tuple[Person, ...]
    deals: tuple[Deal, ...]
    orders: tuple[Order, ...]
    todos: tuple[Todo, ...]
    past: tuple[Past, ...]

    @property
    def misses_decider(self) -> bool:
        """Say whether a deal is open and nobody is known who decides."""
        return bool(self.deals) and not any(person.decides for person in self.people)


def overview(connection: sqlite3.Connection, account_id: str, *, today: date) -> Overview:
    """Return an account in the round.

    Raises:
        NotFound: there is no such account.
    """
    return Overview(
        account_id,
        today,
        _facts(connection, account_id),
        _people(connection, account_id),
        _deals(connection, account_id),
        _orders(connection, account_id, today),
        _todos(connection, account_id),
        _past(connection, account_id),
    )


def _facts(connection: sqlite3.Connection, account_id: str) -> Facts:
    row = connection.execute(
        "SELECT a.name, a.tier, a.kind, coalesce(a.industry, ''), coalesce(a.region, ''),"
        " coalesce((SELECT u.name FROM user u WHERE u.id = a.owner_id), ''), a.next_follow_up_on,"
        " coalesce((SELECT p.value FROM phone p WHERE p.account_id = a.id AND p.deleted_at IS NULL"
        " ORDER BY p.id LIMIT 1), ''), a.no_calls, a.no_emails, a.no_messages, a.no_visits,"
        " (SELECT count(*) FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.account_id = a.id"
        " AND d.deleted_at IS NULL AND s.kind = 'won'),"
        " (SELECT count(*) FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.account_id = a.id"
        " AND d.deleted_at IS NULL AND s.kind = 'lost')"
        " FROM account a WHERE a.id = ? AND a.deleted_at IS NULL",
        (account_id,),
    ).fetchone()
    if row is None:
        raise NotFound(msg("The account is not here any more."))
    channels = ("calls", "emails", "messages", "visits")
    barred = tuple(name for name, is_barred in zip(channels, row[8:12], strict=True) if is_barred)
    return Facts(
        name=row[0],
        tier=row[1],
        kind=row[2],
        industry=row[3],
        region=row[4],
        owner=row[5],
        next_follow_up=row[6],
        phone=row[7],
        barred=barred,
        won=row[12],
        lost=row[13],
    )


def _people(connection: sqlite3.Connection, account_id: str) -> tuple[Person, ...]:
    last = (
        "SELECT max(v.at) FROM activity v WHERE v.deleted_at IS NULL AND v.state = 'done' AND (v.contact_id"
        " = c.id OR v.id IN (SELECT t.activity_id FROM activity_attendee t WHERE t.contact_id = c.id"
        " AND t.deleted_at IS NULL))"
    )
    rows = connection.execute(
        "SELECT c.id, c.name, coalesce(c.title, w.role, ''), coalesce((SELECT p.value FROM phone p"
        " WHERE p.contact_id = c.id AND p.deleted_at IS NULL ORDER BY p.id LIMIT 1), ''),"
        " (SELECT group_concat(r.role || ':' || coalesce(r.stance, ''), ' ') FROM deal_role r"
        " JOIN deal d ON d.id = r.deal_id JOIN stage s ON s.id = d.stage_id WHERE r.contact_id = c.id"
        " AND r.deleted_at IS NULL AND r.role IS NOT NULL AND d.deleted_at IS NULL AND s.kind = 'open'"
        f" AND d.account_id = w.account_id), ({last}) AS last_at"
        " FROM contact_account w JOIN contact c ON c.id = w.contact_id WHERE w.account_id = ?"
        " AND w.deleted_at IS NULL AND c.deleted_at IS NULL ORDER BY last_at DESC, c.name, c.id",
        (account_id,),
    )
    return tuple(Person(row[0], row[1], row[2], row[3], _roles(row[4]), _local_day(row[5])) for row in rows)


def _roles(text: str | None) -> tuple[tuple[str, str], ...]:
    """Return each part once, with a stance that somebody knows where there is one."""
    found: dict[str, str] = {}
    for role, _, stance in (each.partition(":") for each in (text or "").split()):
        if found.get(role, "") in {"", Stance.UNKNOWN}:
            found[role] = stance or found.get(role, "")
    return tuple(found.items())


def _deals(connection: sqlite3.Connection, account_id: str) -> tuple[Deal, ...]:
    rows = connection.execute(
        "SELECT d.id, d.name, s.name, d.amount_minor, coalesce(d.currency, ''), d.close_on,"
        " coalesce(d.next_step, '') FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.account_id = ?"
        " AND d.deleted_at IS NULL AND s.kind = 'open' ORDER BY d.close_on IS NULL, d.close_on, d.name, d.id",
        (account_id,),
    )
    return tuple(Deal(*row) for row in rows)


def _orders(connection: sqlite3.Connection, account_id: str, today: date) -> tuple[Order, ...]:
    rows = connection.execute(
        "SELECT o.id, o.number, o.state, o.total_minor, o.currency, o.promised_on,"
        " (o.delivered_on IS NULL AND coalesce(o.promised_on, '9') < ?) FROM sales_order o"
        " WHERE o.account_id = ? AND o.deleted_at IS NULL AND +o.state NOT IN (?, ?)"
        " ORDER BY o.promised_on IS NULL, o.promised_on, o.number",
        (today.isoformat(), account_id, OrderState.PAID.value, OrderState.CANCELLED.value),
    )
    return tuple(Order(*row) for row in map(tuple, rows))


def _todos(connection: sqlite3.Connection, account_id: str) -> tuple[Todo, ...]:
    rows = connection.execute(
        "SELECT 'task', t.id, t.subject, t.due_on, coalesce(t.due_time, ''), NULL FROM task t"
        f" WHERE t.deleted_at IS NULL AND t.state = 'open' AND {_ABOUT.format('t')}"
        " UNION ALL SELECT CASE v.kind WHEN 'visit' THEN 'visit' ELSE 'activity' END, v.id,"
        " coalesce(v.purpose, ''), NULL, '', v.at FROM activity v"
        f" WHERE v.deleted_at IS NULL AND v.state = 'planned' AND {_ABOUT.format('v')}",
        {"account": account_id},
    )
    found = []
    for noun, record_id, text, due, time, at in rows:
        if at is None:
            found.append(Todo(noun, record_id, text, date.fromisoformat(due) if due else None, time))
        else:
            moment = clock.from_text(at).astimezone()
            found.append(Todo(noun, record_id, text, moment.date(), f"{moment:%H:%M}"))
    return tuple(sorted(found, key=lambda each: (each.on is None, each.on or date.max, each.time, each.id)))


def _past(connection: sqlite3.Connection, account_id: str) -> tuple[Past, ...]:
    rows = connection.execute(
        "SELECT CASE v.kind WHEN 'visit' THEN 'visit' ELSE 'activity' END, v.id, v.kind, v.at,"
        " coalesce(nullif(v.outcome, ''), nullif(v.purpose, ''), v.notes, ''),"
        " coalesce((SELECT u.name FROM user u WHERE u.id = v.owner_id), '') FROM activity v"
        f" WHERE v.deleted_at IS NULL AND v.state = 'done' AND {_ABOUT.format('v')}"
        " ORDER BY v.at DESC, v.id DESC LIMIT :most",
        {"account": account_id, "most": PAST},
    )
    return tuple(
        Past(row[0], row[1], row[2], clock.local_day(clock.from_text(row[3])), row[4], row[5]) for row in rows
    )


def _local_day(at: str | None) -> date | None:
    return clock.local_day(clock.from_text(at)) if at else None
