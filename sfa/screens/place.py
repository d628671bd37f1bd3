"""A place of the app: the line of places on top, its own middle, its keys at the bottom."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.screen import Screen

from sfa.errors import SfaError
from sfa.screens.inside import Inside
from sfa.screens.widgets.heading import Heading
from sfa.screens.widgets.key_bar import KeyBar


class Place(Inside, Screen[None]):
    """A screen that reads the store when it comes up and whenever the store changed.

    A place has a ``body`` and a ``read_anew``; everything else is here.
    """

    PLACE: ClassVar[str] = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    stale = False

    def compose(self) -> ComposeResult:
        """Lay out the three parts."""
        yield Heading(self.PLACE)
        yield from self.body()
        yield KeyBar()

    def body(self) -> ComposeResult:
        """Lay out the middle."""
        yield from ()

    async def read_anew(self) -> None:
        """Ask the store and show the answer."""

    def on_mount(self) -> None:
        """Follow the store."""
        self.sfa.store_changed.subscribe(self, self._store_changed)
        self.read_soon()

    def _store_changed(self, _: None) -> None:
        if self.app.screen is self or self in self.app.screen_stack:
            self.read_soon()
        else:
            self.stale = True

    def on_screen_resume(self) -> None:
        """Read what changed while another place was shown."""
        if self.stale:
            self.read_soon()

    @work(exclusive=True, group="read")
    async def read_soon(self) -> None:
        """Read anew in the background; a newer wish takes the place of an older one."""
        self.stale = False
        try:
            await self.read_anew()
        except SfaError as error:
            self.sfa.report(error)
