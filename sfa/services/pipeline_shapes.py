"""Ways of selling to begin with: what the stages of the default pipeline can be, while no deal is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from sfa.errors import BadUsage, Msg, Refused, msg
from sfa.services import records, stages
from sfa.services.entry import Entered
from sfa.services.pipelines import default_pipeline
from sfa.terms import ForecastCategory, StageKind


class ShapeStage(NamedTuple):
    """An open stage of a shape."""

    name: Msg
    probability_pct: int
    category: ForecastCategory


_PIPELINE, _BEST, _COMMIT = ForecastCategory.PIPELINE, ForecastCategory.BEST_CASE, ForecastCategory.COMMIT
SHAPES: Mapping[str, tuple[ShapeStage, ...]] = {
    "standard": (
        ShapeStage(msg("Prospecting"), 10, _PIPELINE),
        ShapeStage(msg("Qualification"), 20, _PIPELINE),
        ShapeStage(msg("Proposal"), 50, _BEST),
        ShapeStage(msg("Negotiation"), 80, _COMMIT),
    ),
    "short": (ShapeStage(msg("First talk"), 20, _PIPELINE), ShapeStage(msg("Quoted"), 60, _BEST)),
    "project": (
        ShapeStage(msg("Prospecting"), 5, _PIPELINE),
        ShapeStage(msg("Needs known"), 20, _PIPELINE),
        ShapeStage(msg("Solution"), 40, _PIPELINE),
        ShapeStage(msg("Tender"), 60, _BEST),
        ShapeStage(msg("Negotiation"), 80, _COMMIT),
    ),
}
LABELS: Mapping[str, Msg] = {
    "standard": msg("Standard"),
    "short": msg("Short: you talk, you quote"),
    "project": msg("Project: needs, solution, tender"),
}
_CLOSING = {StageKind.WON.value: msg("Won"), StageKind.LOST.value: msg("Lost")}


def take_shape(session: Session, shape: str, *, word: Callable[[Msg], str], today: date) -> None:
    """Give the default pipeline the stages of a shape, named by ``word``; those it has too many go.

    Raises:
        BadUsage: no such shape.
        Refused: deals are in the pipeline.
    """
    if shape not in SHAPES:
        raise BadUsage(
            msg("There is no shape {name!r}."),
            hint=msg("There are: {known}."),
            name=shape,
            known=", ".join(SHAPES),
        )
    connection = records.raw(session)
    pipeline = default_pipeline(session)
    if connection.execute("SELECT 1 FROM deal WHERE pipeline_id = ? LIMIT 1", (pipeline,)).fetchone():
        raise Refused(
            msg("Deals are or were in the default pipeline: its stages are changed one by one."),
            hint=msg("sfa stage list shows them; sfa stage edit and sfa stage add change them."),
        )
    rows = connection.execute(
        "SELECT id, kind FROM stage WHERE pipeline_id = ? AND deleted_at IS NULL ORDER BY position, id",
        (pipeline,),
    ).fetchall()
    there = [row["id"] for row in rows if row["kind"] == StageKind.OPEN.value]
    for number, stage in enumerate(SHAPES[shape]):
        given = Entered(
            {
                "name": word(stage.name),
                "probability_pct": stage.probability_pct,
                "category": stage.category.value,
            }
        )
        if number < len(there):
            stages.edit(session, there[number], given, today=today)
        else:
            stages.create(session, given, today=today)
    for extra in there[len(SHAPES[shape]) :]:
        records.delete(session, "stage", extra)
    for row in rows:
        if row["kind"] in _CLOSING:
            stages.edit(session, row["id"], Entered({"name": word(_CLOSING[row["kind"]])}), today=today)
