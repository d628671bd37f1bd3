"""Asking before what is hard to take back: the focus is on No, and the yes is on another key."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from sfa.errors import msg
from sfa.i18n import tr
from sfa.screens.inside import Inside
from sfa.screens.keys import bind


class Confirm(ModalScreen[bool], Inside):
    """A question with its consequences; ``y`` or the button says yes, Esc, ``n`` and Enter say no."""

    BINDINGS = [
        bind("y", "answer(True)", "confirm.yes", msg("Yes"), msg("Do it")),
        bind("n,escape", "answer(False)", "confirm.no", msg("No"), msg("Leave everything as it is")),
        Binding("left,right,h,l", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, *, details: Sequence[str] = (), yes: str = "", no: str = "") -> None:
        """Ask a question; ``details`` stand below it, a line each."""
        super().__init__(classes="dialog")
        self._question = question
        self._details = details
        self._yes = yes or tr("Yes")
        self._no = no or tr("No")

    def compose(self) -> ComposeResult:
        """Lay out the question and the two answers."""
        with Vertical(id="confirm"):
            yield Static(self._question, id="confirm-question", markup=False)
            if self._details:
                yield Static("\n".join(self._details), id="confirm-details", markup=False)
            with Horizontal(id="confirm-answers"):
                yield Button(f"{self._no} (n)", id="no", compact=True)
                yield Button(f"{self._yes} (y)", id="yes", compact=True, variant="warning")

    def on_mount(self) -> None:
        """Put the focus on No."""
        self.query_one("#no", Button).focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Close with an answer."""
        self.dismiss(yes)
