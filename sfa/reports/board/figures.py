"""What a board holds: frozen figures, amounts in minor units of the currency beside them.

Source of the formulas: docs/metrics.md, board.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sfa.finding.periods import Period
from sfa.reports.pipeline.figures import UsedRate


class Whose(StrEnum):
    """Whose deals are shown; ``USUAL`` is a rep's own, a manager's team's, everybody's for others."""

    USUAL = ""
    MINE = "mine"
    TEAM = "team"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked: the day, one pipeline or the default one, whose deals, a filter as it is typed.

    ``limit`` is how many cards of a stage are wanted, ``None`` for all; the deal ``keep`` comes in any case.
    """

    today: date
    pipeline_id: str | None = None
    whose: Whose = Whose.USUAL
    owner_id: str | None = None
    where: str = ""
    limit: int | None = None
    keep: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A pipeline or a team: its id, its short reference, its name; all empty for none."""

    id: str = ""
    ref: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """What deals are worth in one currency, as they are and weighted by their probability."""

    currency: str
    amount: int
    weighted: int


@dataclass(frozen=True, slots=True)
class Card:
    """An open deal. Days are whole; ``late_days`` says how long its close date has gone by, 0 for not.

    ``stage_days`` is how long it stands in its stage, ``None`` when that is unknown.
    """

    deal_id: str
    ref: str
    name: str
    account: str
    owner: str
    stage_id: str
    amount: int | None
    currency: str | None
    probability: int
    close_on: str | None
    next_step: str
    next_step_on: str | None
    stage_days: int | None
    late_days: int
    is_stale: bool

    @property
    def id(self) -> str:
        """Return the deal's id."""
        return self.deal_id

    @property
    def has_next_step(self) -> bool:
        """Say whether a next step was agreed."""
        return bool(self.next_step.strip())


@dataclass(frozen=True, slots=True)
class Column:
    """An open stage with its deals, the ones that close first in front.

    ``count`` and ``sums`` are those of all its deals, of which ``cards`` may hold the first only. The
    organisation's currency comes first in ``sums``; deals without an amount are in ``count`` alone.
    """

    stage_id: str
    name: str
    probability: int
    exit_criteria: str
    playbook: str
    count: int
    sums: tuple[Sum, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """The deals won or lost in the quarter; ``stage_id`` is the stage that closes a deal this way."""

    kind: str
    stage_id: str
    count: int
    sums: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """One pipeline's open stages in order, and what was closed in the fiscal quarter.

    ``whose`` is never ``USUAL``: it says what that came to. ``rates`` are those by which sums were converted.
    """

    scope: Scope
    whose: Whose
    team: Named
    pipeline: Named
    pipelines: tuple[Named, ...]
    columns: tuple[Column, ...]
    closed: tuple[Closed, ...]
    quarter: Period
    stale_days: int
    currency: str
    rates: tuple[UsedRate, ...]

    @property
    def count(self) -> int:
        """Return how many open deals there are."""
        return sum(column.count for column in self.columns)

    @property
    def sums(self) -> tuple[Sum, ...]:
        """Return what the open deals are worth, a sum a currency."""
        found: dict[str, Sum] = {}
        for each in (each for column in self.columns for each in column.sums):
            before = found.get(each.currency, Sum(each.currency, 0, 0))
            found[each.currency] = Sum(
                each.currency, before.amount + each.amount, before.weighted + each.weighted
            )
        return in_order(found.values(), self.currency)


def in_order(sums: Iterable[Sum], currency: str) -> tuple[Sum, ...]:
    """Return sums with the organisation's currency first, the others by their codes."""
    return tuple(sorted(sums, key=lambda each: (each.currency != currency, each.currency)))


def where_of(board: Board, kind: str) -> str:
    """Return the filter of deals that selects what the board counts as won or lost."""
    parts = [f"pipeline={board.pipeline.ref}", f"state={kind}", f"closed={board.quarter.label}"]
    if board.scope.owner_id:
        parts.append(f'owner="{board.scope.owner_id}"')
    elif board.whose is Whose.MINE:
        parts.append("owner=me")
    elif board.whose is Whose.TEAM:
        parts.append(f"team={board.team.ref}")
    if board.scope.where.strip():
        parts.append(f"({board.scope.where})")
    return " and ".join(parts)
