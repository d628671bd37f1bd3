"""The rules a row must keep: what each noun needs, and what the store would refuse."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sfa.errors import InvalidInput, Msg, msg
from sfa.services.imports.books import check_books, check_taxes
from sfa.services.imports.columns import Batch, child_set
from sfa.services.imports.linked import refuse_circles
from sfa.services.imports.records import EMPTY

# An activity or task is about one record; of several columns the most telling one counts.
_ABOUT = ("deal_id", "lead_id", "account_id", "contact_id")
_LABEL_ABOUT = msg("About")


def check(connection: sqlite3.Connection, batch: Batch) -> None:
    """Reject the rows that break a rule of their noun, or lack what a new record needs."""
    rules = _RULES.get(batch.noun.table)
    if rules is not None:
        rules(connection, batch)
    _require(connection, batch)


def _require(connection: sqlite3.Connection, batch: Batch) -> None:
    rows = connection.execute(f"PRAGMA table_info({batch.noun.table})").fetchall()
    given = {row[1] for row in rows if row[4] is not None} | batch.wanted.defaults.keys()
    for each in batch.noun.fields:
        if not each.required or each.column in given or not each.editable:
            continue
        for place, value in enumerate(batch.column(each.column)):
            if value is None and place not in batch.existing and place not in batch.problems:
                batch.reject(place, InvalidInput(each.label, msg("a value is needed.")))
    _require_custom(batch)


def _require_custom(batch: Batch) -> None:
    for each in batch.context.fields.values():
        if not each.custom_id or not each.required:
            continue
        given = {
            place
            for children in batch.wanted.children
            if children.fixed.get("field_id") == each.custom_id
            for place, _, _ in children.entries
        }
        for place in range(len(batch.rows)):
            if place not in given and place not in batch.existing and place not in batch.problems:
                batch.reject(place, InvalidInput(each.label, msg("a value is needed.")))


def _about(batch: Batch, *, needed: bool) -> None:
    """Keep one of the records a row names; a contact beside it becomes an attendee."""
    columns = {name: list(batch.column(name)) for name in _ABOUT}
    for place in range(len(batch.rows)):
        named = [name for name in _ABOUT if columns[name][place] is not None]
        for name in named[1:]:
            if name == "contact_id":
                _attend(batch, place, columns[name][place])
            columns[name][place] = None
        if named and place in batch.existing:
            for name in set(_ABOUT) - {named[0]}:
                columns[name][place] = EMPTY
        if needed and not named and place not in batch.existing and place not in batch.problems:
            problem = msg("it must name a lead, an account, a contact or a deal.")
            batch.reject(place, InvalidInput(_LABEL_ABOUT, problem))
    batch.wanted.columns.update(columns)


def _attend(batch: Batch, place: int, contact_id: object) -> None:
    each = batch.noun.field("attendees")
    if each is None:
        return
    children = next((one for one in batch.wanted.children if one.table == each.table), None)
    if children is None:
        children = child_set(each, batch.noun)
        batch.wanted.children.append(children)
    there = [entry for entry in children.entries if entry[0] == place]
    if not any(entry[2][0] == contact_id for entry in there):
        children.entries.append((place, f"{each.name}/{len(there)}", (contact_id, None, None)))


def _activity(_connection: sqlite3.Connection, batch: Batch) -> None:
    _about(batch, needed=True)
    nothing, step = batch.column("no_next_step"), batch.column("next_step")
    _refuse_where(
        batch,
        "next_step",
        lambda place: nothing[place] == 1 and step[place] is not None,
        msg("there is one, though none is said to be needed."),
    )
    checkin, checkout = batch.column("checkin_at"), batch.column("checkout_at")
    _refuse_where(
        batch,
        "checkout",
        lambda place: checkout[place] is not None and checkin[place] is None,
        msg("a check-out needs a check-in."),
    )


def _task(_connection: sqlite3.Connection, batch: Batch) -> None:
    _about(batch, needed=False)
    due, time = batch.column("due_on"), batch.column("due_time")
    _refuse_where(
        batch,
        "due_time",
        lambda place: time[place] is not None and due[place] is None,
        msg("a time needs a day."),
    )


def _user(connection: sqlite3.Connection, batch: Batch) -> None:
    refuse_circles(connection, batch, "manager_id")
    first, last = batch.column("absent_from_on"), batch.column("absent_to_on")
    _refuse_where(
        batch,
        "absent_to",
        lambda place: _before(last[place], first[place]),
        msg("it is before the first day."),
    )


def _account(connection: sqlite3.Connection, batch: Batch) -> None:
    refuse_circles(connection, batch, "parent_id")


def _before(one: object, other: object) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one < other


def _refuse_where(batch: Batch, name: str, broken: Callable[[int], bool], reason: Msg) -> None:
    for place in range(len(batch.rows)):
        if broken(place):
            batch.reject(place, InvalidInput(batch.context.fields[name].label, reason))


_RULES: dict[str, Callable[[sqlite3.Connection, Batch], None]] = {
    "activity": _activity,
    "task": _task,
    "user": _user,
    "account": _account,
    "pricebook": check_books,
    "tax": check_taxes,
}


def settle_owners(batch: Batch) -> None:
    """Give every row its owner's team; new records without an owner belong to whoever imports."""
    if not batch.noun.owned:
        return
    owners = batch.column("owner_id")
    teams = batch.context.teams
    batch.wanted.columns["owner_id"] = owners
    batch.wanted.columns["team_id"] = [None if owner is None else teams.get(str(owner)) for owner in owners]
    usual = batch.wanted.defaults.setdefault("owner_id", batch.context.actor)
    # A new record of an owner without a team has none: only rows without an owner take the usual team.
    team = teams.get(str(usual))
    for place, owner in enumerate(owners):
        if owner is None and place not in batch.existing:
            batch.wanted.columns["team_id"][place] = team
