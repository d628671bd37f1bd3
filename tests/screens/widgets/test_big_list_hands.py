"""The big list under the mouse, in other sizes, and with other columns."""

from __future__ import annotations

import itertools
import os

import pytest
from textual.binding import Binding
from textual.widgets import Static

from sfa.screens.widgets.big_list import BigList, Query, Shown
from sfa.screens.widgets.big_list.keys import KeyedList
from tests.screens.widgets.plain_rows import ListApp, PlainSource, drawn, loaded, until

SIZE = (60, 12)


async def test_a_click_goes_to_a_row_and_a_second_opens_it() -> None:
    app = ListApp(PlainSource.of(50))
    async with app.run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        await pilot.click(BigList, offset=(5, 4))
        assert big.window.cursor == 3
        await pilot.click(BigList, offset=(5, 6), times=2)
        await pilot.pause()
    assert BigList.RowOpened("id-5") in app.told


async def test_a_click_in_the_gutter_marks_and_with_shift_marks_all_between() -> None:
    async with ListApp(PlainSource.of(50)).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        await pilot.click(BigList, offset=(1, 2))
        assert big.marks.ids == {"id-1"}
        await pilot.click(BigList, offset=(5, 5), shift=True)
        assert big.marks.ids == {"id-1", "id-2", "id-3", "id-4"}


async def test_a_click_on_a_heading_sorts_and_a_drag_of_its_border_resizes() -> None:
    app = ListApp(PlainSource.of(50))
    async with app.run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        border = big.columns.start(1) - 1
        before = big.columns.width("name")
        await pilot.mouse_down(BigList, offset=(border, 0))
        await pilot.hover(BigList, offset=(border - 6, 0))
        await pilot.mouse_up(BigList, offset=(border - 6, 0))
        assert big.columns.width("name") == before - 6
        await pilot.click(BigList, offset=(big.columns.start(1), 0))
        await until(pilot, lambda: big.window.keys[1] == 7)
    chosen = [each for each in app.told if isinstance(each, BigList.ColumnsChanged)]
    assert Shown("name", before - 6) in chosen[-1].columns
    assert [each for each in app.told if isinstance(each, BigList.SortChanged)] == [
        BigList.SortChanged("city", False)
    ]


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    async with ListApp(PlainSource.of(500)).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        big.scroll_relative(y=100, animate=False)
        await pilot.pause()
        big = await loaded(pilot)
        assert big.window.cursor == 0
        assert drawn(big)[1].startswith("  Lead 100")
        await pilot.press("down")
        assert drawn(big)[0].startswith("  Name")
        assert "› Lead 1 " in "\n".join(drawn(big))


async def test_the_last_rows_of_a_million_are_reached_by_the_scrollbar() -> None:
    async with ListApp(PlainSource.of(1_000_000)).run_test(size=SIZE) as pilot:
        big = pilot.app.query_one(BigList)
        await until(pilot, lambda: big.window.complete)
        big.scroll_to(y=big.max_scroll_y, animate=False)
        await pilot.pause()
        await loaded(pilot)
        assert drawn(big)[-1].startswith("  Lead 999999")


async def test_the_scrollbar_of_a_million_rows_is_left_alone_by_a_page_and_reaches_the_end() -> None:
    async with ListApp(PlainSource.of(1_000_000)).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        bar = big.vertical_scrollbar
        await pilot.press("pagedown", "pagedown")
        await loaded(pilot)
        assert (big.scroll_y, bar.position) == (12, 0)
        big.scroll_to(y=500_000, animate=False)
        await loaded(pilot)
        assert 0 <= 500_000 - bar.position <= 1_000_001 / 8 / 11
        await pilot.press("end")
        await loaded(pilot)
        assert bar.position == big.max_scroll_y


async def test_a_narrower_terminal_keeps_the_cursor_in_sight_and_the_first_column_frozen() -> None:
    async with ListApp(PlainSource.of(500)).run_test(size=(100, 30)) as pilot:
        big = await loaded(pilot)
        await pilot.press("end")
        await pilot.resize_terminal(24, 8)
        big = await loaded(pilot)
        assert big.record_id == "id-499"
        assert "› Lead 4" in "\n".join(drawn(big))
        await pilot.press("right", "right")
        await pilot.pause()
        lines = drawn(big)
        assert big.scroll_x > 0
        assert lines[0].startswith("  Name")
        assert lines[0].rstrip().endswith("Amount")
        assert all(len(line) == big.scrollable_content_region.width for line in lines)


