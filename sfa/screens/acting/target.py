"""The record that a key acts on, and doing something with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual import work as in_background

from sfa.errors import Msg, SfaError, msg
from sfa.screens.inside import Inside
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.render.copied import Copied


class Acting(Inside):
    """A screen with a record in view, or several marked ones."""

    BINDINGS = [
        bind(
            "a",
            "add_to_it",
            "record.add",
            msg("Add to it"),
            msg("Add a task, visit, deal … to the record in view"),
        ),
        bind(
            "y",
            "copy",
            "record.copy",
            msg("Copy"),
            msg("Copy a phone, email, name, reference … of it"),
        ),
        bind(
            "F",
            "files",
            "record.files",
            msg("Files"),
            msg("The files attached to the record in view: add, open, save, take off"),
        ),
    ]

    @property
    def target(self) -> tuple[str, str]:
        """Return (noun, id) of the record in view; two empty texts when there is none."""
        return "", ""

    async def targets(self) -> Sequence[str]:
        """Return the ids of the marked records, or of the one in view."""
        record_id = self.target[1]
        return [record_id] if record_id else []

    def acted(self) -> None:
        """Hear that the targets were changed: whoever marks them takes the marks away."""

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be added or copied: nothing is in view."""
        if action in {"add_to_it", "copy", "files"} and not self.target[0]:
            return msg("There is no record to do this with.")
        if action == "files" and not _takes_files(self.target[0]):
            return msg("No files can be attached to this.")
        return super().refusal(action)

    @in_background
    async def action_add_to_it(self) -> None:
        """Ask what to add to the record in view, and open its form."""
        from sfa.screens.forms.adding import add_to

        await add_to(self.sfa, *self.target)

    @property
    def chosen(self) -> tuple[str, str]:
        """Return what is copied where that is another record than the one in view."""
        return self.target

    def more_to_copy(self) -> Sequence[Copied]:
        """Return values that are of the screen and not of the record."""
        return ()

    @in_background
    async def action_copy(self) -> None:
        """Ask which value of the record, and copy it."""
        from sfa.screens.acting.copying import copy_value

        await copy_value(self.sfa, *self.chosen, self.more_to_copy())

    def action_files(self) -> None:
        """Show the files of the record in view."""
        from sfa.screens.files import FilesScreen

        self.sfa.push_screen(FilesScreen(*self.target))

    async def act(self, name: Msg, work: Callable[[Session], Any], **arguments: object) -> bool:
        """Change the store and say what was done; an error is said too. Say whether it went well."""
        try:
            done = await self.gateway.perform(name, work, **arguments)
        except SfaError as error:
            self.sfa.report(error)
            return False
        self.sfa.told(done)
        self.acted()
        return True

    def refusal_for(self, noun: str, otherwise: Msg) -> Msg | None:
        """Return why nothing can be done: no record is in view, or one of another noun."""
        present = self.target[0]
        if not present:
            return msg("There is no record to do this with.")
        return None if present == noun else otherwise


def _takes_files(noun: str) -> bool:
    from sfa.fields import NOUNS, TABLES

    return noun in NOUNS and f"{NOUNS[noun].table}_id" in TABLES["attachment"].column_names()
