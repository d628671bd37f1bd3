from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from sfa.screens.widgets.big_list.columns import Columns
from sfa.screens.widgets.big_list.drawing import row_strip
from sfa.screens.widgets.big_list.source import Column, Row
from sfa.screens.widgets.big_list.texts import fitted, width_of

TEXTS = st.text(st.sampled_from("ab 华创，Ａé·—🙂한ｱ"), max_size=30)


@given(TEXTS, st.integers(1, 25))
def test_a_text_is_cut_or_padded_to_exactly_its_cells(text: str, width: int) -> None:
    cut = fitted(text, width)
    assert cell_len(cut) == width
    if cell_len(text) > width:
        kept = cut.rstrip(" ").removesuffix("…")
        assert text.startswith(kept.rstrip(" "))
        assert "…" in cut
    else:
        assert cut.rstrip(" ") == text.rstrip(" ")
        assert fitted(text, width, right=True).endswith(text)


def test_a_wide_character_is_never_cut_in_two() -> None:
    assert fitted("华创科技", 8) == "华创科技"
    assert fitted("华创科技", 7) == "华创科…"
    assert fitted("华创科技", 6) == "华创… "
    assert fitted("华创科技", 2) == "… "


def test_the_quick_width_agrees_with_the_table_for_every_character() -> None:
    printable = (chr(code) for code in range(32, sys.maxunicode) if not 0xD800 <= code < 0xE000)
    assert not [char for char in printable if char != "\x7f" and width_of(char) != cell_len(char)]


EVERY = tuple(Column(name, name.title(), shown=name != "d") for name in "abcd")


def columns_of(*rows: tuple[str, ...], room: int = 80) -> Columns:
    columns = Columns()
    columns.offer(EVERY)
    columns.measure([Row(n, str(n), cells) for n, cells in enumerate(rows)])
    columns.fit(room)
    return columns


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5), st.integers(10, 200))
def test_columns_fill_the_room_but_never_take_more_than_they_need(
    rows: list[tuple[str, str, str]], room: int
) -> None:
    columns = columns_of(*rows, room=room)
    assert all(columns.width(name) >= 3 for name in columns.shown)
    if columns.total() > room:
        assert all(columns.width(name) <= 24 for name in columns.shown)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5), st.lists(st.integers(10, 200), min_size=1))
def test_columns_fit_the_last_room_whatever_they_fitted_before(
    rows: list[tuple[str, str, str]], rooms: list[int]
) -> None:
    columns = columns_of(*rows)
    for room in rooms:
        columns.fit(room)
    assert columns.choice() == columns_of(*rows, room=rooms[-1]).choice()


def test_columns_that_were_arranged_stay_as_wide_in_another_room() -> None:
    columns = columns_of(("long " * 9, "x", "y"))
    columns.keep()
    before = columns.choice()
    assert not columns.fit(200)
    assert columns.choice() == before


def test_the_border_of_a_column_is_at_its_right() -> None:
    columns = columns_of(("x" * 10, "y" * 5, "z"), room=10)
    assert columns.at(0) is None
    assert columns.at(2) == (0, False)
    assert columns.at(11) == (0, False)
    assert columns.at(12) == (0, True)
    assert columns.at(14) == (1, False)
    assert columns.at(500) is None


def test_columns_are_hidden_moved_and_shown_again_with_their_cells() -> None:
    columns = columns_of(("1", "2", "3"))
    assert columns.move(0, 1)
    assert columns.shown == ["b", "a", "c"]
    assert not columns.move(0, -1)
    assert columns.hide(0)
    assert [at for at, _, _ in columns.cells()] == [0, 2]
    assert columns.show(["d", "a", "nobody"]), "rows must be read for the new one"
    assert [at for at, _, _ in columns.cells()] == [3, 0]
    assert not columns.show(["a"])
    assert not columns.hide(0), "never the last"


@given(st.tuples(TEXTS, TEXTS, TEXTS), st.integers(1, 90), st.integers(0, 90))
def test_a_scrolled_line_is_a_part_of_the_whole_one(
    cells: tuple[str, ...], width: int, scrolled: int
) -> None:
    columns = columns_of(cells, room=10)
    scrolled = min(scrolled, max(0, columns.total() - width))
    style = Style()
    whole = row_strip(columns, Row(1, "", cells), "  ", style, 0, columns.total())
    frozen, total = columns.frozen(), columns.total()
    seen = [whole.crop(0, frozen), whole.crop(frozen + scrolled, total)]
    shown = row_strip(columns, Row(1, "", cells), "  ", style, scrolled, width)
    assert cell_len(shown.text) == width
    assert shown.text == Strip.join(seen).adjust_cell_length(width).text


def test_a_chosen_width_stays_when_the_columns_are_fitted() -> None:
    columns = Columns()
    columns.offer(EVERY, columns_of().choice()[:2])
    columns.resize(0, 9)
    columns.measure([Row(1, "", ("long " * 9, "long " * 9))])
    columns.fit(80)
    assert columns.shown == ["a", "b"]
    assert columns.width("a") == 9
    columns.resize(0, -5)
    assert columns.width("a") == 3
