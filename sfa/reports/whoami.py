"""Who works in this store, on which device, for whom."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from sfa.finding.organisation import currency, device_id, local_user_id, setting


class Identity(NamedTuple):
    """The store's own user and what their changes are marked with."""

    user_id: str
    name: str
    role: str
    team: str
    manager: str
    device_id: str
    organisation: str
    currency: str


def whoami(connection: sqlite3.Connection) -> Identity:
    """Return the user whose store this is."""
    user_id = local_user_id(connection)
    row = connection.execute(
        "SELECT u.name, u.role, t.name, m.name FROM user u LEFT JOIN team t ON t.id = u.team_id"
        " LEFT JOIN user m ON m.id = u.manager_id WHERE u.id = ?",
        (user_id,),
    ).fetchone()
    name, role, team, manager = tuple(row) if row is not None else ("", "", "", "")
    return Identity(
        user_id,
        name,
        role,
        team or "",
        manager or "",
        device_id(connection),
        str(setting(connection, "organisation_name", "") or ""),
        currency(connection),
    )