async def _in_this_order(*steps: str) -> tuple[Shown, ...]:
    """Return the columns of a list of which a pane takes a part, once everything has come."""
    source = PlainSource({n: (f"A rather long name of lead {n}", "City " * 6, "1", "") for n in range(50)})
    source.held.clear()
    async with ListApp(source).run_test(size=(120, 20)) as pilot:
        await pilot.pause()
        for step in steps:
            if step == "rows":
                source.held.set()
                await loaded(pilot)
            elif step == "pane":
                pane = Static()
                pane.styles.dock, pane.styles.width = "right", 30
                await pilot.app.screen.mount(pane)
            else:
                await pilot.resize_terminal(90, 20)
            await pilot.pause()
        big = await loaded(pilot)
        assert big.virtual_size.width == big.columns.total()
        assert all(line.startswith("› A rather long name") for line in drawn(big)[1:2])
        return big.columns.choice()


async def test_columns_fit_the_width_whatever_came_first_the_rows_the_pane_or_the_size() -> None:
    orders = list(itertools.permutations(("rows", "pane", "size")))
    found = {order: await _in_this_order(*order) for order in orders}
    assert set(found.values()) == {found["pane", "size", "rows"]}, found
    assert found["pane", "size", "rows"] != await _in_this_order("rows")


async def test_columns_of_a_list_that_was_empty_at_first_fit_the_rows_that_come() -> None:
    source = PlainSource({})
    async with ListApp(source).run_test(size=(80, 24)) as pilot:
        big = await loaded(pilot)
        source.change(PlainSource.of(5).data | {9: ("A name of thirty-one characters", "C", "1", "")})
        big.reread()
        await until(pilot, lambda: "A name of thirty-one characters" in "\n".join(drawn(big)))


async def test_columns_are_resized_moved_and_hidden_by_keys_and_shown_again() -> None:
    source = PlainSource.of(30)
    app = ListApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        big = await loaded(pilot)
        width = big.columns.width("name")
        await pilot.press("less_than_sign", "less_than_sign", "greater_than_sign")
        assert big.columns.width("name") == width - 2
        await pilot.press("shift+right")
        assert drawn(big)[0].split() == ["City", "Name", "Amount"]
        await pilot.press("minus")
        assert drawn(big)[0].split() == ["City", "Amount"]
        big.show_columns([*big.columns.shown, "notes"])
        await until(pilot, lambda: "Note 0" in drawn(big)[1])
        assert drawn(big)[0].split() == ["City", "Amount", "Notes"]
    assert isinstance(app.told[-1], BigList.ColumnsChanged)


async def test_columns_chosen_before_are_shown_again() -> None:
    app = ListApp(PlainSource.of(3))
    app.list = BigList(PlainSource.of(3), columns=[Shown("notes", 12), Shown("gone", 5), Shown("name", 8)])
    async with app.run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        assert drawn(big)[0].split() == ["Notes", "Name"]
        assert drawn(big)[1].startswith("› Note 0        Lead 0")


async def test_a_narrower_query_starts_at_the_top_and_keeps_the_marks() -> None:
    source = PlainSource.of(300)
    async with ListApp(source).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        await pilot.press("end", "space", "home")
        big.show(Query(text="7"))
        await until(pilot, lambda: len(big.window) < 300 and big.window.complete)
        assert drawn(big)[1].startswith("› Lead 7 ")
        assert await big.marked_ids() == ["id-299"]
        await pilot.press("ctrl+a", "space")
        assert await big.marked_ids() == [f"id-{n}" for n in range(8, 300) if "7" in str(n)]
        big.show(Query())
        assert not big.marks, "all of one filter is not all of another"


async def test_a_cursor_that_moved_while_the_list_was_read_again_stays_where_it_went() -> None:
    source = PlainSource.of(100)
    async with ListApp(source).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        source.change({n: source.data.get(n, ("New", "", "", "")) for n in range(-5, 100)})
        big.reread()
        await pilot.press("down", "down")
        await until(pilot, lambda: len(big.window) == 105)
        assert big.window.keys[big.window.cursor] == 2


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_every_theme_tells_the_cursor_and_the_marks_by_signs(
    theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "NO_COLOR", "1")
    app = ListApp(PlainSource.of(5))
    async with app.run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        app.theme = theme
        await pilot.press("space")
        await pilot.pause()
        painted = [strip.text for strip in app.screen._compositor.render_strips(app.size)]
        assert painted[1].startswith(" ✓Lead 0")
        assert painted[2].startswith("› Lead 1")
        assert big.render_line(2).cell_length == 60


def test_every_key_has_an_id_a_description_and_a_tooltip() -> None:
    ours = [each for each in KeyedList.BINDINGS if isinstance(each, Binding)]
    assert len(ours) == len(KeyedList.BINDINGS) > 20
    assert len({each.id for each in ours}) == len(ours)
    assert all(each.id and each.description and each.tooltip for each in ours)
