"""The changes that can be taken back, this user's on this device; and everybody's that came here."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from sfa import ids
from sfa.errors import Ambiguous, Msg, NotFound, msg
from sfa.finding.labels import labels
from sfa.finding.organisation import local_user_id
from sfa.store.log import (
    Transaction,
    heard_transactions,
    is_in_force,
    own_devices,
    transactions_backwards,
)
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


@dataclass(frozen=True, slots=True)
class Latest:
    """A change by whomever; ``ref`` is empty where undo does not offer it.

    ``device`` is the id of the device it was made on, empty for this one; ``rows`` counts those seen here.
    """

    tx_id: str
    ref: str
    at: str
    author: str
    device: str
    kind: ChangeKind
    name: Msg
    arguments: dict[str, Any]
    rows: int
    in_force: bool


def latest_changes(connection: sqlite3.Connection, limit: int | None = 20) -> list[Latest]:
    """Return the latest changes made here and those received of others, newest first."""
    here = {each.tx_id: each for each in recent_changes(connection, limit)}
    heard = [each for each in heard_transactions(connection, limit) if each.kind is not ChangeKind.SYSTEM]
    rows = _heard_rows(connection, [each.tx_id for each in heard])
    me = local_user_id(connection)
    people = labels(connection, "user", [me or "", *(each.author for each in heard if each.author)])
    undone = {each.undoes for each in heard if each.kind is ChangeKind.UNDO}
    found = [
        Latest(
            each.tx_id, each.ref, each.at, people.get(me or "", ""), "", ChangeKind.CHANGE, each.name,
            each.arguments, each.rows, each.in_force,
        )
        for each in here.values()
    ]  # fmt: skip
    found += [
        Latest(
            each.tx_id, "", each.at, people.get(each.author or "", ""), each.device, each.kind, each.name,
            each.arguments, rows.get(each.tx_id, 0), each.tx_id not in undone,
        )
        for each in heard
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.at, each.tx_id), reverse=True)[:limit]


def _heard_rows(connection: sqlite3.Connection, tx_ids: list[str]) -> dict[str, int]:
    rows = connection.execute(
        "SELECT tx_id, count(*) FROM history WHERE entry = 'op'"
        " AND tx_id IN (SELECT value FROM json_each(?)) GROUP BY tx_id",
        (json.dumps(tx_ids),),
    )
    return {row[0]: row[1] for row in rows}


def _own(connection: sqlite3.Connection) -> list[Transaction]:
    devices, me = own_devices(connection), local_user_id(connection)
    return [
        each
        for each in transactions_backwards(connection)
        if each.kind is ChangeKind.CHANGE and each.author == me and each.device in devices
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
