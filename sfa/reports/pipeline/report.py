"""Putting the printed pipeline together."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import timedelta

from sfa.finding.organisation import currency as organisation_currency
from sfa.finding.organisation import setting
from sfa.reports.freshness import freshness
from sfa.reports.pipeline import cube, groups, movement, own_rows, prints, roll_up
from sfa.reports.pipeline.figures import (
    Block,
    DealLine,
    Gaps,
    LastPrint,
    Movement,
    PipelineReport,
    Scope,
    total,
)
from sfa.reports.pipeline.open_deals import (
    SHOWN,
    OpenDeals,
    Ranking,
    Touched,
    deal_lines,
    quiet_days,
    read_open_deals,
)
from sfa.reports.pipeline.rates import Rates, rates_into
from sfa.reports.pipeline.state import State, state_of

DEFAULT_STALE_DAYS = 30


@dataclass(frozen=True, slots=True)
class _Material:
    """What every block is cut from."""

    connection: sqlite3.Connection
    scope: Scope
    state: State
    rates: Rates
    cells: list[cube.Cell]
    grouped: list[cube.Cell]
    names: dict[str, str]
    opened: OpenDeals
    moved: dict[str, Movement]
    currencies: tuple[str, ...]
    last: LastPrint | None

    def codes(self, currency: str) -> tuple[str, ...]:
        """Return the currencies shown in a block; deals without an amount belong to the first."""
        return (currency, "") if currency == self.currencies[0] else (currency,)


def pipeline_report(connection: sqlite3.Connection, scope: Scope) -> PipelineReport:
    """Return the pipeline as of the scope's day, a block of figures a currency.

    Deals without an amount count in the block of the organisation's currency, else in the first.
    """
    state = state_of(connection, scope)
    stale_days = _stale_days(connection)
    touched = Touched(scope.as_of - timedelta(days=stale_days), scope.as_of)
    rows = own_rows.read_row_cells(connection, state, scope, touched.cutoff)
    own = _cells(connection, scope, state, rows)
    rates = rates_into(connection, organisation_currency(connection), scope.as_of)
    opened = read_open_deals(connection, state, scope, rates, touched)
    if rows:
        first, *_ = _currencies(own, rates)
        own_rows.add_open_deals(opened, connection, state, rates, rows, touched, first=first)
    material = _material(connection, scope, state, rates, own, opened)
    used = {cell.currency for cell in own}
    shown = material.currencies
    return PipelineReport(
        scope=scope,
        deals=sum(cell.count for cell in own),
        blocks=tuple(_block(material, currency) for currency in shown),
        gaps=_gaps(own, state, cube.without_account(connection, state)),
        rates=tuple(rate for code, rate in sorted(rates.by_currency.items()) if code in used),
        unconverted=shown[1:] if len(shown) > 1 else (),
        currency=rates.currency,
        stale_days=stale_days,
        data_at=_data_at(connection),
        last_print=material.last,
        shared_deals=groups.shared(own),
        freshness=freshness(connection),
    )


def _cells(
    connection: sqlite3.Connection, scope: Scope, state: State, rows: list[own_rows.RowCell]
) -> list[cube.Cell]:
    """Return the cells of all deals by the grouping: from the rows' pass where it tells the groups apart."""
    if scope.by not in own_rows.GROUPS:
        return cube.read_cells(connection, state.sql, state, scope)
    moved = cube.read_cells(connection, state.events, state, scope) if state.events else []
    return own_rows.cells_of(rows, scope) + moved


def _material(
    connection: sqlite3.Connection,
    scope: Scope,
    state: State,
    rates: Rates,
    own: list[cube.Cell],
    opened: OpenDeals,
) -> _Material:
    currencies = _currencies(own, rates)
    cells = [replace(cell, currency=cell.currency or currencies[0]) for cell in cube.converted(own, rates)]
    last = prints.last_print(connection, scope)
    return _Material(
        connection=connection,
        scope=scope,
        state=state,
        rates=rates,
        cells=cells,
        grouped=groups.regrouped(connection, cells, scope),
        names=groups.names(connection, scope),
        opened=opened,
        moved=movement.movement(connection, state, scope, last, rates),
        currencies=currencies,
        last=last,
    )


