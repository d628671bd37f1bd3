"""What became of one's own changes that the centre did not take as they were made."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple

_QUERY = (
    "SELECT o.tx_id, o.state, coalesce(o.reason, ''), o.at, tx.name, tx.arguments, tx.at,"
    " coalesce(p.state, ''), coalesce(p.reason, ''), coalesce(u.name, '')"
    " FROM outcome o JOIN tx ON tx.tx_id = o.tx_id LEFT JOIN proposal p ON p.id = o.proposal_id"
    " LEFT JOIN user u ON u.id = coalesce(p.decided_by_id, p.recipient_id)"
    " WHERE o.state IN ('proposal', 'late', 'quarantined')"
    # Whatever is still to be decided stands among the proposals.
    " AND coalesce(p.state, '') NOT IN ('open', 'accepted') ORDER BY o.at DESC, o.tx_id DESC LIMIT ?"
)


class NotTaken(NamedTuple):
    """A change of one's own, its outcome, and what was decided about it.

    ``outcome`` is proposal, late or quarantined; ``reason`` is the centre's word for a quarantine.
    ``decision`` is the proposal's state, empty when it is not here, and ``why`` what its decider
    wrote; ``person`` is who decided it, or is to.
    """

    tx_id: str
    outcome: str
    reason: str
    answered_at: str
    name: str
    arguments: dict[str, Any]
    made_at: str
    decision: str
    why: str
    person: str


def not_taken(connection: sqlite3.Connection, *, limit: int = 50) -> list[NotTaken]:
    """Return the latest changes that were not taken as they are, newest first."""
    found = []
    for row in connection.execute(_QUERY, (limit,)):
        values = dict(zip(NotTaken._fields, row, strict=True))
        found.append(NotTaken(**{**values, "arguments": json.loads(values["arguments"])}))
    return found
