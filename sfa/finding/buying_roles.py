"""A person's part in a deal as it is stored. Read-only."""

from __future__ import annotations

import sqlite3
from typing import Any

# Of several, which two devices may have given, the first counts.
LIVE = "deal_role r WHERE r.deal_id = ? AND r.contact_id = ? AND r.deleted_at IS NULL ORDER BY r.id"


def stored(connection: sqlite3.Connection, deal_id: str, contact_id: str) -> dict[str, Any] | None:
    """Return the columns of a person's part in a deal, and ``who`` changed it last and ``at`` what time."""
    row = connection.execute(
        "SELECT r.role, r.stance, r.strength, r.target_strength, r.note, r.updated_at AS at,"
        f" coalesce((SELECT u.name FROM user u WHERE u.id = r.updated_by), '?') AS who FROM {LIVE}",
        (deal_id, contact_id),
    ).fetchone()
    return dict(row) if row is not None else None
