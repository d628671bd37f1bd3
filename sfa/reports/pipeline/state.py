"""Where every deal stood: its latest live event on or before a day, as SQL.

Of events on the same day the last recorded one counts, then the greatest id. A deal's
own row is, by construction, its latest event: of the deals without a later event the rows
are read, and only of the others the events. What was known on a day, the events alone say.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sfa import clock
from sfa.reports.pipeline.figures import Scope


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage as reports need it."""

    stage_id: str
    name: str
    pipeline_id: str
    pipeline: str
    position: int
    kind: str


@dataclass(frozen=True, slots=True)
class State:
    """A SELECT of one row a deal, and what it is filled with.

    Its columns: deal_id, ref, name, account_id, next_step, stage_id, amount_minor, currency,
    close_on, probability_pct, category, owner_id, team_id, entered_on (the day a closed deal
    was closed, nothing for an open one).

    ``rows`` is the condition on deals (``d``) whose own row says it, ``events`` the SELECT of
    all the others; either is empty where there are none of its kind.
    """

    rows: str
    events: str
    params: dict[str, Any]
    stages: dict[str, Stage]

    @property
    def sql(self) -> str:
        """Return the SELECT of all deals."""
        own = f"SELECT {_DEAL}, {_OWN} FROM deal d WHERE {self.rows}" if self.rows else ""
        return " UNION ALL ".join(filter(None, (own, self.events)))

    def ids(self, *kinds: str) -> str:
        """Return the ids of the stages of these kinds as a list for ``IN (…)``."""
        quoted = [stage.stage_id.replace("'", "''") for stage in self.stages.values() if stage.kind in kinds]
        return ", ".join(f"'{each}'" for each in quoted)


def state_of(connection: sqlite3.Connection, scope: Scope) -> State:
    """Return the state on the scope's day, from the deals' rows where these are the latest events."""
    if scope.known_on is not None:
        return past(connection, scope)
    return present(connection, scope) if _is_present(connection, scope) else _mixed(connection, scope)


def _is_present(connection: sqlite3.Connection, scope: Scope) -> bool:
    newest = connection.execute(
        "SELECT effective_on FROM deal_event WHERE deleted_at IS NULL ORDER BY effective_on DESC LIMIT 1"
    ).fetchone()
    return newest is None or str(newest[0]) <= scope.as_of.isoformat()


ORDER = "{0}.effective_on || {0}.recorded_at || {0}.id"  # events in time, as one text to compare
_DEAL = "d.id AS deal_id, d.ref, d.name, d.account_id, d.next_step"
_TUPLE = (
    "stage_id, {0}.amount_minor, {0}.currency, {0}.close_on, {0}.probability_pct, {0}.category,"
    " {0}.owner_id, {0}.team_id"
)
_OWN = f"d.{_TUPLE.format('d')}, d.closed_on AS entered_on"


def present(connection: sqlite3.Connection, scope: Scope) -> State:
    """Return the state as the deals' own rows have it."""
    stages, only = _stages(connection, scope)
    return State(f"d.deleted_at IS NULL{only.format('d')}", "", _params(scope), stages)


def past(connection: sqlite3.Connection, scope: Scope, *, having: str = "") -> State:
    """Return the state from the events alone, of all deals or of those under a condition."""
    stages, only = _stages(connection, scope)
    closed = ", ".join(f"'{stage.stage_id}'" for stage in stages.values() if stage.kind != "open")
    entry = f"CASE WHEN e.stage_id IN ({closed}) THEN {entered('d.id', 'e.stage_id', scope)} END"
    sql = (
        f"SELECT {_DEAL}, e.{_TUPLE.format('e')}, {entry} AS entered_on"
        f" FROM deal d CROSS JOIN deal_event e ON e.rowid = {latest('d.id', scope)}"
        f" WHERE d.deleted_at IS NULL{having}{only.format('e')}"
    )
    return State("", sql, _params(scope), stages)


def _mixed(connection: sqlite3.Connection, scope: Scope) -> State:
    """Return the state from the rows of the deals without a later event, and the events of the others."""
    # The second condition follows from the first and leads to these deals without reading all of them.
    having = (
        " AND d.event_on > :as_of AND d.id IN"
        " (SELECT x.deal_id FROM deal_event x WHERE x.effective_on > :as_of AND x.deleted_at IS NULL)"
    )
    own, moved = present(connection, scope), past(connection, scope, having=having)
    return replace(moved, rows=f"{own.rows} AND d.event_on <= :as_of")


def latest(deal: str, scope: Scope, *, when: str = "") -> str:
    """Return the subquery of a deal's latest event's rowid, on the scope's day or under ``when``."""
    return (
        f"(SELECT v.rowid FROM deal_event v WHERE v.deal_id = {deal} AND v.deleted_at IS NULL"
        f" AND {when or visible('v', scope)}"
        " ORDER BY v.effective_on DESC, v.recorded_at DESC, v.id DESC LIMIT 1)"
    )


def visible(event: str, scope: Scope) -> str:
    """Return the condition that an event counts on the scope's day."""
    known = f" AND {event}.recorded_at < :known" if scope.known_on else ""
    return f"{event}.effective_on <= :as_of{known}"


def entered(deal: str, stage: str, scope: Scope) -> str:
    """Return the subquery of the day a deal entered the stage it stands in, without leaving it since."""
    return (
        f"(SELECT min(n.effective_on) FROM deal_event n WHERE n.deal_id = {deal} AND n.deleted_at IS NULL"
        f" AND {visible('n', scope)} AND n.stage_id = {stage} AND {ORDER.format('n')} >"
        f" coalesce((SELECT max({ORDER.format('o')}) FROM deal_event o WHERE o.deal_id = {deal}"
        f" AND o.deleted_at IS NULL AND {visible('o', scope)} AND o.stage_id <> {stage}), ''))"
    )


def _params(scope: Scope) -> dict[str, Any]:
    params: dict[str, Any] = {"as_of": scope.as_of.isoformat()}
    if scope.known_on:
        params["known"] = clock.to_text(clock.instant_at(scope.known_on + timedelta(days=1), 0))
    return params


def _stages(connection: sqlite3.Connection, scope: Scope) -> tuple[dict[str, Stage], str]:
    """Return the scope's stages in order, deleted ones too, and the condition on the stage."""
    rows = connection.execute(
        "SELECT s.id, s.name, s.pipeline_id, p.name, s.position, s.kind FROM stage s"
        " JOIN pipeline p ON p.id = s.pipeline_id WHERE :pipeline IS NULL OR s.pipeline_id = :pipeline"
        " ORDER BY p.is_default DESC, p.name, s.position, s.id",
        {"pipeline": scope.pipeline_id},
    )
    stages = {row[0]: Stage(*row) for row in rows}
    if scope.pipeline_id is None:
        return stages, ""
    listed = ", ".join("'" + each.replace("'", "''") + "'" for each in stages)
    return stages, f" AND {{}}.stage_id IN ({listed})"
