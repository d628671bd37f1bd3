"""What every screen of ours knows: the app it is in, and with it the way to the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.await_complete import AwaitComplete
from textual.screen import Screen

from sfa.errors import Msg
from sfa.screens.certain_timers import CertainTimers

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp
    from sfa.screens.gateway import Gateway


class Inside(CertainTimers, Screen):  # type: ignore[type-arg]  # what it gives when it closes is for each screen to say
    """A screen of the app. It is closed once, and no other in its place."""

    _is_closed = False
    _late_answer: tuple[Any, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Say whether the screen has its widgets: keys come before it is laid out, and after it is closed."""
        return self.is_mounted and not self._is_closed

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close the screen with a result; one that others stand above closes when they are gone.

        A second call does nothing: whoever types fast has answered before the screen is gone.
        """
        if self._is_closed:
            return AwaitComplete()
        self._is_closed = True
        if self.app.screen is self:
            return super().dismiss(result)
        self._late_answer = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """Close, if that was waited for."""
        if self._late_answer:
            answer, self._late_answer = self._late_answer[0], ()
            super().dismiss(answer)

    async def on_event(self, event: events.Event) -> None:
        """Take no size but the one that the terminal has now.

        A screen that is laid out for a size tells itself so by one more event. Two sizes in its queue while
        drawing pauses would each bring the other back for ever, and nothing else had a turn.
        """
        if not isinstance(event, events.Resize) or event.size == self.app.size:
            await super().on_event(event)

    @property
    def sfa(self) -> SfaApp:
        """Return the app, as what it is."""
        from sfa.screens.app import SfaApp

        assert isinstance(self.app, SfaApp)
        return self.app

    def refusal(self, action: str) -> Msg | None:  # noqa: ARG002  the screens that refuse override it
        """Return why an action is not possible now, ``None`` when it is."""
        return None

    def again(self) -> Screen[Any] | None:
        """Return a new screen that shows the same; ``None`` for what does not outlive another language."""
        return None

    @property
    def gateway(self) -> Gateway:
        """Return the way to the store."""
        return self.sfa.gateway
