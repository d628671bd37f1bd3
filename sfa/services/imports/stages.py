"""The pipelines and stages that imported deals go into: found by name, or made as the mapping says."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field

from sfa.errors import InvalidInput, Msg, SfaError, msg
from sfa.fields import noun as noun_of
from sfa.finding import organisation
from sfa.interchange.choice_words import plain_word, words_of
from sfa.interchange.mapping import PipelineDeclaration
from sfa.services.imports.record_ids import record_ids
from sfa.services.imports.records import RecordSet
from sfa.terms import StageKind


@dataclass(frozen=True, slots=True)
class StageInfo:
    """What a deal takes from its stage."""

    id: str
    pipeline_id: str
    name: str
    kind: str
    probability_pct: int
    category: str
    position: int

    @property
    def is_open(self) -> bool:
        """Say whether deals at this stage are still open."""
        return self.kind == StageKind.OPEN.value


@dataclass(slots=True)
class Stages:
    """Every pipeline's stages in order, the pipeline for rows that name none, and what is to be made."""

    default: str
    of: dict[str, list[StageInfo]] = field(default_factory=lambda: defaultdict(list))
    made: list[RecordSet] = field(default_factory=list)

    def by_id(self) -> dict[str, StageInfo]:
        """Return every stage by its id."""
        return {stage.id: stage for stages in self.of.values() for stage in stages}

    def find(self, pipeline_id: str, text: str) -> StageInfo | None:
        """Return the stage a text names: by its name, else by what won and lost are called everywhere."""
        stages = self.of.get(pipeline_id, [])
        plain = plain_word(text)
        named = next((stage for stage in stages if plain_word(stage.name) == plain), None)
        if named is not None:
            return named
        kind = _words_of_kinds().get(plain)
        closing = [stage for stage in stages if stage.kind == kind and not stage.is_open]
        return closing[0] if len(closing) == 1 else None

    def first_open(self, pipeline_id: str) -> StageInfo | None:
        """Return the stage that new deals begin at."""
        return next((stage for stage in self.of.get(pipeline_id, []) if stage.is_open), None)

    def unknown(self, pipeline_id: str, text: str, label: Msg) -> SfaError:
        """Return the refusal of a stage that the pipeline does not have."""
        names = ", ".join(stage.name for stage in self.of.get(pipeline_id, []))
        return InvalidInput(
            label,
            msg("the pipeline has no stage {value!r}."),
            hint=msg("It has: {allowed}."),
            value=text,
            allowed=names,
        )


def _words_of_kinds() -> dict[str, str]:
    kind = noun_of("stage").field("kind")
    return words_of(kind) if kind else {}


def load_stages(
    connection: sqlite3.Connection, declared: PipelineDeclaration | None, organisation_id: str, source: str
) -> Stages:
    """Return the store's live stages, with the declared ones added where they are missing."""
    stages = Stages(str(organisation.setting(connection, "default_pipeline", "")))
    rows = connection.execute(
        "SELECT id, pipeline_id, name, kind, probability_pct, category, position FROM stage"
        " WHERE deleted_at IS NULL ORDER BY position, id"
    )
    for row in rows:
        stages.of[row[1]].append(StageInfo(*row))
    if declared is not None:
        _declare(connection, stages, declared, organisation_id, source)
    return stages


def _declare(
    connection: sqlite3.Connection,
    stages: Stages,
    declared: PipelineDeclaration,
    organisation_id: str,
    source: str,
) -> None:
    row = connection.execute(
        "SELECT id FROM pipeline WHERE name = ? COLLATE NOCASE AND deleted_at IS NULL", (declared.name,)
    ).fetchone()
    if row is not None:
        stages.default = row[0]
    else:
        stages.default = record_ids(organisation_id, source, "pipeline", [declared.name])[0]
        stages.made.append(RecordSet("pipeline", source, [stages.default], {"name": [declared.name]}))
    present = stages.of[stages.default]
    known = {plain_word(stage.name) for stage in present}
    missing = [each for each in declared.stages if plain_word(each.name) not in known]
    made = record_ids(organisation_id, source, "stage", [f"{stages.default}/{each.name}" for each in missing])
    after = max((stage.position for stage in present), default=-1) + 1
    added = [
        StageInfo(row_id, stages.default, each.name, each.kind, each.probability_pct, each.category, place)
        for place, (row_id, each) in enumerate(zip(made, missing, strict=True), after)
    ]
    present += added
    if added:
        columns = {
            name: [getattr(stage, name) for stage in added]
            for name in ("pipeline_id", "name", "kind", "probability_pct", "category", "position")
        }
        stages.made.append(RecordSet("stage", source, made, columns))
