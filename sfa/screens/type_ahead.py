"""Keys typed ahead: each waits until the one before it has done its work.

A key may open a dialog, a form or another place, and that takes a moment, a long one on a slow
line. What is typed in it belongs to what opens: ``g d`` goes to the deals, and must never do the
task under the cursor because the dialog was not there yet.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from textual import events
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker, get_current_worker

from sfa.screens.pushing import Pushing

if TYPE_CHECKING:
    from sfa.screens.gateway import Gateway

Answer = TypeVar("Answer")
Handle = Callable[[events.Event], Awaitable[None]]

_A_LOOK_S = 0.002
# More than that between two looks: the process stood still, or was busy with what it waits for.
_A_TURN_S = 0.02
_TRIPS = 2
_HANDLED_S = 0.5  # whoever had the key may be gone, and its word with it
_OPENING_S = 2.0  # something opens
_WRITING_S = 0.25  # a change waits, perhaps for another process: nobody is held up by that
_SEARCHES = "_look"  # of what a picker offers, at every letter


class Handled(Message):
    """Follows a key on its way: when it reaches the app, the key was handled everywhere.

    What the key's handler tells its own parents, such as that a line was entered, comes behind the first
    of them; so there are two.
    """

    def __init__(self, key: int, trip: int = 1) -> None:
        """Name the key by its number."""
        super().__init__()
        self.key = key
        self.trip = trip


class TypeAhead:
    """Lets keys and pasted text through one at a time."""

    def __init__(self, app: OneKeyAtATime) -> None:
        """Begin with nothing under way."""
        self._app = app
        self._held: deque[events.Event] = deque()
        self._asking: dict[Worker[Any], Screen[Any]] = {}
        self._top: Screen[Any] | None = None
        self._to: Widget | None = None  # who has the key
        self._key = 0  # its number
        self._is_handled = False
        self._going_on: asyncio.Task[None] | None = None

    async def take(self, event: events.Event, handle: Handle) -> None:
        """Handle a key now, or once those before it were."""
        if self._going_on is not None:
            self._held.append(event)
            return
        await self._send(event, handle)
        self._going_on = asyncio.create_task(self._go_on(handle))

    def handled(self, message: Handled) -> None:
        """Hear that a key has reached the end of its way."""
        if message.key == self._key:
            self._is_handled = message.trip == _TRIPS or not self._follow(message.trip + 1)

    def _follow(self, trip: int) -> bool:
        """Say whether whoever has the key is still there to be followed by one that tells of it."""
        return self._to is not None and self._to.post_message(Handled(self._key, trip))

    def asks(self, worker: Worker[Any], screen: Screen[Any]) -> None:
        """Hear that a worker waits for what a screen is told."""
        self._asking[worker] = screen

    def was_answered(self, worker: Worker[Any]) -> None:
        """Hear that it goes on."""
        self._asking.pop(worker, None)

    async def _send(self, event: events.Event, handle: Handle) -> None:
        self._top = self._app.screen
        self._to = self._app.focused or self._app.screen
        self._key += 1
        self._is_handled = False
        await handle(event)
        self._is_handled = not self._follow(1)

    async def _go_on(self, handle: Handle) -> None:
        try:
            await self._settled()
            while self._held and self._app.is_running:
                await self._send(self._held.popleft(), handle)
                await self._settled()
        except Exception as error:  # noqa: BLE001  as of an event that is handled in the app's own loop
            self._app._handle_exception(error)
        finally:
            self._going_on = None

    async def _settled(self) -> None:
        """Wait until the key was handled and what it opens is there."""
        await self._while(self._is_on_its_way)
        await self._while(self._is_opening)
        if (top := self._app.screen) is not self._top:
            await self._while(lambda passed: passed < _OPENING_S and not top.is_mounted)
            shown = asyncio.Event()
            top.call_after_refresh(shown.set)
            await self._while(lambda passed: passed < _HANDLED_S and not shown.is_set())
            await self._while(lambda passed: passed < _HANDLED_S and _lacks_focus(top))

    def _is_on_its_way(self, passed: float) -> bool:
        """Say whether a key may still be handled: not by who has gone with it, such as a dialog it closed."""
        to = self._to
        return passed < _HANDLED_S and not self._is_handled and to is not None and to.is_attached

    @staticmethod
    async def _while(holds: Callable[[float], bool]) -> None:
        """Wait while something holds, which is told for how long others had their turn meanwhile."""
        passed, before = 0.0, time.monotonic()
        while holds(passed):
            await asyncio.sleep(_A_LOOK_S)
            now = time.monotonic()
            passed += min(now - before, _A_TURN_S)
            before = now

    def _is_opening(self, passed: float) -> bool:
        """Say whether something that a key began has not come to a screen or to its end yet."""
        if passed > _OPENING_S:
            return False
        stack = self._app.screen_stack
        for worker in self._app.workers:
            if worker.is_finished or worker.group != "default" or worker.name == _SEARCHES:
                continue
            if worker in self._asking and self._asking[worker] in stack:
                continue
            is_written = worker in self._app.gateway.writing and not _of_a_form(worker)
            if passed <= _WRITING_S or not is_written:
                return True
        return False


def _of_a_form(worker: Worker[Any]) -> bool:
    """Say whether a dialog or form is at work: it goes when that is done, and what follows is not for it."""
    return isinstance(worker.node, Screen) and worker.node.is_modal


def _lacks_focus(screen: Screen[Any]) -> bool:
    return screen.is_current and screen.focused is None and bool(screen.focus_chain)


class OneKeyAtATime(Pushing):
    """An app that takes a key, or pasted text, once the one before it has done its work."""

    gateway: Gateway

    def __init__(self, **more: Any) -> None:
        """Begin with nothing typed."""
        super().__init__(**more)
        self._type_ahead = TypeAhead(self)

    async def on_event(self, event: events.Event) -> None:
        """Let a key wait for its turn."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._type_ahead.take(event, super().on_event)
        else:
            await super().on_event(event)

    def on_handled(self, message: Handled) -> None:
        """Let the next key through."""
        message.stop()
        self._type_ahead.handled(message)

    @overload
    async def push_screen_wait(self, screen: Screen[Answer], *, mode: str | None = None) -> Answer: ...

    @overload
    async def push_screen_wait(self, screen: str, *, mode: str | None = None) -> Any: ...

    async def push_screen_wait(
        self, screen: Screen[Answer] | str, *, mode: str | None = None
    ) -> Answer | Any:
        """Show a screen and wait for its answer; whatever is typed meanwhile is for it."""
        worker = get_current_worker()
        if isinstance(screen, Screen):
            self._type_ahead.asks(worker, screen)
        try:
            return await super().push_screen_wait(screen, mode=mode)
        finally:
            self._type_ahead.was_answered(worker)
