"""Who works here and on which day: the right end of the app's first line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa import clock
from sfa.render import dates
from sfa.render.cells import cell_width, clip, one_line

if TYPE_CHECKING:
    from sfa.reports.heading import Heading

_BETWEEN = " · "


def heading_text(heading: Heading) -> str:
    """Return the user, the organisation if it has a name, and the day with its weekday."""
    day = clock.today()
    parts = (one_line(heading.name), one_line(heading.organisation), dates.day_with_weekday(day))
    return _BETWEEN.join(part for part in parts if part)


def fitted(text: str, width: int) -> str:
    """Return the end of the heading's text that fits: the day rather than who and where."""
    while cell_width(text) > width and _BETWEEN in text:
        text = text.partition(_BETWEEN)[2]
    return clip(text, width)
