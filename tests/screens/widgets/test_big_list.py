from __future__ import annotations

from sfa import i18n
from sfa.screens.widgets.big_list import BigList
from tests.screens.widgets.plain_rows import ListApp, PlainSource, drawn, loaded, until

SIZE = (60, 12)


async def test_the_list_draws_a_header_and_the_first_rows() -> None:
    async with ListApp(PlainSource.of(1000)).run_test(size=SIZE) as pilot:
        lines = drawn(await loaded(pilot))
    assert lines[0].split() == ["Name", "City", "Amount"]
    assert lines[1].startswith("› Lead 0")
    assert lines[2].startswith("  Lead 1 ")
    assert len(lines) == 12


async def test_the_cursor_moves_by_rows_pages_and_to_the_ends() -> None:
    async with ListApp(PlainSource.of(1000)).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        for key, at in [
            ("down", 1),
            ("j", 2),
            ("k", 1),
            ("up", 0),
            ("up", 0),
            ("pagedown", 11),
            ("pageup", 0),
            ("end", 999),
            ("down", 999),
            ("home", 0),
            ("G", 999),
        ]:
            await pilot.press(key)
            assert big.window.cursor == at, key
        big = await loaded(pilot)
        assert drawn(big)[-1].startswith("› Lead 999")


async def test_the_screen_is_told_which_record_the_cursor_is_on() -> None:
    app = ListApp(PlainSource.of(5))
    async with app.run_test(size=SIZE) as pilot:
        await loaded(pilot)
        await pilot.press("down", "enter")
        await pilot.pause()
    assert app.told == [
        BigList.RowHighlighted("id-0", 0),
        BigList.RowHighlighted("id-1", 1),
        BigList.RowOpened("id-1"),
    ]


async def test_marks_are_drawn_as_signs_and_counted() -> None:
    app = ListApp(PlainSource.of(20))
    async with app.run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        await pilot.press("space", "down", "shift+down")
        lines = drawn(big)
        assert [line[:2] for line in lines[1:6]] == [" ✓", "  ", " ✓", "›✓", "  "]
        assert big.marks.ids == {"id-0", "id-2", "id-3"}
        await pilot.press("asterisk")
        assert big.marks.count(20) == 17
        await pilot.press("ctrl+a")
        assert all(line[1] == "✓" for line in drawn(big)[1:])
        await pilot.press("escape")
        assert not big.marks
    counts = [each.count for each in app.told if isinstance(each, BigList.MarksChanged)]
    assert counts == [1, 3, 17, 20, 0]


async def test_sorting_by_the_current_column_goes_up_then_down_then_back() -> None:
    app = ListApp(PlainSource.of(50))
    async with app.run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        await pilot.press("right", "s")
        await until(pilot, lambda: big.window.keys[1] == 7)
        assert "City ▲" in drawn(big)[0]
        await pilot.press("s")
        await until(pilot, lambda: big.window.keys[0] == 6)
        assert "City ▼" in drawn(big)[0]
        await pilot.press("s")
        await until(pilot, lambda: big.window.keys[0] == 0)
    sorts = [each for each in app.told if isinstance(each, BigList.SortChanged)]
    assert sorts == [
        BigList.SortChanged("city", False),
        BigList.SortChanged("city", True),
        BigList.SortChanged("", False),
    ]


async def test_a_change_beneath_keeps_the_cursor_and_the_marks_on_their_records() -> None:
    source = PlainSource.of(100)
    async with ListApp(source).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        await pilot.press("down", "down", "space", "space")
        assert big.record_id == "id-4"
        source.change({n: (f"New {n}", "", "", "") for n in range(-10, 100) if n != 2})
        big.reread()
        await until(pilot, lambda: big.window.keys[0] == -10)
        await loaded(pilot)
        assert big.record_id == "id-4"
        assert "› New 4" in "\n".join(line[:7] for line in drawn(big))
        assert big.marks.ids == {"id-3"}, "a mark goes with its record"


async def test_the_cursor_goes_to_the_neighbour_of_a_record_that_vanished() -> None:
    source = PlainSource.of(10)
    async with ListApp(source).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        await pilot.press("down", "down", "down")
        source.change({n: source.data[n] for n in source.data if n != 3})
        big.reread()
        await until(pilot, lambda: len(big.window) == 9)
        assert big.record_id == "id-4"


async def test_an_empty_list_says_what_fills_it() -> None:
    async with ListApp(PlainSource({}), empty_text="No leads yet. n makes one.").run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        assert "No leads yet. n makes one." in "\n".join(drawn(big))
        await pilot.press("down", "space", "enter", "end", "pagedown", "shift+down", "s")
        assert big.record_id is None


async def test_a_list_that_cannot_be_read_says_why() -> None:
    source = PlainSource.of(3)
    source.failure = "The store is damaged."
    async with ListApp(source).run_test(size=SIZE) as pilot:
        big = pilot.app.query_one(BigList)
        await until(pilot, lambda: bool(big.failure))
        assert "The store is damaged." in "\n".join(drawn(big))


async def test_rows_that_are_not_loaded_are_drawn_as_placeholders_and_filled() -> None:
    source = PlainSource.of(1000)
    async with ListApp(source).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        source.held.clear()
        await pilot.press("end")
        assert drawn(big)[-1].split() == ["›", "…"]
        source.held.set()
        big = await loaded(pilot)
        assert drawn(big)[-1].startswith("› Lead 999")


async def test_while_it_reads_the_list_says_so_in_the_language_in_use() -> None:
    i18n.set_language("zh_CN")
    source = PlainSource.of(10)
    source.held.clear()
    async with ListApp(source).run_test(size=SIZE) as pilot:
        assert "正在加载…" in "\n".join(drawn(pilot.app.query_one(BigList)))
        source.held.set()
        await loaded(pilot)
