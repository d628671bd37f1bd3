from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from sfa.screens.widgets.big_list.marks import Marks
from sfa.screens.widgets.big_list.source import Row
from sfa.screens.widgets.big_list.window import Window, place

KEYS = st.lists(st.integers(0, 200), unique=True, max_size=60)


def window_of(keys: list[int]) -> Window:
    window = Window()
    window.start(array("q", keys))
    return window


@given(KEYS, st.integers(-5, 70), st.integers(1, 20))
def test_a_view_wants_what_it_lacks_and_then_nothing(keys: list[int], first: int, height: int) -> None:
    window = window_of(keys)
    first = window.within(first)
    wanted = window.wanted(first, height)
    assert set(keys[first : first + height]) <= set(wanted)
    assert len(wanted) <= 3 * height
    window.put([Row(key, f"id-{key}", ()) for key in wanted], wanted)
    assert window.wanted(first, height) == []


@given(KEYS, st.integers(0, 60), st.integers(2, 20))
def test_moving_inside_a_loaded_view_wants_nothing(keys: list[int], first: int, height: int) -> None:
    window = window_of(keys)
    first = window.within(first)
    window.put([Row(key, "", ()) for key in window.wanted(first, height)])
    assert window.wanted(first + height // 2, height // 2) == []


@given(KEYS, KEYS, st.integers(0, 60))
def test_the_cursor_stays_on_its_record_or_goes_to_the_nearest_that_is_left(
    before: list[int], after: list[int], cursor: int
) -> None:
    window = window_of(before)
    window.cursor = window.within(cursor)
    key = window.cursor_key
    wanted = [*([] if key is None else [key]), *window.neighbours(60)]
    found = place(array("q", after), wanted, window.cursor)
    left = [each for each in wanted if each in after]
    if left:
        assert after[found] == left[0]
    else:
        assert found == max(0, min(window.cursor, len(after) - 1))


def test_rows_are_drawn_as_they_were_until_they_are_read_again() -> None:
    window = window_of([1, 2])
    window.put([Row(1, "a", ("old",)), Row(2, "b", ("old",))])
    window.doubt()
    assert window.row(0) == Row(1, "a", ("old",))
    assert window.wanted(0, 2) == [1, 2]
    window.put([Row(1, "a", ("new",))], asked=[1, 2])
    assert window.row(0) == Row(1, "a", ("new",))
    assert window.row(1) == Row(2, "", ()), "a record that is gone is blank"
    assert window.wanted(0, 2) == []


def test_only_so_many_rows_are_kept_the_last_read_among_them() -> None:
    window = window_of(list(range(10_000)))
    for start in range(0, 10_000, 500):
        window.put([Row(key, str(key), ()) for key in range(start, start + 500)])
    assert window.row(0) is None
    assert window.row(9_999) is not None
    assert sum(window.row(at) is not None for at in range(10_000)) == 3000


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("toggle"), st.integers(0, 9)),
        st.tuples(st.just("range"), st.integers(0, 9)),
        st.tuples(st.sampled_from(["all", "invert", "clear"]), st.just(0)),
    ),
    max_size=20,
)


@given(MOVES)
def test_marks_behave_as_a_set_of_records(moves: list[tuple[str, int]]) -> None:
    marks, model, every = Marks(), set[int](), set(range(10))
    for move, key in moves:
        if move == "toggle":
            marks.toggle(key, f"id-{key}")
            model ^= {key}
        elif move == "range":
            marks.mark((each, f"id-{each}") for each in range(key, 10))
            model |= set(range(key, 10))
        elif move == "all":
            marks.mark_all()
            model = set(every)
        elif move == "invert":
            marks.invert()
            model = every - model
        else:
            marks.clear()
            model = set()
        assert {key for key in every if key in marks} == model
        assert marks.count(10) == len(model)
    picked = every - model if marks.everything else model
    assert marks.ids == {f"id-{key}" for key in picked}


def test_marks_follow_their_ids_to_new_keys() -> None:
    marks = Marks()
    marks.mark([(1, "a"), (2, "b"), (3, "")])
    assert marks.nameless == [3]
    marks.name({3: "c"})
    marks.mark([(4, "d")])
    marks.move({"a", "b", "c"}, {"a": 7, "c": 9})
    marked = [key for key in range(10) if key in marks]
    assert marked == [4, 7, 9], "what was not asked for stays where it is"
