"""Saved views of a list of records: chosen by name, saved, renamed, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work

from sfa import config
from sfa.errors import Msg, SfaError, msg
from sfa.finding.views import View, named, views_of
from sfa.i18n import tr
from sfa.screens.inside import Inside
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from sfa.screens.dialogs.chooser import Entry

_SAVE, _SHARE, _RENAME, _DELETE = _ACTIONS = ("save", "share", "rename", "delete")
_VIEW = "view:"


class Views(Inside):
    """A list that can be looked at in saved ways."""

    NOUN: ClassVar[str] = ""
    KEPT: ClassVar[Msg] = msg("filter, order and columns")
    BINDINGS = [
        bind(
            "V",
            "views",
            "records.views",
            msg("Views"),
            msg("Show a saved view; save, rename or delete one"),
        ),
    ]

    view: View | None = None

    def show_view(self, view: View) -> None:
        """Show the list as a view has it."""
        raise NotImplementedError

    def present_view(self, name: str) -> View:
        """Return how the list is looked at now, under a name."""
        raise NotImplementedError

    async def known_views(self) -> list[View]:
        """Return the views of this list; none while they cannot be read, which is said."""
        try:
            return await self.gateway.read(
                lambda connection: views_of(connection, self.NOUN, self.gateway.home)
            )
        except SfaError as error:
            self.sfa.report(error)
            return []

    async def show_view_named(self, name: str) -> None:
        """Show the view of a name, if it is still there."""
        found = next((view for view in await self.known_views() if view.name == name), None)
        if found is not None:
            self.show_view(found)

    @work
    async def action_views(self) -> None:
        """Choose a view, or what to do with the present one."""
        from sfa.screens.dialogs.chooser import Chooser, among, nothing_found

        known = await self.known_views()
        chosen = await self.sfa.push_screen_wait(
            Chooser(
                tr("Views"),
                among([*_entries(known, self.view), *self._doings()]),
                placeholder=tr("A part of the view's name"),
                empty=nothing_found(),
            )
        )
        if chosen is None:
            return
        if chosen.startswith(_VIEW):
            found = next(view for view in known if view.name == chosen.removeprefix(_VIEW))
            self.show_view(found)
        elif chosen in {_SAVE, _SHARE}:
            await self._save(known, shared=chosen == _SHARE)
        elif self.view is not None and chosen == _RENAME:
            await self._rename(self.view, known)
        elif self.view is not None:
            await self._delete(self.view)

    def _doings(self) -> list[Entry]:
        from sfa.screens.dialogs.chooser import Entry

        heading = tr("This list as it is now")
        found = [
            Entry(_SAVE, tr("Save as a view …"), hint=tr(self.KEPT), heading=heading),
            Entry(_SHARE, tr("Save for everybody …"), hint=tr("synced to the team"), heading=heading),
        ]
        if self.view is not None:
            heading = tr("The view {name}", name=self.view.name)
            found.append(Entry(_RENAME, tr("Rename …"), heading=heading))
            found.append(Entry(_DELETE, tr("Delete"), hint=tr("the records stay"), heading=heading))
        return found

    # Saving -------------------------------------------------------------------------------

    async def _save(self, known: Sequence[View], *, shared: bool) -> None:
        name = await self._asked_name(tr("Save under which name?"), self.view.name if self.view else "")
        if not name:
            return
        view = self.present_view(name)._replace(is_shared=shared)
        is_there = any((each.name, each.is_shared) == (name, shared) for each in known)
        question = tr("There is a view {name} already. Write over it?", name=name)
        if is_there and not await self._is_sure(question):
            return
        if await self._keep(view):
            self.show_view(view)

    async def _rename(self, view: View, known: Sequence[View]) -> None:
        name = await self._asked_name(tr("Its new name?"), view.name)
        if not name or name == view.name:
            return
        if any((each.name, each.is_shared) == (name, view.is_shared) for each in known):
            self.notify(tr("There is a view {name} already.", name=name), severity="warning")
            return
        renamed = view._replace(name=name)
        if await self._keep(renamed, instead_of=view.name):
            self.show_view(renamed)

    async def _delete(self, view: View) -> None:
        from sfa.screens.doing import views

        if not await self._is_sure(tr("Delete the view {name}? The records stay.", name=view.name)):
            return
        if view.is_shared:
            await self._change(msg("Delete the view {view}"), views.drop(view), view.name)
        else:
            try:
                config.drop_view(view.noun, view.name, self.gateway.home)
            except SfaError as error:
                self.sfa.report(error)
                return
            self.notify(tr("Deleted: {name}", name=view.name))
        self.leave_view()

    def leave_view(self) -> None:
        """Show the list as it was without a view."""
        raise NotImplementedError

    async def _keep(self, view: View, *, instead_of: str = "") -> bool:
        from sfa.screens.doing import views

        if view.is_shared:
            work_ = views.keep(view, instead_of=instead_of)
            return await self._change(msg("Save the view {view}"), work_, view.name)
        try:
            config.put_view(view.noun, view.name, view.body(), self.gateway.home)
            if instead_of:
                config.drop_view(view.noun, instead_of, self.gateway.home)
        except SfaError as error:
            self.sfa.report(error)
            return False
        self.notify(tr("Saved: {name}. V shows it again.", name=view.name))
        return True

    async def _change(self, name: Msg, work_: object, called: str) -> bool:
        try:
            self.sfa.told(await self.gateway.perform(name, work_, view=called))  # type: ignore[arg-type]
        except SfaError as error:
            self.sfa.report(error)
            return False
        return True

    async def _asked_name(self, question: str, text: str) -> str:
        """Ask for a name; an empty text for none, or for one that cannot be, which is said."""
        from sfa.screens.dialogs.ask_line import AskLine

        hint = tr("Such as: large and late")
        typed = await self.sfa.push_screen_wait(AskLine(question, hint, text=text))
        if not typed.strip():
            return ""
        try:
            return named(typed)
        except SfaError as error:
            self.sfa.report(error)
            return ""

    async def _is_sure(self, question: str) -> bool:
        from sfa.screens.dialogs.confirm import Confirm

        return await self.sfa.push_screen_wait(Confirm(question))


def _entries(views: Sequence[View], present: View | None) -> list[Entry]:
    from sfa.screens.dialogs.chooser import Entry

    return [
        Entry(
            f"{_VIEW}{view.name}",
            view.name,
            beside="→" if present is not None and view.name == present.name else " ",
            hint=_hint(view),
            heading=tr("Views"),
        )
        for view in views
    ]


def _hint(view: View) -> str:
    whose = tr("everybody's") if view.is_shared else ""
    return " · ".join(filter(None, (whose, view.where, view.sort)))
