"""Asking how a quote is printed: for whom, as what kind of file, in which language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sfa.errors import Msg, msg
from sfa.i18n import tr
from sfa.screens.inside import Inside
from sfa.screens.keys import bind
from sfa.screens.widgets.choices import Choices

_PRINT = "print"
_YES, _NO = "yes", "no"


class PaperAsked(NamedTuple):
    """How a paper is wanted, in the words of the command line."""

    variant: str = "customer"
    fmt: str = "pdf"
    language: str = "en"
    is_opened: bool = False


class _Choice(NamedTuple):
    """What is chosen by a letter, and what it may be."""

    letter: str
    label: Msg
    values: Mapping[str, Msg]


_CHOICES: Mapping[str, _Choice] = {
    "variant": _Choice(
        "v",
        msg("For whom"),
        {
            "customer": msg("the customer"),
            "internal": msg("ourselves, with cost and margin"),
            "warehouse": msg("the warehouse, no money"),
        },
    ),
    "fmt": _Choice(
        "f",
        msg("Format"),
        {
            "pdf": msg("PDF"),
            "html": msg("web page (.html)"),
            "md": msg("Markdown (.md)"),
            "xlsx": msg("spreadsheet (.xlsx)"),
            "eml": msg("mail with the PDF (.eml)"),
        },
    ),
    "language": _Choice(
        "l",
        msg("Language"),
        {"en": msg("English"), "zh_CN": msg("Chinese"), "both": msg("both languages")},
    ),
    "opened": _Choice("o", msg("Show it then"), {_NO: msg("no"), _YES: msg("yes")}),
}


class AskPaper(ModalScreen[PaperAsked | None], Inside):
    """Each letter goes on to the next value; ``p`` or Enter prints, Esc does not."""

    BINDINGS = [bind("escape", "stay", "paper.leave", msg("Back"), msg("Leave without printing"))]

    def __init__(self, title: str, begin: PaperAsked) -> None:
        """Begin with what is usual."""
        super().__init__(classes="dialog -values")
        self._heading = title
        self._chosen = {
            "variant": begin.variant,
            "fmt": begin.fmt,
            "language": begin.language,
            "opened": _YES if begin.is_opened else _NO,
        }

    def compose(self) -> ComposeResult:
        """Lay out the values, and what prints."""
        with Vertical(id="letters"):
            yield Static(self._heading, classes="dialog-title", markup=False)
            yield Choices(
                Option(Content.assemble((" p  ", "bold"), tr("Print")), id=_PRINT),
                *(Option(self._line(name), id=name) for name in _CHOICES),
            )

    def _line(self, name: str) -> Content:
        choice = _CHOICES[name]
        label, value = tr(choice.label), tr(choice.values[self._chosen[name]])
        return Content.assemble((f" {choice.letter}  ", "bold"), f"{label}: ", (value, "bold $secondary"))

    def on_key(self, event: events.Key) -> None:
        """Take a letter."""
        letters = {choice.letter: name for name, choice in _CHOICES.items()} | {"p": _PRINT}
        if event.character in letters:
            event.stop()
            self._take(letters[event.character])

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._take(str(event.option.id))

    def _take(self, name: str) -> None:
        if name == _PRINT:
            chosen = self._chosen
            self.dismiss(
                PaperAsked(chosen["variant"], chosen["fmt"], chosen["language"], chosen["opened"] == _YES)
            )
            return
        self._chosen[name] = _after(list(_CHOICES[name].values), self._chosen[name])
        self.query_one(Choices).replace_option_prompt(name, self._line(name))

    def action_stay(self) -> None:
        """Close without printing."""
        self.dismiss(None)


def _after(values: Sequence[str], present: str) -> str:
    """Return the next value, after the last one the first."""
    return values[(values.index(present) + 1) % len(values)]
