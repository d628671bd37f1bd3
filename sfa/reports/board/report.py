"""Reading a board: at most six queries, whatever the store holds; a typed filter may ask for its names.

The stages' totals are counted over all open deals of the scope; of the cards only the first of each
stage are read. Amounts are converted as the printed pipeline does it.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sfa import clock
from sfa.errors import InvalidInput, msg
from sfa.finding.organisation import SETTING
from sfa.finding.periods import Period, quarter_of
from sfa.reports.board.figures import Board, Card, Closed, Column, Named, Scope, Sum, Whose, in_order
from sfa.reports.pipeline.rates import Rates, rates_into
from sfa.terms import Role, StageKind

DEFAULT_STALE_DAYS = 30
_KEYS = ("currency", "fiscal_year_start_month", "stale_days", "default_pipeline")
_ORDER = "{0}.close_on IS NULL, {0}.close_on, {0}.name COLLATE NOCASE, {0}.id"


@dataclass(frozen=True, slots=True)
class _Stage:
    id: str
    name: str
    kind: str
    probability: int
    exit_criteria: str
    playbook: str
    is_deleted: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known before any deal is read."""

    pipelines: tuple[Named, ...]
    pipeline: Named
    stages: tuple[_Stage, ...]
    me: str
    role: str
    team: Named
    currency: str
    quarter: Period
    stale_days: int


@dataclass(frozen=True, slots=True)
class _Condition:
    """What deals (``t``) must meet besides their stage; ``is_one_owner`` says that an index leads to them."""

    sql: str
    values: tuple[Any, ...]
    is_one_owner: bool

    @property
    def table(self) -> str:
        """Return the deals to select from.

        The print's index has an owner's deals together with their stages and amounts: those that are
        closed need not be looked up. Everybody else's are found by their stage.
        """
        return "deal t INDEXED BY ix_deal_print" if self.is_one_owner else "deal t"

    def at(self, stages: str, *, by_stage: bool = True) -> str:
        """Return the condition with the stages; ``by_stage`` lets SQLite look deals up by them."""
        plus = "" if by_stage else "+"
        return f"t.deleted_at IS NULL AND {plus}t.stage_id {stages}{self.sql}"


def board(connection: sqlite3.Connection, scope: Scope) -> Board:
    """Return the board of a pipeline.

    Raises:
        BadUsage, InvalidInput: a filter that cannot be read.
        InvalidInput: deals of the team are asked for by somebody who is in none.
    """
    known = _known(connection, scope)
    whose = _whose(known, scope)
    condition = _condition(connection, known, scope, whose)
    counted = _counted(connection, known, condition)
    rates = _rates(connection, known, counted, scope.today)
    stages = [each for each in known.stages if each.kind == StageKind.OPEN]
    stages = [each for each in stages if not each.is_deleted or each.id in counted]
    cards = _cards(connection, stages, condition, scope, known.stale_days)
    return Board(
        scope=scope,
        whose=whose,
        team=known.team,
        pipeline=known.pipeline,
        pipelines=known.pipelines,
        columns=tuple(
            Column(
                each.id,
                each.name,
                each.probability,
                each.exit_criteria,
                each.playbook,
                sum(cell.count for cell in counted[each.id]),
                _sums(counted[each.id], rates),
                tuple(cards[each.id]),
            )
            for each in stages
        ),
        closed=tuple(_closed(known, counted, rates, kind) for kind in (StageKind.WON, StageKind.LOST)),
        quarter=known.quarter,
        stale_days=known.stale_days,
        currency=known.currency,
        rates=tuple(each for code, each in rates.by_currency.items() if _is_met(counted, code)),
    )


# Before the deals ----------------------------------------------------------------------------


