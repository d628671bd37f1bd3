"""Parts of an amount that go with parts of a whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sfa.pricing.parts import share_of


@given(amount=st.integers(0, 10**12), parts=st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_the_parts_of_a_whole_have_all_of_its_amount(amount: int, parts: list[int]) -> None:
    whole, before, given_out = sum(parts), 0, 0
    for part in parts:
        share = share_of(amount, whole, before, part)
        # Each is what it is due, to the unit.
        assert abs(share - amount * part / whole) <= 1 + amount * 1e-12
        before, given_out = before + part, given_out + share
    assert given_out == amount


def test_more_than_the_whole_has_no_more_of_it() -> None:
    assert share_of(100, 10, 0, 4) == 40
    assert share_of(100, 10, 4, 9) == 60
    assert share_of(100, 10, 13, 5) == 0
    assert share_of(100, 0, 0, 5) == 0
