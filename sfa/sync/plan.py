"""What a device does next, decided from what both sides said; no input, no output.

Source: docs/sync-protocol.md, "Hello".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sfa.sync.protocol import Hello, TableDigest, Welcome

ChainAt = Callable[[int], str | None]


@dataclass(frozen=True, slots=True)
class Register:
    """The centre does not know this device (any more)."""


@dataclass(frozen=True, slots=True)
class InLine:
    """The centre's log of this device is a prefix of ours; what follows ``acked_seq`` is pushed."""

    acked_seq: int


@dataclass(frozen=True, slots=True)
class Fork:
    """Another copy of this home has pushed under our device id."""


Stand = Register | InLine | Fork


def stand(hello: Hello, welcome: Welcome, own_chain: ChainAt) -> Stand:
    """Return how the centre's log of this device relates to ours; ``own_chain`` reads our chain at a seq."""
    if not welcome.registered:
        return Register()
    is_prefix = welcome.last_seq <= hello.head_seq and same_link(
        welcome.last_chain, own_chain(welcome.last_seq) if welcome.last_seq else ""
    )
    return InLine(min(hello.acked_seq, welcome.last_seq)) if is_prefix else Fork()


def same_link(theirs: str | None, ours: str | None) -> bool:
    """Say whether two chain links are the same; before the first op both are empty."""
    return (theirs or "") == (ours or "")


def common_seq(upper: int, own_chain: ChainAt, their_chain: ChainAt) -> int:
    """Return the last seq up to ``upper`` at which both chains agree, by bisection; 0 when none does.

    Chains that agree at a seq agree at every one before it.
    """
    low, high = 0, upper
    while low < high:
        middle = (low + high + 1) // 2
        theirs = their_chain(middle)
        if theirs is not None and same_link(theirs, own_chain(middle)):
            low = middle
        else:
            high = middle - 1
    return low


def needs_comparison(hello: Hello, welcome: Welcome) -> bool:
    """Say whether the centre is another one than the cursor was taken from."""
    if hello.epoch is None:
        return False
    return hello.epoch != welcome.epoch or not welcome.knows_cursor


def differing(ours: tuple[TableDigest, ...], theirs: tuple[TableDigest, ...]) -> tuple[str, ...]:
    """Return the tables whose digests are not the same, in the centre's order."""
    mine = {each.table: each for each in ours}
    return tuple(each.table for each in theirs if mine.get(each.table) != each)
