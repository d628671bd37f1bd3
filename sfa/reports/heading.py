"""Who works here, for whom: what stands above every screen."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from sfa.finding.organisation import SETTING
from sfa.terms import Role


class Heading(NamedTuple):
    """The user's and the organisation's name, empty where there is none; whether the user may only read."""

    name: str
    organisation: str
    reads_only: bool = False


def heading(connection: sqlite3.Connection) -> Heading:
    """Return the names in one query: it is asked anew after every change."""
    row = connection.execute(
        f"SELECT u.name, ({SETTING}), (SELECT value FROM local_state WHERE key = 'sync_role')"
        " FROM local_state s JOIN user u ON u.id = s.value"
        " WHERE s.key = 'user_id'",
        ("organisation_name",),
    ).fetchone()
    name, organisation, role = tuple(row) if row is not None else ("", None, None)
    of = str(json.loads(organisation) or "") if organisation is not None else ""
    return Heading(name, of, role == Role.READ_ONLY)
