"""Visits: check-in and check-out, a planned visit that took place, and the one-line log of any activity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from sqlmodel import Session

from sfa import clock
from sfa.errors import InvalidInput, Msg, Refused, msg
from sfa.models.activity import Activity
from sfa.services import activities, records
from sfa.services.activities import NextStep
from sfa.services.entry import ChildRow, Entered
from sfa.services.instants import moment_on
from sfa.services.rows import Row
from sfa.terms import ActivityKind, ActivityState, Recorded

if TYPE_CHECKING:  # reading a line compiles tables of words: 100 ms that no other visit needs
    from sfa.interchange.visit_line import VisitDraft

_MINUTE_S = 60
_OUTCOME = 500


def create(
    session: Session,
    given: Entered,
    *,
    next_on: NextStep | None = None,
    today: date,
    idempotency_key: str | None = None,
) -> Row:
    """Add a visit, done or planned; see ``activities.create``."""
    return activities.create(
        session, given, kind_of="visit", next_on=next_on, today=today, idempotency_key=idempotency_key
    )


def edit(
    session: Session,
    visit_id: str,
    given: Entered,
    *,
    next_on: NextStep | None = None,
    today: date,
    expected_version: int | None = None,
) -> Row:
    """Change fields of a visit; see ``activities.edit``."""
    return activities.edit(
        session,
        visit_id,
        given,
        kind_of="visit",
        next_on=next_on,
        today=today,
        expected_version=expected_version,
    )


def check_in(
    session: Session,
    visit_id: str,
    *,
    place: str = "",
    reason: str = "",
    expected_version: int | None = None,
    today: date,
) -> Row:
    """Record the arrival now. A place typed by hand needs the reason why no device recorded it.

    Raises:
        Refused: the visit is checked in already, or cancelled.
        InvalidInput: a place without a reason.
    """
    visit: Activity = records.load(session, "visit", visit_id, expected_version)
    _refuse_cancelled(visit)
    if visit.checkin_at is not None:
        raise Refused(
            msg("The visit is checked in already, since {time}."),
            hint=msg("Check out with: sfa visit checkout {ref}."),
            time=f"{visit.checkin_at.astimezone():%Y-%m-%d %H:%M}",
            ref=visit.ref[:6],
        )
    columns: dict[str, object] = {
        "checkin_at": moment_on(session, today),
        **_recorded("checkin", place, reason),
        "checkin_reason": reason.strip() or None,
    }
    return records.edit(session, "visit", visit_id, Entered(columns))


def check_out(
    session: Session,
    visit_id: str,
    *,
    place: str = "",
    expected_version: int | None = None,
    today: date,
) -> Row:
    """Record the departure now; the minutes since the check-in are the visit's length unless it has one.

    Raises:
        Refused: the visit is not checked in, or checked out already.
    """
    visit: Activity = records.load(session, "visit", visit_id, expected_version)
    _refuse_cancelled(visit)
    if visit.checkin_at is None:
        raise Refused(
            msg("The visit is not checked in."),
            hint=msg("Check in with: sfa visit checkin {ref}."),
            ref=visit.ref[:6],
        )
    if visit.checkout_at is not None:
        raise Refused(
            msg("The visit is checked out already, since {time}."),
            time=f"{visit.checkout_at.astimezone():%Y-%m-%d %H:%M}",
        )
    moment = max(moment_on(session, today), visit.checkin_at)
    columns: dict[str, object] = {
        "checkout_at": moment,
        "checkout_place": place.strip() or None,
        "checkout_by": (Recorded.MANUAL if place.strip() else Recorded.NONE).value,
    }
    if visit.duration_min is None:
        columns["duration_min"] = round((moment - visit.checkin_at).total_seconds() / _MINUTE_S)
    return records.edit(session, "visit", visit_id, Entered(columns))


def _refuse_cancelled(visit: Activity) -> None:
    if visit.state == ActivityState.CANCELLED:
        raise Refused(
            msg("The visit is cancelled."),
            hint=msg("Plan it again with: sfa visit edit {ref} --state planned."),
            ref=visit.ref[:6],
        )


def _recorded(which: str, place: str, reason: str) -> dict[str, object]:
    if place.strip() and not reason.strip():
        raise InvalidInput(
            "reason",
            msg("a place typed by hand needs the reason why"),
            hint=msg("Give it with --reason, or leave --place out: the time alone is recorded."),
        )
    by = Recorded.MANUAL if place.strip() else Recorded.NONE
    return {f"{which}_place": place.strip() or None, f"{which}_by": by.value}


def complete(
    session: Session,
    visit_id: str,
    given: Entered,
    *,
    next_on: NextStep | None = None,
    expected_version: int | None = None,
    today: date,
) -> Row:
    """Say that a planned visit took place; its time becomes the check-in, else now when it was to be later.

    Raises:
        Refused: it is not planned.
    """
    visit: Activity = records.load(session, "visit", visit_id, expected_version)
    _refuse_unplanned(visit)
    columns: dict[str, object] = {**given.columns, "state": ActivityState.DONE.value}
    if "at" not in columns:
        columns["at"] = visit.checkin_at or min(visit.at, moment_on(session, today))
    return edit(session, visit_id, Entered(columns, given.many, given.custom), next_on=next_on, today=today)


def cancel(session: Session, visit_id: str, *, expected_version: int | None = None) -> Row:
    """Say that a planned visit will not take place.

    Raises:
        Refused: it is not planned.
    """
    visit: Activity = records.load(session, "visit", visit_id, expected_version)
    _refuse_unplanned(visit)
    return records.edit(session, "visit", visit_id, Entered({"state": ActivityState.CANCELLED.value}))


def _refuse_unplanned(visit: Activity) -> None:
    if visit.state != ActivityState.PLANNED:
        raise Refused(
            msg("The visit is not planned; it is {state}."),
            hint=msg("Change it with: sfa visit edit {ref}."),
            state=Msg(visit.state),
            ref=visit.ref[:6],
        )


def log_visit(
    session: Session,
    draft: VisitDraft,
    account_id: str | None,
    attendees: Sequence[ChildRow],
    *,
    at: datetime,
    today: date,
) -> Row:
    """Write down a visit, call or message with who was there and the task that follows from it.

    A visit planned for that account and day has now taken place; another one is unplanned. What
    lies on a later day is planned.

    Raises:
        InvalidInput: neither an account nor a contact among the attendees.
    """
    columns: dict[str, object] = {
        **_told(draft.notes),
        "next_step": draft.next_step or None,
        "no_next_step": draft.no_next_step and not draft.next_step,
    }
    due_time = f"{draft.next_due_time:%H:%M}" if draft.next_due_time else None
    next_on = NextStep(draft.next_due_on, due_time) if draft.next_due_on and draft.next_step else None
    planned = _planned(session, account_id, at) if draft.kind is ActivityKind.VISIT else None
    if planned is not None:
        present = activities.present_attendees(session, planned)
        met = {"attendees": [*present, *(each for each in attendees if each not in present)]}
        return complete(session, planned, Entered({**columns, "at": at}, met), next_on=next_on, today=today)
    columns.update(
        kind=draft.kind.value,
        account_id=account_id,
        at=at,
        is_unplanned=draft.kind is ActivityKind.VISIT,
    )
    given = Entered(columns, {"attendees": list(attendees)})
    word = "visit" if draft.kind is ActivityKind.VISIT else "activity"
    return activities.create(session, given, kind_of=word, next_on=next_on, today=today)


def _told(notes: str) -> dict[str, object]:
    """Return the outcome, and the whole text as notes where it is longer than an outcome may be."""
    if len(notes) <= _OUTCOME:
        return {"outcome": notes or None}
    return {"outcome": notes[: _OUTCOME - 1].rstrip() + "…", "notes": notes}


def _planned(session: Session, account_id: str | None, at: datetime) -> str | None:
    """Return the one visit of the actor that was planned for an account on the local day of an instant."""
    if account_id is None:
        return None
    day = clock.local_day(at)
    rows = records.raw(session).execute(
        "SELECT id FROM activity WHERE kind = ? AND state = ? AND account_id = ? AND owner_id = ?"
        " AND at BETWEEN ? AND ? AND deleted_at IS NULL LIMIT 2",
        (
            ActivityKind.VISIT.value,
            ActivityState.PLANNED.value,
            account_id,
            records.change_of(session).actor,
            clock.to_text(clock.instant_at(day, 0)),
            clock.to_text(datetime.combine(day, time.max).astimezone()),
        ),
    )
    found = rows.fetchall()
    return found[0][0] if len(found) == 1 else None


def add_company(session: Session, name: str) -> str:
    """Add the account that a line names and nobody knows yet; return its id."""
    return records.create(session, "account", Entered({"name": name})).id


def add_person(session: Session, name: str, account_id: str | None) -> str:
    """Add somebody who was met for the first time, at the account if there is one; return the id."""
    many: dict[str, list[ChildRow]] = {"accounts": [{"account_id": account_id}]} if account_id else {}
    return records.create(session, "contact", Entered({"name": name}, many)).id
