"""Lines that two people changed: all that either did is there, and what both did is asked."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sfa.interchange.quote_lines import QuoteLine, next_key
from sfa.interchange.quote_merging import clashes, merged

BASE = tuple(QuoteLine(str(number), name=f"line {number}") for number in range(1, 5))


def _names(lines: tuple[QuoteLine, ...]) -> list[str]:
    return [line.name for line in lines]


def test_what_only_one_changed_stands() -> None:
    mine = (replace(BASE[0], quantity_milli=5000), *BASE[1:])
    theirs = (BASE[0], replace(BASE[1], name="theirs"), BASE[3])
    assert clashes(BASE, mine, theirs) == []
    found = merged(BASE, mine, theirs, {})
    assert _names(found) == ["line 1", "theirs", "line 4"]
    assert found[0].quantity_milli == 5000


def test_a_line_that_both_changed_is_asked_and_the_side_stands() -> None:
    mine = (replace(BASE[0], quantity_milli=5000), *BASE[1:])
    theirs = BASE[1:]
    (clash,) = clashes(BASE, mine, theirs)
    assert (clash.key, clash.mine, clash.theirs) == ("1", mine[0], None)
    assert merged(BASE, mine, theirs, {"1": True})[0] == mine[0]
    assert _names(merged(BASE, mine, theirs, {"1": False})) == ["line 2", "line 3", "line 4"]


def test_lines_that_both_added_under_one_key_are_both_there_behind_what_they_stood_behind() -> None:
    mine = (BASE[0], QuoteLine("5", name="mine"), *BASE[1:])
    theirs = (*BASE, QuoteLine("5", name="theirs"))
    found = merged(BASE, mine, theirs, {})
    assert _names(found) == ["line 1", "mine", "line 2", "line 3", "line 4", "theirs"]
    assert len({line.key for line in found}) == len(found)


def test_my_order_stands_where_i_moved_a_line_else_theirs() -> None:
    mine = (BASE[3], *BASE[:3])
    theirs = (BASE[1], BASE[0], *BASE[2:])
    assert _names(merged(BASE, mine, theirs, {})) == ["line 4", "line 1", "line 2", "line 3"]
    assert _names(merged(BASE, BASE, theirs, {})) == _names(theirs)


@st.composite
def edited(draw: st.DrawFn) -> tuple[QuoteLine, ...]:
    """Draw the ground after somebody's work: taken out, changed, moved, added."""
    lines = [line for line in BASE if draw(st.integers(0, 4))]
    lines = [
        replace(line, quantity_milli=draw(st.sampled_from([1000, 2000]))) if draw(st.booleans()) else line
        for line in draw(st.permutations(lines))
    ]
    for _ in range(draw(st.integers(0, 2))):
        lines.insert(draw(st.integers(0, len(lines))), QuoteLine(next_key([*BASE, *lines]), name="new"))
    return tuple(lines)


@given(mine=edited(), theirs=edited(), is_mine=st.booleans())
def test_nothing_is_lost_and_nothing_is_there_twice(
    mine: tuple[QuoteLine, ...], theirs: tuple[QuoteLine, ...], is_mine: bool
) -> None:
    asked = clashes(BASE, mine, theirs)
    found = merged(BASE, mine, theirs, {clash.key: is_mine for clash in asked})
    keys = [line.key for line in found]
    assert len(set(keys)) == len(keys)
    was = {line.key for line in BASE}
    added = sum(line.key not in was for line in (*mine, *theirs))
    assert sum(key not in was for key in keys) == added
    for clash in asked:
        stands = clash.mine if is_mine else clash.theirs
        assert (stands in found) if stands is not None else (clash.key not in keys)


@given(edited())
def test_with_nothing_of_others_it_is_mine_and_the_other_way_round(lines: tuple[QuoteLine, ...]) -> None:
    assert {line.key: line for line in merged(BASE, lines, BASE, {})} == {line.key: line for line in lines}
    assert merged(BASE, BASE, lines, {}) == lines
