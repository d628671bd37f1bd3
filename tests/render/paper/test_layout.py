"""Lines of text and blocks on pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa.render.paper.blocks import Block, paged
from sfa.render.paper.breaking import broken


def wide(text: str) -> float:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("中文与English混排", 10, ["中文与", "English混", "排"]),
        ("价格含税，另计运费", 8, ["价格含", "税，另计", "运费"]),
        ("型号（甲）", 6, ["型号", "（甲）"]),
        ("AB-1000/2000-EX", 9, ["AB-1000/", "2000-EX"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("one\n\ntwo", 9, ["one", "", "two"]),
        ("", 9, [""]),
    ],
)
def test_a_text_is_broken_where_a_reader_expects_it(text: str, width: int, lines: list[str]) -> None:
    assert broken(text, width, wide) == lines


@given(st.text("ab -/，。（）价格12", max_size=60), st.integers(4, 20))
def test_breaking_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = broken(text, width, wide)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(wide(line) <= width for line in lines)


def block(height: float, **more: object) -> Block:
    return Block(height, (), **more)  # type: ignore[arg-type]


def heights(flow: list[Block], first: float, later: float) -> list[list[float]]:
    return [[placed.block.height for placed in page] for page in paged(flow, first, later)]


def test_what_keeps_its_next_goes_to_the_next_page_with_it() -> None:
    assert heights([block(5), block(3, keeps_next=True), block(4)], 10, 10) == [[5], [3, 4]]


def test_a_head_is_repeated_where_a_row_begins_a_page() -> None:
    head = block(2, keeps_next=True)
    rows = [block(3, repeated=head) for _ in range(4)]
    assert heights([head, *rows], 9, 9) == [[2, 3, 3], [2, 3, 3]]


def test_what_no_page_could_hold_together_is_parted_between_blocks() -> None:
    flow = [block(4, keeps_next=True) for _ in range(3)] + [block(4)]
    assert heights([block(1), *flow], 10, 10) == [[1, 4, 4], [4, 4]]


def test_space_in_front_is_left_out_at_the_head_of_a_page() -> None:
    pages = paged([block(9), block(5, space_mm=3)], 10, 10)
    assert [[placed.y for placed in page] for page in pages] == [[0], [0]]


@given(
    st.lists(st.tuples(st.floats(0.5, 9), st.booleans(), st.floats(0, 3)), min_size=1, max_size=40),
)
def test_every_block_is_on_a_page_once_in_order_and_inside_it(kinds: list[tuple[float, bool, float]]) -> None:
    flow = [Block(height, (), space, keeps) for height, keeps, space in kinds]
    pages = paged(flow, 12, 10)
    assert [placed.block for page in pages for placed in page] == flow
    assert all(page for page in pages)
    for number, page in enumerate(pages):
        assert all(placed.y + placed.block.height <= (10 if number else 12) + 1e-9 for placed in page)
