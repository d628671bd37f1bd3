"""Putting the printed pipeline together."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, replace

from sfa.finding.organisation import currency as organisation_currency
from sfa.finding.organisation import setting
from sfa.reports.pipeline import attention, cube, groups, movement, prints, roll_up
from sfa.reports.pipeline.figures import Block, Gaps, LastPrint, Movement, PipelineReport, Scope, Tally
from sfa.reports.pipeline.rates import Rates, rates_into
from sfa.reports.pipeline.state import State, state_of

DEFAULT_STALE_DAYS = 30


@dataclass(frozen=True, slots=True)
class _Material:
    """What every block is cut from; ``currencies`` maps a shown currency to the deals' own."""

    connection: sqlite3.Connection
    scope: Scope
    state: State
    rates: Rates
    cells: list[cube.Cell]
    grouped: list[cube.Cell]
    names: dict[str, str]
    ages: dict[tuple[str, str], tuple[int, int]]
    moved: dict[str, Movement]
    quiet: attention.Quiet
    stale: dict[str, Tally]
    currencies: dict[str, list[str]]
    last: LastPrint | None


def pipeline_report(connection: sqlite3.Connection, scope: Scope) -> PipelineReport:
    """Return the pipeline as of the scope's day, a block of figures a currency.

    Deals without an amount count in the block of the organisation's currency, else in the first.
    """
    state = state_of(connection, scope)
    own = cube.read_cells(connection, state, scope)
    rates = rates_into(connection, organisation_currency(connection), scope.as_of)
    material = _material(connection, scope, state, rates, own)
    used = [rate for code, rate in sorted(rates.by_currency.items()) if any(cell.currency == code for cell in own)]
    shown = tuple(material.currencies)
    return PipelineReport(
        scope=scope,
        deals=sum(cell.count for cell in own),
        blocks=tuple(_block(material, currency) for currency in shown),
        gaps=_gaps(own, state),
        rates=tuple(used),
        unconverted=shown[1:] if len(shown) > 1 else (),
        currency=rates.currency,
        stale_days=material.quiet.days,
        data_at=_data_at(connection),
        last_print=material.last,
        shared_deals=groups.shared(own),
    )


def _material(
    connection: sqlite3.Connection, scope: Scope, state: State, rates: Rates, own: list[cube.Cell]
) -> _Material:
    currencies = _currencies(own, rates)
    main = next(iter(currencies))
    cells = [replace(cell, currency=cell.currency or main) for cell in cube.converted(own, rates)]
    last = prints.last_print(connection, scope)
    quiet = attention.Quiet(state, scope, _stale_days(connection))
    return _Material(
        connection=connection,
        scope=scope,
        state=state,
        rates=rates,
        cells=cells,
        grouped=groups.regrouped(connection, cells, scope),
        names=groups.names(connection, scope),
        ages=cube.read_ages(connection, state, scope),
        moved=movement.movement(connection, state, scope, last, rates),
        quiet=quiet,
        stale=attention.stale_tallies(connection, quiet, rates),
        currencies=currencies,
        last=last,
    )


def _currencies(cells: list[cube.Cell], rates: Rates) -> dict[str, list[str]]:
    """Return shown currency -> own currencies, the organisation's first; ``""`` belongs to the first."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in sorted({cell.currency for cell in cells} - {""}):
        found[rates.shown_in(code)].append(code)
    order = sorted(found, key=lambda code: (code != rates.currency, code)) or [rates.currency]
    ordered = {code: found[code] for code in order}
    ordered[order[0]] = [*ordered[order[0]], ""]
    return ordered


def _block(material: _Material, currency: str) -> Block:
    state, scope, own = material.state, material.scope, material.currencies[currency]
    cells = [cell for cell in material.cells if cell.currency == currency]
    grouped = [cell for cell in material.grouped if cell.currency == currency]
    opened, won, lost = (roll_up.of_kind(cells, state.stages, kind) for kind in ("open", "won", "lost"))
    block = Block(
        currency=currency,
        open=roll_up.tally(opened),
        weighted=roll_up.weighted(opened),
        won=roll_up.tally(won),
        lost=roll_up.tally(lost),
        stages=roll_up.stage_lines(cells, state.stages, _ages(material, own)),
        categories=roll_up.category_lines(opened, won),
        groups=roll_up.group_lines(grouped, state.stages, material.names, scope),
        quarters=roll_up.quarter_lines(won, scope),
        movement=_movement(material, currency),
        changes=None,
        top=attention.top_deals(material.connection, state, material.rates, own),
        stale=_with_amountless(material, currency),
        stale_deals=attention.stale_deals(material.connection, material.quiet, material.rates, own),
    )
    return replace(block, changes=prints.changes(block, material.last))


def _ages(material: _Material, own: list[str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for (stage, currency), (count, days) in material.ages.items():
        if currency in own:
            before = found.get(stage, (0, 0))
            found[stage] = (before[0] + count, before[1] + days)
    return found


def _with_amountless(material: _Material, currency: str) -> Tally:
    """Return the currency's stale deals, with those without an amount when it is the first."""
    found = material.stale.get(currency, Tally())
    return found + material.stale.get("", Tally()) if "" in material.currencies[currency] else found


def _movement(material: _Material, currency: str) -> Movement | None:
    if material.scope.period is None and material.last is None:
        return None
    found = material.moved.get(currency, Movement())
    amountless = material.moved.get("", Movement())
    return found + amountless if "" in material.currencies[currency] else found


def _gaps(cells: list[cube.Cell], state: State) -> Gaps:
    opened = [cell for cell in cells if state.stages[cell.stage_id].kind == "open"]
    return Gaps(
        no_account=sum(cell.no_account for cell in cells),
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