def _currencies(cells: list[cube.Cell], rates: Rates) -> tuple[str, ...]:
    """Return the currencies shown, the organisation's first; that alone when nothing has an amount."""
    shown = {rates.shown_in(cell.currency) for cell in cells if cell.currency}
    return tuple(sorted(shown, key=lambda code: (code != rates.currency, code))) or (rates.currency,)


def _block(material: _Material, currency: str) -> Block:
    state, scope, codes = material.state, material.scope, material.codes(currency)
    cells = [cell for cell in material.cells if cell.currency == currency]
    grouped = [cell for cell in material.grouped if cell.currency == currency]
    opened, won, lost = (roll_up.of_kind(cells, state.stages, kind) for kind in ("open", "won", "lost"))
    block = Block(
        currency=currency,
        open=roll_up.tally(opened),
        weighted=roll_up.weighted(opened),
        won=roll_up.tally(won),
        lost=roll_up.tally(lost),
        stages=roll_up.stage_lines(cells, state.stages, _ages(material, codes)),
        categories=roll_up.category_lines(opened, won),
        groups=roll_up.group_lines(grouped, state.stages, material.names, scope),
        quarters=roll_up.quarter_lines(won, scope),
        movement=_movement(material, codes),
        changes=None,
        top=_ranked(material, material.opened.top, codes),
        stale=total([material.opened.stale[code] for code in codes if code in material.opened.stale]),
        stale_deals=_stale(material, codes),
    )
    return replace(block, changes=prints.changes(block, material.last))


def _ages(material: _Material, codes: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for (stage, code), (count, days) in material.opened.ages.items():
        if code in codes:
            before = found.get(stage, (0, 0))
            found[stage] = (before[0] + count, before[1] + days)
    return found


def _ranked(
    material: _Material, rankings: dict[str, Ranking], codes: tuple[str, ...]
) -> tuple[DealLine, ...]:
    entries = sorted((entry for code in codes for entry in rankings.get(code, ())), reverse=True)[:SHOWN]
    return deal_lines(material.connection, material.state, material.rates, entries)


def _stale(material: _Material, codes: tuple[str, ...]) -> tuple[DealLine, ...]:
    lines = _ranked(material, material.opened.stale_top, codes)
    asked = (material.connection, material.state, material.scope)
    return tuple(replace(line, quiet_days=quiet_days(*asked, line.deal_id)) for line in lines)


def _movement(material: _Material, codes: tuple[str, ...]) -> Movement | None:
    if material.scope.period is None and material.last is None:
        return None
    return sum((material.moved[code] for code in codes if code in material.moved), Movement())


def _gaps(cells: list[cube.Cell], state: State, no_account: int) -> Gaps:
    opened = [cell for cell in cells if state.stages[cell.stage_id].kind == "open"]
    return Gaps(
        no_account=no_account,
        no_amount=sum(cell.no_amount for cell in opened),
        no_close_date=sum(cell.no_close_date for cell in opened),
        overdue=sum(cell.overdue for cell in opened),
    )


def _stale_days(connection: sqlite3.Connection) -> int:
    days = setting(connection, "stale_days", DEFAULT_STALE_DAYS)
    return days if isinstance(days, int) and days > 0 else DEFAULT_STALE_DAYS


def _data_at(connection: sqlite3.Connection) -> str | None:
    """Return when the store last changed; a store without a log tells by its newest event."""
    row = connection.execute("SELECT at FROM tx ORDER BY first_seq DESC LIMIT 1").fetchone()
    return str(row[0]) if row else None
