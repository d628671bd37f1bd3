"""Tasks: done, reopened, cancelled, put off; a repeating one gives birth to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, Refused, msg
from sfa.fields import noun as noun_of
from sfa.interchange.moments import read_time
from sfa.interchange.repeats import anchored, first_due, next_due, parse_repeat, repeat_text
from sfa.models.task import Task
from sfa.services import about, children, records
from sfa.services.entry import Entered
from sfa.services.instants import day_of, moment_on
from sfa.services.rows import Row
from sfa.terms import TaskState

_INHERITED = ("subject", "due_time", "priority", "repeat", "notes", "owner_id", *about.COLUMNS)


@dataclass(frozen=True, slots=True)
class Completed:
    """A task that was done, the next one of its row, and the follow-up that was asked for."""

    task: Row
    next: Row | None = None
    next_on: date | None = None
    follow_up: Row | None = None


def create(session: Session, given: Entered, *, today: date, idempotency_key: str | None = None) -> Row:
    """Add a task; a repeating one without a due day is due on the first day that its words name.

    Raises:
        InvalidInput: a required field is missing, or the words of repeat mean nothing.
    """
    columns = about.narrowed(records.raw(session), given.columns)
    columns.update(_repeat(columns.get("repeat"), day_of(columns.get("due_on")), today))
    columns.update(_due_time(columns.get("due_time")))
    columns.update(_done_at(session, columns.get("state"), today))
    return records.create(
        session, "task", Entered(columns, given.many, given.custom), idempotency_key=idempotency_key
    )


def _repeat(words: Any, due: date | None, today: date) -> dict[str, Any]:
    rule = parse_repeat(str(words)) if words else None
    if rule is None:
        return {}
    due = due or first_due(rule, today)
    return {"repeat": repeat_text(anchored(rule, due)), "due_on": due}


def _due_time(typed: Any) -> dict[str, Any]:
    """Return the time of day as it is stored: HH:MM."""
    if not typed:
        return {}
    found = read_time(str(typed))
    if found is None:
        raise InvalidInput(
            "due_time", msg("{value!r} is no time of day."), hint=msg("Write it as 15:30."), value=typed
        )
    return {"due_time": found}


def _done_at(session: Session, state: Any, today: date) -> dict[str, Any]:
    if state is None:
        return {}
    return {"done_at": moment_on(session, today) if state == TaskState.DONE else None}


def edit(
    session: Session, task_id: str, given: Entered, *, today: date, expected_version: int | None = None
) -> Row:
    """Change fields of a task; a state typed here does what its own command does.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit.
    """
    task: Task = records.load(session, "task", task_id, expected_version)
    columns = about.narrowed(records.raw(session), given.columns)
    state = columns.pop("state", None)
    if columns.get("repeat"):
        columns.update(_repeat(columns["repeat"], day_of(columns.get("due_on", task.due_on)), today))
    columns.update(_due_time(columns.get("due_time")))
    row = records.edit(session, "task", task_id, Entered(columns, given.many, given.custom))
    if state is None or state == task.state:
        return row
    if state == TaskState.DONE:
        return complete(session, task_id, today=today).task
    return _put_state(session, task_id, TaskState(state), today)


def _put_state(session: Session, task_id: str, state: TaskState, today: date) -> Row:
    columns = {"state": state.value, **_done_at(session, state, today)}
    return records.edit(session, "task", task_id, Entered(columns))


def complete(
    session: Session,
    task_id: str,
    *,
    follow_up: str = "",
    follow_up_on: date | None = None,
    expected_version: int | None = None,
    today: date,
) -> Completed:
    """Close a task as done; a repeating one gives birth to the next, a follow-up becomes a task too.

    The next one is due on the first day of the rule after both today and this one's due day.

    Raises:
        NotFound, StaleVersion: as every edit.
        Refused: it is done or cancelled.
    """
    task: Task = records.load(session, "task", task_id, expected_version)
    _refuse_closed(task)
    row = _put_state(session, task_id, TaskState.DONE, today)
    following = _next(session, task, today)
    follow = _follow(session, task, follow_up, follow_up_on) if follow_up.strip() else None
    return Completed(row, *following, follow)


def _refuse_closed(task: Task) -> None:
    if task.state == TaskState.OPEN:
        return
    raise Refused(
        msg("The task {subject} is done already.")
        if task.state == TaskState.DONE
        else msg("The task {subject} is cancelled."),
        hint=msg("Open it again with: sfa task reopen {ref}."),
        subject=task.subject,
        ref=task.ref[:6],
    )


def _next(session: Session, task: Task, today: date) -> tuple[Row | None, date | None]:
    """Add the next task of the row; return it with the day it is due."""
    rule = parse_repeat(task.repeat) if task.repeat else None
    if rule is None:
        return None, None
    connection = records.raw(session)
    born = connection.execute(
        "SELECT 1 FROM task WHERE follows_id = ? AND repeat = ? AND deleted_at IS NULL",
        (task.id, task.repeat),
    ).fetchone()
    if born is not None:
        return None, None  # it was done before, then reopened: its successor is there
    due = task.due_on or today
    after = next_due(rule, due, today=today)
    columns = {name: getattr(task, name) for name in _INHERITED}
    columns.update(due_on=after, follows_id=task.id, remind_at=_moved(task.remind_at, after - due))
    custom = connection.execute(
        "SELECT field_id, value FROM custom_value WHERE task_id = ? AND deleted_at IS NULL", (task.id,)
    ).fetchall()
    row = records.create(session, "task", Entered(columns, custom={each[0]: each[1] for each in custom}))
    _copy_tags(session, task.id, row.id)
    return row, after


def _copy_tags(session: Session, from_id: str, to_id: str) -> None:
    described = noun_of("task")
    each = described.field("tags")
    if each is None:
        return
    names = records.raw(session).execute(
        "SELECT name FROM tag WHERE noun = 'task' AND record_id = ? AND deleted_at IS NULL ORDER BY id",
        (from_id,),
    )
    wanted: list[Mapping[str, object]] = [{"name": row[0]} for row in names.fetchall()]
    children.set_many(records.raw(session), each, described, to_id, wanted)


def _moved(moment: datetime | None, by: timedelta) -> datetime | None:
    """Return the same local time of day so many days later."""
    if moment is None:
        return None
    local = moment.astimezone()
    return datetime.combine(local.date() + by, local.time()).astimezone()


def _follow(session: Session, task: Task, subject: str, due: date | None) -> Row:
    inherited = {name: getattr(task, name) for name in ("priority", "owner_id", *about.COLUMNS)}
    columns = {**inherited, "subject": subject.strip(), "due_on": due, "follows_id": task.id}
    return records.create(session, "task", Entered(columns))


def reopen(session: Session, task_id: str, *, expected_version: int | None = None, today: date) -> Row:
    """Open a task again that was done or cancelled.

    Raises:
        Refused: it is open.
    """
    task: Task = records.load(session, "task", task_id, expected_version)
    if task.state == TaskState.OPEN:
        raise Refused(msg("The task {subject} is open."), subject=task.subject)
    return _put_state(session, task_id, TaskState.OPEN, today)


def cancel(session: Session, task_id: str, *, expected_version: int | None = None, today: date) -> Row:
    """Close a task that will not be done; a repeating one does not come again.

    Raises:
        Refused: it is done or cancelled.
    """
    task: Task = records.load(session, "task", task_id, expected_version)
    _refuse_closed(task)
    return _put_state(session, task_id, TaskState.CANCELLED, today)


def snooze(
    session: Session, task_id: str, *, to: date, expected_version: int | None = None, today: date
) -> Row:
    """Put an open task off to a day; its reminder moves along. A repeating one keeps its usual day.

    Raises:
        InvalidInput: the day has gone by.
        Refused: it is done or cancelled.
    """
    task: Task = records.load(session, "task", task_id, expected_version)
    _refuse_closed(task)
    if to < today:
        raise InvalidInput("to", msg("{day} has gone by"), day=to.isoformat())
    moved = _moved(task.remind_at, to - task.due_on) if task.due_on else task.remind_at
    return records.edit(session, "task", task_id, Entered({"due_on": to, "remind_at": moved}))
