"""Filters of a list or a board: those with a name, and what one types after ``--where``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work

from sfa import clock
from sfa.errors import Msg, SfaError, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.inside import Inside

if TYPE_CHECKING:
    from sfa.screens.dialogs.chooser import Entry


class QuickFilter(NamedTuple):
    """A filter with a name; ``where`` is as one types it after ``--where``."""

    name: str
    label: Msg
    where: str


ALL = QuickFilter("all", msg("All"), "")


class Filtered(Inside):
    """A screen that shows what a filter of its noun selects."""

    NOUN: ClassVar[str] = ""
    FILTERS: ClassVar[tuple[QuickFilter, ...]] = ()

    def put_filter(self, chosen: QuickFilter) -> None:
        """Show what a filter selects."""
        raise NotImplementedError

    def filters(self) -> tuple[QuickFilter, ...]:
        """Return the filters with a name, the one of everything first."""
        return (ALL, *self.FILTERS)

    @work
    async def action_filter(self) -> None:
        """Choose a filter by its name, or type one."""
        from sfa.screens.dialogs.chooser import Chooser, nothing_found

        chosen = await self.sfa.push_screen_wait(
            Chooser(
                tr("Filter"),
                self._filters,
                placeholder=tr("A name, or a filter such as: rating=hot and owner=me"),
                empty=nothing_found(),
            )
        )
        if chosen is None:
            return
        named = {each.name: each for each in self.filters()}
        typed = chosen.removeprefix("where:")
        self.put_filter(named.get(chosen) or QuickFilter("typed", Msg(typed), typed))

    async def _filters(self, text: str) -> Sequence[Entry]:
        """Return the filters of that name, else what was typed, refused when it cannot be read as one."""
        from sfa.screens.dialogs.chooser import Entry, matching

        named = [Entry(each.name, tr(each.label), hint=each.where) for each in self.filters()]
        found = matching(named, text)
        if found or not text.strip():
            return found
        try:
            await self.gateway.read(lambda connection: _try(connection, self.NOUN, text))
        except SfaError as error:
            from sfa.render.failures import failure_lines

            return [Entry(f"where:{text}", text, refusal=" ".join(failure_lines(error)))]
        return [Entry(f"where:{text}", text, hint=tr("as a filter"))]

    def show_filter(self, name: str) -> None:
        """Show what one of the place's own filters selects."""
        self.put_filter(next(each for each in self.filters() if each.name == name))


def _try(connection: object, noun: str, where: str) -> None:
    """Read a filter; raises what is wrong with it."""
    import sqlite3

    from sfa.finding.custom import all_fields
    from sfa.finding.listing import condition_of

    assert isinstance(connection, sqlite3.Connection)
    condition_of(connection, noun_of(noun), all_fields(connection, noun), where, clock.today())
