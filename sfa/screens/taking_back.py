"""Taking back the last change or a given one, and bringing it back: what is asked, and what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa.errors import ChangedMeanwhile, SfaError, msg
from sfa.i18n import tr
from sfa.screens.gateway import Done, Named

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp
    from sfa.store.undo import Undone


async def take_back(app: SfaApp, *, redo: bool = False, tx_id: str | None = None) -> None:
    """Take back the last change or a given one, or bring back what undo took, and say so."""
    try:
        done = await app.gateway.undo(redo=redo, tx_id=tx_id)
    except ChangedMeanwhile as error:
        await _ask_for_the_rest(app, error, redo=redo, tx_id=tx_id)
    except SfaError as error:
        app.report(error)
    else:
        _told_back(app, done, redo=redo)


async def _ask_for_the_rest(app: SfaApp, error: ChangedMeanwhile, *, redo: bool, tx_id: str | None) -> None:
    """Offer to take back what was not changed since."""
    from sfa.finding.row_names import named_places
    from sfa.screens.dialogs.confirm import Confirm

    places = await app.gateway.read(lambda connection: named_places(connection, error.fields))
    lines = [f"{tr(noun)} {label}: {tr(field)}" for noun, label, field in places]
    if redo:
        app.report(ChangedMeanwhile(error.what, fields=(), hint=error.hint, **error.data))
        return
    question = tr("Changed since, so the undo would lose it. Keep these and take back the rest?")
    if await app.push_screen_wait(Confirm(question, details=lines, yes=tr("Take back the rest"))):
        try:
            _told_back(app, await app.gateway.undo(tx_id=tx_id, partial=True), redo=False)
        except SfaError as refused:
            app.report(refused)


def _told_back(app: SfaApp, done: Done, *, redo: bool) -> None:
    """Say what was taken back, or brought back."""
    app.taken_back += 1
    undone: Undone = done.value
    name = Named(undone.transaction.name, dict(undone.transaction.arguments))
    what = msg("Redone: {name}") if redo else msg("Undone: {name}. U brings it back.")
    app.told(Done(undone, name), what)
