"""A report as it is printed, to scroll through."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from sfa.errors import msg
from sfa.screens.keys import bind

_FRAME = 4  # padding at both sides, the sign of the focus, the scrollbar
_NARROWEST = 20


class ReportText(VerticalScroll, can_focus=True):
    """Lines of text; those that head a part stand out."""

    BINDINGS = [
        bind("j,down", "scroll_down", "report_text.down", msg("Down"), msg("Scroll down")),
        bind("k,up", "scroll_up", "report_text.up", msg("Up"), msg("Scroll up")),
        bind("pagedown", "page_down", "report_text.page_down", msg("Page down"), msg("A screenful down")),
        bind("pageup", "page_up", "report_text.page_up", msg("Page up"), msg("A screenful up")),
        bind("home", "scroll_home", "report_text.first", msg("First"), msg("To the top")),
        bind("end", "scroll_end", "report_text.last", msg("Last"), msg("To the bottom")),
    ]

    def __init__(self) -> None:
        """Start empty."""
        super().__init__(id="report-text")
        self.text = ""

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        yield Static(markup=False)

    def show(self, text: str) -> None:
        """Show a text; a line after an empty one heads what follows."""
        self.text = text
        lines = text.splitlines()
        parts: list[Content] = []
        for before, line in zip(["", *lines], lines, strict=False):
            heads = not before and line
            parts.append(Content.styled(f"{line}\n", "bold $secondary") if heads else Content(f"{line}\n"))
        self.query_one(Static).update(Content.assemble(*parts))

    @property
    def room(self) -> int:
        """Return how many cells a line has, whether or not the focus and the scrollbar show."""
        return max(_NARROWEST, self.app.size.width - _FRAME)
