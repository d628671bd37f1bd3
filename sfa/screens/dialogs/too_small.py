"""What a terminal shows that is too small to work in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from sfa.i18n import tr
from sfa.screens.inside import Inside


class TooSmall(ModalScreen[None], Inside):
    """A text that asks for more room; it goes by itself when there is some."""

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        yield Static(tr("Too small: sfa needs 60 columns and 15 lines. Make the window larger."))
