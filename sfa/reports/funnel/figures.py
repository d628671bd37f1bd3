"""What a funnel holds: frozen counts; sums in minor units with their currency beside them.

Source of every formula: docs/metrics.md, funnel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sfa.finding.periods import Period
from sfa.reports.freshness import NEVER, Freshness
from sfa.reports.pipeline.figures import UsedRate

GROUPINGS = ("owner", "manager", "team", "sector", "source", "month")


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked: the deals that came in the period (``None`` for all), as they stood on a day."""

    as_of: date
    period: Period | None = None
    by: str = "owner"
    pipeline_id: str | None = None
    owner_id: str | None = None
    owner_name: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """What deals are worth in one currency."""

    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Step:
    """A stage, or at the end being won: how many deals reached it, by the stage itself or a later one.

    ``lost`` and ``open`` are those that came no further. ``onward_pct`` is how many of a hundred
    reached the next step, ``None`` after the last one and where nobody came; ``share_pct`` how many
    of all. The organisation's currency comes first in ``sums``.
    """

    stage_id: str
    name: str
    reached: int
    lost: int
    open: int
    onward_pct: int | None
    share_pct: int | None
    sums: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A rep, manager, team, sector, source or month: how many came, and what became of them."""

    group_id: str
    name: str
    entered: int
    reached: tuple[int, ...]
    won: int
    lost: int
    open: int
    sums: tuple[Sum, ...]

    @property
    def win_pct(self) -> int | None:
        """Return won by closed, in percent; ``None`` while none is closed."""
        return percent(self.won, self.won + self.lost)


@dataclass(frozen=True, slots=True)
class Funnel:
    """The deals of one pipeline; ``won_days`` is how long the won ones took, on average.

    ``steps`` are its open stages in order, and being won.
    """

    pipeline_id: str
    pipeline: str
    entered: int
    won: int
    lost: int
    open: int
    won_days: int | None
    steps: tuple[Step, ...]
    groups: tuple[GroupLine, ...]

    @property
    def win_pct(self) -> int | None:
        """Return won by closed, in percent; ``None`` while none is closed."""
        return percent(self.won, self.won + self.lost)


@dataclass(frozen=True, slots=True)
class FunnelReport:
    """A funnel a pipeline that deals came to, the one for new deals first."""

    scope: Scope
    funnels: tuple[Funnel, ...]
    currency: str
    rates: tuple[UsedRate, ...]
    unconverted: tuple[str, ...]
    freshness: Freshness = NEVER

    @property
    def entered(self) -> int:
        """Return how many deals came."""
        return sum(each.entered for each in self.funnels)


def percent(part: int, whole: int) -> int | None:
    """Return a share in whole percent, rounded half up; ``None`` of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None
