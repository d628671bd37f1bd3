"""Beginning and ending the tour, wherever one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa.errors import SfaError
from sfa.i18n import tr

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp


async def lead_around(app: SfaApp) -> None:
    """End the tour, or begin it; in a store of one's own ask to open the demo company first."""
    from sfa.demo.home import made_in
    from sfa.screens.starting.tour import Tour

    if app.tour is not None:
        app.tour.end()
        app.tour = None
        app.notify(tr("The tour is over; {key} begins it anew.", key=app.key_of("app.tour")))
    elif made_in(app.gateway.home) is not None:
        app.tour = Tour(app)
    else:
        await _go_to_the_demo(app)


async def _go_to_the_demo(app: SfaApp) -> None:
    from sfa.screens.dialogs.confirm import Confirm
    from sfa.screens.starting.first_steps import look_at_the_demo

    question = tr("The tour is on the demo company. Open it? Your own store stays as it is.")
    if not await app.push_screen_wait(Confirm(question, yes=tr("Open it"))):
        return
    try:
        await look_at_the_demo(app)
    except SfaError as error:
        app.report(error)
    else:
        app.exit()
