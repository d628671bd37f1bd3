"""The day of a next step: an option that activities and visits have besides their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from sfa import clock
from sfa.cli.noun_changing import More
from sfa.errors import msg

NextOn = Annotated[
    str,
    typer.Option(
        "--next-on",
        metavar="DAY",
        help=msg("When the next step is due; it becomes a task."),
        show_default=False,
    ),
]


def next_step_of(text: str) -> Any:
    """Return the day and time that a text means, ``None`` for no text.

    Raises:
        InvalidInput: it is no day.
    """
    if not text:
        return None
    from sfa.services.activities import typed_next_step

    return typed_next_step(text, today=clock.today())


def _keywords(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"next_on": next_step_of(given["next_on"])}


NEXT_STEP = More([("next_on", NextOn, "")], _keywords)
