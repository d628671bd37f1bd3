"""The app: its places, what every place shares, and how changes and errors are told."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.binding import Binding
from textual.signal import Signal

from sfa import config
from sfa.errors import Msg, SfaError, msg
from sfa.i18n import tr
from sfa.screens import dressing, offers
from sfa.screens.dialogs.lease_over import mind_the_lease
from sfa.screens.gateway import Done, Gateway
from sfa.screens.inside import Inside
from sfa.screens.keys import PLACES, bind, record_screen
from sfa.screens.leaving import LeavesInPeace
from sfa.screens.offers import Offer
from sfa.screens.safekeeping import Safekeeping
from sfa.screens.starting.first_steps import offer_first_steps
from sfa.screens.syncing import Syncing
from sfa.screens.terminal_input import forgiving
from sfa.screens.tidying import SETTLED_AFTER_S, settle, tidy, unsettle
from sfa.screens.type_ahead import OneKeyAtATime

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.screen import Screen

    from sfa.screens.dialogs.ask_paper import PaperAsked
    from sfa.screens.starting.tour import Tour
    from sfa.screens.syncing import Sync

BUG = 70  # what the process ends with when the fault is ours
_LOOK_EVERY_S = 1.0
_SMALLEST = (60, 15)


class SfaApp(LeavesInPeace, OneKeyAtATime):
    """The terminal app on one store."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "sfa"
    MODES: ClassVar[dict[str, Any]] = {name: spec.open for name, spec in PLACES.items()}
    BINDINGS = [
        bind("question_mark", "keys", "app.keys", msg("Keys"), msg("All keys of this place"), footer=True),
        bind("ctrl+p", "palette", "app.palette", msg("Commands"), msg("Find a command by its name")),
        bind("ctrl+o", "jump", "app.jump", msg("Find a record"), msg("Jump to any record by name or phone")),
        bind("g", "go_to", "app.go_to", msg("Go to"), msg("Go to another screen")),
        bind(
            "ctrl+n", "add_any", "app.add", msg("Add"), msg("Add a task, a visit, a lead or another record")
        ),
        bind("u", "undo", "app.undo", msg("Undo"), msg("Take back the last change")),
        bind("U,ctrl+r", "redo", "app.redo", msg("Redo"), msg("Bring back what undo took")),
        bind(
            "ctrl+t",
            "tour",
            "app.tour",
            msg("Tour"),
            msg("A walk through the app on the demo company; once more ends it"),
        ),
        # Before anything else: what is typed right after it must land in the next field, not in this one.
        Binding("tab", "focus_next", show=False, priority=True),
        Binding("shift+tab", "focus_previous", show=False, priority=True),
        bind("q,ctrl+q", "quit", "app.quit", msg("Quit"), msg("Leave the app; everything is saved")),
    ]

    def __init__(
        self,
        home: Path,
        *,
        start: str = "today",
        sync: Sync | None = None,
        welcome: bool = False,
        tour: bool = False,
    ) -> None:
        """Open on a store's folder; nothing is read before the first screen is drawn.

        With ``welcome`` the first steps are offered in an empty store, with ``tour`` the tour begins.
        """
        # Where no colours are wanted, none are sent: the framework's own way would be shades of grey.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.gateway = Gateway(home, on_wait=self._waiting)
        self.start = start if start in PLACES else "today"
        self.heading_text = self.last_folder = ""  # where the file was that was attached or saved last
        self.last_paper: PaperAsked | None = None  # how a quote was printed last
        self.reads_only = False
        self._acted_at = 0.0
        self.heading_changed: Signal[str] = Signal(self, "heading changed")
        self.store_changed: Signal[None] = Signal(self, "store changed")
        self.syncing = Syncing(self, sync)
        self.safekeeping = Safekeeping(self)
        self.next_home: Path | None = None  # the demo company's, once it is to be looked at
        self.tour: Tour | None = None
        self.changes = self.taken_back = 0
        self._welcome, self._tour_first = welcome, tour

    def on_mount(self) -> None:
        """Dress, open the first place, and from then on notice what other processes change."""
        dressing.dress(self)
        self.switch_mode(self.start)
        self.call_later(mind_the_lease, self)
        self.reread_heading()
        self.syncing.begin()
        self.safekeeping.begin()
        self.set_interval(_LOOK_EVERY_S, self._look_around)
        self.set_timer(SETTLED_AFTER_S, settle)
        if self._tour_first:
            self.call_later(self.action_tour)
        elif self._welcome:
            self.run_worker(offer_first_steps(self))

    @work(group="heading", exclusive=True)
    async def reread_heading(self) -> None:
        """Read who works here, for the line at the top."""
        from sfa.render.heading import heading_text
        from sfa.reports.heading import heading

        try:
            found = await self.gateway.read(heading)
            self.heading_text, self.reads_only = heading_text(found), found.reads_only
        except SfaError as error:
            self.report(error)
        else:
            self.heading_changed.publish(self.heading_text)

    def _look_around(self) -> None:
        tidy(time.monotonic() - self._acted_at)
        try:
            mind_the_lease(self)
            if self.heading_text and self.gateway.changed_elsewhere():
                self.store_changed.publish(None)
        except SfaError as error:
            self.report(error)

    async def on_event(self, event: events.Event) -> None:
        """Note when somebody last did something."""
        if isinstance(event, events.InputEvent):
            self._acted_at = time.monotonic()
        await super().on_event(event)

    def _waiting(self) -> None:
        text = tr("Waiting for another process to finish its change …")
        self.call_from_thread(self.notify, text, timeout=10)

    # Going places -------------------------------------------------------------------------

    def action_go(self, place: str) -> None:
        """Go to a place, unless a dialog stands before it."""
        if not self.screen.is_modal and place in PLACES:
            self.switch_mode(place)

    @work
    async def action_go_to(self) -> None:
        """Ask for the place by its letter, and go there."""
        from sfa.screens.dialogs.letters import Choice, Letters

        choices = [Choice(spec.name, spec.letter, tr(spec.label)) for spec in PLACES.values()]
        place = await self.push_screen_wait(Letters(tr("Go to"), choices))
        if place is not None:
            await self.switch_mode(place)

    @work
    async def action_jump(self) -> None:
        """Find any record and show it."""
        from sfa.screens.dialogs.chooser import Chooser, nothing_found
        from sfa.screens.jump import find_records

        found = await self.push_screen_wait(
            Chooser(
                tr("Find a record"),
                find_records(self.gateway),
                placeholder=tr("Name, phone, email or pinyin initials"),
                empty=nothing_found(),
            )
        )
        if found is not None:
            noun, _, record_id = found.partition(":")
            self.show_record(noun, record_id)

    def show_record(self, noun: str, record_id: str) -> None:
        """Show a record in full, above the present place; it is not shown over itself."""
        if (getattr(self.screen, "noun", ""), getattr(self.screen, "record_id", "")) == (noun, record_id):
            return
        self.push_screen(record_screen(noun, record_id))

    @work
    async def add_record(self, noun: str) -> None:
        """Open the form of a new record of a noun."""
        from sfa.screens.forms.opening import add_record

        await add_record(self, noun)

    @work
    async def action_add_any(self) -> None:
        """Ask what is new, and open its form, from wherever one is."""
        from sfa.screens.forms.adding import add_any

        if not self.screen.is_modal:
            await add_any(self)

    @work
    async def offer_unsaved(self, *, asked: bool = True) -> None:
        """List text that was typed and not saved, and open its form again."""
        from sfa.screens.forms.unsaved import offer_unsaved

        await offer_unsaved(self, asked=asked)

    # Keys, palette ------------------------------------------------------------------------

    def offers(self, screen: Screen[Any]) -> list[Offer]:
        """Return what can be done on a screen, by key."""
        return offers.offers_of(screen)

    @work
    async def action_keys(self) -> None:
        """List the keys of this place; Enter runs one."""
        from sfa.screens.dialogs.chooser import Chooser, among, nothing_found

        found = self.offers(self.screen)
        entries = offers.key_entries(found)
        chosen = await self.push_screen_wait(
            Chooser(
                tr("Keys"),
                among(entries),
                placeholder=tr("Type to search; Enter runs"),
                empty=nothing_found(),
            )
        )
        await self._run_one(found, chosen)

    @work
    async def action_palette(self) -> None:
        """Find a command by its name and run it."""
        from sfa.screens import palette
        from sfa.screens.views import Views

        found, screen = self.offers(self.screen), self.screen
        views = await screen.known_views() if isinstance(screen, Views) else []
        chosen = await self.push_screen_wait(palette.chooser(self, found, views))
        if chosen is not None and not palette.run(self, chosen):
            await self._run_one(found, chosen)

    def key_of(self, name: str) -> str:
        """Return the key of an action as people read it, the user's own where they gave it one."""
        return offers.key_of(self, name)

    @work
    async def action_tour(self) -> None:
        """Begin the tour, or end it; a store of one's own is left for the demo company."""
        from sfa.screens.starting.leading import lead_around

        await lead_around(self)

    def action_run_offer(self, name: str) -> None:
        """Run what a binding of that id does: a click on the line at the bottom."""
        self.run_worker(self._run_one(self.offers(self.screen), name))

    async def _run_one(self, found: list[Offer], name: str | None) -> None:
        for offer in found:
            if offer.binding.id == name:
                await self.run_action(offer.binding.action, offer.node)

    async def run_action(
        self,
        action: Any,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, or say why it is not possible now; on a screen that comes or goes it is none."""
        if isinstance(default_namespace, Inside) and not default_namespace.is_ready:
            return True
        refusal = offers.refusal_of(default_namespace, action) if isinstance(action, str) else ""
        if refusal:
            self.notify(refusal, severity="warning")
            return True
        return await super().run_action(action, default_namespace, namespaces)

    # Changes and errors -------------------------------------------------------------------

    def told(self, done: Done, what: Msg | None = None) -> None:
        """Say what a change did and let every screen read anew; a change of nothing is said too."""
        from sfa.render.changes import change_name

        if done.name is None:
            self.notify(tr("Nothing was changed."))
            return
        self.changes += 1
        name = change_name(done.name.text, done.name.arguments)
        self.notify(tr(what, name=name) if what else tr("{name}. u takes it back.", name=name))
        self.refresh_places()

    def refresh_places(self) -> None:
        """Let every screen read anew."""
        self.gateway.changed_elsewhere()  # our own commit is no news
        self.store_changed.publish(None)
        self.reread_heading()

    def report(self, error: SfaError) -> None:
        """Say what went wrong, why, and what to do next."""
        from sfa.render.failures import failure_lines

        what, *rest = failure_lines(error)
        self.notify("\n".join(rest) or what, title=what if rest else "", severity="error")

    @work
    async def action_undo(self) -> None:
        """Take back the last change, by name."""
        from sfa.screens.taking_back import take_back

        await take_back(self, redo=False)

    @work
    async def action_redo(self) -> None:
        """Bring back what the last undo took."""
        from sfa.screens.taking_back import take_back

        await take_back(self, redo=True)

    # Ending -------------------------------------------------------------------------------

    @work
    async def action_quit(self) -> None:  # type: ignore[override]
        """Leave; a form with unsaved text asks first."""
        for screen in self.screen_stack:
            leave = getattr(screen, "may_leave", None)
            if leave is not None and not await leave():
                return
        self.exit()

    def get_driver_class(self) -> type[Driver]:
        """Return what speaks with the terminal."""
        return forgiving(super().get_driver_class())

    def exit(self, *given: Any, **more: Any) -> None:
        """End the app, with what was typed on the disk."""
        self.safekeeping.keep()
        super().exit(*given, **more)

    def panic(self, *renderables: RenderableType) -> None:
        """End the app for what went wrong, with what was typed on the disk."""
        self._return_code = BUG
        self.safekeeping.keep()
        super().panic(*renderables)

    def _fatal_error(self) -> None:
        from rich.traceback import Traceback

        # Without the values of variables: they hold what people typed, and some cannot be shown.
        self.panic(Traceback(width=None))

    def action_help_quit(self) -> None:
        """Say how to leave: Ctrl+C copies what is selected, and ends nothing."""
        self.notify(tr("Press q to leave."))

    def on_unmount(self) -> None:
        """Finish the changes that wait and close the store; leave the process as it was."""
        self.syncing.end()
        self.safekeeping.end()
        self.gateway.close()
        unsettle()

    def on_resize(self, event: events.Resize) -> None:
        """Say so when the terminal is too small to work in."""
        from sfa.screens.dialogs.too_small import TooSmall

        width, height = event.size
        small = width < _SMALLEST[0] or height < _SMALLEST[1]
        shown = [screen for screen in self.screen_stack if isinstance(screen, TooSmall)]
        if small and not shown:
            self.push_screen(TooSmall())
        for screen in () if small else shown:
            screen.dismiss()


def run(home: Path, start: str = "", *, tour: bool = False) -> int:
    """Open the app; return the exit code when it is left.

    Raises:
        BadUsage: the settings cannot be read.
        StoreUnusable: the store cannot be opened.
    """
    while True:
        app = SfaApp(home, start=start or config.get("start", home).value, welcome=True, tour=tour)
        app.run()
        if app.next_home is None or app.return_code:
            return app.return_code or 0
        home, start, tour = app.next_home, "today", True
