"""One record in full, to read: fields with their values, then what hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import work
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from sfa.errors import NotFound, SfaError, msg
from sfa.screens.certain_timers import CertainTimers
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from textual.selection import Selection

    from sfa.finding.showing import Shown
    from sfa.render.records import Paragraph
    from sfa.screens.app import SfaApp

_PAUSE_S = 0.08  # a held arrow key reads only the record it stops at
_NARROWEST = 20


class RecordView(CertainTimers, ScrollView, can_focus=True):
    """The record that was asked for last; empty for none.

    It draws its lines itself: a text in a widget of its own would have the whole screen laid
    out anew for every record, on the thread that the next key waits for.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"record--heading", "record--label"}
    BINDINGS = [
        bind("j,down", "scroll_down", "record_view.down", msg("Down"), msg("Scroll down")),
        bind("k,up", "scroll_up", "record_view.up", msg("Up"), msg("Scroll up")),
    ]

    class Came(Message):
        """The record that was asked for is shown, or is known not to be there."""

    def __init__(self, *, classes: str = "") -> None:
        """Start without a record."""
        super().__init__(id="record", classes=classes)
        self.shown: Shown | None = None
        self._wanted = ("", "")
        self._lacks_room = False  # then what was asked for is read once there is some
        self._pause: Timer | None = None
        self._lines: list[Paragraph] = []

    # Reading -----------------------------------------------------------------------------

    def show_soon(self, noun: str, record_id: str) -> None:
        """Show a record once nothing else was asked for in a moment; nothing while there is no room."""
        self._wanted = (noun, record_id)
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        self._lacks_room = not (self.display and self.size.width)
        if not self._lacks_room:
            self._pause = self.set_timer(_PAUSE_S, self._read)

    def show_now(self, noun: str, record_id: str) -> None:
        """Show a record."""
        self._wanted = (noun, record_id)
        self._lacks_room = False
        self._read()

    def read_anew(self) -> None:
        """Read the same record again: the store changed."""
        if self._wanted[0]:
            self._read()

    @work(exclusive=True, group="record")
    async def _read(self) -> None:
        from sfa.finding.showing import show

        noun, record_id = self._wanted
        app: SfaApp = self.app  # type: ignore[assignment]
        found = None
        try:
            if noun:
                found = await app.gateway.read(lambda connection: show(connection, noun, record_id))
        except (NotFound, KeyError):
            pass
        except SfaError as error:
            app.report(error)
            found = self.shown
        self.shown = found
        self._arrange()
        self.post_message(self.Came())

    def on_resize(self) -> None:
        """Fit the text to the new width; read what was asked for while there was no room."""
        if self._lacks_room and self.size.width:
            self._lacks_room = False
            self._read()
        else:
            self._arrange()

    # Drawing -----------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Break the record into lines; the screen is laid out anew only when they begin or end to scroll."""
        if not self.size.width:
            return
        before, self._lines = len(self._lines), self._broken()
        width, height = self._room
        self.virtual_size = Size(width, max(height, len(self._lines)))
        if height >= max(before, len(self._lines)):
            self.refresh(Region(0, 0, width, max(before, len(self._lines))))
        else:
            self.refresh()

    def _broken(self) -> list[Paragraph]:
        if self.shown is None:
            return []
        from sfa.render.records import record_paragraphs

        return record_paragraphs(self.shown, max(_NARROWEST, self._room.width - 1))

    @property
    def _room(self) -> Size:
        """Return the cells inside of border and padding, those of a scrollbar among them."""
        return self.size

    def render_line(self, y: int) -> Strip:
        """Return a line of the view."""
        y += self.scroll_offset.y
        width, style = self.scrollable_content_region.width, self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, style)
        chosen = self.text_selection
        strip = Strip(self._segments(self._lines[y]) if chosen is None else self._marked(y, chosen))
        # The positions tell the screen which characters the mouse selects.
        return strip.adjust_cell_length(width, style).apply_offsets(0, y)

    def _segments(self, line: Paragraph) -> list[Segment]:
        if line.heading:
            return [Segment(line.text, self._style("heading"))]
        return [Segment(line.label, self._style("label")), Segment(line.text, self.rich_style)]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"record--{name}")

    # Selecting with the mouse ------------------------------------------------------------

    def _marked(self, y: int, chosen: Selection) -> list[Segment]:
        """Return a line with what is selected of it."""
        plain = self._segments(self._lines[y])
        span = chosen.get_span(y)
        if span is None:
            return plain
        text = Text.assemble(*((each.text, each.style or "") for each in plain), end="")
        start, end = span
        look = self.screen.get_component_rich_style("screen--selection")
        text.stylize(look, start, len(text) if end == -1 else end)
        return list(text.render(self.app.console))

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002  it is asked for anew
        """Draw what is selected."""
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that is selected."""
        return selection.extract("\n".join(line.label + line.text for line in self._lines)), "\n"
