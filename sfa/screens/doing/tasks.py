"""What becomes of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sfa import clock
from sfa.errors import msg
from sfa.screens.doing.together import Together, together

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.services.rows import Row


def complete(ids: Sequence[str], *, follow_up: str = "", follow_up_on: date | None = None) -> Together:
    """Close tasks as done; a follow-up becomes a task of its own."""

    def act(session: Session, task_id: str) -> Row:
        from sfa.services import tasks

        done = tasks.complete(
            session, task_id, follow_up=follow_up, follow_up_on=follow_up_on, today=clock.today()
        )
        return done.task

    return together(act, ids, msg("Complete {label}"), msg("Complete {number} tasks"))


def snooze(ids: Sequence[str], to: date) -> Together:
    """Put tasks off to a day."""

    def act(session: Session, task_id: str) -> Row:
        from sfa.services import tasks

        return tasks.snooze(session, task_id, to=to, today=clock.today())

    return together(act, ids, msg("Put off {label}"), msg("Put off {number} tasks"))


def cancel(ids: Sequence[str]) -> Together:
    """Close tasks that will not be done."""

    def act(session: Session, task_id: str) -> Row:
        from sfa.services import tasks

        return tasks.cancel(session, task_id, today=clock.today())

    return together(act, ids, msg("Cancel {label}"), msg("Cancel {number} tasks"))


def reopen(ids: Sequence[str]) -> Together:
    """Open tasks again that were done or cancelled."""

    def act(session: Session, task_id: str) -> Row:
        from sfa.services import tasks

        return tasks.reopen(session, task_id, today=clock.today())

    return together(act, ids, msg("Reopen {label}"), msg("Reopen {number} tasks"))
