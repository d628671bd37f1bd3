"""What is typed and not saved outlives the app: a terminal that is closed, an order to end, a crash.

A flat battery asks nobody: for that, forms keep what is typed as it is typed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp
    from sfa.screens.forms.keeping import KeptScreen

_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, name))
_END_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.5


class Safekeeping:
    """The forms that are open, and what happens to their text when the app is ended from outside."""

    def __init__(self, app: SfaApp) -> None:
        """Know no form yet."""
        self.forms: set[KeptScreen] = set()
        self._before: dict[int, Any] = {}
        self._app = app

    def begin(self) -> None:
        """Offer what an earlier run left, and hear of it when the system ends this one."""
        self._app.run_worker(self._offer(), group="unsaved")
        if self._app.is_headless or threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()

        def heard(number: int, _: FrameType | None) -> None:
            # Not asyncio's own way: a signal that comes while a few hundred keys wait is lost there,
            # as it goes through the same small pipe.
            loop.call_soon_threadsafe(self._end, number)

        for number in _ENDING:
            self._before[number] = signal.signal(number, heard)

    def end(self) -> None:
        """Leave the signals to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    async def _offer(self) -> None:
        """Offer unsaved text, if there is any, once nothing else stands before the first place."""
        from sfa.store.drafts import unsaved

        home = self._app.gateway.home
        if await asyncio.to_thread(unsaved, home):
            self.offer_when_free()

    def offer_when_free(self) -> None:
        """Offer unsaved text once nothing stands before the place."""
        if self._app.screen.is_modal:
            self._app.set_timer(_LOOK_EVERY_S, self.offer_when_free)
        else:
            self._app.offer_unsaved(asked=False)

    def keep(self) -> None:
        """Put the text of all forms on the disk; one that cannot be read keeps no other from it."""
        for form in list(self.forms):
            try:
                form.keep_now()
            except Exception as error:  # noqa: BLE001  the app is on its way out
                self._app.log.error(repr(error))

    def _end(self, number: int) -> None:
        """Keep, then leave as one does by key; by force when that takes long."""
        self.keep()
        code = 128 + number
        if not _has_terminal():
            _let_go_of_the_terminal()
        force = threading.Timer(_END_WITHIN_S, os._exit, (code,))
        force.daemon = True
        force.start()
        self._app.exit(return_code=code)


def _has_terminal() -> bool:
    try:
        os.tcgetpgrp(sys.__stdin__.fileno()) if sys.__stdin__ is not None else None
    except (OSError, ValueError):
        return False
    return True


def _let_go_of_the_terminal() -> None:
    """Put nothing in the place of a terminal that is gone: whoever writes to it would wait for ever."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
