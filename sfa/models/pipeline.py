"""Pipelines and their stages: how a sale goes, shared by the organisation."""

from typing import ClassVar

from sqlalchemy import CheckConstraint

from sfa.errors import msg
from sfa.models.base import Common, NounInfo
from sfa.models.types import choice, flag, integer, link, text
from sfa.terms import ForecastCategory, StageKind


class Pipeline(Common, table=True):
    """A way of selling, with its own stages."""

    noun: ClassVar[NounInfo] = NounInfo(
        "pipeline",
        "pipelines",
        msg("pipeline"),
        msg("pipelines"),
        title=("name",),
        listed=("name", "default", "description"),
        order=("name",),
    )
    name: str = text(msg("Name"), required=True, merge="guarded")
    description: str | None = text(msg("Description"), long=True, merge="guarded")
    is_default: bool = flag(msg("Default"), merge="guarded", name="default")


class Stage(Common, table=True):
    """A step of a pipeline; won and lost go by its kind, never by its name."""

    __table_args__ = (
        CheckConstraint("probability_pct BETWEEN 0 AND 100", name="probability_range"),
        CheckConstraint("position >= 0", name="position_range"),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "stage",
        "stages",
        msg("stage"),
        msg("stages"),
        title=("name",),
        listed=("pipeline", "position", "name", "kind", "probability", "category"),
        order=("pipeline", "position"),
    )
    pipeline_id: str = link(msg("Pipeline"), "pipeline", required=True, merge="guarded")
    name: str = text(msg("Name"), required=True, merge="guarded")
    position: int = integer(msg("Position"), required=True, minimum=0, merge="guarded")
    kind: str = choice(msg("Kind"), StageKind, default=StageKind.OPEN, merge="guarded")
    probability_pct: int = integer(
        msg("Probability"),
        kind="percent",
        default=0,
        minimum=0,
        maximum=100,
        merge="guarded",
        name="probability",
    )
    category: str = choice(
        msg("Category"), ForecastCategory, default=ForecastCategory.PIPELINE, merge="guarded"
    )
    exit_criteria: str | None = text(msg("Exit criteria"), long=True, merge="guarded")
    playbook: str | None = text(msg("Playbook"), long=True, merge="guarded")