def _known(connection: sqlite3.Connection, scope: Scope) -> _Known:
    settings = ", ".join(f"({SETTING})" for _ in _KEYS)
    cursor = connection.cursor()
    cursor.row_factory = None
    rows = cursor.execute(
        f"SELECT {settings}, u.id, u.role, t.id, t.ref, t.name, p.id, p.ref, p.name, s.id, s.name, s.kind,"
        " s.probability_pct, coalesce(s.exit_criteria, ''), coalesce(s.playbook, ''),"
        " s.deleted_at IS NOT NULL"
        " FROM pipeline p LEFT JOIN stage s ON s.pipeline_id = p.id"
        " LEFT JOIN user u ON u.id = (SELECT value FROM local_state WHERE key = 'user_id')"
        " LEFT JOIN team t ON t.id = u.team_id AND t.deleted_at IS NULL"
        " WHERE p.deleted_at IS NULL ORDER BY p.is_default DESC, p.name, p.id, s.position, s.id",
        _KEYS,
    ).fetchall()
    first: tuple[Any, ...] = rows[0] if rows else (None,) * 19
    values = {key: json.loads(text) if text else None for key, text in zip(_KEYS, first, strict=False)}
    pipelines = tuple({row[9]: Named(*row[9:12]) for row in rows}.values())
    wanted = (scope.pipeline_id, values["default_pipeline"])
    chosen = next((each for id_ in wanted for each in pipelines if each.id == id_), None)
    chosen = chosen or (pipelines[0] if pipelines else Named())
    stages = [_Stage(*row[12:]) for row in rows if row[9] == chosen.id and row[12]]
    month, stale = values["fiscal_year_start_month"], values["stale_days"]
    return _Known(
        pipelines=pipelines,
        pipeline=chosen,
        stages=tuple(stages),
        me=first[4] or "",
        role=first[5] or "",
        team=Named(first[6], first[7], first[8]) if first[6] else Named(),
        currency=str(values["currency"] or "USD"),
        quarter=quarter_of(scope.today, month if isinstance(month, int) and 1 <= month <= 12 else 1),
        stale_days=stale if isinstance(stale, int) and stale > 0 else DEFAULT_STALE_DAYS,
    )


def _whose(known: _Known, scope: Scope) -> Whose:
    if scope.owner_id:
        return Whose.ALL
    if scope.whose is not Whose.USUAL:
        return scope.whose
    if known.role == Role.REP:
        return Whose.MINE
    return Whose.TEAM if known.role == Role.MANAGER and known.team.id else Whose.ALL


def _condition(connection: sqlite3.Connection, known: _Known, scope: Scope, whose: Whose) -> _Condition:
    sql, values = "", []
    if scope.owner_id or whose is Whose.MINE:
        sql, values = " AND t.owner_id = ?", [scope.owner_id or known.me]
    elif whose is Whose.TEAM:
        if not known.team.id:
            raise InvalidInput(
                "team", msg("you are in no team"), hint=msg("Choose your own deals or everybody's.")
            )
        sql, values = " AND +t.team_id = ?", [known.team.id]
    is_one_owner = bool(sql) and whose is not Whose.TEAM
    if scope.where.strip():
        from sfa.fields import noun
        from sfa.finding.custom import all_fields
        from sfa.finding.listing import condition_of

        fields = all_fields(connection, "deal")
        more, bound = condition_of(connection, noun("deal"), fields, scope.where, scope.today)
        sql += f" AND ({more})"
        values += bound
    return _Condition(sql, tuple(values), is_one_owner)


# Totals --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    """Deals of one stage in one currency; ``weighted`` is not yet divided by 100."""

    currency: str
    count: int
    amount: int
    weighted: int


_Counted = dict[str, list[_Cell]]


def _counted(connection: sqlite3.Connection, known: _Known, condition: _Condition) -> _Counted:
    found: _Counted = defaultdict(list)
    open_ = [each.id for each in known.stages if each.kind == StageKind.OPEN]
    closed = [each.id for each in known.stages if each.kind != StageKind.OPEN]
    select = (
        "SELECT t.stage_id, coalesce(t.currency, ''), count(*), coalesce(sum(t.amount_minor), 0),"
        " coalesce(sum(t.amount_minor * t.probability_pct), 0)"
        f" FROM {condition.table} WHERE"
    )
    # Those of the quarter are found by their day, and not among all that ever came to the stage.
    sql = (
        f"{select} {condition.at(_in(open_))} GROUP BY 1, 2 UNION ALL"
        f" {select} {condition.at(_in(closed), by_stage=False)} AND t.closed_on BETWEEN ? AND ? GROUP BY 1, 2"
    )
    span = (known.quarter.start.isoformat(), known.quarter.end.isoformat())
    cursor = connection.cursor()
    cursor.row_factory = None
    values = (*open_, *condition.values, *closed, *condition.values, *span)
    for stage, *cell in cursor.execute(sql, values):
        found[stage].append(_Cell(*cell))
    return found


def _in(ids: Sequence[str]) -> str:
    # SQLite finds no way through the index it is told to take where a list is empty.
    return f"IN ({', '.join('?' * len(ids)) or 'NULL'})"


def _is_met(counted: _Counted, currency: str) -> bool:
    return any(cell.currency == currency for cells in counted.values() for cell in cells)


