"""Laying every screen out anew, when the words on all of them change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from sfa.screens.inside import Inside
from sfa.screens.keys import PLACES

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp

_BETWEEN = "between"


async def relaid(app: SfaApp) -> None:
    """Make every place anew; records and lists that stood above any of them stand there again.

    Dialogs are left: whoever changes the language sees to it that nothing is typed in one.
    """
    present = app.current_mode
    above = {name: _again(stack) for name, stack in app._screen_stacks.items() if name in PLACES}
    with app.batch_update():
        app.add_mode(_BETWEEN, _Nothing)
        await app.switch_mode(_BETWEEN)
        for name, spec in PLACES.items():
            await app.remove_mode(name)
            app.add_mode(name, spec.open)
        for name in sorted(above, key=lambda name: name == present):
            if above[name] or name == present:
                await app.switch_mode(name)
                for screen in above[name]:
                    await app.push_screen(screen)
        await app.remove_mode(_BETWEEN)
    app.reread_heading()


def _again(stack: Sequence[Screen[Any]]) -> list[Screen[Any]]:
    found = [each.again() for each in stack[1:] if isinstance(each, Inside)]
    return [each for each in found if each is not None]


class _Nothing(Inside, Screen[None]):
    """An empty screen, to stand on while the others are made."""
