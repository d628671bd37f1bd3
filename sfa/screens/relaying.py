"""Laying every screen out anew, when the words on all of them change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from sfa.screens.keys import PLACES

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp

_BETWEEN = "between"


async def relaid(app: SfaApp) -> None:
    """Make every place anew; records that stood above the present one are shown again.

    What stands above the other places is left, and so are dialogs: what was typed is kept as a draft.
    """
    from sfa.screens.accounts import AccountScreen
    from sfa.screens.record import RecordScreen

    present = app.current_mode
    records = (AccountScreen, RecordScreen)
    above = [(each.noun, each.record_id) for each in app.screen_stack if isinstance(each, records)]
    with app.batch_update():
        app.add_mode(_BETWEEN, _Nothing)
        await app.switch_mode(_BETWEEN)
        for name, spec in PLACES.items():
            await app.remove_mode(name)
            app.add_mode(name, spec.open)
        await app.switch_mode(present)
        await app.remove_mode(_BETWEEN)
        for noun, record_id in above:
            app.show_record(noun, record_id)
    app.reread_heading()


class _Nothing(Screen[None]):
    """An empty screen, to stand on while the others are made."""
