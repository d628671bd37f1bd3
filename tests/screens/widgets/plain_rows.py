"""A source of plain rows, and an app that shows them: what the tests of the big list look at."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from sfa.screens.widgets.big_list import BigList, Column, Query, Reader, Row, Source, Unreadable

COLUMNS = (
    Column("name", "Name"),
    Column("city", "City"),
    Column("amount", "Amount", right=True, rigid=True),
    Column("notes", "Notes", shown=False),
)
PORTION = 256


class PlainSource:
    """Rows in memory: key -> (name, city, amount, notes); the id is ``id-`` and the key."""

    def __init__(self, rows: Mapping[int, tuple[str, str, str, str]]) -> None:
        self.data = dict(rows)
        self.changes = 0
        self.failure = ""
        self.rows_read: list[int] = []
        self.orders = 0
        self.held = threading.Event()  # cleared: rows are not given out
        self.held.set()

    @classmethod
    def of(cls, count: int) -> PlainSource:
        """Return so many rows, the first ones first."""
        return cls({n: (f"Lead {n}", f"City {n % 7}", str(n), f"Note {n}") for n in range(count)})

    def change(self, rows: Mapping[int, tuple[str, str, str, str]]) -> None:
        """Have somebody else write."""
        self.data = dict(rows)
        self.changes += 1

    def open(self) -> Reader:
        return PlainReader(self)


class PlainReader:
    def __init__(self, source: PlainSource) -> None:
        self.source = source

    def columns(self) -> Sequence[Column]:
        return COLUMNS

    def keys(self, query: Query) -> Iterator[array[int]]:
        if self.source.failure:
            raise Unreadable(self.source.failure)
        self.source.orders += 1
        keys = self._ordered(query)
        for start in range(0, len(keys), PORTION):
            yield array("q", keys[start : start + PORTION])

    def _ordered(self, query: Query) -> list[int]:
        data = self.source.data
        keys = [key for key, row in data.items() if query.text in row[0]]
        if query.sort:
            at = [column.name for column in COLUMNS].index(query.sort.lstrip("-"))
            keys.sort(key=lambda key: data[key][at], reverse=query.sort.startswith("-"))
        return keys

    def rows(self, keys: Sequence[int], columns: Sequence[str]) -> Sequence[Row]:
        self.source.held.wait(10)
        self.source.rows_read += keys
        at = [[column.name for column in COLUMNS].index(name) for name in columns]
        data = self.source.data
        return [Row(key, f"id-{key}", tuple(data[key][i] for i in at)) for key in keys if key in data]

    def keys_of(self, ids: Sequence[str]) -> Mapping[str, int]:
        keys = {each: int(each.removeprefix("id-")) for each in ids}
        return {each: key for each, key in keys.items() if key in self.source.data}

    def ids_of(self, keys: Sequence[int]) -> Mapping[int, str]:
        return {key: f"id-{key}" for key in keys if key in self.source.data}

    def all_ids(self, query: Query) -> Iterator[str]:
        return (f"id-{key}" for key in self._ordered(query))

    def version(self) -> int:
        return self.source.changes

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        pass


class ListApp(App[None]):
    """One big list and the messages it sent."""

    def __init__(self, source: Source, query: Query = Query(), *, empty_text: str = "") -> None:  # noqa: B008
        super().__init__()
        self.list = BigList(source, query, empty_text=empty_text, poll_s=600)
        self.told: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.list

    def on_big_list_row_highlighted(self, message: BigList.RowHighlighted) -> None:
        self.told.append(message)

    def on_big_list_row_opened(self, message: BigList.RowOpened) -> None:
        self.told.append(message)

    def on_big_list_marks_changed(self, message: BigList.MarksChanged) -> None:
        self.told.append(message)

    def on_big_list_sort_changed(self, message: BigList.SortChanged) -> None:
        self.told.append(message)

    def on_big_list_columns_changed(self, message: BigList.ColumnsChanged) -> None:
        self.told.append(message)


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait until something is so that a thread brings about."""
    for _ in range(1000):
        if holds():
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came to that")


async def loaded(pilot: Pilot[None]) -> BigList:
    """Wait until the list knows all its keys and the rows in sight."""
    app = pilot.app
    assert isinstance(app, ListApp)
    big = app.list

    def holds() -> bool:
        top = round(big.scroll_y)
        seen = range(top, min(len(big.window), top + big.page))
        return big.window.complete and all(big.window.row(at) is not None for at in seen)

    await until(pilot, holds)
    return big


def drawn(big: BigList) -> list[str]:
    """Return the lines of the list as they are drawn."""
    return [big.render_line(y).text for y in range(big.scrollable_content_region.height)]
