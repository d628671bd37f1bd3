"""The services that lines of an order promise, as tasks: what they are called, which are open. Read-only."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import NamedTuple

from sfa.terms import TaskState

MOST_SUBJECT = 500
_OPEN = """SELECT t.id, t.ref, t.subject, t.due_on FROM sales_order o JOIN task t
 ON t.deal_id = o.deal_id OR t.deal_id IS NULL AND t.account_id = o.account_id
 WHERE o.id = ?1 AND t.deleted_at IS NULL AND t.state = ?2 AND substr(t.subject, -length(?3)) = ?3
 ORDER BY t.due_on, t.id"""


class Service(NamedTuple):
    """A task that a line of an order promised."""

    id: str
    ref: str
    subject: str
    due_on: date | None


def subject_of(line: str, number: str) -> str:
    """Return what the task of a line's service is called: by the line, then by the order's number."""
    end = _end(number)
    return f"{line[: MOST_SUBJECT - len(end)]}{end}"


def _end(number: str) -> str:
    return f" · {number}"


def open_services(connection: sqlite3.Connection, order_id: str, number: str) -> tuple[Service, ...]:
    """Return the open tasks of an order's services, those due first; one that was renamed is none."""
    rows = connection.execute(_OPEN, (order_id, TaskState.OPEN.value, _end(number)))
    return tuple(
        Service(row[0], row[1], row[2], date.fromisoformat(row[3]) if row[3] else None)
        for row in map(tuple, rows)
    )