def _rates(connection: sqlite3.Connection, known: _Known, counted: _Counted, today: date) -> Rates:
    """Return the rates into the organisation's currency; they are asked for when another one is met."""
    met = {cell.currency for cells in counted.values() for cell in cells}
    if met <= {"", known.currency}:
        return Rates(known.currency, {})
    return rates_into(connection, known.currency, today)


def _sums(cells: Iterable[_Cell], rates: Rates) -> tuple[Sum, ...]:
    """Return a sum for each currency shown; the weighted one is rounded half up once, at the end."""
    amounts: dict[str, int] = defaultdict(int)
    weighted: dict[str, int] = defaultdict(int)
    for cell in cells:
        if cell.currency:
            shown = rates.shown_in(cell.currency)
            amounts[shown] += rates.convert(cell.amount, cell.currency)
            weighted[shown] += rates.convert(cell.weighted, cell.currency)
    found = (Sum(code, amount, (weighted[code] + 50) // 100) for code, amount in amounts.items())
    return in_order(found, rates.currency)


def _closed(known: _Known, counted: _Counted, rates: Rates, kind: StageKind) -> Closed:
    stages = [each for each in known.stages if each.kind == kind]
    cells = [cell for each in stages for cell in counted.get(each.id, ())]
    live = next((each.id for each in stages if not each.is_deleted), "")
    return Closed(kind.value, live, sum(cell.count for cell in cells), _sums(cells, rates))


# Cards ---------------------------------------------------------------------------------------


def _cards(
    connection: sqlite3.Connection,
    stages: Sequence[_Stage],
    condition: _Condition,
    scope: Scope,
    stale_days: int,
) -> dict[str, list[Card]]:
    """Return the first deals of each stage, with the one that is to be kept wherever it stands."""
    found: dict[str, list[Card]] = defaultdict(list)
    if not stages:
        return found
    one = (
        f"SELECT key FROM (SELECT t.rowid AS key FROM {condition.table} WHERE {condition.at('= ?')}"
        f" ORDER BY {_ORDER.format('t')} LIMIT ?)"
    )
    parts, values = [one] * len(stages), []
    for each in stages:
        values += [each.id, *condition.values, -1 if scope.limit is None else scope.limit]
    if scope.keep and scope.limit is not None:
        ids = [each.id for each in stages]
        kept = condition.at(_in(ids), by_stage=False)
        parts.append(f"SELECT t.rowid FROM deal t WHERE t.id = ? AND {kept}")
        values += [scope.keep, *ids, *condition.values]
    cursor = connection.cursor()
    cursor.row_factory = None
    cutoff = scope.today - timedelta(days=stale_days)
    sql = (
        "SELECT d.id, d.ref, d.name, (SELECT a.name FROM account a WHERE a.id = d.account_id),"
        " (SELECT u.name FROM user u WHERE u.id = d.owner_id), d.stage_id, d.amount_minor, d.currency,"
        " d.probability_pct, d.close_on, d.next_step, d.next_step_on, d.stage_on,"
        " (d.event_on IS NULL OR d.event_on <= ?) AND NOT EXISTS (SELECT 1 FROM activity v"
        " WHERE v.deal_id = d.id AND v.deleted_at IS NULL AND v.state = 'done' AND v.at >= ? AND v.at < ?)"
        f" FROM ({' UNION '.join(parts)}) wanted CROSS JOIN deal d ON d.rowid = wanted.key"
        f" ORDER BY {_ORDER.format('d')}"
    )
    bounds = (cutoff.isoformat(), _midnight_after(cutoff), _midnight_after(scope.today))
    for row in cursor.execute(sql, (*bounds, *values)):
        found[row[5]].append(_card(row, scope.today))
    return found


def _card(row: tuple[Any, ...], today: date) -> Card:
    deal, ref, name, account, owner, stage, amount, currency, percent, close, step, step_on, since, stale = (
        row
    )
    return Card(
        deal_id=deal,
        ref=ref,
        name=name,
        account=account or "",
        owner=owner or "",
        stage_id=stage,
        amount=amount,
        currency=currency,
        probability=percent,
        close_on=close,
        next_step=step or "",
        next_step_on=step_on,
        stage_days=(today - date.fromisoformat(since)).days if since else None,
        late_days=max(0, (today - date.fromisoformat(close)).days) if close else 0,
        is_stale=bool(stale),
    )


def _midnight_after(day: date) -> str:
    return clock.to_text(clock.instant_at(day + timedelta(days=1), 0))
