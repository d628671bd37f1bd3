"""The next step of an activity: a task born from it, and the day its records remember."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, msg
from sfa.models.activity import Activity
from sfa.services import about, records
from sfa.services.entry import Entered
from sfa.services.rows import Row
from sfa.terms import TaskState


def put(session: Session, activity_id: str, *, due_on: date, due_time: str | None = None) -> Row:
    """Make the activity's next step a task due on a day, or move the open one it already has.

    The deal, account, contact's account or lead it is about gets the day as its next follow-up.

    Raises:
        InvalidInput: the activity has no next step.
    """
    activity: Activity = records.load(session, "activity", activity_id)
    if not activity.next_step:
        raise InvalidInput("next_step", msg("a day is given, but not what is to be done"))
    columns = {name: getattr(activity, name) for name in about.COLUMNS}
    columns.update(subject=activity.next_step, due_on=due_on, due_time=due_time)
    born = _open_task(records.raw(session), activity_id)
    if born is not None:
        row = records.edit(session, "task", born, Entered(columns))
    else:
        columns.update(owner_id=activity.owner_id, activity_id=activity_id)
        row = records.create(session, "task", Entered(columns))
    _remember(session, activity, due_on)
    return row


def _open_task(connection: sqlite3.Connection, activity_id: str) -> str | None:
    row = connection.execute(
        "SELECT id FROM task WHERE activity_id = ? AND state = ? AND deleted_at IS NULL ORDER BY id LIMIT 1",
        (activity_id, TaskState.OPEN.value),
    ).fetchone()
    return row[0] if row else None


def _remember(session: Session, activity: Activity, due_on: date) -> None:
    step = activity.next_step
    if activity.deal_id:
        _set(session, "deal", activity.deal_id, {"next_step": step, "next_step_on": due_on})
    if activity.lead_id:
        _set(session, "lead", activity.lead_id, {"next_step": step, "next_follow_up_on": due_on})
    account = activity.account_id or _account_behind(records.raw(session), activity)
    if account:
        _set(session, "account", account, {"next_follow_up_on": due_on})


def _set(session: Session, noun: str, record_id: str, columns: dict[str, Any]) -> None:
    records.edit(session, noun, record_id, Entered(columns))


def _account_behind(connection: sqlite3.Connection, activity: Activity) -> str | None:
    """Return the deal's account, or the contact's when there is exactly one."""
    if activity.deal_id:
        row = connection.execute("SELECT account_id FROM deal WHERE id = ?", (activity.deal_id,)).fetchone()
        return row[0] if row else None
    rows = connection.execute(
        "SELECT DISTINCT ca.account_id FROM contact_account ca JOIN account a ON a.id = ca.account_id"
        " WHERE ca.contact_id = ? AND ca.deleted_at IS NULL AND a.deleted_at IS NULL",
        (activity.contact_id,),
    ).fetchall()
    return rows[0][0] if len(rows) == 1 else None
