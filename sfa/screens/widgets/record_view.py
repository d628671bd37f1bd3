"""One record in full, to read: fields with their values, then what hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from sfa.errors import NotFound, SfaError, msg
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from sfa.finding.showing import Shown
    from sfa.render.records import Paragraph
    from sfa.screens.app import SfaApp

_PAUSE_S = 0.08  # a held arrow key reads only the record it stops at


class RecordView(VerticalScroll):
    """The record that was asked for last; empty for none."""

    BINDINGS = [
        bind("j,down", "scroll_down", "record_view.down", msg("Down"), msg("Scroll down")),
        bind("k,up", "scroll_up", "record_view.up", msg("Up"), msg("Scroll up")),
    ]

    def __init__(self, *, classes: str = "") -> None:
        """Start without a record."""
        super().__init__(id="record", classes=classes)
        self.shown: Shown | None = None
        self._wanted = ("", "")

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        yield Static(id="record-text")

    def show_soon(self, noun: str, record_id: str) -> None:
        """Show a record once nothing else was asked for in a moment; nothing while there is no room."""
        self._wanted = (noun, record_id)
        if self.display and self.size.width:
            self.call_after_refresh(self._read, _PAUSE_S)

    def show_now(self, noun: str, record_id: str) -> None:
        """Show a record."""
        self._wanted = (noun, record_id)
        self._read(0.0)

    def read_anew(self) -> None:
        """Read the same record again: the store changed."""
        if self._wanted[0]:
            self._read(0.0)

    @work(exclusive=True, group="record")
    async def _read(self, pause: float) -> None:
        import asyncio

        from sfa.finding.showing import show

        noun, record_id = self._wanted
        await asyncio.sleep(pause)
        if not noun:
            self.shown = None
            self._draw()
            return
        app: SfaApp = self.app  # type: ignore[assignment]
        try:
            self.shown = await app.gateway.read(lambda connection: show(connection, noun, record_id))
        except (NotFound, KeyError):
            self.shown = None
        except SfaError as error:
            app.report(error)
        self._draw()
        self.screen.refresh_bindings()

    def on_resize(self) -> None:
        """Fit the text to the new width; read what was asked for while there was no room."""
        if self.shown is None and self._wanted[0] and self.size.width:
            self._read(0.0)
        else:
            self._draw()

    def _draw(self) -> None:
        # A size can come before the text is there, and a record after it has gone.
        for text in self.query("#record-text").results(Static):
            self._draw_in(text)

    def _draw_in(self, text: Static) -> None:
        if self.shown is None:
            text.update("")
            return
        from sfa.render.records import record_paragraphs

        width = max(20, self.scrollable_content_region.width - 1)
        text.update(Content("\n").join(map(_content, record_paragraphs(self.shown, width))))


def _content(paragraph: Paragraph) -> Content:
    if paragraph.heading:
        return Content.styled(paragraph.text, "bold $secondary")
    return Content.assemble((paragraph.label, "$accent"), paragraph.text)
