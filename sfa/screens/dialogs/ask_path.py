"""Asking for a file of this machine: typed, or chosen folder by folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sfa.errors import SfaError, msg
from sfa.finding.paths import Candidate, candidates, typed_path
from sfa.i18n import tr
from sfa.screens.inside import Inside
from sfa.screens.keys import bind
from sfa.screens.widgets.choices import Choices

# Looks at a path, off the thread that draws; raises what is wrong with it.
Check = Callable[[Path], object]


class AskPath(ModalScreen[Path | None], Inside):
    """Gives a path that the check lets through, ``None`` when left."""

    BINDINGS = [
        bind("escape", "leave", "path.leave", msg("Back"), msg("Leave without an answer")),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
    ]

    def __init__(self, question: str, check: Check, *, text: str = "", folders_only: bool = False) -> None:
        """Ask a question with a text to begin with; ``folders_only`` offers no files."""
        super().__init__(classes="dialog")
        self._question = question
        self._check = check
        self._text = text
        self._folders_only = folders_only
        self._hint = tr("Tab completes, ↓ chooses, Enter takes it; ~ is your home folder.")
        self._candidates: list[Candidate] = []
        self._offered_for: str | None = None
        self._refused: str | None = None

    def compose(self) -> ComposeResult:
        """Lay out the question, the line to type in, what it may become, and what is wrong with it."""
        with Vertical(id="line"):
            yield Static(self._question, classes="dialog-title", markup=False)
            yield Input(self._text, compact=True, select_on_focus=False)
            yield Static(self._hint, id="line-hint", markup=False)
            yield Choices(id="path-choices")

    def on_mount(self) -> None:
        """Offer what there is."""
        self.query_one(OptionList).can_focus = False
        self._offer(self._text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.value != self._refused:
            self._say("")
        self.query_one(OptionList).highlighted = None
        self._offer(event.value)

    @work(exclusive=True, name="_look")
    async def _offer(self, text: str) -> None:
        from sfa.render.numbers import file_size

        found = await asyncio.to_thread(candidates, text, folders_only=self._folders_only)
        if text != self._line.value:
            return
        self._keep(text, found)
        choices = self.query_one(OptionList)
        choices.clear_options()
        for index, each in enumerate(self._candidates):
            size = "" if each.size_bytes is None else f"  {file_size(each.size_bytes)}"
            choices.add_option(Option(Content.assemble(each.name, (size, "dim")), id=str(index)))
        choices.display = bool(self._candidates)
        choices.highlighted = None

    def _keep(self, text: str, found: list[Candidate]) -> None:
        self._offered_for = text
        self._candidates = [each for each in found if each.typed != text]

    @property
    def _line(self) -> Input:
        return self.query_one(Input)

    def _say(self, fault: str) -> None:
        hint = self.query_one("#line-hint", Static)
        hint.update(f"✗ {fault}" if fault else self._hint)
        hint.set_class(bool(fault), "-wrong")

    def action_move(self, by: int) -> None:
        """Move the highlight; above the first is none."""
        choices = self.query_one(OptionList)
        if not self._candidates:
            return
        place = -1 if choices.highlighted is None else choices.highlighted
        wanted = max(-1, min(place + by, len(self._candidates) - 1))
        choices.highlighted = None if wanted < 0 else wanted

    def focus_next(self, selector: object = "*") -> None:  # noqa: ARG002  Tab comes here
        """Complete what is typed: to what is highlighted, or as far as all that may be meant agree."""
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self._put(self._candidates[highlighted].typed)
            return
        typed = self._line.value
        if typed != self._offered_for:  # who types fast is ahead of the list
            self._keep(typed, candidates(typed, folders_only=self._folders_only))
        able = [each.typed for each in self._candidates if each.typed.startswith(typed)]
        if len(self._candidates) == 1:
            self._put(self._candidates[0].typed)
        elif able:
            self._put(_common(able))

    def _put(self, text: str) -> None:
        self._line.value = text
        self._line.cursor_position = len(text)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        highlighted = self.query_one(OptionList).highlighted
        self._take(event.value if highlighted is None else self._candidates[highlighted].typed)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(self._candidates[event.option_index].typed)

    def _take(self, text: str) -> None:
        """Go into a folder; of a file, answer with it."""
        if text.endswith("/") and text != self._line.value:
            self._put(text)
        else:
            self._look_at(text)

    @work(exclusive=True, group="look")
    async def _look_at(self, text: str) -> None:
        from sfa.render.failures import failure_lines

        try:
            path = typed_path(text)
            await asyncio.to_thread(self._check, path)
        except SfaError as error:
            self._refused = text
            self._put(text)
            self._say("\n".join(failure_lines(error)))
            return
        self.dismiss(path)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


def _common(texts: list[str]) -> str:
    first, last = min(texts), max(texts)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(one for one, _ in same)
