"""Stages seen from a deal: one of its pipeline by name, and where it last moved."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from sfa.errors import InvalidInput, NotFound, msg
from sfa.finding import folding, references


def stage_of_deal(connection: sqlite3.Connection, deal_id: str, name: str) -> str:
    """Return the id of the stage of that name or number in a deal's own pipeline.

    A reference works too; a stage of another pipeline is found as well and left for the
    service to refuse.

    Raises:
        InvalidInput: its pipeline has no such stage, nor does any other.
    """
    rows = connection.execute(
        "SELECT s.id, s.name FROM deal d JOIN stage s ON s.pipeline_id = d.pipeline_id"
        " WHERE d.id = ? AND s.deleted_at IS NULL ORDER BY s.position, s.id",
        (deal_id,),
    ).fetchall()
    folded = folding.fold(name.strip())
    named = [row[0] for row in rows if folding.fold(row[1]) == folded]
    begun = [row[0] for row in rows if folded and folding.fold(row[1]).startswith(folded)]
    for found in (named, begun):
        if len(found) == 1:
            return str(found[0])
    elsewhere = references.matching_ids(connection, "stage", name)
    if len(elsewhere) == 1:
        return elsewhere[0]
    raise InvalidInput(
        "stage",
        msg("{value!r} is no stage of the deal's pipeline"),
        hint=msg("Its stages are: {known}."),
        value=name,
        known=", ".join(row[1] for row in rows),
    )


def last_move(connection: sqlite3.Connection, deal_id: str) -> tuple[str, str]:
    """Return the names of the stage a deal was at before its latest move, and of the one it is at now.

    Both are the same while it has never moved.
    """
    rows = connection.execute(
        "SELECT e.stage_id, s.name FROM deal_event e JOIN stage s ON s.id = e.stage_id"
        " WHERE e.deal_id = ? AND e.deleted_at IS NULL ORDER BY e.recorded_at DESC, e.id DESC",
        (deal_id,),
    ).fetchall()
    now = connection.execute(
        "SELECT d.stage_id, s.name FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.id = ?", (deal_id,)
    ).fetchone()
    if now is None:
        return "", ""
    before = next((row[1] for row in rows if row[0] != now[0]), now[1])
    return str(before), str(now[1])


class StageChoice(NamedTuple):
    """A stage a deal can be moved to; ``kind`` is a word of ``StageKind``, the probability in per cent."""

    id: str
    name: str
    kind: str
    probability: int | None
    is_present: bool


def choices_of_deal(connection: sqlite3.Connection, deal_id: str) -> list[StageChoice]:
    """Return the stages of a deal's pipeline in their order, the one it is at marked."""
    rows = connection.execute(
        "SELECT s.id, s.name, s.kind, s.probability_pct, s.id = d.stage_id FROM deal d"
        " JOIN stage s ON s.pipeline_id = d.pipeline_id AND s.deleted_at IS NULL"
        " WHERE d.id = ? ORDER BY s.position, s.id",
        (deal_id,),
    )
    return [StageChoice(each[0], each[1], each[2], each[3], bool(each[4])) for each in rows]


class StageGuide(NamedTuple):
    """What a stage asks for; the texts are empty where nothing was written."""

    name: str
    exit_criteria: str
    playbook: str


def guide_of_deal(connection: sqlite3.Connection, deal_id: str) -> StageGuide:
    """Return what the stage of a deal asks for.

    Raises:
        NotFound: there is no such deal.
    """
    row = connection.execute(
        "SELECT s.name, coalesce(s.exit_criteria, ''), coalesce(s.playbook, '') FROM deal d"
        " JOIN stage s ON s.id = d.stage_id WHERE d.id = ?",
        (deal_id,),
    ).fetchone()
    if row is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=msg("deal"), id=deal_id)
    return StageGuide(*row)
