"""What a stage asks for: its exit criteria and playbook, beside the deal that stands in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sfa.errors import msg
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from sfa.render.board import Line

_NARROWEST = 20
Write = Callable[[int], Sequence["Line"]]


class StageGuide(ScrollView, can_focus=True):
    """A text in lines of its own drawing; empty until something is shown."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"guide--title", "guide--muted", "guide--mark"}
    BINDINGS = [
        bind("j,down", "scroll_down", "guide.down", msg("Down"), msg("Scroll down")),
        bind("k,up", "scroll_up", "guide.up", msg("Up"), msg("Scroll up")),
    ]

    def __init__(self, *, classes: str = "") -> None:
        """Start empty."""
        super().__init__(id="guide", classes=classes)
        self._write: Write | None = None
        self._lines: Sequence[Line] = ()

    def show(self, write: Write | None) -> None:
        """Show what a function of the width writes; nothing for none."""
        self._write = write
        self._arrange()

    def on_resize(self) -> None:
        """Fit the text to the new width."""
        self._arrange()

    def _arrange(self) -> None:
        if not self.size.width:
            return
        self._lines = self._write(max(_NARROWEST, self.size.width - 1)) if self._write else ()
        self.virtual_size = Size(self.size.width, max(self.size.height, len(self._lines)))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line of the view."""
        y += self.scroll_offset.y
        width, style = self.scrollable_content_region.width, self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, style)
        line = self._lines[y]
        look = style if line.look == "plain" else self.get_component_rich_style(f"guide--{line.look}")
        return Strip([Segment(line.text, look)]).adjust_cell_length(width, style)
