"""Choosing by one letter: where to go, what to add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sfa.errors import msg
from sfa.screens.inside import Inside
from sfa.screens.keys import bind
from sfa.screens.widgets.choices import Choices


class Choice(NamedTuple):
    """Something to choose: what is given back, its letter, what it is called."""

    key: str
    letter: str
    label: str


class Letters(ModalScreen[str | None], Inside):
    """A few choices with their letters; a letter takes one, Esc none."""

    BINDINGS = [bind("escape", "stay", "letters.leave", msg("Back"), msg("Close without choosing"))]

    def __init__(self, title: str, choices: Sequence[Choice], *, wide: bool = False) -> None:
        """Show the choices in their order; ``wide`` gives them room for values."""
        super().__init__(classes="dialog -values" if wide else "dialog")
        self._heading = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Lay out the choices."""
        with Vertical(id="letters"):
            yield Static(self._heading, classes="dialog-title", markup=False)
            yield Choices(
                *(
                    Option(Content.assemble((f" {each.letter}  ", "bold"), each.label), id=each.key)
                    for each in self._choices
                )
            )

    def on_key(self, event: events.Key) -> None:
        """Take a letter."""
        for each in self._choices:
            if event.character == each.letter:
                event.stop()
                self.dismiss(each.key)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_stay(self) -> None:
        """Close without a choice."""
        self.dismiss(None)
