"""What is typed and not saved outlives the app: a terminal that is closed, an order to end, a crash.

A flat battery asks nobody: for that, forms keep what is typed as it is typed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp
    from sfa.screens.forms.form import RecordForm

_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, name))
_END_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.5


class Safekeeping:
    """The forms that are open, and what happens to their text when the app is ended from outside."""

    def __init__(self, app: SfaApp) -> None:
        """Know no form yet."""
        self.forms: set[RecordForm] = set()
        self._app = app

    def begin(self) -> None:
        """Offer what an earlier run left, and hear of it when the system ends this one."""
        self._app.run_worker(self._offer(), group="unsaved")
        if self._app.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in _ENDING:
            with suppress(NotImplementedError, RuntimeError):  # not on every system, not in every thread
                loop.add_signal_handler(number, self._end, number)

    async def _offer(self) -> None:
        """Offer unsaved text, if there is any, once nothing else stands before the first place."""
        from sfa.store.drafts import unsaved

        home = self._app.gateway.home
        if await asyncio.to_thread(unsaved, home):
            self._offer_when_free()

    def _offer_when_free(self) -> None:
        if self._app.screen.is_modal:
            self._app.set_timer(_LOOK_EVERY_S, self._offer_when_free)
        else:
            self._app.offer_unsaved()

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
        asyncio.get_running_loop().call_later(_END_WITHIN_S, os._exit, code)
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
