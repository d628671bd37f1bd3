"""Who works here, for whom: what stands above every screen."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from sfa.finding.organisation import SETTING


class Heading(NamedTuple):
    """The user's and the organisation's name, empty where there is none."""

    name: str
    organisation: str


def heading(connection: sqlite3.Connection) -> Heading:
    """Return the names in one query: it is asked anew after every change."""
    row = connection.execute(
        f"SELECT u.name, ({SETTING}) FROM local_state s JOIN user u ON u.id = s.value"
        " WHERE s.key = 'user_id'",
        ("organisation_name",),
    ).fetchone()
    name, organisation = tuple(row) if row is not None else ("", None)
    return Heading(name, str(json.loads(organisation) or "") if organisation is not None else "")
