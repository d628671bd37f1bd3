"""The files attached to one record: added, opened, saved, taken off."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from sfa.errors import Msg, Refused, SfaError, msg
from sfa.i18n import tr
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.agenda import Agenda

if TYPE_CHECKING:
    from sfa.finding.attachments import Attachment

_OF_A_FILE = frozenset({"open", "save", "remove"})


class _Line(NamedTuple):
    """A file among the entries."""

    noun: str
    id: str
    days: int | None = None


class FilesScreen(Place):
    """The files of a record, oldest first."""

    BINDINGS = [
        bind("n", "new", "files.new", msg("Add"), msg("Attach a file of this machine"), footer=True),
        bind(
            "o",
            "open",
            "files.open",
            msg("Open file"),
            msg("Open a copy with the system's program, as Enter does"),
            footer=True,
        ),
        bind(
            "s", "save", "files.save", msg("Save a copy"), msg("Save a copy where you like it"), footer=True
        ),
        bind(
            "x",
            "remove",
            "files.remove",
            msg("Take off"),
            msg("Take the file off the record; u brings it back"),
            footer=True,
        ),
        bind("escape", "back", "files.back", msg("Back"), msg("One level back"), footer=True),
    ]

    def __init__(self, noun: str, record_id: str) -> None:
        """Name the record."""
        super().__init__()
        self.about = (noun, record_id)
        self._label = ""
        self._files: dict[str, Attachment] = {}

    def body(self) -> ComposeResult:
        """Lay out the record's name and its files."""
        yield Static(id="files", classes="above", markup=False)
        yield Agenda(tr("No files yet. n attaches one."))

    def on_mount(self) -> None:
        """Start in the files."""
        super().on_mount()
        self.query_one(Agenda).focus()

    async def read_anew(self) -> None:
        """Ask for the files."""
        from sfa.finding.attachments import of_record
        from sfa.finding.labels import labels
        from sfa.render.attachments import file_line

        noun, record_id = self.about
        files = await self.gateway.read(lambda connection: of_record(connection, noun, record_id))
        found = await self.gateway.read(lambda connection: labels(connection, noun, [record_id]))
        self._label = found.get(record_id, "")
        self._files = {each.id: each for each in files}
        title = tr("Files of {label}", label=self._label)
        self.query_one("#files", Static).update(title)
        lines = [(_Line("attachment", each.id), *file_line(each)) for each in files]
        heading = tr("Files ({count})", count=len(files))
        self.query_one(Agenda).fill([(heading, lines)] if lines else [])
        self.refresh_bindings()

    @property
    def _chosen(self) -> Attachment | None:
        return self._files.get(self.query_one(Agenda).chosen[1])

    def refusal(self, action: str) -> Msg | None:
        """Say that there is no file to do it with."""
        if action in _OF_A_FILE and self._chosen is None:
            return msg("There is no file here; n attaches one.")
        return super().refusal(action)

    @work
    async def action_new(self) -> None:
        """Ask for a file of this machine, and attach it."""
        from sfa.finding.attachments import look_at
        from sfa.screens.dialogs.ask_path import AskPath
        from sfa.screens.doing import attachments

        question = tr("Attach which file to {label}?", label=self._label)
        path = await self.sfa.push_screen_wait(AskPath(question, look_at, text=self.sfa.last_folder))
        if path is None:
            return
        self.sfa.last_folder = _folder(path)
        name = msg("Attach {file} to {label}")
        work_ = attachments.add(*self.about, path, self.gateway.home)
        try:
            done = await self.gateway.perform(name, work_, file=path.name, label=self._label)
        except SfaError as error:
            self.sfa.report(error)
            return
        self.sfa.told(done)

    @on(Agenda.Opened)
    def _opened(self) -> None:
        self.action_open()

    @work(group="open")
    async def action_open(self) -> None:
        """Open a copy of the chosen file with the system's program."""
        from sfa.finding.attachments import lay_open
        from sfa.store.programs import open_file

        file = self._chosen
        if file is None:
            return
        try:
            place = await asyncio.to_thread(lay_open, file, home=self.gateway.home)
            await asyncio.to_thread(open_file, place)
        except SfaError as error:
            self.sfa.report(error)
        else:
            self.notify(tr("Opened: a copy of {name}; changes to it are not kept.", name=file.name))

    @work
    async def action_save(self) -> None:
        """Ask where to, and save a copy of the chosen file."""
        from sfa.finding.attachments import file_name, save_copy
        from sfa.screens.dialogs.ask_path import AskPath
        from sfa.screens.dialogs.confirm import Confirm
        from sfa.store.home import content_dir

        file = self._chosen
        if file is None:
            return
        begins = f"{self.sfa.last_folder or '~/'}{file_name(file.name)}"
        question = tr("Save a copy of {name} where?", name=file.name)
        target = await self.sfa.push_screen_wait(AskPath(question, _writable, text=begins, folders_only=True))
        if target is None:
            return
        place = target / file_name(file.name) if target.is_dir() else target
        is_there = place.exists()
        if is_there and not await self.sfa.push_screen_wait(
            Confirm(tr("{path} exists already. Overwrite it?", path=str(place)), yes=tr("Write over it"))
        ):
            return
        folder = content_dir(self.gateway.home)
        try:
            saved = await asyncio.to_thread(save_copy, file, place, folder=folder, overwrite=is_there)
        except SfaError as error:
            self.sfa.report(error)
            return
        self.sfa.last_folder = _folder(saved)
        self.notify(tr("Saved: {path}", path=str(saved)))

    @work
    async def action_remove(self) -> None:
        """Take the chosen file off the record."""
        from sfa.screens.doing import attachments

        file = self._chosen
        if file is None:
            return
        name = msg("Take {file} off {label}")
        try:
            done = await self.gateway.perform(
                name, attachments.delete(file.id), file=file.name, label=self._label
            )
        except SfaError as error:
            self.sfa.report(error)
            return
        self.sfa.told(done)

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss()


def _folder(path: Path) -> str:
    """Return the folder of a file as one types it, the next question's beginning."""
    return f"{path.absolute().parent}/".replace("//", "/")


def _writable(path: Path) -> None:
    """Look whether a copy can be saved at a path.

    Raises:
        Refused: there is no such folder.
    """
    if not path.is_dir() and not path.parent.is_dir():
        raise Refused(
            msg("There is no folder {path}."), hint=msg("Name one that is there."), path=str(path.parent)
        )
