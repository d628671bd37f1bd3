"""Keeping views for everybody, as settings of the organisation. On the raw connection: no models needed."""

from __future__ import annotations

import json

from sfa import clock, ids
from sfa.errors import NotFound, msg
from sfa.finding.views import View, key_of
from sfa.store import change
from sfa.store.connection import StoreConnection


def keep(connection: StoreConnection, view: View) -> None:
    """Keep a view for everybody; one of that name is written over."""
    key, value = key_of(view.noun, view.name), json.dumps(view.body(), ensure_ascii=False)
    rows = _rows(connection, key)
    if rows:
        change.update(connection, "setting", rows[0], {"value": value})
        return
    # The same row on every device that keeps it first.
    row_id = ids.shared_id("setting", key)
    is_taken = connection.execute("SELECT 1 FROM setting WHERE id = ?", (row_id,)).fetchone()
    row_id = ids.uuid7(clock.wall_ms()) if is_taken else row_id
    change.insert(connection, "setting", {"id": row_id, "key": key, "value": value})


def drop(connection: StoreConnection, noun: str, name: str) -> None:
    """Delete a view for everybody.

    Raises:
        NotFound: there is none of that name.
    """
    rows = _rows(connection, key_of(noun, name))
    if not rows:
        raise NotFound(
            msg("There is no view {name!r} for everybody."), hint=msg("See: sfa view list."), name=name
        )
    for row_id in rows:
        change.update(connection, "setting", row_id, {"deleted_at": connection.capture.stamp})


def _rows(connection: StoreConnection, key: str) -> list[str]:
    rows = connection.execute(
        "SELECT id FROM setting WHERE key = ? AND deleted_at IS NULL ORDER BY updated_at DESC, id", (key,)
    )
    return [str(row[0]) for row in rows.fetchall()]
