"""What the keys do in a big list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import Binding, BindingType

from sfa.errors import msg
from sfa.screens.widgets.big_list import messages as told
from sfa.screens.widgets.big_list.columns import Shown
from sfa.screens.widgets.big_list.loading import Rows
from sfa.screens.widgets.big_list.view import ListView


def _key(keys: str, action: str, name: str, description: str, tooltip: str) -> Binding:
    return Binding(keys, action, description, show=False, id=f"list.{name}", tooltip=tooltip)


class KeyedList(ListView):
    """A list that is moved in, marked, sorted and arranged by keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("up,k", "move(-1)", "up", msg("Up"), msg("Go to the record above")),
        _key("down,j", "move(1)", "down", msg("Down"), msg("Go to the record below")),
        _key("pageup", "page(-1)", "page_up", msg("Page up"), msg("Go one screen up")),
        _key("pagedown", "page(1)", "page_down", msg("Page down"), msg("Go one screen down")),
        _key("home,ctrl+home", "first", "first", msg("First"), msg("Go to the first record")),
        _key("end,ctrl+end,G", "last", "last", msg("Last"), msg("Go to the last record")),
        _key("left,h", "column(-1)", "left", msg("Column left"), msg("Go to the column on the left")),
        _key("right,l", "column(1)", "right", msg("Column right"), msg("Go to the column on the right")),
        _key("enter", "open", "open", msg("Open"), msg("Open the record under the cursor")),
        _key("space", "mark", "mark", msg("Mark"), msg("Mark the record, or take its mark away")),
        _key("shift+up", "mark_to(-1)", "mark_up", msg("Mark up"), msg("Mark the record and go up")),
        _key("shift+down", "mark_to(1)", "mark_down", msg("Mark down"), msg("Mark the record and go down")),
        _key("ctrl+a", "mark_all", "mark_all", msg("Mark all"), msg("Mark all that the filter selects")),
        _key("asterisk", "invert_marks", "invert", msg("Invert marks"), msg("Mark what is not marked")),
        _key("escape", "clear_marks", "clear", msg("Clear marks"), msg("Take all marks away")),
        _key("s", "sort", "sort", msg("Sort"), msg("Sort by the column; again for the other way")),
        _key("less_than_sign", "widen(-2)", "narrower", msg("Narrower"), msg("Make the column narrower")),
        _key("greater_than_sign", "widen(2)", "wider", msg("Wider"), msg("Make the column wider")),
        _key("shift+left", "shift(-1)", "column_left", msg("Move left"), msg("Move the column to the left")),
        _key(
            "shift+right", "shift(1)", "column_right", msg("Move right"), msg("Move the column to the right")
        ),
        _key("minus", "hide", "hide_column", msg("Hide column"), msg("Hide the column")),
    ]

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.go_to(self.window.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by screens, the view with it."""
        self.go_to(self.window.cursor + pages * self.page)

    def action_first(self) -> None:
        """Go to the first record."""
        self.go_to(0)

    def action_last(self) -> None:
        """Go to the last record; while the list is still read, follow its end."""
        self._go_to_end()

    def action_open(self) -> None:
        """Ask the screen to open the record."""
        if self.record_id:
            self.post_message(told.RowOpened(self.record_id))

    def action_mark(self) -> None:
        """Mark the record under the cursor, or take its mark away, and go on."""
        if len(self.window):
            self.toggle_mark(self.window.cursor)
            self.go_to(self.window.cursor + 1)

    def action_mark_to(self, rows: int) -> None:
        """Mark the record under the cursor and those on the way."""
        if not len(self.window):
            return
        start = self.window.cursor
        self.go_to(start + rows)
        self.mark_between(start, self.window.cursor)

    def action_mark_all(self) -> None:
        """Mark all that the filter selects."""
        self.marks.mark_all()
        self._marked()

    def action_invert_marks(self) -> None:
        """Mark what is not marked, and the other way round."""
        self.marks.invert()
        self._marked()

    def action_clear_marks(self) -> None:
        """Take all marks away; without any the key means something else."""
        if not self.marks:
            raise SkipAction
        self.clear_marks()

    def clear_marks(self) -> None:
        """Take all marks away."""
        self.marks.clear()
        self._marked()

    def toggle_mark(self, index: int) -> None:
        """Mark a row, or take its mark away."""
        row = self.window.row(index)
        self.marks.toggle(self.window.keys[index], row.id if row else "")
        self._marked()

    def mark_between(self, one: int, other: int) -> None:
        """Mark the rows between two positions, both among them."""
        first, last = sorted((one, other))
        rows = ((self.window.keys[at], self.window.row(at)) for at in range(first, last + 1))
        self.marks.mark((key, row.id if row else "") for key, row in rows)
        self._marked()

    def _marked(self) -> None:
        self.refresh()
        nameless = tuple(self.marks.nameless)
        if nameless:
            self._loader.read(Rows((), (), self._epoch, nameless))
        self._tell_marks()

    def action_column(self, by: int) -> None:
        """Go to a column beside the current one and show it."""
        self.go_to_column(self.columns.current + by)

    def go_to_column(self, index: int) -> None:
        """Make a column the current one and scroll as little as shows it."""
        columns = self.columns
        if not 0 <= index < len(columns.shown):
            return
        columns.current = index
        start, frozen = columns.start(index) - columns.frozen(), columns.frozen()
        if index:
            room = self.scrollable_content_region.width - frozen
            most = start + min(columns.width(columns.shown[index]), room) - room
            self.scroll_to(x=min(start, max(round(self.scroll_x), most)), animate=False, force=True)
        else:
            self.scroll_to(x=0, animate=False, force=True)
        self.refresh_line(round(self.scroll_y))

    def action_sort(self) -> None:
        """Sort by the current column; again turns the order round."""
        if self.columns.shown:
            self.sort_by(self.columns.shown[self.columns.current])

    def sort_by(self, name: str) -> None:
        """Sort by a column: ascending at first, then descending, then as usual again."""
        if not self.columns.every[name].sortable:
            return
        order = [name, f"-{name}", ""]
        now = self.query_shown.sort
        sort = order[(order.index(now) + 1) % 3] if now in order and now else name
        self.show(self.query_shown._replace(sort=sort))
        self.refresh()
        self.post_message(told.SortChanged(sort.lstrip("-"), sort.startswith("-")))

    def action_widen(self, cells: int) -> None:
        """Make the current column wider, or narrower by a negative number."""
        if self.columns.shown:
            index = self.columns.current
            self.resize_column(index, self.columns.width(self.columns.shown[index]) + cells)

    def resize_column(self, index: int, width: int) -> None:
        """Give a column a width."""
        self.columns.resize(index, width)
        self._arranged()

    def action_shift(self, by: int) -> None:
        """Move the current column along the line."""
        if self.columns.shown and self.columns.move(self.columns.current, by):
            self._arranged()

    def action_hide(self) -> None:
        """Hide the current column, but never the last."""
        if self.columns.hide(self.columns.current):
            self._arranged()

    def show_columns(self, names: Sequence[str]) -> None:
        """Show these columns in this order."""
        if self.columns.show(names):
            self._epoch += 1
            self.window.doubt()
            self._asked = ()
            self._ask_for_rows()
        self._arranged()

    def put_columns(self, chosen: Sequence[Shown]) -> None:
        """Show columns as they were arranged before, the usual ones for none; nobody is told of it."""
        if not self.columns.every:  # they are still being read
            self._chosen = tuple(chosen)
            return
        self.columns.put(chosen)
        self._epoch += 1
        self.window.doubt()
        self._asked = ()
        self._ask_for_rows()
        self._strips.clear()
        self._resized()
        self.refresh()

    def _arranged(self) -> None:
        self.columns.keep()
        self._strips.clear()
        self._resized()
        self.refresh()
        self.post_message(told.ColumnsChanged(self.columns.choice()))
