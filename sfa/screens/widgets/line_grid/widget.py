"""The grid: lines of a quote by cells, drawn a line at a time; only what changed is drawn again."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip

from sfa.errors import msg
from sfa.i18n import tr
from sfa.interchange.quote_lines import QuoteLine
from sfa.pricing.results import PricedLine
from sfa.screens.keys import bind
from sfa.screens.widgets.bare_lines import BareLines
from sfa.screens.widgets.big_list.texts import fitted, width_of
from sfa.screens.widgets.line_grid.layout import COLUMNS, GUTTER, Layout, texts_of, typed_columns
from sfa.screens.widgets.line_grid.sheet import Sheet
from sfa.terms import LineKind

HEADER = 1
_CURSOR = "›"
_BLANK = "+"
_FIGURES = frozenset("0123456789.,-+%¥￥$€£")


class LineGrid(BareLines, can_focus=True):
    """Shows a sheet, and moves a cursor over its cells; what is typed it tells the screen."""

    ALLOW_SELECT = False
    DEFAULT_CSS: ClassVar[str] = Path(__file__).with_name("line_grid.tcss").read_text("utf-8")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-grid--header",
        "line-grid--row",
        "line-grid--text",
        "line-grid--out",
        "line-grid--current",
        "line-grid--cell",
        "line-grid--typed",
    }
    BINDINGS = [
        bind("up,k", "move(-1)", "grid.up", msg("Up"), msg("The line above")),
        bind("down,j", "move(1)", "grid.down", msg("Down"), msg("The line below")),
        bind("left,h", "step(-1)", "grid.left", msg("Left"), msg("The cell on the left")),
        bind("right,l", "step(1)", "grid.right", msg("Right"), msg("The cell on the right")),
        bind("pageup", "page(-1)", "grid.page_up", msg("Page up"), msg("A screenful up")),
        bind("pagedown", "page(1)", "grid.page_down", msg("Page down"), msg("A screenful down")),
        bind("home", "first", "grid.first", msg("First"), msg("The first line")),
        bind("end", "last", "grid.last", msg("Last"), msg("The row below the last line")),
    ]

    class Moved(Message):
        """The cursor is at another cell."""

    class Typed(Message):
        """A cell is to be edited: with what was typed, or as it is with nothing."""

        def __init__(self, text: str | None) -> None:
            """Say what was typed."""
            super().__init__()
            self.text = text

    class Away(Message):
        """Another cell was clicked while one is typed into."""

        def __init__(self, row: int, column: str) -> None:
            """Say which one."""
            super().__init__()
            self.row = row
            self.column = column

    class Pasted(Message):
        """A text of one line or of several was pasted."""

        def __init__(self, text: str) -> None:
            """Hold the text."""
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        """Start without lines."""
        super().__init__(id="grid")
        self.sheet: Sheet | None = None
        self.is_open = False  # lines may be changed
        self.row = 0
        self.column = self._wished = "name"
        self._edited: tuple[str, int, int] | None = None  # what is typed into the cell, and what is chosen
        self.layout_of_cells = Layout()
        self._texts: dict[str, tuple[QuoteLine, PricedLine, int, bool, tuple[str, ...]]] = {}
        self._strips: dict[tuple[str, str], tuple[tuple[str, ...], Strip]] = {}
        self._known: list[tuple[str, tuple[str, ...]]] = []  # by row: the key and the cells
        self._styles_known: dict[str, Style] = {}
        self._may_look_otherwise = False

    # What is shown ------------------------------------------------------------------------

    def show(self, sheet: Sheet, *, is_open: bool) -> None:
        """Show a sheet, another one or the same after a change; what is the same is not drawn again."""
        before = self._known
        self.sheet, self.is_open = sheet, is_open
        self._known = [self._cells(row) for row in range(len(sheet.lines))]
        self.virtual_size = Size(self.size.width, self.rows + HEADER)
        fits = self.layout_of_cells.fit([cells for _, cells in self._known], self._width)
        if fits:
            self._strips.clear()
        if fits or abs(len(before) - len(self._known)) > 0:
            self.refresh()
        else:
            for row, (old, new) in enumerate(zip(before, self._known, strict=True)):
                if old != new:
                    self.refresh_line(row + HEADER)
        self.go_to(self.row)

    def _cells(self, row: int) -> tuple[str, tuple[str, ...]]:
        assert self.sheet is not None
        line, priced = self.sheet.lines[row], self.sheet.priced.lines[row]
        is_priced = line.key not in self.sheet.state.unpriced
        known = self._texts.get(line.key)
        if known is None or known[:4] != (line, priced, row, is_priced):
            texts = texts_of(row + 1, line, priced, self.sheet.currency, is_priced=is_priced)
            known = self._texts[line.key] = (line, priced, row, is_priced, texts)
        return line.key, known[4]

    @property
    def rows(self) -> int:
        """Return how many rows there are; where lines may be changed the last one is empty."""
        return len(self._known) + (1 if self.is_open else 0)

    @property
    def line(self) -> QuoteLine | None:
        """Return the line under the cursor; ``None`` in the empty row."""
        lines = self.sheet.lines if self.sheet is not None else ()
        return lines[self.row] if self.row < len(lines) else None

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width or self.app.size.width

    @property
    def _page(self) -> int:
        return max(1, self.scrollable_content_region.height - HEADER)

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        if self.sheet is not None:
            self.show(self.sheet, is_open=self.is_open)

    # Moving -------------------------------------------------------------------------------

    def go_to(self, row: int, column: str = "") -> None:
        """Put the cursor on a cell, the nearest that is typed there, and show it."""
        before = (self.row, self.column)
        self._wished = column or self._wished
        self.row = max(0, min(row, self.rows - 1))
        self.column = self._nearest(self._wished)
        if not self._into_sight() and before != (self.row, self.column):
            self.refresh_line(before[0] + HEADER)
            self.refresh_line(self.row + HEADER)
        if before != (self.row, self.column):
            self.post_message(self.Moved())

    def _nearest(self, column: str) -> str:
        typed = [name for name in typed_columns(self.line) if name in self.layout_of_cells.widths]
        return column if column in typed else typed[0] if typed else "name"

    def _into_sight(self) -> bool:
        top = round(self.scroll_y)
        to = min(self.row, max(top, self.row - self._page + 1))
        if to == top:
            return False
        self.scroll_to(y=to, animate=False, force=True)
        return True

    def action_move(self, rows: int) -> None:
        """Go up or down."""
        self.go_to(self.row + rows)

    def action_step(self, cells: int) -> None:
        """Go to the cell on the left or right, and past the end of a line to the next one."""
        self.step(cells)

    def step(self, cells: int) -> None:
        """Go so many cells on, from line to line."""
        columns = [name for name in typed_columns(self.line) if name in self.layout_of_cells.widths]
        at = (columns.index(self.column) if self.column in columns else 0) + cells
        if 0 <= at < len(columns):
            self.go_to(self.row, columns[at])
        elif cells > 0 and self.row < self.rows - 1:
            self.go_to(self.row + 1, "name")
        elif cells < 0 and self.row > 0:
            self.go_to(self.row - 1)
            self.go_to(self.row, typed_columns(self.line)[-1])

    def action_page(self, pages: int) -> None:
        """Go a screenful up or down."""
        self.go_to(self.row + pages * self._page)

    def action_first(self) -> None:
        """Go to the first line."""
        self.go_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self.go_to(self.rows - 1)

    # Typing -------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Begin to edit with a figure, with any letter in the empty row, and with what no key has."""
        letter = event.character or ""
        if not event.is_printable or event.key == "question_mark" or not self.is_open:
            return
        is_figure = letter in _FIGURES and self.column != "name"
        if self.line is None or is_figure or (not letter.isascii() and self.column in {"name", "unit"}):
            event.stop()
            event.prevent_default()
            self.post_message(self.Typed(letter))

    def on_paste(self, event: events.Paste) -> None:
        """Hand on what was pasted."""
        event.stop()
        self.post_message(self.Pasted(event.text))

    def on_click(self, event: events.Click) -> None:
        """Go to a cell; a second click edits it."""
        event.stop()
        row = event.y - HEADER + round(self.scroll_y)
        if self._edited is not None:
            self.post_message(self.Away(row, self.layout_of_cells.at(event.x)))
        elif event.y >= HEADER and row < self.rows:
            self.go_to(row, self.layout_of_cells.at(event.x))
            if event.chain == 2:
                self.post_message(self.Typed(None))

    @property
    def cell(self) -> Region:
        """Return where the cell under the cursor stands, in the grid."""
        layout = self.layout_of_cells
        y = self.row + HEADER - round(self.scroll_y)
        return Region(layout.starts.get(self.column, GUTTER), y, layout.widths.get(self.column, 10), 1)

    def show_typed(self, text: str, start: int, end: int) -> None:
        """Show what is typed into the cell, with the cursor at the end of what is chosen."""
        self._edited = (text, start, end)
        self.refresh_line(self.row + HEADER)

    def show_taken(self) -> None:
        """Show the cell as it is, after it was typed into."""
        self._edited = None
        self.refresh_line(self.row + HEADER)

    @property
    def typing_at(self) -> Offset:
        """Return where on the screen the next letter will stand."""
        text, _, end = self._edited or ("", 0, 0)
        cell = self.cell
        first = _first_shown(text, end, cell.width)
        return self.region.offset + cell.offset + Offset(width_of(text[first:end]), 0)

    # Drawing ------------------------------------------------------------------------------

    # It looks the same whoever has the keys: nothing is dressed or drawn anew when a cell begins or ends.

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Look the same."""

    def _on_focus(self, event: events.Focus) -> None:
        event.prevent_default()
        self.has_focus = True

    def _on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        self.has_focus = False

    def notify_style_update(self) -> None:
        """Look at the colours when it is drawn next."""
        self._may_look_otherwise = True
        super().notify_style_update()

    def _look_at_styles(self) -> None:
        """Forget what was drawn in other colours; who takes the keys changes none of them."""
        self._may_look_otherwise = False
        before, self._styles_known = self._styles_known, {}
        if any(self._style(name) != style for name, style in before.items()):
            self._strips.clear()

    def _style(self, name: str) -> Style:
        found = self._styles_known.get(name)
        if found is None:
            found = self._styles_known[name] = self.get_component_rich_style(f"line-grid--{name}")
        return found

    def render_line(self, y: int) -> Strip:
        """Return a line of the view: the header, a line of the quote, or the empty row."""
        width = self._width
        if self._may_look_otherwise:
            self._look_at_styles()
        if y == 0:
            texts = tuple(tr(column.label) for column in self.layout_of_cells.shown)
            return self._strip(texts, "header", " " * GUTTER, width, "")
        row = y - HEADER + round(self.scroll_y)
        if self.sheet is None or row >= self.rows:
            return Strip.blank(width, self._style("row"))
        at = self.column if row == self.row else ""
        if row == len(self._known):
            text = tr("Type a product to add a line")
            return self._row_strip(f"\0{text}", ("", text, *[""] * 6), "text", at, width)
        key, cells = self._known[row]
        line = self.sheet.lines[row]
        is_out = not self.sheet.priced.lines[row].counts
        look = "text" if line.kind == LineKind.TEXT else "out" if is_out else "row"
        return self._row_strip(key, cells, look, at, width)

    def _row_strip(self, key: str, cells: tuple[str, ...], look: str, at: str, width: int) -> Strip:
        if at and self._edited is not None:
            shown = tuple(
                cells[index]
                for index, (column, *_) in enumerate(COLUMNS)
                if column in self.layout_of_cells.widths
            )
            return self._strip(shown, look, _CURSOR + " ", width, at)
        known = self._strips.get((key, at))
        state = (*cells, look)
        if known is None or known[0] != state:
            texts = tuple(
                cells[index]
                for index, (column, *_) in enumerate(COLUMNS)
                if column in self.layout_of_cells.widths
            )
            signs = (_CURSOR if at else " ") + (_BLANK if key.startswith("\0") else " ")
            known = self._strips[key, at] = (state, self._strip(texts, look, signs, width, at))
        return known[1]

    def _strip(self, texts: tuple[str, ...], look: str, signs: str, width: int, at: str) -> Strip:
        layout = self.layout_of_cells
        style = self._style("current") if at else self._style(look)
        if at and look in {"text", "out"}:
            style += Style(italic=self._style(look).italic)
        segments = [Segment(signs, style)]
        for column, text in zip(layout.shown, texts, strict=True):
            wide = layout.widths[column.name]
            if column.name == at and self._edited is not None:
                segments += self._typed_segments(wide)
            else:
                cell = fitted(text, wide, right=column.is_right)
                segments.append(Segment(cell, self._style("cell") if column.name == at else style))
            segments.append(Segment(" " * layout.gap, style))
        return Strip(segments).adjust_cell_length(width, style)

    def _typed_segments(self, wide: int) -> list[Segment]:
        """Return the cell that is typed into: the cursor is always in sight."""
        assert self._edited is not None
        text, start, end = self._edited
        plain = self._style("typed")
        chosen = plain + Style(reverse=True)
        first = _first_shown(text, end, wide)
        low, high = min(start, end), max(start, end)
        high = high if low < high else end + 1
        parts = (
            Segment(text[first : max(first, low)], plain),
            Segment((text + " ")[max(first, low) : high], chosen),
            Segment(text[high:], plain),
        )
        return list(Strip(parts).crop(0, wide).adjust_cell_length(wide, plain))


def _first_shown(text: str, end: int, wide: int) -> int:
    """Return the first letter that is shown of a text, so that the cursor at ``end`` is in sight."""
    first = 0
    while first < end and width_of(text[first:end]) + 1 > wide:
        first += 1
    return first
