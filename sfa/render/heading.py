"""Who works here and on which day: the right end of the app's first line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa import clock
from sfa.i18n import tr_in
from sfa.render.cells import one_line

if TYPE_CHECKING:
    from sfa.reports.heading import Heading


def heading_text(heading: Heading) -> str:
    """Return the user, the organisation if it has a name, and the day with its weekday."""
    day = clock.today()
    weekday = (
        tr_in("weekday", "Mon"),
        tr_in("weekday", "Tue"),
        tr_in("weekday", "Wed"),
        tr_in("weekday", "Thu"),
        tr_in("weekday", "Fri"),
        tr_in("weekday", "Sat"),
        tr_in("weekday", "Sun"),
    )[day.weekday()]
    parts = (one_line(heading.name), one_line(heading.organisation), f"{day.isoformat()} {weekday}")
    return " · ".join(part for part in parts if part)
