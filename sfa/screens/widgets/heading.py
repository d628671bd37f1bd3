"""The line at the top: the places of the app, and who works on which day."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content
from textual.widgets import Static

from sfa.i18n import tr
from sfa.render import cells
from sfa.render.heading import fitted
from sfa.screens.keys import PLACES

_NAME = " sfa "
_LEAST_BESIDE = 16  # the day with its weekday


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
        tabs = {name: self._tab(name) for name in PLACES}
        free = width - sum(tab.cell_length for tab in tabs.values()) - len(_NAME) - 2
        beside = fitted(self.beside, max(_LEAST_BESIDE, width // 4, free))
        left = self._fitting(tabs, width - cells.cell_width(beside) - 2)
        room = max(0, width - left.cell_length - 1 - cells.cell_width(beside))
        self.update(Content.assemble(left, " " * room, (beside, "dim")), layout=False)

    def _fitting(self, tabs: Mapping[str, Content], room: int) -> Content:
        """Return the places that there is room for, the present one always among them."""
        more = Content.styled(" … ", "@click=app.go_to")
        name = Content(_NAME)
        room -= name.cell_length
        if sum(tab.cell_length for tab in tabs.values()) <= room:
            return Content.assemble(name, *tabs.values())
        room -= more.cell_length
        present = tabs.get(self.place)
        room -= present.cell_length if present is not None else 0
        kept: list[Content] = []
        full = False
        for each, tab in tabs.items():
            if each == self.place:
                kept.append(tab)
            elif not full and tab.cell_length <= room:
                kept.append(tab)
                room -= tab.cell_length
            else:
                full = True
        return Content.assemble(name, *kept, more)

    def _tab(self, name: str) -> Content:
        label = f" {tr(PLACES[name].label)} "
        style = "bold reverse" if name == self.place else ""
        return Content.styled(label, f"{style} @click=app.go('{name}')".strip())
