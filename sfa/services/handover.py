"""Handing accounts over: with contacts, open deals at their stage, quotes, orders, tasks and planned visits.

History keeps its author: deals and quotes that are closed, orders that nothing is left to do for,
activities that were done and comments stay whose they were. One transaction each, which undo takes
back whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from sfa.errors import InvalidInput, NotFound, Refused, msg
from sfa.fields import noun as noun_of
from sfa.finding.labels import labels
from sfa.finding.order_rest import ordered_lines
from sfa.finding.order_steps import next_step_of
from sfa.services import deals, records
from sfa.store import change
from sfa.terms import QuoteState, Role

_OPEN_DEAL = "(SELECT kind FROM stage s WHERE s.id = d.stage_id) = 'open'"

# Quotes without an answer, or of which something may be left to order; orders that may not be over.
_SOLD = {
    "quote": ("quote", "state NOT IN ('rejected', 'expired')"),
    "order": ("sales_order", "state <> 'cancelled'"),
}

# What moves with an account, besides it: noun -> the ids that hang on the accounts given as JSON (?1)
# and belong to the present owner (?2).
_OF_ACCOUNTS = {
    "contact": (
        "SELECT DISTINCT c.id FROM contact c JOIN contact_account l ON l.contact_id = c.id"
        " WHERE l.account_id IN (SELECT value FROM json_each(?1)) AND l.deleted_at IS NULL"
        " AND c.owner_id = ?2 AND c.deleted_at IS NULL"
    ),
    "deal": (
        "SELECT d.id FROM deal d WHERE d.account_id IN (SELECT value FROM json_each(?1))"
        f" AND d.owner_id = ?2 AND d.deleted_at IS NULL AND {_OPEN_DEAL}"
    ),
    **{
        noun: (
            f"SELECT id FROM {table} WHERE account_id IN (SELECT value FROM json_each(?1))"
            f" AND owner_id = ?2 AND deleted_at IS NULL AND {state}"
        )
        for noun, (table, state) in _SOLD.items()
    },
}
# What hangs on the records that move, by the kind of record: tasks still open, visits still planned.
_HANGING = {
    "task": "state = 'open'",
    "activity": "state = 'planned'",
}
# What a leaving person has besides accounts and what moves with them.
_ALONE = {
    "lead": (
        "SELECT id FROM lead WHERE owner_id = ? AND deleted_at IS NULL AND converted_at IS NULL"
        " AND status <> 'disqualified'"
    ),
    "contact": "SELECT id FROM contact WHERE owner_id = ? AND deleted_at IS NULL",
    "deal": f"SELECT d.id FROM deal d WHERE d.owner_id = ? AND d.deleted_at IS NULL AND {_OPEN_DEAL}",
    **{
        noun: f"SELECT id FROM {table} WHERE owner_id = ? AND deleted_at IS NULL AND {state}"
        for noun, (table, state) in _SOLD.items()
    },
    "task": "SELECT id FROM task WHERE owner_id = ? AND deleted_at IS NULL AND state = 'open'",
    "activity": "SELECT id FROM activity WHERE owner_id = ? AND deleted_at IS NULL AND state = 'planned'",
}
ORDER = ("account", "contact", "deal", "quote", "order", "lead", "task", "activity")


@dataclass(frozen=True, slots=True)
class Moved:
    """A record that has another owner now."""

    noun: str
    id: str
    ref: str
    label: str


@dataclass(slots=True)
class Handover:
    """Everything that went from one person to another, accounts first."""

    to_user: str
    moved: list[Moved] = field(default_factory=list)

    def count(self, noun: str) -> int:
        """Return how many records of a noun moved."""
        return sum(each.noun == noun for each in self.moved)


def transfer(session: Session, account_id: str, to_user: str, *, today: date) -> Handover:
    """Give an account to another owner with its contacts, what was offered and sold, tasks and visits.

    Of deals, quotes and tasks those that are open, of orders those that something is left to do for, of
    visits those planned. What is a colleague's stays theirs.

    Raises:
        NotFound: no such account or user.
        Refused: the user owns it already, is not active, or only reads.
    """
    account = records.load(session, "account", account_id)
    _check_receiver(session, to_user)
    if account.owner_id == to_user:
        raise Refused(msg("{name} is that colleague's account already."), name=account.name)
    return _move(session, _with_accounts(session, [account_id], account.owner_id), to_user, today)


def hand_over(
    session: Session,
    from_user: str,
    to_user: str,
    *,
    accounts: Sequence[str] | None = None,
    effective_on: date,
    today: date,
) -> Handover:
    """Give a person's records to a colleague: all that is open, or the accounts given and what hangs on them.

    ``effective_on`` is the day the deals' events carry.

    Raises:
        NotFound: no such user, or there is nothing to hand over.
        InvalidInput: the day is still to come.
        Refused: both are the same person, or the receiver is not active or only reads.
    """
    if from_user == to_user:
        raise Refused(msg("A handover needs two people."))
    if effective_on > today:
        raise InvalidInput(
            "--effective",
            msg("{day} is still to come; hand over on that day"),
            day=effective_on.isoformat(),
        )
    _check_receiver(session, to_user)
    connection = records.raw(session)
    chosen = _own_accounts(connection, from_user, accounts)
    moving = _with_accounts(session, chosen, from_user)
    if accounts is None:
        for noun, query in _ALONE.items():
            moving.setdefault(noun, {}).update(dict.fromkeys(_ids(connection, query, from_user)))
        _leave_what_is_over(connection, moving)
    if not any(moving.values()):
        raise NotFound(msg("There is nothing to hand over."))
    return _move(session, moving, to_user, effective_on)


def _own_accounts(connection: sqlite3.Connection, owner: str, accounts: Sequence[str] | None) -> list[str]:
    own = _ids(connection, "SELECT id FROM account WHERE owner_id = ? AND deleted_at IS NULL", owner)
    return own if accounts is None else [each for each in own if each in set(accounts)]


def _check_receiver(session: Session, user_id: str) -> None:
    row = (
        records.raw(session)
        .execute("SELECT name, role, is_active FROM user WHERE id = ? AND deleted_at IS NULL", (user_id,))
        .fetchone()
    )
    if row is None:
        raise NotFound(msg("There is no such user."), hint=msg("See: sfa user list."))
    if not row["is_active"] or row["role"] == Role.READ_ONLY:
        raise Refused(
            msg("{name} cannot own records."), why=msg("They are not active, or only read."), name=row["name"]
        )


def _with_accounts(
    session: Session, accounts: Sequence[str], owner: str | None
) -> dict[str, dict[str, None]]:
    connection = records.raw(session)
    moving: dict[str, dict[str, None]] = {"account": dict.fromkeys(accounts)}
    given = json.dumps(list(accounts))
    for noun, query in _OF_ACCOUNTS.items():
        moving[noun] = dict.fromkeys(_ids(connection, query, given, owner))
    for noun, state in _HANGING.items():
        found: dict[str, None] = {}
        for parent in ("account", "contact", "deal"):
            parents = json.dumps(list(moving[parent]))
            query = (
                f"SELECT id FROM {noun} WHERE {parent}_id IN (SELECT value FROM json_each(?1))"
                f" AND owner_id = ?2 AND deleted_at IS NULL AND {state}"
            )
            found.update(dict.fromkeys(_ids(connection, query, parents, owner)))
        moving[noun] = found
    _leave_what_is_over(connection, moving)
    return moving


def _leave_what_is_over(connection: sqlite3.Connection, moving: dict[str, dict[str, None]]) -> None:
    """Leave accepted quotes of which all was ordered, and orders that nothing is left to do for."""
    moving["quote"] = {each: None for each in moving["quote"] if not _is_all_ordered(connection, each)}
    moving["order"] = {each: None for each in moving["order"] if next_step_of(connection, each) is not None}


def _is_all_ordered(connection: sqlite3.Connection, quote_id: str) -> bool:
    state, lines = connection.execute("SELECT state, lines FROM quote WHERE id = ?", (quote_id,)).fetchone()
    if state != QuoteState.ACCEPTED:
        return False
    return all(each.left_milli <= 0 for each in ordered_lines(connection, quote_id, lines))


def _ids(connection: sqlite3.Connection, query: str, *values: object) -> list[str]:
    return [row[0] for row in connection.execute(query, values)]


def _move(session: Session, moving: dict[str, dict[str, None]], to_user: str, day: date) -> Handover:
    connection = records.raw(session)
    team = records.team_of(session, to_user)
    done = Handover(to_user)
    for noun in ORDER:
        chosen = list(moving.get(noun, ()))
        table = noun_of(noun).table
        for record_id in chosen:
            change.update(connection, table, record_id, {"owner_id": to_user, "team_id": team})
            if noun == "deal":
                deals.record_event(session, record_id, effective_on=day)
        done.moved += _named(connection, noun, chosen)
    return done


def _named(connection: sqlite3.Connection, noun: str, chosen: Iterable[str]) -> list[Moved]:
    ids = list(chosen)
    found = labels(connection, noun, ids)
    table = noun_of(noun).table
    refs = {
        each: connection.execute(f"SELECT ref FROM {table} WHERE id = ?", (each,)).fetchone()[0]
        for each in ids
    }
    return [Moved(noun, each, refs[each], found.get(each, refs[each])) for each in ids]
