"""Asking for one line of text: a reason, a password."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from sfa.errors import msg
from sfa.screens.inside import Inside
from sfa.screens.keys import bind


class AskLine(ModalScreen[str], Inside):
    """Gives what was typed, nothing when left."""

    BINDINGS = [bind("escape", "leave", "line.leave", msg("Back"), msg("Leave without an answer"))]

    def __init__(self, question: str, hint: str, *, text: str = "", secret: bool = False) -> None:
        """Ask a question with a text to begin with; a secret is not shown while it is typed."""
        super().__init__(classes="dialog")
        self._question = question
        self._hint = hint
        self._text = text
        self._secret = secret

    def compose(self) -> ComposeResult:
        """Lay out the question and the line to type in."""
        with Vertical(id="line"):
            yield Static(self._question, classes="dialog-title", markup=False)
            yield Input(self._text, password=self._secret, compact=True)
            yield Static(self._hint, id="line-hint", markup=False)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss("")
