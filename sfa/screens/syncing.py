"""Syncs of the app: at the start, every so often and on demand, one at a time, in a thread of their own.

The thread only tells; what follows from it happens on the thread that draws. Nothing here
waits for the network, not even at the end: a sync may be broken off anywhere.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from textual.signal import Signal

from sfa import config
from sfa.errors import Refused, SfaError
from sfa.i18n import tr
from sfa.reports.freshness import NEVER, Freshness, freshness

if TYPE_CHECKING:
    from textual.timer import Timer

    from sfa.screens.app import SfaApp
    from sfa.sync.engine import Progress, Telling
    from sfa.sync.kept import KeptStore
    from sfa.sync.running import Sleep, Synced

_FIRST_AFTER_S = 2.0  # the first screen and the keys come before the network
_MINUTE_S = 60.0
_END_WITHIN_S = 2.0


class Sync(Protocol):
    """What syncs once, as ``sfa.sync.running.sync`` does."""

    def __call__(
        self, home: Path, *, password: str | None, on_progress: Telling | None, sleep: Sleep, kept: KeptStore
    ) -> Synced:
        """Sync once."""


# Says whether a sync of this home would ask nobody for a password.
NeedsNobody = Callable[[Path, "KeptStore"], bool]


def _sync(
    home: Path, *, password: str | None, on_progress: Telling | None, sleep: Sleep, kept: KeptStore
) -> Synced:
    from sfa.sync import running  # the driver of the centre is loaded in the thread that needs it

    return running.sync(home, password=password, on_progress=on_progress, sleep=sleep, kept=kept)


def _needs_nobody(home: Path, kept: KeptStore) -> bool:
    from sfa.sync import running

    return running.needs_nobody(home, kept)


class Syncing:
    """How the store stands to the centre, and the sync that is under way."""

    def __init__(
        self, app: SfaApp, sync: Sync | None = None, needs_nobody: NeedsNobody | None = None
    ) -> None:
        """Sync with the real centre unless given otherwise; nothing begins yet."""
        self.fresh: Freshness = NEVER
        self.progress: Progress | None = None
        self.changed: Signal[None] = Signal(app, "sync changed")
        self._app = app
        self._sync = sync or _sync
        self._needs_nobody = needs_nobody or _needs_nobody
        self._kept: KeptStore | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._password: str | None = None
        self._timer: Timer | None = None
        self._has_looked = False
        self._may_go_on = True  # a login that was refused is not tried again by itself

    @property
    def is_running(self) -> bool:
        """Say whether a sync is under way."""
        return self._thread is not None

    def begin(self) -> None:
        """Follow the store, and sync by and by as the settings say."""
        self._app.store_changed.subscribe(self._app, lambda _: self.look())
        self.look()
        if self.keep_time():
            self._app.set_timer(_FIRST_AFTER_S, self._first)

    def keep_time(self) -> bool:
        """Sync every so many minutes from now on, as the settings say; say whether at all."""
        if self._timer is not None:
            self._timer.stop()
        every = self._minutes()
        self._timer = self._app.set_interval(every * _MINUTE_S, self._by_itself) if every else None
        return bool(every)

    def _minutes(self) -> int:
        try:
            return int(config.get("sync_every", self._app.gateway.home).value)
        except SfaError as error:
            self._app.report(error)
            return 0

    def look(self) -> None:
        """Ask the store how it stands."""
        look: Callable[[], Awaitable[None]] = self._look  # made when it runs: it may be cancelled before
        self._app.run_worker(look, group="fresh", exclusive=True)

    async def _look(self) -> None:
        try:
            self.fresh = await self._app.gateway.read(freshness)
        except SfaError:
            return  # the heading asks the same store and says what is wrong with it
        self._has_looked = True
        self.changed.publish(None)

    # Starting and ending ------------------------------------------------------------------

    def _first(self) -> None:
        """Sync for the first time once it is known whether this store is signed in."""
        if self._has_looked:
            self._by_itself()
        else:
            self._app.set_timer(_FIRST_AFTER_S, self._first)

    def _by_itself(self) -> None:
        if self.fresh.is_signed_in and self._may_go_on and not self.is_running:
            self._start(by_itself=True)

    def now(self, password: str | None = None) -> None:
        """Sync because somebody wants it; ``password`` is kept until the app ends."""
        self._password = password or self._password
        if self.is_running:
            self._app.notify(tr("A sync is under way already."))
            return
        self._start(by_itself=False)

    def _start(self, *, by_itself: bool) -> None:
        self._stop.clear()
        self.progress = None
        # A daemon: a network that does not answer must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, args=(by_itself,), name="sfa-sync", daemon=True)
        self._thread.start()
        self.changed.publish(None)

    def end(self) -> None:
        """Let the sync end between two calls, and close its store.

        One that hangs in the network is left behind as it is.
        """
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_END_WITHIN_S)
        if self._kept is not None and (self._thread is None or not self._thread.is_alive()):
            self._kept.close()

    # In the thread ------------------------------------------------------------------------

    def _run(self, by_itself: bool) -> None:
        home = self._app.gateway.home
        done: Synced | Exception | None = None
        try:
            kept = self._kept_store(home)
            if not by_itself or self._password or self._needs_nobody(home, kept):
                done = self._sync(
                    home, password=self._password, on_progress=self._told, sleep=self._wait, kept=kept
                )
        except Exception as error:  # noqa: BLE001  said on the thread that draws
            done = error
        self._later(self._ended, done, by_itself)

    def _kept_store(self, home: Path) -> KeptStore:
        from sfa.sync.kept import KeptStore

        if self._kept is None:
            self._kept = KeptStore(home)
        return self._kept

    def _told(self, progress: Progress) -> None:
        self._refuse_to_go_on()
        self._later(self._show, progress)

    def _wait(self, seconds: float) -> None:
        self._stop.wait(seconds)
        self._refuse_to_go_on()

    def _refuse_to_go_on(self) -> None:
        if self._stop.is_set():
            from sfa.sync.errors import stopped

            raise stopped()

    def _later(self, what: Callable[..., None], *given: object) -> None:
        if not self._stop.is_set():
            self._app.call_later(what, *given)

    # On the thread that draws -------------------------------------------------------------

    def _show(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.publish(None)

    def _ended(self, done: Synced | Exception | None, by_itself: bool) -> None:
        self._thread, self.progress = None, None
        if isinstance(done, SfaError):
            self._failed(done, by_itself)
        elif isinstance(done, Exception):
            self._went_wrong(done, by_itself)
        elif done is not None:
            self._may_go_on = True
            self._say(done, by_itself)
        self._app.refresh_places()

    def _failed(self, error: SfaError, by_itself: bool) -> None:
        from sfa.sync.errors import NotSignedIn

        self._may_go_on = not isinstance(error, Refused)
        if isinstance(error, NotSignedIn) and not by_itself:
            self._app.run_worker(self._ask_password(error))
        elif not by_itself:
            self._app.report(error)

    def _went_wrong(self, error: Exception, by_itself: bool) -> None:
        """Tell of a bug of ours without ending the app, in which somebody may be typing."""
        self._app.log.error("".join(traceback.format_exception(error)))
        if not by_itself:
            text = tr(
                "The program failed: {error}. Nothing is lost.", error=f"{type(error).__name__}: {error}"
            )
            self._app.notify(text, severity="error")

    async def _ask_password(self, error: SfaError) -> None:
        """Ask for the password, which neither environment nor keyring may have, and sync again."""
        from sfa.screens.dialogs.ask_line import AskLine

        if self._password is not None:
            self._app.report(error)
        hint = tr("Enter syncs. It is kept until the app ends; sfa login keeps it in the keyring.")
        typed = await self._app.push_screen_wait(AskLine(tr("Password of the centre"), hint, secret=True))
        if typed:
            self.now(typed)

    def _say(self, done: Synced, by_itself: bool) -> None:
        """Say what came; a sync of its own that brought nothing is not worth a word."""
        from sfa.render.syncs import synced_text

        waits = done.standing.to_decide
        if by_itself and not done.received and waits <= self.fresh.waiting:
            return
        lines = [synced_text(done, "table")]
        if waits:
            lines.append(tr("Something waits for your decision: {keys} shows it.", keys="g s"))
        self._app.notify("\n".join(lines), title=tr("Synced"))
