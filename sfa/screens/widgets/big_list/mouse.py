"""What the mouse does in a big list."""

from __future__ import annotations

from textual import events

from sfa.screens.widgets.big_list.columns import GUTTER
from sfa.screens.widgets.big_list.keys import KeyedList

_HEADER = 1


class PointedList(KeyedList):
    """A list whose rows and header are clicked and dragged."""

    def __init__(self, *args: object, **options: object) -> None:
        """Take what every list takes."""
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self._dragged: tuple[int, int] | None = None  # a column, and its width less where it was taken
        self._was_dragged = False

    def _cell(self, x: int) -> int:
        """Return which cell of an unscrolled line lies under a cell of the view."""
        return x if x < self.columns.frozen() else x + round(self.scroll_x)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the border of a column."""
        self._was_dragged = False
        found = self.columns.at(self._cell(event.x)) if event.y == 0 else None
        if found and found[1]:
            index = found[0]
            self._dragged = (index, self.columns.width(self.columns.shown[index]) - event.x)
            self.capture_mouse()
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the border of a column."""
        if self._dragged:
            index, base = self._dragged
            self._was_dragged = True
            self.resize_column(index, base + event.x)
            event.stop()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of the border."""
        if self._dragged:
            self._dragged = None
            self.capture_mouse(False)
            event.stop()

    def on_click(self, event: events.Click) -> None:
        """Sort by a heading, mark in the gutter, else go to the row; a second click opens it."""
        event.stop()
        if self._was_dragged:
            self._was_dragged = False
        elif event.y == 0:
            self._click_header(event)
        else:
            self._click_row(event)

    def _click_header(self, event: events.Click) -> None:
        found = self.columns.at(self._cell(event.x))
        if found and not found[1]:
            self.columns.current = found[0]
            self.sort_by(self.columns.shown[found[0]])

    def _click_row(self, event: events.Click) -> None:
        index = event.y - _HEADER + round(self.scroll_y)
        if not 0 <= index < len(self.window):
            return
        before = self.window.cursor
        self.go_to(index)
        if event.x < GUTTER or event.ctrl:
            self.toggle_mark(index)
        elif event.shift:
            self.mark_between(before, index)
        elif event.chain == 2:
            self.action_open()
