"""Keeping what is typed into a form on the disk, while it is typed, off the thread that draws."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.timer import Timer

from sfa.i18n import tr
from sfa.screens.inside import Inside

if TYPE_CHECKING:
    from sfa.screens.doing.late import Origin
    from sfa.store.drafts import Draft

Texts = dict[str, str]

_AFTER_S = 0.5


class Keeper:
    """The draft of one form: behind what is typed by half a second and the time of writing."""

    def __init__(self, form: KeptScreen, draft: Draft, origin: Origin | None = None) -> None:
        """Keep nothing yet."""
        self._form = form
        self._draft = draft
        self._origin = origin
        self._timer: Timer | None = None
        self.is_over = False

    def is_open(self) -> bool:
        """Say whether the form still stands and its text is not settled."""
        return not self.is_over and self._form.is_attached

    def begin(self) -> dict[str, str]:
        """Return what an earlier form left, and what it was typed over: that is the ground again."""
        self._form.sfa.safekeeping.forms.add(self._form)
        kept = self._draft.take_up()
        if self._origin is not None:
            if kept is not None:
                self._origin.base.update(
                    {name: value for name, value in kept.base.items() if name in self._origin.base}
                )
            self._draft.base = self._origin.base
        return kept.texts if kept is not None else {}

    def soon(self) -> None:
        """Keep what is typed by then in half a second; who goes on typing puts nothing off."""
        if self._timer is None and not self.is_over:
            self._timer = self._form.set_timer(_AFTER_S, self._keep, name="draft")

    async def _keep(self) -> None:
        if not self.is_open():
            return
        texts = self._form.to_keep()
        try:
            await asyncio.to_thread(self._draft.keep, texts)
        finally:
            self._timer = None
        if self.is_open() and self._form.to_keep() != texts:
            self.soon()

    def now(self) -> None:
        """Keep what is typed at once, on this thread."""
        if self.is_open():
            self._draft.keep(self._form.to_keep())

    def forget(self) -> None:
        """Drop the draft: the text was saved, or is not wanted any more."""
        self.is_over = True
        self._draft.drop()

    def end(self) -> None:
        """Let go of the draft; what was kept of it stays."""
        self._form.sfa.safekeeping.forms.discard(self._form)
        self.is_over = True
        self._draft.leave()


class KeptScreen(Inside):
    """A screen whose text outlives it: kept while one types, asked about before it is let go."""

    keeper: Keeper

    def changed(self) -> Texts:
        """Return what was typed and is not saved, by the name of its field."""
        raise NotImplementedError

    def to_keep(self) -> Texts:
        """Return what is to be there again after a crash."""
        return self.changed()

    def typed_words(self) -> Sequence[str]:
        """Return what is asked about before it is let go; nothing when leaving loses nothing."""
        return list(self.changed().values())

    def keep_now(self) -> None:
        """Put what was typed on the disk before anything else happens."""
        self.keeper.now()

    def on_unmount(self) -> None:
        """Let go of the draft."""
        self.keeper.end()

    async def may_leave(self) -> bool:
        """Ask whether unsaved text may go; say yes when there is none."""
        from sfa.render.cells import one_line
        from sfa.screens.dialogs.confirm import Confirm

        words = self.typed_words()
        if words:
            question = tr(
                "Leave without saving? Typed so far: {fields}.", fields=", ".join(map(one_line, words))
            )
            if not await self.app.push_screen_wait(Confirm(question, yes=tr("Leave without saving"))):
                return False
        self.keeper.forget()
        return True
