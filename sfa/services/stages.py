"""Stages of a pipeline: their place, and the probability and category that go with their kind."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, Refused, msg
from sfa.models.pipeline import Stage
from sfa.services import records
from sfa.services.entry import Entered
from sfa.services.pipelines import default_pipeline
from sfa.services.rows import Row
from sfa.store import change
from sfa.terms import ForecastCategory, StageKind

# What a closing stage is worth, whatever its name. Source: docs/metrics.md, stages.
_CLOSING = {
    StageKind.WON: {"probability_pct": 100, "category": ForecastCategory.CLOSED.value},
    StageKind.LOST: {"probability_pct": 0, "category": ForecastCategory.OMITTED.value},
}


def create(
    session: Session,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's create takes the business day
    idempotency_key: str | None = None,
) -> Row:
    """Add a stage: to the default pipeline unless one is given, before the closing ones unless placed.

    A stage in the middle moves the later ones along.
    """
    again = records.earlier(session, "stage", idempotency_key)
    if again is not None:
        return again
    columns = dict(given.columns)
    if not columns.get("pipeline_id"):
        columns["pipeline_id"] = default_pipeline(session)
    kind = StageKind(str(columns.get("kind") or StageKind.OPEN))
    for name, value in _CLOSING.get(kind, {}).items():
        columns.setdefault(name, value)
    _refuse_unfitting(kind, columns)
    columns["position"] = _place(session, str(columns["pipeline_id"]), kind, columns.get("position"))
    return records.create(
        session, "stage", Entered(columns, given.many, given.custom), idempotency_key=idempotency_key
    )


def _place(session: Session, pipeline_id: str, kind: StageKind, wanted: Any) -> int:
    connection = records.raw(session)
    rows = connection.execute(
        "SELECT id, position, kind FROM stage WHERE pipeline_id = ? AND deleted_at IS NULL"
        " ORDER BY position, id",
        (pipeline_id,),
    ).fetchall()
    if wanted is None:
        open_ones = [row["position"] for row in rows if row["kind"] == StageKind.OPEN]
        every = [row["position"] for row in rows]
        before = open_ones if kind is StageKind.OPEN else every
        wanted = max(before, default=-1) + 1
    place = int(wanted)
    if any(row["position"] == place for row in rows):
        for row in rows:
            if row["position"] >= place:
                change.update(connection, "stage", row["id"], {"position": row["position"] + 1})
        session.expire_all()
    return place


def _refuse_unfitting(kind: StageKind, columns: dict[str, Any]) -> None:
    fixed = _CLOSING.get(kind)
    if fixed and columns.get("probability_pct", fixed["probability_pct"]) != fixed["probability_pct"]:
        raise InvalidInput(
            "probability",
            msg("a stage of kind {kind} has {percent} %"),
            kind=kind.value,
            percent=fixed["probability_pct"],
        )


def edit(
    session: Session,
    stage_id: str,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's edit takes the business day
    expected_version: int | None = None,
) -> Row:
    """Change fields of a stage; deals keep the probability they have.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit.
        Refused: its kind or pipeline is asked to change while deals are at it.
    """
    stage: Stage = records.load(session, "stage", stage_id, expected_version)
    columns = dict(given.columns)
    moved = [
        name
        for name in ("kind", "pipeline_id")
        if columns.get(name, getattr(stage, name)) != getattr(stage, name)
    ]
    if moved and _in_use(session, stage_id):
        raise Refused(
            msg("Deals are or were at the stage {name}: its kind and pipeline stay."),
            hint=msg("Add another stage instead: sfa stage add NAME --pipeline REF."),
            name=stage.name,
        )
    kind = StageKind(str(columns.get("kind") or stage.kind))
    if "kind" in moved:
        for name, value in _CLOSING.get(kind, {}).items():
            columns.setdefault(name, value)
    _refuse_unfitting(kind, {"probability_pct": stage.probability_pct, **columns})
    return records.edit(session, "stage", stage_id, Entered(columns, given.many, given.custom))


def _in_use(session: Session, stage_id: str) -> bool:
    connection = records.raw(session)
    return any(
        connection.execute(
            f"SELECT 1 FROM {table} WHERE stage_id = ? AND deleted_at IS NULL LIMIT 1", (stage_id,)
        ).fetchone()
        for table in ("deal", "deal_event")
    )
