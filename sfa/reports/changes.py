"""The changes that can be taken back: this user's transactions on this device, newest first."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from sfa import ids
from sfa.errors import Ambiguous, Msg, NotFound, msg
from sfa.finding.organisation import device_id, local_user_id
from sfa.store.log import Transaction, is_in_force, transactions_backwards
from sfa.terms import ChangeKind

_LEAST = 5


@dataclass(frozen=True, slots=True)
class Recent:
    """A change: when, what it is called, how many rows it touched, and whether it still stands."""

    tx_id: str
    ref: str
    at: str
    name: Msg
    arguments: dict[str, Any]
    rows: int
    in_force: bool


def recent_changes(connection: sqlite3.Connection, limit: int | None = 20) -> list[Recent]:
    """Return the latest changes of this user on this device, undone ones too."""
    found: list[Recent] = []
    for each in _own(connection):
        if limit is not None and len(found) >= limit:
            break
        rows = each.last_seq - each.first_seq + 1
        ref = ids.ref_of(each.tx_id)[: _LEAST + 1]
        in_force = is_in_force(connection, each.tx_id)
        found.append(Recent(each.tx_id, ref, each.at, each.name, each.arguments, rows, in_force))
    return found


def _own(connection: sqlite3.Connection) -> list[Transaction]:
    mine = (device_id(connection), local_user_id(connection))
    return [
        each
        for each in transactions_backwards(connection)
        if each.kind is ChangeKind.CHANGE and (each.device, each.author) == mine
    ]


def find_change(connection: sqlite3.Connection, typed: str) -> str:
    """Return the id of the change that a reference from ``undo --list`` names.

    Raises:
        NotFound: none.
        Ambiguous: several begin so.
    """
    plain = ids.plain_ref(typed)
    own = _own(connection)
    found = [
        each for each in own if plain and (each.tx_id == plain or ids.ref_of(each.tx_id).startswith(plain))
    ]
    if not found:
        raise NotFound(msg("No change has the id {id}."), hint=msg("See: sfa undo --list."), id=typed)
    if len(found) > 1:
        raise Ambiguous(
            msg("{typed!r} fits several {nouns}."),
            matches=[(ids.ref_of(each.tx_id), each.at) for each in found],
            typed=typed,
            nouns=msg("changes"),
        )
    return found[0].tx_id
