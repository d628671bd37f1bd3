"""Which of one's own changes the centre did not take as they were made, and which of these were seen.

Seen is kept on this device under the outcome that was seen: whatever becomes of the change later is news.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

_SEEN = "outcome_seen:"
_FATE = "o.state || ':' || coalesce(p.state, '')"

WITH_PROPOSALS = "outcome o LEFT JOIN proposal p ON p.id = o.proposal_id"
# Whatever is still to be decided stands among the proposals.
NOT_TAKEN = (
    "o.state IN ('proposal', 'late', 'quarantined') AND coalesce(p.state, '') NOT IN ('open', 'accepted')"
)
IS_SEEN = f"EXISTS (SELECT 1 FROM local_state s WHERE s.key = '{_SEEN}' || o.tx_id AND s.value = {_FATE})"


def unseen(connection: sqlite3.Connection) -> int:
    """Return how many of one's own changes were not taken, and nobody has said yet that they saw it."""
    query = f"SELECT count(*) FROM {WITH_PROPOSALS} WHERE {NOT_TAKEN} AND NOT {IS_SEEN}"
    return int(connection.execute(query).fetchone()[0])


def mark_seen(connection: sqlite3.Connection, transactions: Iterable[str]) -> int:
    """Keep that what became of these changes was seen, in the open transaction; return how many were news."""
    before = unseen(connection)
    connection.executemany(
        f"INSERT OR REPLACE INTO local_state (key, value) SELECT '{_SEEN}' || o.tx_id, {_FATE}"
        f" FROM {WITH_PROPOSALS} WHERE o.tx_id = ? AND {NOT_TAKEN}",
        [(each,) for each in transactions],
    )
    return before - unseen(connection)
