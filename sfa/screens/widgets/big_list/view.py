"""The list as it reads: what is not loaded is asked for, what comes is taken in, the cursor is kept."""

from __future__ import annotations

import asyncio
import itertools
from array import array
from collections.abc import Sequence

from textual import on
from textual.geometry import Size

from sfa.finding.browsing import SMALL
from sfa.screens.widgets.big_list import messages as told
from sfa.screens.widgets.big_list.columns import Shown
from sfa.screens.widgets.big_list.loading import POLL_S, Again, First, Loader, Rows
from sfa.screens.widgets.big_list.painted import HEADER, PaintedList
from sfa.screens.widgets.big_list.source import Query, Source
from sfa.screens.widgets.big_list.window import place

_NEIGHBOURS = 32


class ListView(PaintedList):
    """A list of any length that reads what it shows."""

    def __init__(
        self,
        source: Source,
        query: Query = Query(),  # noqa: B008 - a tuple
        *,
        columns: Sequence[Shown] = (),
        empty_text: str = "",
        poll_s: float = POLL_S,
        id: str | None = None,  # noqa: A002 - as every widget has it
        classes: str | None = None,
    ) -> None:
        """Show what a query selects; ``columns`` as somebody chose them before.

        ``empty_text`` says what fills an empty list; ``poll_s`` how often to look for changes.
        """
        super().__init__(id=id, classes=classes)
        self.query_shown = query
        self.empty_text = empty_text
        self._source = source
        self._chosen = tuple(columns)
        self._loader = Loader(source, self.post_message, poll_s=poll_s)
        self._turns = itertools.count(1)
        self._turn = 0
        self._epoch = 0
        self._is_reloading = False
        self._is_stale = False
        self._wants_end = False
        self._will_ask = False
        self._cursor_asked = 0
        self._asked: tuple[int, ...] = ()
        self._told_cursor: tuple[str | None, int] | None = None

    # -- what screens ask for

    def show(self, query: Query) -> None:
        """Show what another query selects, from its top; the old rows stay until the first new ones come."""
        if self.marks.everything and query._replace(sort="") != self.query_shown._replace(sort=""):
            self.marks.clear()
            self._tell_marks()
        self.query_shown = query
        self._order()

    def reread(self) -> None:
        """Look at once whether the data changed; the cursor and the marks stay on their records."""
        self._loader.check()

    async def marked_ids(self) -> list[str]:
        """Return the ids of all marked records, of a million ones too; read in a thread."""
        picked, nameless, query = self.marks.ids, self.marks.nameless, self.query_shown
        everything = self.marks.everything

        def read() -> list[str]:
            reader = self._source.open()
            try:
                known = picked | frozenset(reader.ids_of(nameless).values())
                return (
                    [each for each in reader.all_ids(query) if each not in known]
                    if everything
                    else sorted(known)
                )
            finally:
                reader.close()

        return await asyncio.to_thread(read)

    @property
    def record_id(self) -> str | None:
        """Return the id of the record under the cursor; ``None`` in an empty list and while it loads."""
        return self.window.cursor_id

    # -- life

    def on_mount(self) -> None:
        """Begin to read before the first columns."""
        self._order()

    def on_unmount(self) -> None:
        """End the threads."""
        self._loader.close()

    def _order(self) -> None:
        self._turn = next(self._turns)
        self._is_loading = True
        self._is_reloading = self._is_stale = self._wants_end = False
        names = tuple(self.columns.read) or tuple(each.name for each in self._chosen)
        screenful = max(2 * self.app.size.height, 50)
        self._loader.order(First(self._turn, self.query_shown, names, screenful, not self.columns.every))

    def _reorder(self) -> None:
        if self._is_loading or self._is_reloading:
            self._is_stale = True
            return
        self._turn = next(self._turns)
        self._is_reloading, self._is_stale = True, False
        window = self.window
        self._cursor_asked = window.cursor
        near = tuple(window.neighbours(_NEIGHBOURS))
        if window.cursor_id is None and window.cursor_key is not None:
            near = (window.cursor_key, *near)
        self._loader.order(
            Again(self._turn, self.query_shown, window.cursor, window.cursor_id, near, self.marks.ids)
        )

    # -- what the readers tell

    @on(told.KeysCame)
    def _take_keys(self, message: told.KeysCame) -> None:
        if message.turn != self._turn:
            return
        if message.columns:
            self.columns.offer(message.columns, self._chosen)
        if message.is_first:
            self._take_first(message)
        else:
            self.window.add(message.keys)
        if message.is_last:
            self.window.complete = True
            self._is_loading = False
        self._resized()
        self.post_message(told.Counted(len(self.window), self.window.complete))
        if message.is_last and self._is_stale:
            self._reorder()
        if self._wants_end:
            self._go_to_end()

    def _take_first(self, message: told.KeysCame) -> None:
        self.failure = ""
        self.window.start(message.keys)
        self.window.put(message.rows)
        self.columns.measure(message.rows)
        self._strips.clear()
        self.set_scroll_home()
        self._tell_cursor()

    def set_scroll_home(self) -> None:
        """Show the top."""
        self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    @on(told.KeysReplaced)
    def _take_all_keys(self, message: told.KeysReplaced) -> None:
        if message.turn != self._turn:
            return
        self._is_reloading = False
        window = self.window
        above = window.cursor - round(self.scroll_y)
        before = self.marks.count(len(window))
        cursor = message.cursor
        if window.cursor != self._cursor_asked and window.cursor_key is not None:  # moved meanwhile
            cursor = place(message.keys, (window.cursor_key, *window.neighbours(_NEIGHBOURS)), window.cursor)
        window.replace(message.keys, cursor)
        self.marks.move(message.asked, message.marked)
        if self.marks.count(len(window)) != before:
            self._tell_marks()
        self._strips.clear()
        self._resized()
        self.scroll_to(y=max(0, window.cursor - above), animate=False, force=True)
        self.refresh()
        self._ask_for_rows()
        self._tell_cursor()
        self.post_message(told.Counted(len(window), True))
        if self._is_stale:
            self._reorder()

    @on(told.RowsCame)
    def _take_rows(self, message: told.RowsCame) -> None:
        if message.epoch != self._epoch:
            return
        self.window.put(message.rows, message.asked)
        self._asked = ()
        if self.columns.measure(message.rows):  # the list was empty at first
            self._resized()
        self._drop_strips(message.asked)
        self._draw_keys(message.asked)
        self._tell_cursor()
        self._ask_for_rows()

    @on(told.IdsCame)
    def _take_ids(self, message: told.IdsCame) -> None:
        self.marks.name(message.ids)

    @on(told.DataChanged)
    def _data_changed(self) -> None:
        self._epoch += 1
        self._asked = ()
        self.window.doubt()
        self._ask_for_rows()
        self._reorder()

    @on(told.ReadingFailed)
    def _reading_failed(self, message: told.ReadingFailed) -> None:
        if message.turn == self._turn:
            self.failure = message.text
            self._is_loading = self._is_reloading = False
            self.window.start(array(SMALL))
            self._resized()
            self.refresh()

    @on(told.ReaderBroke)
    def _reader_broke(self, message: told.ReaderBroke) -> None:
        raise message.error

    # -- rows in sight

    @property
    def page(self) -> int:
        """Return how many rows the view shows."""
        return max(1, self.scrollable_content_region.height - HEADER)

    def _room(self) -> int:
        """Return the cells of a line as it will be once the scrollbar shows."""
        size = self.container_size or self.app.size
        bar = self.styles.scrollbar_size_vertical if len(self.window) + HEADER > size.height else 0
        return size.width - bar

    def _draw_keys(self, keys: Sequence[int]) -> None:
        """Draw the lines of those records that are in sight."""
        top = round(self.scroll_y)
        drawn = set(keys)
        for line, key in enumerate(self.window.keys[top : top + self.page]):
            if key in drawn:
                self.refresh_line(top + line + HEADER)

    def _ask_for_rows(self) -> None:
        """Ask for what is in sight and not loaded at once; for what is around it after the next paint.

        While rows are read they take turns with the paint, which would come later for it.
        """
        if self.window.lacks(round(self.scroll_y), self.page):
            self._ask_now()
        elif not self._will_ask:
            self._will_ask = True
            self.call_after_refresh(self._ask_now)

    def _ask_now(self) -> None:
        self._will_ask = False
        wanted = tuple(self.window.wanted(round(self.scroll_y), self.page))
        if wanted and wanted != self._asked:
            self._asked = wanted
            self._loader.read(Rows(wanted, tuple(self.columns.read), self._epoch))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw the new view, and ask for what it lacks."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = self._bar_position(new_value)
        if round(old_value) != round(new_value):
            self.refresh(self.size.region)
            self._ask_for_rows()

    def _bar_position(self, top: float) -> float:
        """Return where the scrollbar stands: a page of a million moves it less than one could see.

        It is drawn in eighths of a cell, and each time it is set all of it is drawn.
        """
        step = self.virtual_size.height / (8 * self.page)
        return top if step <= 1 or top >= self.max_scroll_y else top - top % step

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Draw the new view: the strips are cut to what was in sight."""
        self._strips.clear()
        super().watch_scroll_x(old_value, new_value)

    def on_resize(self) -> None:
        """Fit the columns, keep the cursor in sight, and ask for what came into sight."""
        self._strips.clear()
        self._resized()
        if self.window:
            self._into_sight(self.window.cursor)
            self._ask_for_rows()

    def _resized(self) -> None:
        """Fit the columns to the room there is now, and say how much there is to scroll."""
        if self.columns.fit(self._room()):
            self._strips.clear()
            self.refresh()
        size = Size(self.columns.total(), len(self.window) + HEADER)
        if size != self.virtual_size:
            self.virtual_size = size

    # -- the cursor

    def go_to(self, index: int) -> None:
        """Move the cursor to a row, the nearest there is, and show it."""
        window = self.window
        old, new = window.cursor, window.within(index)
        self._wants_end = False
        if not len(window) or (new == old and self._in_sight(new)):
            return
        window.cursor = new
        if not self._into_sight(new):
            self.refresh_line(old + HEADER)
            self.refresh_line(new + HEADER)
        self._tell_cursor()

    def _go_to_end(self) -> None:
        self.go_to(len(self.window) - 1)
        self._wants_end = not self.window.complete

    def _in_sight(self, index: int) -> bool:
        return 0 <= index - round(self.scroll_y) < self.page

    def _into_sight(self, index: int) -> bool:
        """Scroll as little as shows a row; say whether that was needed."""
        top = round(self.scroll_y)
        to = min(index, max(top, index - self.page + 1))
        if to == top:
            return False
        self.scroll_to(y=to, animate=False, force=True)
        return True

    def _tell_cursor(self) -> None:
        """Tell the screen where the cursor is, once that is known and new."""
        window = self.window
        state = (window.cursor_id, window.cursor)
        if state == self._told_cursor or (state[0] is None and len(window)):
            return
        self._told_cursor = state
        self.post_message(told.RowHighlighted(*state))

    def _tell_marks(self) -> None:
        self.post_message(told.MarksChanged(self.marks.count(len(self.window))))
