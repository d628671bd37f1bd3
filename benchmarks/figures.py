"""What a row yields: one measured thing beside its peer; kept between runs in ``results.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.timing import Spread


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the results.

    ``most_times`` is the goal as a ratio to the peer, ``most`` the goal as a plain figure in
    ``unit``; neither: shown for comparison alone. ``flat`` names the line of the flat table
    this is a cell of. ``profile`` says why a goal was missed.
    """

    what: str
    size: int | None
    ours: Spread
    peer: str
    theirs: Spread | None
    most_times: float | None = None
    most: float | None = None
    unit: str = "ms"
    flat: str = ""
    note: str = ""
    profile: str = ""

    @property
    def ratio(self) -> float | None:
        """Return how many times the peer's median ours is."""
        return self.ours.median / self.theirs.median if self.theirs and self.theirs.median else None

    @property
    def met(self) -> bool | None:
        """Say whether the goal is met; ``None`` without a goal, or when the peer is missing."""
        if self.most is not None:
            return self.ours.median <= self.most
        if self.most_times is None or self.ratio is None:
            return None
        return round(self.ratio, 1) <= self.most_times


@dataclass(frozen=True, slots=True)
class Measured:
    """What one row gave in one run: its figures, and what failed, if anything did."""

    row: str
    on: str
    machine: str
    figures: list[Figure] = field(default_factory=list)
    failed: str = ""


def keep(path: Path, all_measured: list[Measured]) -> None:
    """Write the rows for the next run."""
    text = json.dumps([asdict(each) for each in all_measured], ensure_ascii=False, indent=1)
    path.write_text(text + "\n", "utf-8")


def kept(path: Path) -> dict[str, Measured]:
    """Return the rows of earlier runs by name; none when nothing was kept."""
    if not path.exists():
        return {}
    return {each["row"]: _measured(each) for each in json.loads(path.read_text("utf-8"))}


def _measured(told: dict[str, object]) -> Measured:
    figures = [_figure(each) for each in told.pop("figures")]  # type: ignore[attr-defined]
    return Measured(figures=figures, **told)  # type: ignore[arg-type]


def _figure(told: dict[str, object]) -> Figure:
    ours, theirs = told.pop("ours"), told.pop("theirs")
    return Figure(
        ours=Spread(**ours),  # type: ignore[arg-type]
        theirs=Spread(**theirs) if theirs else None,  # type: ignore[arg-type]
        **told,  # type: ignore[arg-type]
    )


def failures(all_measured: list[Measured]) -> Iterator[str]:
    """Yield what could not be measured, and why."""
    for each in all_measured:
        if each.failed:
            yield f"`{each.row}` ({each.on}): {each.failed}"
