"""Tasks: what is to do, by when, again or once, about which record."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint

from sfa.errors import msg
from sfa.models.base import NounInfo, Owned, at_most_one, live_index
from sfa.models.types import choice, day, instant, link, text
from sfa.terms import Priority, TaskState


class Task(Owned, table=True):
    """Something to do. A repeating task gives birth to the next one when it is done."""

    __table_args__ = (
        CheckConstraint(at_most_one("lead_id", "account_id", "contact_id", "deal_id"), name="about_one"),
        CheckConstraint("due_time IS NULL OR due_on IS NOT NULL", name="time_with_day"),
        live_index("ix_task_by_due", "due_on", "due_time"),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "task",
        "tasks",
        msg("task"),
        msg("tasks"),
        title=("subject",),
        listed=("due", "due_time", "subject", "priority", "state", "account", "deal", "owner"),
        order=("due", "due_time"),
    )
    subject: str = text(msg("What"), required=True, max_length=500, personal=True)
    due_on: date | None = day(msg("Due"), group="due", name="due", index=True)
    due_time: str | None = text(msg("Due time"), kind="time", group="due", max_length=5)
    priority: str = choice(msg("Priority"), Priority, default=Priority.NORMAL)
    state: str = choice(msg("State"), TaskState, default=TaskState.OPEN, group="state", index=True)
    done_at: datetime | None = instant(msg("Done"), group="state", name="done", editable=False)
    repeat: str | None = text(msg("Repeat"), max_length=60)
    remind_at: datetime | None = instant(msg("Reminder"), name="remind")
    lead_id: str | None = link(msg("Lead"), "lead", group="about")
    account_id: str | None = link(msg("Account"), "account", group="about")
    contact_id: str | None = link(msg("Contact"), "contact", group="about")
    deal_id: str | None = link(msg("Deal"), "deal", group="about")
    activity_id: str | None = link(msg("From activity"), "activity", name="activity", editable=False)
    follows_id: str | None = link(msg("Follows"), "task", name="follows", editable=False)
    notes: str | None = text(msg("Notes"), long=True, personal=True)
