"""Tasks: the list and its filters, and one task in full."""

from __future__ import annotations

from sfa.errors import msg
from sfa.screens.acting.tasks import TaskActions
from sfa.screens.filtering import QuickFilter
from sfa.screens.record import RecordScreen
from sfa.screens.records import RecordsScreen


class TasksScreen(TaskActions, RecordsScreen):
    """The list of tasks, the open ones of the user at first."""

    PLACE = "tasks"
    NOUN = "task"
    EMPTY = msg("No tasks yet. n adds one.")
    TOGETHER = ("due", "priority", "owner", "tags")
    FILTERS = (
        QuickFilter("mine", msg("My open tasks"), "owner=me and state=open"),
        QuickFilter("due", msg("Due and overdue"), "owner=me and state=open and due<=today"),
        QuickFilter("no-day", msg("Without a day"), "owner=me and state=open and due is empty"),
        QuickFilter("open", msg("Open tasks of all"), "state=open"),
        QuickFilter("done", msg("Done tasks"), "state=done"),
    )
    FIRST = "mine"


class TaskScreen(TaskActions, RecordScreen):
    """One task in full."""
