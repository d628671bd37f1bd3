"""Copying a value of the record in view to the clipboard of the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa.errors import NotFound, SfaError
from sfa.i18n import tr

if TYPE_CHECKING:
    from sfa.render.copied import Copied
    from sfa.screens.app import SfaApp


_ROOM = 48  # cells of a value in the choice


async def copy_value(app: SfaApp, noun: str, record_id: str, more: Sequence[Copied] = ()) -> None:
    """Ask which value of a record, and copy it; ``more`` are others that only this screen knows."""
    from sfa.finding.showing import show
    from sfa.render.cells import clip, one_line
    from sfa.render.copied import values_to_copy
    from sfa.screens.dialogs.letters import Choice, Letters

    try:
        shown = await app.gateway.read(lambda connection: show(connection, noun, record_id))
    except (NotFound, KeyError):
        app.notify(tr("The record is not here any more."), severity="warning")
        return
    except SfaError as error:
        app.report(error)
        return
    known = {each.letter: each for each in [*values_to_copy(shown), *more]}
    choices = [
        Choice(
            letter,
            letter,
            each.label if letter == "y" else f"{each.label}  {clip(one_line(each.text), _ROOM)}",
        )
        for letter, each in known.items()
    ]
    title = tr("Copy of {label}", label=clip(shown.label, 30))
    chosen = await app.push_screen_wait(Letters(title, choices, wide=True))
    if chosen is not None:
        text = known[chosen].text
        app.copy_to_clipboard(text)
        told = shown.label if chosen == "y" else clip(one_line(text), 60)
        app.notify(tr("Copied: {label}", label=told))
