"""The first login of a store that has data: its local user is a user of the centre.

No op is rewritten: the log is read through the alias, here and at the centre.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sfa.errors import Refused, msg
from sfa.fields import TABLES
from sfa.store.connection import StoreConnection
from sfa.store.heard import Entry, Heard
from sfa.store.log import ALIASES
from sfa.store.triggers import expected
from sfa.sync.device import state
from sfa.sync.device.hearing import Hearing
from sfa.sync.device.links import references
from sfa.sync.device.rows import Key, delete_row, is_here, read_values
from sfa.sync.protocol import Welcome

_KEPT = ("user_id", state.CODE, state.ORGANISATION, state.ROLE)
_PAIRED = ("tag", "external_id")


def join(connection: StoreConnection, welcome: Welcome) -> None:
    """Make the store's user the centre's, in the open transaction; a second time changes nothing.

    The settings and stages that the store made for itself stay until the centre's come.

    Raises:
        Refused: another user has signed in to this store.
    """
    local, central = state.user_id(connection), welcome.user_id
    if local != central and local in state.aliases(connection).values():
        raise Refused(
            msg("This store belongs to another user of the centre, {name}."),
            hint=msg("Sign in as that user, or set SFA_HOME to a folder of your own."),
            name=_name(connection, local),
        )
    state.put(connection, state.CODE, welcome.code)
    state.put(connection, state.ORGANISATION, welcome.organisation)
    state.put(connection, state.ROLE, welcome.role)
    if local == central:
        return
    _bring_user(connection, local, welcome)
    for table in TABLES:
        _replace(connection, table, local, central)
    delete_row(connection, ("user", local))
    connection.execute("DELETE FROM confirmed WHERE tbl = 'user' AND row_id = ?", (local,))
    known = {old: central if new == local else new for old, new in state.aliases(connection).items()}
    state.put(connection, ALIASES, json.dumps({**known, local: central}))
    state.put(connection, "user_id", central)


def has_joined(connection: StoreConnection, welcome: Welcome) -> bool:
    """Say whether the store knows all that a welcome says of its user."""
    found = dict(
        map(tuple, connection.execute("SELECT key, value FROM local_state WHERE key IN (?, ?, ?, ?)", _KEPT))
    )
    said = (welcome.user_id, welcome.code, welcome.organisation, welcome.role)
    return said == tuple(found.get(key) for key in _KEPT)


def _name(connection: StoreConnection, user: str) -> str:
    row = connection.execute("SELECT name FROM user WHERE id = ?", (user,)).fetchone()
    return str(row[0]) if row else user


def _bring_user(connection: StoreConnection, local: str, welcome: Welcome) -> None:
    """Let the centre's user be here at once, as far as the welcome tells; the whole row comes with a pull."""
    key: Key = ("user", welcome.user_id)
    if is_here(connection, key):
        return
    values = read_values(connection, ("user", local)) or {}
    values |= {"created_by": None, "name": welcome.user_name, "role": welcome.role, "deleted_at": None}
    hearing = Hearing(connection)
    changes = {name: [value] for name, value in values.items()}
    hearing.hear(Heard(Entry.ROW, *key, changes=changes, took={}))
    hearing.settle()


def _replace(connection: StoreConnection, table: str, local: str, central: str) -> None:
    names = [*(name for name, to in references(table).items() if to == "user"), "updated_by"]
    parts = ", ".join(f'"{name}" = CASE "{name}" WHEN ?1 THEN ?2 ELSE "{name}" END' for name in names)
    anywhere = " OR ".join(f'"{name}" = ?1' for name in names)
    if connection.execute(f"SELECT 1 FROM {table} WHERE {anywhere} LIMIT 1", (local,)).fetchone() is None:
        return
    with _unwatched(connection, table):
        connection.execute(f"UPDATE {table} SET {parts} WHERE {anywhere}", (local, central))
        if table in _PAIRED:
            connection.execute(
                f"UPDATE {table} SET record_id = ?2 WHERE record_id = ?1 AND noun = 'user'", (local, central)
            )


@contextmanager
def _unwatched(connection: sqlite3.Connection, table: str) -> Iterator[None]:
    """Change users in many rows without a trigger a row; nothing is captured or searched by them."""
    names = [
        name for name in (f"sfa_{table}_{end}" for end in ("update", "id", "append")) if name in expected()
    ]
    for name in names:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    for name in names:
        connection.execute(expected()[name])
