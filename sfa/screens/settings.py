"""The Settings place: your settings, the organisation's and its lists, in groups; Enter changes one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from sfa import config
from sfa.errors import Msg, SfaError, msg
from sfa.screens.doing import settings as doing
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.agenda import Agenda, Question

if TYPE_CHECKING:
    import sqlite3

    from sfa.render.settings_place import Found, Line, Personal


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the list; ``noun`` is what kind of setting it is."""

    noun: str
    id: str
    days: None = None


class SettingsList(Agenda):
    """The settings under their headings."""

    BINDINGS = [
        bind("enter", "select", "settings.change", msg("Change"), msg("Change the setting"), footer=True)
    ]


class SettingsScreen(Place):
    """The settings; the chosen one is explained below."""

    PLACE = "settings"
    BINDINGS = [
        bind(
            "x", "reset", "settings.reset", msg("Default"), msg("Go back to the default value"), footer=True
        ),
    ]

    def __init__(self) -> None:
        """Start with nothing read."""
        super().__init__()
        self._found: Found | None = None

    def body(self) -> ComposeResult:
        """Lay out the list, and below it what the chosen one is for."""
        yield SettingsList("")
        with VerticalScroll(id="setting-chosen", can_focus=False):
            yield Static(markup=False)

    def on_mount(self) -> None:
        """Start in the list."""
        super().on_mount()
        self.query_one(SettingsList).focus()

    async def read_anew(self) -> None:
        """Ask how everything is set."""
        home = self.gateway.home
        self._found = await self.gateway.read(lambda connection: _found(connection, home))
        if self.is_attached:
            self.query_one(SettingsList).fill(_questions(self._found))
            self._explain()

    @on(Agenda.Chosen)
    def _explain(self) -> None:
        from sfa.render.settings_place import detail

        kind, name = self.query_one(SettingsList).chosen
        text = detail(self._found, kind, name) if self._found is not None else ""
        self.query_one("#setting-chosen Static", Static).update(text)
        self.refresh_bindings()

    def refusal(self, action: str) -> Msg | None:
        """Say why a setting cannot go back to its default."""
        if action != "reset" or self._found is None:
            return None
        kind, name = self.query_one(SettingsList).chosen
        if kind != "personal":
            return msg("Only a setting of your own has a default to go back to.")
        if self._found.personal[name].origin == "default":
            return msg("This setting has its default value.")
        return None

    # Changing ------------------------------------------------------------------------------

    @on(Agenda.Opened)
    @work
    async def _change(self) -> None:
        """Change the chosen setting, in whatever way is its own."""
        from sfa.screens import changing

        kind, name = self.query_one(SettingsList).chosen
        if self._found is not None and kind:
            await changing.change(self.sfa, self._found, kind, name)
            self._read_if_there()

    def action_reset(self) -> None:
        """Let the chosen setting have its default value again."""
        kind, name = self.query_one(SettingsList).chosen
        if kind == "personal":
            doing.put(self.sfa, name, "")
            self._read_if_there()

    def _read_if_there(self) -> None:
        """Read anew, unless another language has put another screen in this one's place."""
        if self.is_attached:
            self.read_soon()


def _found(connection: sqlite3.Connection, home: Path) -> Found:
    from sfa.finding import shared_settings
    from sfa.render import settings_place
    from sfa.reports.lists import counts
    from sfa.reports.whoami import whoami
    from sfa.store.lease import lease
    from sfa.sync.device import state

    return settings_place.Found(
        personal={name: _personal(name, home) for name in config.KNOWN},
        shared={key: shared_settings.settled(connection, key) for key in shared_settings.KNOWN},
        me=whoami(connection),
        centre=state.centre(connection) or "",
        lease=lease(home),
        counts=counts(connection, settings_place.LISTS),
        keys=len(doing.own_keys(home)),
        home=str(home),
    )


def _personal(name: str, home: Path) -> Personal:
    from sfa.render.failures import failure_lines
    from sfa.render.settings_place import Personal

    try:
        found = config.get(name, home)
    except SfaError as error:
        return Personal(name, "", str(home / config.FILE_NAME), fault=failure_lines(error)[0])
    return Personal(name, found.value, found.origin)


def _questions(found: Found) -> list[Question]:
    from sfa.render.settings_place import groups

    return [(heading, [_entry(line) for line in lines]) for heading, lines in groups(found)]


def _entry(line: Line) -> tuple[_Entry, str, str, str]:
    return _Entry(line.kind, line.id), line.label, line.value, line.beside
