"""The line below the heading into which one types what to find in a list."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual.timer import Timer
from textual.widgets import Input

from sfa.errors import msg
from sfa.i18n import tr
from sfa.screens.certain_timers import CertainTimers
from sfa.screens.keys import bind

_PAUSE_S = 0.12  # after which the list follows what is typed


@runtime_checkable
class Findable(Protocol):
    """A screen with a list that is narrowed by what is typed."""

    def find(self, text: str) -> None:
        """Narrow the list to what holds a text; an empty one shows all."""

    async def end_finding(self, line: FindLine, *, keep: bool) -> None:
        """Go back to the list; without ``keep`` the text is forgotten."""


class FindLine(CertainTimers, Input):
    """Narrows the list of its screen; Enter keeps the text, Esc forgets it."""

    BINDINGS = [
        bind("enter,down", "keep", "find.keep", msg("To the list"), msg("Go on in the list"), footer=True),
        bind("escape", "forget", "find.forget", msg("Show all"), msg("End finding"), footer=True),
    ]

    def __init__(self, placeholder: str = "") -> None:
        """Start empty; ``placeholder`` says what can be typed."""
        placeholder = placeholder or tr("Name, company, phone, email or pinyin initials")
        super().__init__(placeholder=placeholder, compact=True, id="find-line")
        self._pause: Timer | None = None

    @property
    def _list(self) -> Findable:
        assert isinstance(self.screen, Findable)
        return self.screen

    def watch_value(self, value: str) -> None:
        """Follow in a moment."""
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE_S, lambda: self._list.find(value))

    async def action_keep(self) -> None:
        """Narrow the list at once and go on in it."""
        self._stop()
        self._list.find(self.value)
        await self._list.end_finding(self, keep=True)

    async def action_forget(self) -> None:
        """Show all again."""
        self._stop()
        await self._list.end_finding(self, keep=False)

    def _stop(self) -> None:
        if self._pause is not None:
            self._pause.stop()
