"""The life of a deal: the meetings at which it stood elsewhere, was worth something else, or had slipped.

A deal moves at most once between two meetings, so that every state it was in is seen by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from random import Random

from sfa.demo.days import Year, working_from
from sfa.demo.ways import Way

WON, LOST = -1, -2
_LOSES = 0.09  # at each stage
_STUCK = 0.03
_SLIPS = 0.75  # of the deals that are due and not done
_STUCK_STEPS = 5


class Fate(Enum):
    """How a deal's life is to go."""

    ANY = "any"
    NEW_NOW = "new since the last meeting"
    WON_NOW = "won since the last meeting"
    LOST_NOW = "lost since the last meeting"
    SLIPPED_NOW = "slipped since the last meeting"
    STUCK = "nothing happens any more"
    BACK = "back a stage, then forward again"
    STANDS = "stands at a given stage"


@dataclass(frozen=True, slots=True)
class State:
    """A deal as a meeting saw it: at which stage since when, worth what, to close when."""

    step: int
    day: date
    stage: int
    amount: int
    close: date

    @property
    def is_open(self) -> bool:
        """Say whether it was neither won nor lost."""
        return self.stage >= 0


@dataclass(frozen=True, slots=True)
class Lot:
    """A fate, with the stage that one is about."""

    fate: Fate
    stage: int = 0


Move = tuple[int, int]  # meetings to wait, stage to go to


def life(
    rng: Random, year: Year, way: Way, lot: Lot, *, rough: int, amount: int, first: int, last: int
) -> tuple[State, ...]:
    """Return a deal's states, between two meetings; its amount is rough until a price was made."""
    fate = lot.fate
    moves = _moves(rng, way, lot)
    start = _start(rng, year, fate, moves, first, last)
    if fate is Fate.SLIPPED_NOW:
        last = len(year.meetings) - 1
    day = year.in_step(rng, start)
    close = working_from(day + timedelta(days=rng.randrange(45, 150)))
    states = [State(start, day, 0, rough, close)]
    step = start
    for gap, stage in moves:
        _slips(rng, year, states, step, min(step + gap - 1, last), patient=False)
        step += gap
        if step > last:
            return _settled(states, fate, year)
        day = year.in_step(rng, step)
        now = amount if stage < 0 or stage >= way.length // 2 else states[-1].amount
        states.append(replace(states[-1], step=step, day=day, stage=stage, amount=now))
        if stage < 0:
            states[-1] = replace(states[-1], close=day)
            return tuple(states)
    _slips(rng, year, states, step, last, patient=True)
    return _settled(states, fate, year)


def _moves(rng: Random, way: Way, lot: Lot) -> list[Move]:
    (low, high), fate = way.pace, lot.fate
    gaps = [rng.randint(low, high) for _ in range(way.length + 2)]
    forward = [(gaps[stage], stage) for stage in range(1, way.length)]
    if fate is Fate.NEW_NOW:
        return []
    if fate is Fate.STANDS:
        return forward[: lot.stage] if lot.stage >= 0 else [*forward, (gaps[-1], lot.stage)]
    if fate is Fate.WON_NOW:
        return [*forward, (gaps[-1], WON)]
    if fate is Fate.LOST_NOW:
        return [*forward[: rng.randint(1, len(forward))], (gaps[-1], LOST)]
    if fate is Fate.BACK:
        return [(gaps[0], 1), (gaps[1], 2), (gaps[2], 1), *([(gaps[3], 2)] if rng.random() < 0.5 else [])]
    if fate is Fate.ANY:
        return _chance(rng, forward, gaps[-1])
    return forward[: rng.randint(1, len(forward))]


def _chance(rng: Random, forward: Sequence[Move], gap: int) -> list[Move]:
    moves: list[Move] = []
    for move in forward:
        luck = rng.random()
        if luck < _LOSES:
            return [*moves, (move[0], LOST)]
        if luck < _LOSES + _STUCK:
            return moves
        moves.append(move)
    return [*moves, (gap, WON if rng.random() > _LOSES else LOST)]


def _start(rng: Random, year: Year, fate: Fate, moves: Sequence[Move], first: int, last: int) -> int:
    """Return the meeting that first saw the deal: what is to be now ends at the last one."""
    length = sum(gap for gap, _ in moves)
    if fate in {Fate.NEW_NOW, Fate.WON_NOW, Fate.LOST_NOW}:
        return max(len(year.meetings) - 1 - length, 0)
    if fate in {Fate.STUCK, Fate.BACK}:
        latest = last - length - (_STUCK_STEPS if fate is Fate.STUCK else 0)
        return max(latest - rng.randrange(3), 0)
    if fate is Fate.STANDS:
        return max(last - length - rng.randrange(2), 0)
    if fate is Fate.SLIPPED_NOW:
        return max(len(year.meetings) - 2 - length - rng.randrange(3), 0)
    low = year.meetings[first - 1] + timedelta(days=1) if first else year.first
    days = [year.day(rng, low, year.meetings[last]) for _ in range(2)]
    # Rather early: what begins late is still open, and a year's deals are mostly closed.
    return min(year.step_of(min(days)), last)


def _slips(rng: Random, year: Year, states: list[State], after: int, until: int, *, patient: bool) -> None:
    """Move the close date at the meetings that find the deal due; a deal nobody minds is seldom moved."""
    for step in range(after + 1, until + 1):
        meeting = year.meetings[step]
        due = (states[-1].close - meeting).days < 7
        if due and rng.random() < (_SLIPS / 4 if patient else _SLIPS):
            close = working_from(meeting + timedelta(days=rng.randrange(21, 75)))
            states.append(replace(states[-1], step=step, day=meeting, close=close))


def _settled(states: list[State], fate: Fate, year: Year) -> tuple[State, ...]:
    """Return the states, with the slip that was to be at the last meeting."""
    now = len(year.meetings) - 1
    if fate is Fate.SLIPPED_NOW:
        kept = [state for state in states if state.step < now]
        close = working_from(max(kept[-1].close, year.today) + timedelta(days=35))
        return (*kept, replace(kept[-1], step=now, day=year.today, close=close))
    return tuple(states)
