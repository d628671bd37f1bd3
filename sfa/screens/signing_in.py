"""Signing in to the team's centre from the app, and out of it."""

from __future__ import annotations

import asyncio
import platform
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from sfa.errors import NeedsDecision, SfaError, msg
from sfa.i18n import tr
from sfa.screens.inside import Inside
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp


class SignIn(Inside, ModalScreen[bool]):
    """Asks for the address and the password; gives whether the store is signed in afterwards."""

    BINDINGS = [
        bind("down", "app.focus_next", "sign_in.next", msg("Next field"), msg("Also Tab and Enter")),
        bind("up", "app.focus_previous", "sign_in.previous", msg("Field before"), msg("Also Shift+Tab")),
        bind("escape", "leave", "sign_in.leave", msg("Back"), msg("Change nothing")),
    ]

    def __init__(self) -> None:
        """Begin with nothing typed."""
        super().__init__(classes="dialog")
        self._is_under_way = False

    def compose(self) -> ComposeResult:
        """Lay out the two lines, and below them how it goes."""
        with Vertical(id="line"):
            yield Static(tr("Sign in to the team's centre"), classes="dialog-title", markup=False)
            yield Static(tr("Address, as your administrator gave it to you"), markup=False)
            yield Input(placeholder="postgresql://LOGIN@HOST/sfa", id="sign-in-url", compact=True)
            yield Static(tr("Password"), markup=False)
            yield Input(password=True, id="sign-in-password", compact=True)
            yield Static(self._usual(), id="line-hint", markup=False)

    @staticmethod
    def _usual() -> str:
        return tr("Enter signs in and syncs; Esc goes back. What this store holds becomes yours there.")

    @on(Input.Submitted, "#sign-in-url")
    def _url_typed(self) -> None:
        self.query_one("#sign-in-password").focus()

    @on(Input.Submitted, "#sign-in-password")
    @work
    async def _sign_in(self) -> None:
        if self._is_under_way:
            return
        self._is_under_way = True
        url = self.query_one("#sign-in-url", Input).value.strip()
        secret = self.query_one("#sign-in-password", Input).value
        self._say(tr("Signing in …"))
        home = self.gateway.home

        def login() -> str:
            from sfa.sync import running

            welcome = running.login(home, url, secret or None, device_name=platform.node(), keep=True)
            return tr(
                "Signed in as {name}; this device is {code}.", name=welcome.user_name, code=welcome.code
            )

        try:
            said = await asyncio.to_thread(login)
        except SfaError as error:
            from sfa.render.failures import failure_lines

            self._say("✗ " + "\n".join(failure_lines(error)), wrong=True)
            self.query_one("#sign-in-url").focus()
        else:
            self.sfa.notify(said)
            self.sfa.refresh_places()
            self.sfa.syncing.now(secret or None)
            self.dismiss(True)
        finally:
            self._is_under_way = False

    def _say(self, text: str, *, wrong: bool = False) -> None:
        hint = self.query_one("#line-hint", Static)
        hint.update(text)
        hint.set_class(wrong, "-wrong")

    def action_leave(self) -> None:
        """Close; a signing in that is under way ends in its own time."""
        self.dismiss(False)


async def sign_in(app: SfaApp) -> bool:
    """Sign in, and sync; say whether it was done."""
    return await app.push_screen_wait(SignIn())


async def sign_out(app: SfaApp) -> None:
    """Ask and sign out; changes that were not sent ask once more."""
    from sfa.screens.dialogs.confirm import Confirm

    question = tr("Sign this store out of its centre?")
    if not await app.push_screen_wait(Confirm(question, yes=tr("Sign out"))):
        return
    try:
        await _logout(app, even_unsent=False)
    except NeedsDecision as error:
        from sfa.render.failures import failure_lines

        asked = Confirm(question, details=failure_lines(error)[:1], yes=tr("Sign out all the same"))
        if not await app.push_screen_wait(asked):
            return
        try:
            await _logout(app, even_unsent=True)
        except SfaError as other:
            app.report(other)
            return
    except SfaError as error:
        app.report(error)
        return
    app.notify(tr("Signed out. The records are still here; sign in again with: sfa login URL."))
    app.refresh_places()


async def _logout(app: SfaApp, *, even_unsent: bool) -> None:
    from sfa.sync import running

    home = app.gateway.home
    await asyncio.to_thread(lambda: running.logout(home, even_unsent=even_unsent))
