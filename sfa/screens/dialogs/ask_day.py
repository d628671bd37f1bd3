"""Asking for a day in words, with the day they mean shown while one types."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from sfa import clock
from sfa.errors import InvalidInput, msg
from sfa.i18n import tr
from sfa.screens.inside import Inside
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp


class AskDay(ModalScreen[date | None], Inside):
    """Gives the day, ``None`` when left."""

    BINDINGS = [bind("escape", "leave", "day.leave", msg("Back"), msg("Leave without an answer"))]

    def __init__(self, question: str) -> None:
        """Ask a question."""
        super().__init__(classes="dialog")
        self._question = question

    def compose(self) -> ComposeResult:
        """Lay out the question, the line to type in, and what it means."""
        with Vertical(id="line"):
            yield Static(self._question, classes="dialog-title", markup=False)
            yield Input(compact=True)
            yield Static(tr("fri, next mon, +3d, 2026-11-30"), id="line-hint", markup=False)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        from sfa.render.dates import day_with_weekday

        if not event.value.strip():
            text = tr("fri, next mon, +3d, 2026-11-30")
        else:
            found = _read(event.value)
            text = day_with_weekday(found) if found else tr("No day yet: fri, next mon, +3d, 2026-11-30")
        self.query_one("#line-hint", Static).update(text)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        found = _read(event.value)
        if found is not None:
            self.dismiss(found)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


def _read(text: str) -> date | None:
    from sfa.finding.days import day_or_refuse

    try:
        return day_or_refuse(text.strip(), "day", today=clock.today())
    except InvalidInput:
        return None


async def ask_day(app: SfaApp, question: str) -> date | None:
    """Ask for a day; ``None`` when it was left."""
    return await app.push_screen_wait(AskDay(question))
