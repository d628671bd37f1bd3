"""Timers that go off once, and do so however busy the machine is."""

from __future__ import annotations

from textual.message_pump import MessagePump
from textual.timer import Timer, TimerCallback


class CertainTimers(MessagePump):
    """An app, a screen or a widget whose timers of one time are never left out.

    Textual leaves out the times of a timer that have gone by before it comes to look at the clock again.
    Of a timer that goes off once that is the only one: when the process stands still just there for as
    long as the timer, it never goes off. Textual itself has such a timer end the pause in drawing when
    another place comes to the front, and one take a terminal's new size: without them nothing is drawn
    any more.
    """

    def set_timer(
        self,
        delay: float,
        callback: TimerCallback | None = None,
        *,
        name: str | None = None,
        pause: bool = False,
    ) -> Timer:
        """Return a timer that calls once, after so many seconds, or as soon as it can be when it is late."""
        timer = super().set_timer(delay, callback, name=name, pause=pause)
        timer._skip = False
        return timer
