"""Lines of a quote that two people changed from the same ground, brought together line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sfa.interchange.quote_lines import QuoteLine, next_key

Lines = Sequence[QuoteLine]


class Clash(NamedTuple):
    """A line that both changed, each in another way; ``None`` for one who took it out."""

    key: str
    before: QuoteLine | None
    mine: QuoteLine | None
    theirs: QuoteLine | None


def clashes(base: Lines, mine: Lines, theirs: Lines) -> list[Clash]:
    """Return the lines that both changed, in the order of the ground."""
    was, own, other = _by_key(base), _by_key(mine), _by_key(theirs)
    return [
        Clash(key, line, own.get(key), other.get(key))
        for key, line in was.items()
        if own.get(key) != line and other.get(key) != line and own.get(key) != other.get(key)
    ]


def merged(base: Lines, mine: Lines, theirs: Lines, sides: Mapping[str, bool]) -> tuple[QuoteLine, ...]:
    """Return the lines of both; ``sides`` says of each clash whether mine stands.

    The order is mine where I moved a line, else theirs. Lines that only one of us added are all there, mine
    under another key where both took the same.
    """
    was, own, other = _by_key(base), _by_key(mine), _by_key(theirs)
    added = _under_free_keys([line for line in mine if line.key not in was], [*base, *theirs])
    renamed = {line.key: new for line, new in added}
    stands = {
        key: own.get(key) if sides.get(key, own.get(key) != line) else other.get(key)
        for key, line in was.items()
    }
    moved = [line.key for line in mine if line.key in was and line.key in other] != [
        line.key for line in base if line.key in own and line.key in other
    ]
    first, second = (mine, theirs) if moved else (theirs, mine)
    order = _woven(
        [_name(line, was, renamed, is_mine=first is mine) for line in first],
        [_name(line, was, renamed, is_mine=second is mine) for line in second],
    )
    known = {f"m{line.key}": new for line, new in added}
    known |= {f"t{line.key}": line for line in theirs if line.key not in was}
    known |= {key: line for key, line in stands.items() if line is not None}
    return tuple(known[name] for name in order if name in known)


def _by_key(lines: Lines) -> dict[str, QuoteLine]:
    return {line.key: line for line in lines}


def _under_free_keys(lines: Lines, taken: Lines) -> list[tuple[QuoteLine, QuoteLine]]:
    found: list[tuple[QuoteLine, QuoteLine]] = []
    held = list(taken)
    for line in lines:
        is_free = all(line.key != other.key for other in held)
        new = line if is_free else replace(line, key=next_key([*held, *lines]))
        held.append(new)
        found.append((line, new))
    return found


def _name(
    line: QuoteLine, was: Mapping[str, QuoteLine], renamed: Mapping[str, QuoteLine], *, is_mine: bool
) -> str:
    """Return what a line is called among those of both: a line of the ground by its key."""
    if line.key in was:
        return line.key
    return f"{'m' if is_mine and line.key in renamed else 't'}{line.key}"


def _woven(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Return the first order, with what only the second has put behind what stands before it there."""
    order = list(first)
    before: str | None = None
    for name in second:
        if name not in order:
            order.insert(order.index(before) + 1 if before in order else 0, name)
        before = name
    return order
