"""An order in words to hand on: how it stands on one line, and the message to its customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from sfa import clock
from sfa.errors import SfaError, msg
from sfa.finding.order_tracking import Tracked, track
from sfa.i18n import LANGUAGES, language, tr
from sfa.render.settings_place import LANGUAGE_NAMES
from sfa.screens.inside import Inside
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp


class TextToCopy(ModalScreen[None], Inside):
    """A text to read and copy, in one language or several."""

    BINDINGS = [
        bind("y", "copy_text", "text.copy", msg("Copy"), msg("Copy the text"), footer=True),
        bind("l", "turn", "text.language", msg("Language"), msg("The same in the other language")),
        bind("escape", "leave", "text.leave", msg("Back"), msg("Close the text"), footer=True),
    ]

    def __init__(self, title: str, texts: Mapping[str, str], *, hint: str) -> None:
        """Show the first of the texts, which are by their language."""
        super().__init__(classes="dialog")
        self._heading = title
        self._texts = dict(texts)
        self._language = next(iter(self._texts))
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Lay out the text and how it is copied."""
        with Vertical(id="line"):
            yield Static(self._heading, classes="dialog-title", markup=False)
            with VerticalScroll(id="text-to-copy"):
                yield Static(self.text, id="text", markup=False)
            yield Static(self._hint, id="line-hint", markup=False)

    @property
    def text(self) -> str:
        """Return the text in the language that is shown."""
        return self._texts[self._language]

    def action_copy_text(self) -> None:
        """Copy the text, and close."""
        self.app.copy_to_clipboard(self.text)
        self.notify(tr("Copied: {label}", label=self._heading))
        self.dismiss(None)

    def action_turn(self) -> None:
        """Show the text in the next language."""
        known = list(self._texts)
        self._language = known[(known.index(self._language) + 1) % len(known)]
        self.query_one("#text", Static).update(self.text)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


async def show_track(app: SfaApp, order_id: str) -> None:
    """Show how an order stands, on one line to copy."""
    from sfa.render.orders import track_line

    tracked = await _tracked(app, order_id)
    if tracked is not None:
        title = tr("How {label} stands", label=tracked.number)
        line = track_line(tracked, clock.today())
        await app.push_screen_wait(TextToCopy(title, {language(): line}, hint=tr("y copies, Esc closes")))


async def show_message(app: SfaApp, order_id: str) -> None:
    """Show what to write to the customer about the day of delivery, in either language."""
    from sfa.render.orders import has_news

    tracked = await _tracked(app, order_id)
    if tracked is None:
        return
    if not has_news(tracked):
        told = tr(
            "The order {number} is closed or delivered: there is no day to tell of.", number=tracked.number
        )
        app.notify(told, severity="warning")
        return
    await _show(app, tracked, tr("To tell the customer of {label}", label=tracked.number))


async def offer_message(app: SfaApp, order_id: str, before: object) -> None:
    """Show what to write to the customer when the order is promised for another day than before."""
    from sfa.render.orders import has_news

    tracked = await _tracked(app, order_id)
    if tracked is None or not has_news(tracked):
        return
    promised = tracked.promised.isoformat() if tracked.promised else ""
    if promised != str(before or ""):
        await _show(app, tracked, tr("The promised day changed; to tell the customer"))


async def _show(app: SfaApp, tracked: Tracked, title: str) -> None:
    from sfa.render.orders import message_text

    others = [each for each in LANGUAGES if each != language()]
    texts = {each: message_text(tracked, each) for each in (language(), *others)}
    names = ", ".join(LANGUAGE_NAMES[each] for each in others)
    hint = tr("y copies, l shows it in {language}, Esc closes", language=names)
    await app.push_screen_wait(TextToCopy(title, texts, hint=hint))


async def _tracked(app: SfaApp, order_id: str) -> Tracked | None:
    try:
        return await app.gateway.read(lambda connection: track(connection, order_id))
    except SfaError as error:
        app.report(error)
        return None
