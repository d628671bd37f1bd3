"""One line to type, saved with Enter; what cannot be saved stays to be put right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from sfa.errors import SfaError, msg
from sfa.i18n import tr
from sfa.screens.forms.keeping import Keeper, KeptScreen, Texts
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from sfa.screens.doing.late import Origin
    from sfa.store.drafts import Draft

# Saves the line; says whether it is done, or the line stays open.
SaveLine = Callable[[str], Awaitable[bool]]
LINE = "line"  # what drafts call the one field


class LineForm(KeptScreen, ModalScreen[bool]):
    """Gives whether the line was saved; nothing typed is nothing to save."""

    BINDINGS = [
        bind("ctrl+s", "save", "kept_line.save", msg("Save"), msg("Save the line; Enter does too")),
        bind("escape", "leave", "kept_line.leave", msg("Back"), msg("Leave; unsaved text asks first")),
    ]

    def __init__(
        self, question: str, hint: str, save: SaveLine, *, draft: Draft, origin: Origin | None = None
    ) -> None:
        """Ask a question; the hint stands below while nothing is wrong."""
        super().__init__(classes="dialog")
        self._question = question
        self._hint = hint
        self._save = save
        self.keeper = Keeper(self, draft, origin)
        self._line = Input(compact=True)  # asked while the dialog is closed, when it is no child any more
        self._is_saving = False

    def compose(self) -> ComposeResult:
        """Lay out the question, the line, and what is to be known of it."""
        with Vertical(id="line"):
            yield Static(self._question, classes="dialog-title", markup=False)
            yield self._line
            yield Static(self._hint, id="line-hint", markup=False)

    def on_mount(self) -> None:
        """Bring unsaved text back."""
        kept = self.keeper.begin().get(LINE, "")
        if kept:
            self._line.value = kept
            self._line.cursor_position = len(kept)
            self.notify(tr("Text that was not saved before is here again."))
        self._line.focus()
        self.gateway.warm()

    def changed(self) -> Texts:
        """Return what was typed."""
        typed = self._line.value.strip()
        return {LINE: typed} if typed else {}

    @on(Input.Changed)
    def _typed(self) -> None:
        self.keeper.soon()
        self._say(self._hint)

    @on(Input.Submitted)
    def action_save(self) -> None:
        """Save the line, once."""
        if not self._line.value.strip():
            self.keeper.forget()
            self.dismiss(False)
        elif not self._is_saving:
            self._is_saving = True
            self._save_now()

    @work
    async def _save_now(self) -> None:
        from sfa.render.failures import failure_lines

        try:
            if await self._save(self._line.value.strip()):
                self.keeper.forget()
                self.dismiss(True)
        except SfaError as error:
            self._say("✗ " + "\n".join(failure_lines(error)), wrong=True)
        finally:
            self._is_saving = False

    def _say(self, text: str, *, wrong: bool = False) -> None:
        for hint in self.query("#line-hint").results(Static):
            hint.update(text)
            hint.set_class(wrong, "-wrong")

    @work
    async def action_leave(self) -> None:
        """Leave, after asking when something was typed."""
        if await self.may_leave():
            self.dismiss(False)
