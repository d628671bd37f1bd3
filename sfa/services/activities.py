"""Activities: what was done or is planned with a customer, about one record; comments; the next step.

Check-in, check-out and the one-line log are in ``visits``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import InvalidInput, msg
from sfa.fields import Field, Kind
from sfa.interchange.values import check_text
from sfa.models.activity import Activity
from sfa.services import about, next_steps, records
from sfa.services.entry import ChildRow, Entered
from sfa.services.instants import moment_on
from sfa.services.rows import Row
from sfa.store import change
from sfa.terms import ActivityState

_COMMENT = Field("comment", Kind.LONG, msg("Comment"), "comment", "body", max_length=20_000)


@dataclass(frozen=True, slots=True)
class NextStep:
    """When what is to be done next is due; the activity itself says what."""

    due_on: date
    due_time: str | None = None


def typed_next_step(text: str, *, today: date) -> NextStep | None:
    """Return the day and time that a text means, ``None`` for no text.

    Raises:
        InvalidInput: it is no day.
    """
    if not text.strip():
        return None
    from sfa.finding.days import day_or_refuse
    from sfa.interchange.day_words import find_days

    times = [one.time for one in find_days(text, today=today) if one.time is not None]
    return NextStep(day_or_refuse(text, "next_on", today=today), f"{times[0]:%H:%M}" if times else None)


def create(
    session: Session,
    given: Entered,
    *,
    kind_of: str = "activity",
    next_on: NextStep | None = None,
    today: date,
    idempotency_key: str | None = None,
) -> Row:
    """Add an activity or, with ``kind_of="visit"``, a visit.

    It happened now unless a time is given; one on a later day is planned. A contact named
    beside an account or a deal was there, and is not what it is about. With ``next_on``
    the next step becomes a task, and the record it is about remembers the day.

    Raises:
        InvalidInput: it is about nothing or about several records, a value is not allowed,
            or a day is given for no next step.
    """
    columns = dict(given.columns)
    beside = _contact_beside(columns)
    attendees = list(given.many.get("attendees") or [])
    met = beside or (None if attendees else columns.get("contact_id"))
    if met:
        attendees = _with(attendees, str(met))
    columns = about.narrowed(records.raw(session), columns)
    if about.of(columns) is None:
        columns.update(_about_attendees(session, attendees))
    if about.of(columns) is None:
        raise InvalidInput("about", msg("it must be about a lead, an account, a contact or a deal"))
    if kind_of == "activity" and not columns.get("kind"):
        raise InvalidInput("kind", msg("it must be given"))
    columns["at"] = columns.get("at") or moment_on(session, today)
    columns.setdefault("state", _state_on(columns["at"], today))
    columns.update(_one_next_step(columns))
    many = {**given.many, "attendees": attendees} if attendees else dict(given.many)
    row = records.create(
        session, kind_of, Entered(columns, many, given.custom), idempotency_key=idempotency_key
    )
    if row.created and next_on is not None:
        next_steps.put(session, row.id, due_on=next_on.due_on, due_time=next_on.due_time)
    return row


def _state_on(at: Any, today: date) -> str:
    moment = clock.from_text(at) if isinstance(at, str) else at
    later = clock.local_day(moment) > today
    return (ActivityState.PLANNED if later else ActivityState.DONE).value


def _contact_beside(columns: dict[str, Any]) -> str | None:
    """Take out the contact that was named beside an account or a deal: it was there, that is all."""
    if columns.get("contact_id") and (columns.get("account_id") or columns.get("deal_id")):
        return str(columns.pop("contact_id"))
    return None


def _with(attendees: Sequence[ChildRow], contact_id: str) -> list[ChildRow]:
    if any(each.get("contact_id") == contact_id for each in attendees):
        return list(attendees)
    return [*attendees, {"contact_id": contact_id}]


def _about_attendees(session: Session, attendees: Sequence[ChildRow]) -> dict[str, Any]:
    """Return what an activity with nobody but attendees is about: their one account, else the one contact."""
    contacts = [str(each["contact_id"]) for each in attendees if each.get("contact_id")]
    if not contacts:
        return {}
    places = ", ".join("?" * len(contacts))
    accounts = records.raw(session).execute(
        "SELECT DISTINCT account_id FROM contact_account"
        f" WHERE contact_id IN ({places}) AND deleted_at IS NULL",
        contacts,
    )
    found = [row[0] for row in accounts.fetchall()]
    if len(found) == 1:
        return {"account_id": found[0]}
    return {"contact_id": contacts[0]} if len(contacts) == 1 else {}


def _one_next_step(columns: dict[str, Any]) -> dict[str, Any]:
    """Let a next step and an explicit none exclude each other; what was given now wins."""
    if columns.get("no_next_step") and "next_step" not in columns:
        return {"next_step": None}
    if columns.get("next_step") and "no_next_step" not in columns:
        return {"no_next_step": False}
    return {}


def edit(
    session: Session,
    activity_id: str,
    given: Entered,
    *,
    kind_of: str = "activity",
    next_on: NextStep | None = None,
    today: date,  # noqa: ARG001  every noun's edit takes the business day
    expected_version: int | None = None,
) -> Row:
    """Change fields of an activity; naming another record moves it there.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit.
    """
    activity: Activity = records.load(session, kind_of, activity_id, expected_version)
    columns, many = dict(given.columns), dict(given.many)
    beside = _contact_beside(columns)
    if beside:
        there = many.get("attendees", present_attendees(session, activity_id))
        many["attendees"] = _with(there, beside)
    columns = about.narrowed(records.raw(session), columns)
    columns.update(_one_next_step(columns))
    row = records.edit(session, kind_of, activity.id, Entered(columns, many, given.custom))
    if next_on is not None:
        next_steps.put(session, row.id, due_on=next_on.due_on, due_time=next_on.due_time)
    return row


def present_attendees(session: Session, activity_id: str) -> list[ChildRow]:
    """Return who was there, as child rows that an edit can extend."""
    rows = records.raw(session).execute(
        "SELECT contact_id, user_id, name FROM activity_attendee"
        " WHERE activity_id = ? AND deleted_at IS NULL ORDER BY id",
        (activity_id,),
    )
    return [{name: row[name] for name in row.keys() if row[name] is not None} for row in rows.fetchall()]  # noqa: SIM118


def comment(session: Session, activity_id: str, text: str) -> Row:
    """Add a comment to an activity; comments are never changed.

    Raises:
        NotFound: no such activity.
        InvalidInput: the text is empty.
    """
    activity: Activity = records.load(session, "activity", activity_id)
    body = check_text(_COMMENT, text)
    if not body:
        raise InvalidInput("comment", msg("it must not be empty"))
    connection = records.raw(session)
    change.insert(
        connection, "comment", {"id": ids.uuid7(clock.wall_ms()), "activity_id": activity.id, "body": body}
    )
    return records.answer(session, "activity", activity, before=0)
