"""One step of a guided start: a question on a screen of its own, with the way on, back and out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sfa.errors import SfaError, msg
from sfa.i18n import tr
from sfa.screens.inside import Inside
from sfa.screens.keys import bind


class Choice(NamedTuple):
    """Something to choose: what is given back, what it is called, what it means."""

    key: str
    label: str
    hint: str = ""


class Answer(NamedTuple):
    """What came of a step: ``way`` is on, back or out; ``text`` what was chosen or typed."""

    way: str
    text: str = ""


ON, BACK, OUT = "on", "back", "out"
# Does what the step is for; an error keeps the step open and is shown.
Do = Callable[[str], Awaitable[object]]


class Step(Inside, ModalScreen[Answer]):
    """A question with choices or a line to type in; gives the answer."""

    BINDINGS = [
        bind("escape", "back", "steps.back", msg("Back"), msg("The step before")),
        bind("ctrl+s", "out", "steps.out", msg("Start now"), msg("Leave the first steps; nothing is lost")),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        do: Do,
        *,
        place: str = "",
        choices: Sequence[Choice] = (),
        present: str = "",
    ) -> None:
        """Ask; ``place`` is which step of how many, ``present`` what is chosen or typed already."""
        super().__init__(classes="dialog")
        self._heading = title
        self._text = text
        self._do = do
        self._place = place
        self._choices = choices
        self._present = present
        self._is_doing = False

    def compose(self) -> ComposeResult:
        """Lay out the question, the answers, and the keys."""
        with Vertical(id="step"):
            yield Static(f"{self._heading}  {self._place}".rstrip(), classes="dialog-title", markup=False)
            yield Static(self._text, id="step-text", markup=False)
            if self._choices:
                yield OptionList(*(self._option(each) for each in self._choices), id="step-choices")
            else:
                yield Input(self._present, id="step-line", compact=True)
            yield Static(id="step-state", markup=False)
            yield Static(
                tr("Enter goes on · Esc goes back · Ctrl+S starts right away"), id="step-keys", markup=False
            )

    @staticmethod
    def _option(choice: Choice) -> Option:
        hint = Content.styled(f"\n    {choice.hint}", "dim") if choice.hint else Content("")
        return Option(Content.assemble(f"  {choice.label}", hint), id=choice.key)

    def on_mount(self) -> None:
        """Start at what is chosen already."""
        if self._choices:
            options = self.query_one(OptionList)
            keys = [each.key for each in self._choices]
            options.highlighted = keys.index(self._present) if self._present in keys else 0
            options.focus()
        else:
            self.query_one(Input).focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._answer(str(event.option.id))

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        self._answer(event.value.strip())

    @work
    async def _answer(self, text: str) -> None:
        if self._is_doing:
            return
        self._is_doing = True
        try:
            await self._do(text)
        except SfaError as error:
            from sfa.render.failures import failure_lines

            self.say("✗ " + "\n".join(failure_lines(error)), wrong=True)
        else:
            self.dismiss(Answer(ON, text))
        finally:
            self._is_doing = False

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Say how it goes, or what is wrong."""
        state = self.query_one("#step-state", Static)
        state.update(text)
        state.set_class(wrong, "-wrong")

    def action_back(self) -> None:
        """Go back to the step before."""
        if not self._is_doing:
            self.dismiss(Answer(BACK))

    def action_out(self) -> None:
        """Leave all steps."""
        if not self._is_doing:
            self.dismiss(Answer(OUT))
