"""Deals to talk about: the largest open ones, and the ones where nothing happens."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sfa import clock
from sfa.reports.pipeline.figures import DealLine, Scope, Tally
from sfa.reports.pipeline.rates import Rates
from sfa.reports.pipeline.state import State, visible

SHOWN = 10

_COLUMNS = (
    "s.ref, s.name, (SELECT a.name FROM account a WHERE a.id = s.account_id),"
    " (SELECT u.name FROM user u WHERE u.id = s.owner_id), s.stage_id, s.amount_minor, s.currency,"
    " s.close_on, s.next_step"
)
_LARGEST = "ORDER BY s.amount_minor DESC, s.close_on, s.name, s.deal_id"


@dataclass(frozen=True, slots=True)
class Quiet:
    """How open deals are asked whether nothing happened to them for so many days."""

    state: State
    scope: Scope
    days: int

    def condition(self) -> str:
        """Return the condition on a deal of the state, ``s``."""
        return (
            f"s.stage_id IN ({self.state.ids('open')})"
            " AND NOT EXISTS (SELECT 1 FROM deal_event q WHERE q.deal_id = s.deal_id"
            f" AND q.effective_on > :cutoff AND q.deleted_at IS NULL AND {visible('q', self.scope)})"
            " AND NOT EXISTS (SELECT 1 FROM activity c WHERE c.deal_id = s.deal_id AND c.deleted_at IS NULL"
            " AND c.state = 'done' AND c.at >= :since AND c.at < :until)"
        )

    def params(self) -> dict[str, Any]:
        """Return what fills the condition."""
        cutoff = self.scope.as_of - timedelta(days=self.days)
        return {
            **self.state.params,
            "cutoff": cutoff.isoformat(),
            "since": _midnight_after(cutoff),
            "until": _midnight_after(self.scope.as_of),
        }


def top_deals(
    connection: sqlite3.Connection, state: State, rates: Rates, currencies: list[str]
) -> tuple[DealLine, ...]:
    """Return the largest open deals among those in the currencies, which are shown in one."""
    found: list[DealLine] = []
    for currency in filter(None, currencies):
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM ({state.sql}) s"
            f" WHERE s.stage_id IN ({state.ids('open')}) AND s.currency = :currency {_LARGEST} LIMIT {SHOWN}",
            {**state.params, "currency": currency},
        )
        found += [_line(tuple(row), state, rates) for row in rows]
    return tuple(sorted(found, key=lambda line: -(line.amount or 0))[:SHOWN])


def stale_tallies(connection: sqlite3.Connection, quiet: Quiet, rates: Rates) -> dict[str, Tally]:
    """Return the stale deals by the currency they are shown in."""
    rows = connection.execute(
        f"SELECT coalesce(s.currency, ''), count(*), coalesce(sum(s.amount_minor), 0)"
        f" FROM ({quiet.state.sql}) s WHERE {quiet.condition()} GROUP BY 1",
        quiet.params(),
    )
    found: dict[str, Tally] = {}
    for currency, count, amount in rows:
        shown = rates.shown_in(currency)
        found[shown] = found.get(shown, Tally()) + Tally(count, rates.convert(amount, currency))
    return found


def stale_deals(
    connection: sqlite3.Connection, quiet: Quiet, rates: Rates, currencies: list[str]
) -> tuple[DealLine, ...]:
    """Return the largest stale deals among those in the currencies, with the days of silence."""
    found: list[DealLine] = []
    for currency in currencies:
        rows = connection.execute(
            f"SELECT {_COLUMNS}, s.deal_id FROM ({quiet.state.sql}) s WHERE {quiet.condition()}"
            f" AND coalesce(s.currency, '') = :currency {_LARGEST} LIMIT {SHOWN}",
            {**quiet.params(), "currency": currency},
        ).fetchall()
        for *row, deal in rows:
            found.append(_line(tuple(row), quiet.state, rates, _quiet_days(connection, deal, quiet)))
    return tuple(sorted(found, key=lambda line: -(line.amount or 0))[:SHOWN])


def _midnight_after(day: date) -> str:
    return clock.to_text(clock.instant_at(day + timedelta(days=1), 0))


def _quiet_days(connection: sqlite3.Connection, deal: str, quiet: Quiet) -> int | None:
    """Return the days since the deal's last event or activity; ``None`` when it has neither."""
    event, activity = connection.execute(
        "SELECT (SELECT max(q.effective_on) FROM deal_event q WHERE q.deal_id = :deal"
        f" AND q.deleted_at IS NULL AND {visible('q', quiet.scope)}),"
        " (SELECT max(c.at) FROM activity c WHERE c.deal_id = :deal"
        " AND c.deleted_at IS NULL AND c.state = 'done' AND c.at < :until)",
        {**quiet.params(), "deal": deal},
    ).fetchone()
    days = [date.fromisoformat(event)] if event else []
    days += [clock.local_day(clock.from_text(activity))] if activity else []
    return (quiet.scope.as_of - max(days)).days if days else None


def _line(row: tuple[Any, ...], state: State, rates: Rates, quiet: int | None = None) -> DealLine:
    ref, name, account, owner, stage, amount, currency, close_on, next_step = row
    shown = rates.convert(amount, currency) if amount is not None else None
    return DealLine(
        ref,
        name,
        account or "",
        owner or "",
        state.stages[stage].name,
        shown,
        rates.shown_in(currency) if currency else None,
        close_on,
        next_step,
        quiet,
    )
