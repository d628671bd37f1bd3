"""The line at the top: the places of the app, and who works on which day."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from sfa.i18n import tr
from sfa.render import cells
from sfa.screens.keys import PLACES


class Heading(Static):
    """One line: the places, the present one marked, and at the right whose day it is."""

    def __init__(self, place: str) -> None:
        """Mark a place as the present one; none for a screen above the places."""
        super().__init__()
        self.place = place
        self.beside = ""

    def on_mount(self) -> None:
        """Draw again when the app has learnt more."""
        self.app.heading_changed.subscribe(self, self._told)  # type: ignore[attr-defined]
        self._told(self.app.heading_text)  # type: ignore[attr-defined]

    def _told(self, beside: str) -> None:
        self.beside = beside
        self._draw()

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width or self.app.size.width
        tabs = [self._tab(name) for name in PLACES]
        left = Content.assemble(" sfa ", *tabs)
        room = width - left.cell_length - 1
        beside = cells.clip(self.beside, max(0, room))
        text = Content.assemble(left, " " * max(0, room - cells.cell_width(beside)), (beside, "dim"))
        self.update(text, layout=False)

    def _tab(self, name: str) -> Content:
        label = f" {tr(PLACES[name].label)} "
        style = "bold reverse" if name == self.place else ""
        return Content.styled(label, f"{style} @click=app.go('{name}')".strip())
