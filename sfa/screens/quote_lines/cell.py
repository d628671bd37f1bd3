"""What a cell of a quote's lines is typed into: a line, or one that looks for products."""

from __future__ import annotations

from typing import Self

from textual import events
from textual.binding import Binding
from textual.geometry import Offset, Region
from textual.message import Message
from textual.widgets import Input

from sfa.finding.price_list import PRODUCT
from sfa.screens.forms.picking import Picker
from sfa.screens.gateway import Gateway
from sfa.screens.widgets.line_grid import LineGrid

_LEAST = 44  # cells of a line


class CellLine(Input):
    """A value of a cell; the arrows up and down leave it.

    It lies behind the grid, which shows what is typed where the cell stands: nothing is laid out anew.
    """

    BINDINGS = [
        Binding("down", "leave(1)", show=False),
        Binding("up", "leave(-1)", show=False),
    ]

    class Left(Message):
        """The cell is left for the line above or below."""

        def __init__(self, rows: int) -> None:
            """Say how many lines down."""
            super().__init__()
            self.rows = rows

    def __init__(self, grid: LineGrid) -> None:
        """Name the grid that shows it."""
        super().__init__(id="cell", select_on_focus=False)
        self._grid = grid
        self.can_focus = False
        self.set_reactive(Input.cursor_blink, False)

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draw nothing: nobody sees it."""
        del repaint
        return super().refresh(*regions, repaint=False, layout=layout, recompose=recompose)

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Look the same: nobody sees it."""

    def _on_focus(self, event: events.Focus) -> None:
        event.prevent_default()
        self.has_focus = True
        self.app.cursor_position = self.cursor_screen_offset

    def _on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        self.has_focus = False

    def action_leave(self, rows: int) -> None:
        """Leave the cell."""
        self.post_message(self.Left(rows))

    def on_paste(self, event: events.Paste) -> None:
        """Leave several lines to the grid."""
        if _is_a_table(event.text):
            event.stop()
            event.prevent_default()
            self.post_message(LineGrid.Pasted(event.text))

    def begin(self, text: str, *, max_length: int) -> None:
        """Hold a text, with the cursor at its end."""
        self.max_length = max_length
        self.can_focus = True
        self.value = text
        self.cursor_position = len(text)
        self._show_it()

    def end(self) -> None:
        """Hold nothing any more."""
        self.can_focus = False
        self._grid.show_taken()

    @property
    def cursor_screen_offset(self) -> Offset:
        """Return where the next letter will stand: there an input method opens its choices."""
        return self._grid.typing_at if self.can_focus else super().cursor_screen_offset

    @property
    def content_width(self) -> int:
        """Return its own width whatever it holds, or each letter would have the screen laid out anew."""
        return self.size.width

    def watch_selection(self) -> None:
        """Show where the cursor is."""
        self._show_it()

    def watch_value(self) -> None:
        """Show what is typed."""
        self._show_it()

    def _show_it(self) -> None:
        if self.can_focus:
            self._grid.show_typed(self.value, *self.selection)


class ProductCell(Picker):
    """The product of a line, found while one types; any other text is a line without a product."""

    class Took(Message):
        """A product was chosen."""

        def __init__(self, typed: str) -> None:
            """Say what names it."""
            super().__init__()
            self.typed = typed

    def __init__(self, gateway: Gateway) -> None:
        """Start out of sight."""
        super().__init__(PRODUCT, "", gateway, str, name="product-cell")
        self._line.select_on_focus = False
        self._line.max_length = 200
        self.display = False

    def begin(self, text: str, *, looks: bool) -> None:
        """Hold a text; with ``looks`` it was typed, and what it means is looked for."""
        self.close()
        if looks:
            self._line.value = text
            self._line.cursor_position = len(text)
        else:
            self.value = text

    def put(self, typed: str) -> None:
        """Tell the screen what was chosen."""
        self.close()
        self.post_message(self.Took(typed))

    def takes(self, pasted: str) -> bool:
        """Hand several lines on to the grid."""
        self.post_message(LineGrid.Pasted(pasted))
        return True

    def stand_at(self, cell: Region, room: int) -> None:
        """Stand where a cell stands, with room for the choices below."""
        width = min(max(cell.width, _LEAST), room)
        self.styles.width = width
        self.styles.offset = (max(0, min(cell.x, room - width)), cell.y)


def _is_a_table(text: str) -> bool:
    return len(text.splitlines()) > 1 or "\t" in text.strip()
