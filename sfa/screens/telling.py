"""Saying things in passing: plain text, as long as it takes to read, on the line of keys below everything."""

from __future__ import annotations

from textual.app import App
from textual.notifications import SeverityLevel

from sfa.render.cells import cell_width
from sfa.screens.certain_timers import CertainTimers

_LEAST_S = 3.0
_CELL_S = 0.04  # some 25 letters a second, and Chinese ones are two cells wide


class Telling(CertainTimers, App[str]):
    """An app whose words in passing are never taken for markup: they hold names that people typed."""

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something; without a ``timeout`` it stands for as long as it takes to read."""
        del markup
        if timeout is None:
            timeout = _LEAST_S + _CELL_S * cell_width(f"{title}{message}")
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)
