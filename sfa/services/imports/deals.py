"""What is particular to imported deals: stage with all that follows from it, name, and dated events."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sfa.errors import InvalidInput, SfaError, msg
from sfa.interchange.mapping import OWN_STAGE
from sfa.interchange.moments import read_day
from sfa.services.imports.columns import Batch
from sfa.services.imports.record_ids import LISTED
from sfa.services.imports.records import EMPTY, present_rows
from sfa.services.imports.stages import StageInfo, Stages

_STAGE_COLUMNS = (
    "pipeline_id",
    "stage_id",
    "probability_pct",
    "is_probability_pinned",
    "category",
    "is_category_pinned",
    "closed_on",
    "reached_stage_id",
)
_NAME_LENGTH = 200


@dataclass(slots=True)
class Path:
    """A deal's stages with the days it entered them, in order; the last is its own.

    ``moves`` is false for a deal that the store has at this stage already,
    ``is_dated`` when the file gives the day of its own stage.
    """

    steps: list[tuple[StageInfo, str]] = field(default_factory=list)
    moves: bool = True
    is_dated: bool = True


def settle_stages(connection: sqlite3.Connection, batch: Batch, stages: Stages) -> dict[int, Path]:
    """Fill the stage columns of every deal; return the path of each, by its place."""
    present = present_rows(connection, "deal", batch.wanted.ids, ("stage_id", "pipeline_id"))
    pipelines = batch.column("pipeline_id")
    texts = batch.links.get("stage", [""] * len(batch.rows))
    days = _days(batch)
    rows = _Rows(batch)
    usual = batch.wanted.defaults.get("pipeline_id", stages.default)
    paths: dict[int, Path] = {}
    for place, text in enumerate(texts):
        was = present.get(batch.wanted.ids[place])
        pipeline = pipelines[place] or (was[2] if was else None) or usual
        stage = _stage(batch, stages, place, text, str(pipeline), was)
        if stage is None:
            continue
        dated = {column: days[column][place] for column in days}
        path = _path(batch, stages, place, stage, dated)
        path.moves = was is None or was[0] is not None or was[1] != stage.id
        paths[place] = path
        rows.fill(place, stage, path, exists=was is not None)
    batch.wanted.columns.update(rows.columns)
    return paths


def _stage(
    batch: Batch, stages: Stages, place: int, text: str, pipeline: str, was: Sequence[object] | None
) -> StageInfo | None:
    if not text and was is not None:
        return stages.by_id().get(str(was[1]))
    if not text:
        text = batch.mapping.defaults.get("stage", "")
    found = stages.find(pipeline, text) if text else stages.first_open(pipeline)
    if found is None:
        batch.reject(place, stages.unknown(pipeline, text, batch.context.fields["stage"].label))
    return found


def _days(batch: Batch) -> dict[str, list[str | None]]:
    """Return column -> the day in each row, for the columns that date events."""
    found: dict[str, list[str | None]] = {}
    for column, _ in batch.mapping.events:
        known: dict[str, str | None] = {"": None}
        bad: dict[str, SfaError] = {}
        for text in set(batch.cells[column]) - {""}:
            day = read_day(text, today=batch.context.today, date_format=batch.mapping.date_format)
            known[text] = day.isoformat() if day else None
            if day is None and text.strip():
                bad[text] = InvalidInput(column, msg("{value!r} is no day."), value=text)
        cells = batch.cells[column]
        for place, text in enumerate(cells):
            if text in bad:
                batch.reject(place, bad[text])
        found[column] = [known[text] for text in cells]
    return found


def _path(batch: Batch, stages: Stages, place: int, own: StageInfo, dated: Mapping[str, str | None]) -> Path:
    entered: dict[str, str] = {}
    by_name: dict[str, StageInfo] = {own.id: own}
    own_day = batch.column("closed_on")[place] if not own.is_open else None
    for column, name in batch.mapping.events:
        day = dated[column]
        if day is None:
            continue
        stage = own if name == OWN_STAGE else stages.find(own.pipeline_id, name)
        if stage is None:
            batch.reject(place, stages.unknown(own.pipeline_id, name, batch.context.fields["stage"].label))
        elif name != OWN_STAGE or own.id not in entered:
            entered[stage.id] = day
            by_name[stage.id] = stage
    is_dated = own.id in entered or own_day is not None
    entered.setdefault(own.id, str(own_day or batch.context.today.isoformat()))
    others = sorted(
        (day, by_name[row_id].position, row_id) for row_id, day in entered.items() if row_id != own.id
    )
    if others and others[-1][0] > entered[own.id]:
        problem = msg("the deal entered {stage} on {day}, before an earlier stage ({other}).")
        label = batch.context.fields["stage"].label
        batch.reject(
            place, InvalidInput(label, problem, stage=own.name, day=entered[own.id], other=others[-1][0])
        )
    if max(entered.values()) > batch.context.today.isoformat():
        problem = msg("the deal cannot have entered a stage on {day}: that day is still to come.")
        label = batch.context.fields["stage"].label
        batch.reject(place, InvalidInput(label, problem, day=max(entered.values())))
    steps = [(by_name[row_id], day) for day, _, row_id in others]
    return Path([*steps, (own, entered[own.id])], is_dated=is_dated)


class _Rows:
    """The stage columns while they are filled, deal by deal."""

    def __init__(self, batch: Batch) -> None:
        self.columns: dict[str, list[object]] = {name: [None] * len(batch.rows) for name in _STAGE_COLUMNS}
        self._given = {name: batch.column(name) for name in ("probability_pct", "category", "closed_on")}
        self._defaults = batch.wanted.defaults

    def fill(self, place: int, stage: StageInfo, path: Path, *, exists: bool) -> None:
        probability = self._value("probability_pct", place, exists=exists) if stage.is_open else None
        category = self._value("category", place, exists=exists) if stage.is_open else None
        if not path.moves:
            self._pin(place, probability, category)
            if not stage.is_open:
                self.columns["closed_on"][place] = self._given["closed_on"][place]
            return
        values: dict[str, object] = {
            "pipeline_id": stage.pipeline_id,
            "stage_id": stage.id,
            "probability_pct": stage.probability_pct if probability is None else probability,
            "is_probability_pinned": int(probability not in (None, stage.probability_pct)),
            "category": stage.category if category is None else category,
            "is_category_pinned": int(category not in (None, stage.category)),
            "closed_on": (EMPTY if exists else None) if stage.is_open else path.steps[-1][1],
            "reached_stage_id": _reached(stage, path),
        }
        for name, value in values.items():
            self.columns[name][place] = value

    def _value(self, name: str, place: int, *, exists: bool) -> object:
        given = self._given[name][place]
        return self._defaults.get(name) if given is None and not exists else given

    def _pin(self, place: int, probability: object, category: object) -> None:
        if probability is not None:
            self.columns["probability_pct"][place] = probability
        if category is not None:
            self.columns["category"][place] = category


def _reached(stage: StageInfo, path: Path) -> str | None:
    if stage.is_open:
        return stage.id
    passed = [step.id for step, _ in path.steps if step.is_open]
    return passed[-1] if passed else None


def settle_names(connection: sqlite3.Connection, batch: Batch) -> None:
    """Name new deals that have no name after their account and products."""
    names = batch.column("name")
    accounts = batch.column("account_id")
    lines = next((one.entries for one in batch.wanted.children if one.table == "deal_line"), [])
    products: dict[int, list[object]] = {}
    for place, _, values in lines:
        products.setdefault(place, []).append(values[0])
    words = {
        **_names_of(connection, "account", set(accounts)),
        **_names_of(connection, "product", {each for found in products.values() for each in found}),
    }
    texts = batch.links
    for place, name in enumerate(names):
        if name is not None or place in batch.existing:
            continue
        parts = [words.get(accounts[place]) or (texts.get("account") or [""] * len(names))[place]]
        parts.append(", ".join(words[each] for each in products.get(place, []) if each in words))
        whole = " – ".join(part for part in parts if part)
        names[place] = whole if len(whole) <= _NAME_LENGTH else whole[: _NAME_LENGTH - 1] + "…"
        names[place] = names[place] or None
    batch.wanted.columns["name"] = names


def _names_of(connection: sqlite3.Connection, table: str, row_ids: set[object]) -> dict[object, str]:
    listed = json.dumps([row_id for row_id in row_ids if row_id])
    rows = connection.execute(f"SELECT id, name FROM {table} WHERE id IN {LISTED}", (listed,))
    return {row[0]: row[1] for row in rows}
