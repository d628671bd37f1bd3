"""A tour of the demo company: each step points at the real screen and waits until its key did its work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.widgets import Static

from sfa.errors import Msg, msg
from sfa.i18n import tr

if TYPE_CHECKING:
    from textual.timer import Timer

    from sfa.screens.app import SfaApp

_LOOK_EVERY_S = 0.1


class TourStep(NamedTuple):
    """What is said, the actions whose keys it names, and when it is done."""

    text: Msg
    actions: tuple[str, ...]
    is_done: Callable[[SfaApp, Tour], bool]


class TourPanel(Static):
    """The tour's words, above the line of keys."""


class Tour:
    """The tour as it stands: which step, and what had been changed when it began."""

    def __init__(self, app: SfaApp) -> None:
        """Begin with the first step, in Today."""
        self.app = app
        self.place = 0
        self.counted = (app.changes, app.taken_back)
        self.has_seen = False
        self._timer: Timer = app.set_interval(_LOOK_EVERY_S, self._look)
        app.action_go("today")

    @property
    def step(self) -> TourStep:
        """Return the present step."""
        return STEPS[self.place]

    def _look(self) -> None:
        if self.place < len(STEPS) - 1 and self.step.is_done(self.app, self):
            self.place += 1
            self.counted = (self.app.changes, self.app.taken_back)
            self.has_seen = False
        self._show()

    def _show(self) -> None:
        """Put the panel on the screen that is in front, where that is a place."""
        from sfa.screens.place import Place
        from sfa.screens.widgets.key_bar import KeyBar

        screen = self.app.screen
        if not isinstance(screen, Place) or not screen.is_mounted or not screen.query(KeyBar):
            return
        panels = screen.query(TourPanel)
        if panels:
            panels.first(TourPanel).update(self._content())
        else:
            screen.mount(TourPanel(self._content()), before=screen.query_one(KeyBar))

    def _content(self) -> Content:
        keys = {name.replace(".", "_"): self.app.key_of(name) for name in (*self.step.actions, "app.tour")}
        text = tr(self.step.text, **keys)
        count = tr("Tour {number}/{all}", number=self.place + 1, all=len(STEPS))
        end = Content.styled(
            f" {keys['app_tour']} {tr('ends the tour')} ", "underline @click=app.run_offer('app.tour')"
        )
        return Content.assemble((f"{count}  ", "bold"), text, " ", end)

    def end(self) -> None:
        """Take the panel off every screen."""
        self._timer.stop()
        for stack in self.app._screen_stacks.values():
            for screen in stack:
                screen.query(TourPanel).remove()


def _shows_a_record(app: SfaApp, _: Tour) -> bool:
    return bool(getattr(app.screen, "record_id", ""))


def _is_at(place: str) -> Callable[[SfaApp, Tour], bool]:
    return lambda app, _: app.current_mode == place and len(app.screen_stack) == 1


def _something_changed(app: SfaApp, tour: Tour) -> bool:
    return app.changes > tour.counted[0] and app.current_mode == "pipeline"


def _something_taken_back(app: SfaApp, tour: Tour) -> bool:
    return app.taken_back > tour.counted[1]


def _sought(app: SfaApp) -> str:
    from sfa.screens.records import RecordsScreen

    screen = app.screen
    return screen.records.query_shown.text if isinstance(screen, RecordsScreen) else ""


def _seeks(app: SfaApp, _: Tour) -> bool:
    return bool(_sought(app))


def _seeks_no_more(app: SfaApp, _: Tour) -> bool:
    return not _sought(app)


def _saw_the_keys(app: SfaApp, tour: Tour) -> bool:
    from sfa.screens.dialogs.chooser import Chooser

    if isinstance(app.screen, Chooser):
        tour.has_seen = True
        return False
    return tour.has_seen


STEPS = (
    TourStep(
        msg("This is Today: what the day asks of you. The arrows choose an entry; {agenda_open} shows it."),
        ("agenda.open",),
        _shows_a_record,
    ),
    TourStep(
        msg(
            "All there is about it, and below the keys for it. {record_back} goes one level back, everywhere."
        ),
        ("record.back",),
        _is_at("today"),
    ),
    TourStep(
        msg("{app_go_to} goes to a place by its letter: press {app_go_to}, then p for the pipeline."),
        ("app.go_to",),
        _is_at("pipeline"),
    ),
    TourStep(
        msg(
            "A column for each stage. The arrows choose a deal; {deal_advance} moves it to the next stage."
            " The mouse can drag it, too."
        ),
        ("deal.advance",),
        _something_changed,
    ),
    TourStep(
        msg("Too early? {app_undo} takes the last change back, and says which one that was."),
        ("app.undo",),
        _something_taken_back,
    ),
    TourStep(
        msg("Now a list: press {app_go_to}, then l for the leads."),
        ("app.go_to",),
        _is_at("leads"),
    ),
    TourStep(
        msg("{records_find} finds while you type: a name, a phone, or pinyin initials such as wj for 王军."),
        ("records.find",),
        _seeks,
    ),
    TourStep(
        msg("Enter goes on in the list; {find_forget} shows all again."),
        ("find.forget",),
        _seeks_no_more,
    ),
    TourStep(
        msg("{app_keys} lists every key of the place you are in. Look, then Esc."),
        ("app.keys",),
        _saw_the_keys,
    ),
    TourStep(
        msg(
            "That was it. {app_add} adds anything from anywhere, {app_palette} finds every command,"
            " {app_quit} leaves. Nothing here is real: try it all."
        ),
        ("app.add", "app.palette", "app.quit"),
        lambda _, __: False,
    ),
)
