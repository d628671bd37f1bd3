"""Asking for one line that is looked at while it is typed: Enter takes it only when nothing is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from sfa.errors import SfaError, msg
from sfa.screens.inside import Inside
from sfa.screens.keys import bind

# Looks at a text; raises what is wrong with it.
Check = Callable[[str], Awaitable[object]]


class AskChecked(ModalScreen[str | None], Inside):
    """Gives what was typed, ``None`` when left."""

    BINDINGS = [bind("escape", "leave", "checked.leave", msg("Back"), msg("Leave without an answer"))]

    def __init__(self, question: str, hint: str, check: Check, *, text: str = "") -> None:
        """Ask a question with a text to begin with; the hint stands below while nothing is wrong."""
        super().__init__(classes="dialog")
        self._question = question
        self._hint = hint
        self._check = check
        self._text = text
        self._is_entered = False

    def compose(self) -> ComposeResult:
        """Lay out the question, the line to type in, and what is wrong with it."""
        with Vertical(id="line"):
            yield Static(self._question, classes="dialog-title", markup=False)
            yield Input(self._text, compact=True)
            yield Static(self._hint, id="line-hint", markup=False)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._is_entered = False
        self._look(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._is_entered = True
        self._look(event.value)

    @work(exclusive=True)
    async def _look(self, text: str) -> None:
        from sfa.render.failures import failure_lines

        hint = self.query_one("#line-hint", Static)
        try:
            await self._check(text)
        except SfaError as error:
            hint.update("✗ " + "\n".join(failure_lines(error)))
            hint.add_class("-wrong")
            return
        hint.update(self._hint)
        hint.remove_class("-wrong")
        if self._is_entered:
            self.dismiss(text)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
