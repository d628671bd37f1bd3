"""``g`` and a letter: where one can go."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sfa.errors import msg
from sfa.i18n import tr
from sfa.screens.keys import PLACES, bind


class GoTo(ModalScreen[str | None]):
    """The places with their letters; a letter goes there, Esc stays."""

    BINDINGS = [bind("escape", "stay", "goto.stay", msg("Back"), msg("Stay here"))]

    def __init__(self) -> None:
        """Close to the middle, as every dialog."""
        super().__init__(classes="dialog")

    def compose(self) -> ComposeResult:
        """Lay out the places."""
        with Vertical(id="goto"):
            yield Static(tr("Go to"), classes="dialog-title")
            yield OptionList(
                *(
                    Option(
                        Content.assemble((f" {spec.letter}  ", "bold $accent"), tr(spec.label)), id=spec.name
                    )
                    for spec in PLACES.values()
                )
            )

    def on_key(self, event: events.Key) -> None:
        """Take the letter of a place."""
        for spec in PLACES.values():
            if event.character == spec.letter:
                event.stop()
                self.dismiss(spec.name)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_stay(self) -> None:
        """Stay."""
        self.dismiss(None)
