"""What stands before everything else while the organisation wants a sync before the store opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from sfa import clock
from sfa.errors import msg
from sfa.i18n import tr
from sfa.screens.inside import Inside
from sfa.screens.keys import bind
from sfa.store import lease
from sfa.store.home import LEASE_NAME, is_there

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp


class AskForSync(Inside, ModalScreen[None]):
    """Says since when there was no sync, and syncs; it goes by itself once one was finished."""

    BINDINGS = [
        bind("s", "sync", "lease.sync", msg("Sync"), msg("Sync with the centre now")),
        bind("q,ctrl+q", "app.quit", "lease.quit", msg("Quit"), msg("Leave the app; everything is saved")),
    ]

    def __init__(self, error: lease.LeaseOver) -> None:
        """Show what the store says of itself."""
        super().__init__(classes="dialog")
        self._error = error

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        from sfa.render.failures import failure_lines

        what, why, *_ = failure_lines(self._error)
        with Vertical(id="lease"):
            yield Static(what, classes="dialog-title", markup=False)
            yield Static(f"{why} {tr('What is unsent is safe and goes with it.')}", markup=False)
            yield Static(id="lease-state", markup=False)

    def on_mount(self) -> None:
        """Follow the sync under way."""
        self.sfa.syncing.changed.subscribe(self, lambda _: self._draw())
        self._draw()

    def _draw(self) -> None:
        from sfa.render.syncs import corner_forms

        syncing = self.sfa.syncing
        keys = tr("s syncs, q leaves the app.")
        if syncing.is_running:
            forms = corner_forms(syncing.fresh, syncing.progress, clock.utc_now(), running=True)
            keys = next(iter(forms), keys)
        self.query_one("#lease-state", Static).update(keys)

    def action_sync(self) -> None:
        """Sync now."""
        self.sfa.syncing.now()


def mind_the_lease(app: SfaApp) -> None:
    """Ask for a sync before anything else where one is wanted, and stand aside after it.

    A form that is open is finished first: what was typed there must not wait for a network.
    """
    over = _over(app)
    shown = next((each for each in app.screen_stack if isinstance(each, AskForSync)), None)
    if over is None:
        if shown is not None and shown is app.screen:
            shown.dismiss()
    elif shown is None and not any(hasattr(each, "may_leave") for each in app.screen_stack):
        app.push_screen(AskForSync(over))


def _over(app: SfaApp) -> lease.LeaseOver | None:
    home = app.gateway.home
    try:
        if is_there(home / LEASE_NAME):
            lease.check(home)
    except lease.LeaseOver as error:
        return error
    return None
