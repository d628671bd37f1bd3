"""Opening dialogs: who holds a key down, or presses it before its dialog is there, has asked once.

Dialogs over dialogs over dialogs would each have to be left, and are drawn through each other.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar, overload

from textual.app import App
from textual.screen import ModalScreen, Screen
from textual.worker import get_current_worker

from sfa.screens.telling import Telling

Answer = TypeVar("Answer")


class Pushing(Telling):
    """An app in which a place opens a dialog only while it is itself in front."""

    @overload
    async def push_screen_wait(self, screen: Screen[Answer], *, mode: str | None = None) -> Answer: ...

    @overload
    async def push_screen_wait(self, screen: str, *, mode: str | None = None) -> Any: ...

    async def push_screen_wait(
        self, screen: Screen[Answer] | str, *, mode: str | None = None
    ) -> Answer | Any:
        """Open a screen and wait for its answer; who asks too late is broken off, and nothing happens."""
        if self._is_late(screen):
            raise asyncio.CancelledError
        return await super().push_screen_wait(screen, mode=mode)

    def _is_late(self, screen: Screen[Any] | str) -> bool:
        asking = get_current_worker().node
        if isinstance(asking, App):
            return isinstance(screen, ModalScreen) and type(screen) is type(self.screen)
        return asking.screen is not self.screen
