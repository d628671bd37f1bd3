"""Settling something for the whole organisation; what there is to settle: ``finding.shared_settings``."""

from __future__ import annotations

import json

from sqlmodel import Session

from sfa import clock, ids
from sfa.finding.shared_settings import DEFAULT_PIPELINE, Settled, known, settled
from sfa.services import records
from sfa.store import change


def settle(session: Session, key: str, text: str) -> Settled:
    """Settle something for the whole organisation.

    Raises:
        BadUsage: no such setting.
        InvalidInput: the value is not allowed.
    """
    each = known(key)
    value = each.read(records.raw(session), text.strip())
    put(session, each.key, value)
    if each.key == DEFAULT_PIPELINE:
        _mark_default(session, str(value))
    return settled(records.raw(session), each.key)


def put(session: Session, key: str, value: object) -> None:
    """Write a value whose key is known to be one."""
    connection = records.raw(session)
    row = connection.execute(
        "SELECT id, value FROM setting WHERE key = ? AND deleted_at IS NULL"
        " ORDER BY updated_at DESC, id LIMIT 1",
        (key,),
    ).fetchone()
    text = json.dumps(value, ensure_ascii=False)
    if row is None:
        # The same row on every device that settles it first.
        row_id = ids.shared_id("setting", key)
        gone = connection.execute("SELECT 1 FROM setting WHERE id = ?", (row_id,)).fetchone()
        row_id = ids.uuid7(clock.wall_ms()) if gone else row_id
        change.insert(connection, "setting", {"id": row_id, "key": key, "value": text})
    elif row["value"] != text:
        change.update(connection, "setting", row["id"], {"value": text})


def _mark_default(session: Session, pipeline_id: str) -> None:
    """Let one pipeline alone carry the mark of the default."""
    connection = records.raw(session)
    rows = connection.execute(
        "SELECT id, id = ? AS marked FROM pipeline WHERE is_default <> (id = ?) AND deleted_at IS NULL",
        (pipeline_id, pipeline_id),
    ).fetchall()
    for row in rows:
        change.update(connection, "pipeline", row["id"], {"is_default": row["marked"]})
    session.expire_all()
