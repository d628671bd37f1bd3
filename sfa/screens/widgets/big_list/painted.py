"""The list as it is drawn, from what is loaded: the header, rows by line, or a text instead of rows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.strip import Strip

from sfa.i18n import tr
from sfa.render.cells import wrap
from sfa.screens.widgets.bare_lines import BareLines
from sfa.screens.widgets.big_list import drawing
from sfa.screens.widgets.big_list.columns import Columns
from sfa.screens.widgets.big_list.marks import Marks
from sfa.screens.widgets.big_list.source import Query
from sfa.screens.widgets.big_list.window import Window

HEADER = 1
_STRIPS = 600


class PaintedList(BareLines, can_focus=True):
    """Draws a window of rows; the strips of rows are kept by record and state."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "big-list--header",
        "big-list--header-current",
        "big-list--row",
        "big-list--cursor",
        "big-list--marked",
        "big-list--placeholder",
        "big-list--message",
        "big-list--error",
    }

    def __init__(self, *, id: str | None, classes: str | None) -> None:  # noqa: A002 - as in every widget
        """Start with nothing to draw."""
        super().__init__(id=id, classes=classes)
        self.query_shown = Query()
        self.empty_text = ""
        self.window = Window()
        self.columns = Columns()
        self.marks = Marks()
        self.failure = ""
        self._is_loading = True
        self._strips: dict[tuple[int, bool, bool], Strip] = {}
        self._strips_for = 0  # the width the strips were cut to
        self._styles_known: dict[str, Style] = {}

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        self._strips.clear()
        self._styles_known.clear()
        super().notify_style_update()

    def _drop_strips(self, keys: Sequence[int]) -> None:
        for key in keys:
            for is_cursor, is_marked in itertools.product((False, True), repeat=2):
                self._strips.pop((key, is_cursor, is_marked), None)

    def _style(self, name: str) -> Style:
        found = self._styles_known.get(name)
        if found is None:
            found = self._styles_known[name] = self.get_component_rich_style(f"big-list--{name}")
        return found

    def render_line(self, y: int) -> Strip:
        """Return a line of the view: the header, a row, or what there is to say instead of rows."""
        return self._line(y, self.scrollable_content_region.width)

    def _line(self, y: int, width: int) -> Strip:
        if y == 0:
            styles = (self._style("header"), self._style("header-current"))
            sort = self.query_shown.sort
            return drawing.header_strip(self.columns, sort, styles, round(self.scroll_x), width)
        index = y - HEADER + round(self.scroll_y)
        if index < len(self.window):
            return self._row_strip(index, width)
        if len(self.window):
            return Strip.blank(width, self._style("row"))
        return self._message_strip(y - HEADER, width)

    def _row_strip(self, index: int, width: int) -> Strip:
        if width != self._strips_for:
            # While the window is laid out anew a line may be drawn for a width that does not last.
            self._strips.clear()
            self._strips_for = width
        window = self.window
        key = window.keys[index]
        state = (key, index == window.cursor, key in self.marks)
        strip = self._strips.get(state)
        if strip is None:
            row = window.row(index)
            _, is_cursor, is_marked = state
            name = "cursor" if is_cursor else "marked" if is_marked else "row" if row else "placeholder"
            signs = drawing.signs_of(is_cursor=is_cursor, is_marked=is_marked)
            scrolled = round(self.scroll_x)
            strip = drawing.row_strip(self.columns, row, signs, self._style(name), scrolled, width)
            if len(self._strips) > _STRIPS:
                self._strips.clear()
            if row is not None:
                self._strips[state] = strip
        return strip

    def _message_strip(self, line: int, width: int) -> Strip:
        text, style = self._instead_of_rows()
        lines = ["", *itertools.chain.from_iterable(wrap(each, width - 4) for each in text.splitlines())]
        return drawing.message_strip(lines[line] if line < len(lines) else "", self._style(style), width)

    def _instead_of_rows(self) -> tuple[str, str]:
        if self.failure:
            return self.failure, "error"
        if self._is_loading:
            return tr("Loading…"), "message"
        return self.empty_text or tr("Nothing here."), "message"
