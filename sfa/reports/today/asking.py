"""Several questions in one statement, each with its first rows and how many there are."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sfa import clock

ABOUT = """coalesce(
    (SELECT a.name FROM account a WHERE a.id = {0}.account_id),
    (SELECT d.name FROM deal d WHERE d.id = {0}.deal_id),
    (SELECT c.name FROM contact c WHERE c.id = {0}.contact_id),
    (SELECT l.name FROM lead l WHERE l.id = {0}.lead_id), '')"""


# Everybody who reports to the user, directly or through others: a table of a WITH RECURSIVE clause.
BELOW = """below(id) AS (SELECT id FROM user WHERE manager_id = :me AND deleted_at IS NULL
    UNION SELECT u.id FROM below b JOIN user u ON u.manager_id = b.id WHERE u.deleted_at IS NULL)"""


class Part(NamedTuple):
    """One question: its section, a SELECT of the statement's columns, and the order of its rows.

    Each SELECT of a statement names every one of its columns, in the same order.
    """

    kind: str
    select: str
    order: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Whose day it is, and how many entries of a question are wanted, -1 for all."""

    connection: sqlite3.Connection
    user: str
    today: date
    limit: int

    def rows(
        self, parts: Sequence[Part], *, before: str = "", **params: Any
    ) -> Mapping[str, list[tuple[Any, ...]]]:
        """Return section -> its rows in order, in one query; a row's last cell counts all of them.

        ``before`` are the tables of a WITH clause that the parts read.
        """
        given = {
            "me": self.user,
            "today": self.today.isoformat(),
            "begin": midnight(self.today),
            "finish": midnight_after(self.today),
            "limit": self.limit,
            **params,
        }
        cursor = self.connection.cursor()
        cursor.row_factory = None
        found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        sql = f"{before} {' UNION ALL '.join(map(_first_of, parts))}"
        for kind, _, *row in sorted(cursor.execute(sql, given), key=lambda each: each[1]):
            found[kind].append(tuple(row))
        return found


def _first_of(part: Part) -> str:
    return (
        f"SELECT * FROM (SELECT '{part.kind}', row_number() OVER (ORDER BY {part.order}) AS place, *,"
        f" count(*) OVER () FROM ({part.select}) ORDER BY place LIMIT :limit)"
    )


def midnight(day: date) -> str:
    """Return the stored instant at which a local day begins."""
    return clock.to_text(clock.instant_at(day, 0))


def midnight_after(day: date) -> str:
    """Return the stored instant at which a local day ends."""
    return midnight(day + timedelta(days=1))


def local_time(at: str) -> str:
    """Return a stored instant's local time of day as HH:MM."""
    return clock.from_text(at).astimezone().strftime("%H:%M")


def local_day(at: str) -> str:
    """Return the local day of a stored instant as text."""
    return clock.local_day(clock.from_text(at)).isoformat()


def days_since(day: str | None, today: date) -> int | None:
    """Return how many days ago a day was, ``None`` for none."""
    return (today - date.fromisoformat(day)).days if day else None
