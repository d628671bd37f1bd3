"""What became of one's own changes that the centre did not take as they were made."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple

from sfa import ids
from sfa.errors import Ambiguous, NotFound, msg
from sfa.finding.outcomes import IS_SEEN, NOT_TAKEN, WITH_PROPOSALS

_LEAST = 6
_QUERY = (
    "SELECT o.tx_id, o.state, coalesce(o.reason, ''), o.at, tx.name, tx.arguments, tx.at,"
    f" coalesce(p.state, ''), coalesce(p.reason, ''), coalesce(u.name, ''), {IS_SEEN}"
    f" FROM {WITH_PROPOSALS} JOIN tx ON tx.tx_id = o.tx_id"
    " LEFT JOIN user u ON u.id = coalesce(p.decided_by_id, p.recipient_id)"
    f" WHERE {NOT_TAKEN} AND (? OR NOT {IS_SEEN}) ORDER BY o.at DESC, o.tx_id DESC LIMIT ?"
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
    seen: bool

    @property
    def ref(self) -> str:
        """Return the reference that people type, that of ``sfa undo --list``."""
        return ids.ref_of(self.tx_id)[:_LEAST]


def not_taken(
    connection: sqlite3.Connection, *, seen_too: bool = False, limit: int | None = 50
) -> list[NotTaken]:
    """Return the latest changes that were not taken as they are, newest first; those seen on demand."""
    found = []
    for row in connection.execute(_QUERY, (seen_too, -1 if limit is None else limit)):
        values = dict(zip(NotTaken._fields, row, strict=True))
        values |= {"arguments": json.loads(values["arguments"]), "seen": bool(values["seen"])}
        found.append(NotTaken(**values))
    return found


def find_not_taken(connection: sqlite3.Connection, typed: str) -> NotTaken:
    """Return the change that a reference names, seen or not.

    Raises:
        NotFound: none.
        Ambiguous: several begin so.
    """
    plain = ids.plain_ref(typed)
    everything = not_taken(connection, seen_too=True, limit=None)
    found = [
        each
        for each in everything
        if plain and (each.tx_id == plain or ids.ref_of(each.tx_id).startswith(plain))
    ]
    if not found:
        raise NotFound(
            msg("No change that was not taken has the id {id}."),
            hint=msg("See: sfa sync not-taken."),
            id=typed,
        )
    if len(found) > 1:
        raise Ambiguous(
            msg("{typed!r} fits several {nouns}."),
            matches=[(ids.ref_of(each.tx_id), each.made_at) for each in found],
            typed=typed,
            nouns=msg("changes"),
        )
    return found[0]
