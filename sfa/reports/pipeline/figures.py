"""What a pipeline report holds: frozen figures, amounts in minor units of the block's currency.

Source of every formula: docs/metrics.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sfa.finding.periods import Period
from sfa.reports.freshness import NEVER, Freshness

GROUPINGS = ("owner", "manager", "team", "product", "sector")


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked: the day, what was known by then, the period, the grouping, one pipeline or all."""

    as_of: date
    known_on: date | None = None
    period: Period | None = None
    by: str = "owner"
    pipeline_id: str | None = None
    pipeline_name: str = ""
    fiscal_start: int = 1

    def key(self) -> str:
        """Return what prints must share to be compared; the grouping does not matter for totals."""
        parts = {
            "pipeline": self.pipeline_id or "",
            "period": self.period.label if self.period else "",
            "known": self.known_on.isoformat() if self.known_on else "",
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value) or "all"


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of deals and what they are worth."""

    count: int = 0
    amount: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Add two tallies of one currency."""
        return Tally(self.count + other.count, self.amount + other.amount)

    def __sub__(self, other: Tally) -> Tally:
        """Return the difference to an earlier tally."""
        return Tally(self.count - other.count, self.amount - other.amount)


def total(tallies: Sequence[Tally]) -> Tally:
    """Return the sum of tallies; nothing sums to zero."""
    return sum(tallies, Tally())


@dataclass(frozen=True, slots=True)
class StageLine:
    """The open deals of one stage; the age is in days since they entered it, on average."""

    stage_id: str
    name: str
    pipeline: str
    tally: Tally
    weighted: int
    average_age_days: int | None


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A forecast category: its own deals, and all that are at least as sure."""

    category: str
    tally: Tally
    cumulative: int | None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A rep, manager, team, product or sector: what is open, won and lost."""

    group_id: str
    name: str
    open: Tally
    weighted: int
    won: Tally
    lost: Tally
    quarters: tuple[tuple[str, Tally], ...]


@dataclass(frozen=True, slots=True)
class DealLine:
    """A deal worth naming: ``quiet_days`` is how long nothing happened to it, when that was asked."""

    deal_id: str
    ref: str
    name: str
    account: str
    owner: str
    stage: str
    amount: int | None
    currency: str | None
    close_on: str | None
    next_step: str | None
    quiet_days: int | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """What moved in a window of time."""

    new: Tally = field(default_factory=Tally)
    slipped: Tally = field(default_factory=Tally)
    won: Tally = field(default_factory=Tally)
    lost: Tally = field(default_factory=Tally)

    def __add__(self, other: Movement) -> Movement:
        """Add the movements of two sets of deals in one currency."""
        return Movement(
            self.new + other.new, self.slipped + other.slipped, self.won + other.won, self.lost + other.lost
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """The block's figures now less those of the last stored print."""

    open: Tally
    weighted: int
    won: Tally
    lost: Tally


@dataclass(frozen=True, slots=True)
class Block:
    """The figures of one currency."""

    currency: str
    open: Tally
    weighted: int
    won: Tally
    lost: Tally
    stages: tuple[StageLine, ...]
    categories: tuple[CategoryLine, ...]
    groups: tuple[GroupLine, ...]
    quarters: tuple[tuple[str, Tally], ...]
    movement: Movement | None
    changes: Changes | None
    top: tuple[DealLine, ...]
    stale: Tally
    stale_deals: tuple[DealLine, ...]


@dataclass(frozen=True, slots=True)
class UsedRate:
    """A dated rate by which amounts of another currency were converted."""

    from_currency: str
    to_currency: str
    effective_on: str
    rate_micros: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """Deals that lack something; ``overdue`` ones are open past their close date."""

    no_account: int
    no_amount: int
    no_close_date: int
    overdue: int


@dataclass(frozen=True, slots=True)
class LastPrint:
    """The last stored print of the same scope: when, of which day, with which figures."""

    printed_at: str
    as_of: str
    figures: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class PipelineReport:
    """The printed pipeline. ``data_at`` is when the store last changed, as stored text."""

    scope: Scope
    deals: int
    blocks: tuple[Block, ...]
    gaps: Gaps
    rates: tuple[UsedRate, ...]
    unconverted: tuple[str, ...]
    currency: str
    stale_days: int
    data_at: str | None
    last_print: LastPrint | None
    shared_deals: int = 0  # counted under several products
    freshness: Freshness = NEVER
