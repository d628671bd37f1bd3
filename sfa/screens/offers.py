"""What can be done on a screen by key, and why something cannot be done now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from sfa.errors import Msg
from sfa.i18n import tr

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from sfa.screens.dialogs.chooser import Entry


IN_PLACE, IN_LIST, EVERYWHERE = range(3)


class Offer(NamedTuple):
    """An action with its keys as people read them; ``refusal`` says why it is not possible now."""

    binding: Binding
    key: str
    node: DOMNode
    refusal: str

    @property
    def rank(self) -> int:
        """Return whether it is the place's own, the focused widget's, or the app's."""
        return (
            IN_PLACE
            if isinstance(self.node, Screen)
            else EVERYWHERE
            if isinstance(self.node, App)
            else IN_LIST
        )


def offers_of(screen: Screen[Any]) -> list[Offer]:
    """Return the named actions of a screen: its own, then those of what has the focus, then the app's."""
    found: dict[str, Offer] = {}
    for active in screen.active_bindings.values():
        binding, node = active.binding, active.node
        if not binding.id or not isinstance(binding.description, Msg):
            continue
        key = screen.app.get_key_display(binding)
        if binding.id in found:
            before = found[binding.id]
            found[binding.id] = before._replace(key=f"{before.key} {key}")
        else:
            found[binding.id] = Offer(binding, key, node, refusal_of(node, binding.action))
    return sorted(found.values(), key=lambda offer: offer.rank)


def refusal_of(node: DOMNode | None, action: str) -> str:
    """Return why an action is not possible now, in the user's language; empty when it is."""
    refuse = getattr(node, "refusal", None)
    if refuse is None or not getattr(node, "is_ready", True):
        return ""  # a screen that comes or goes has nothing to ask
    reason: Msg | None = refuse(action.partition("(")[0].rpartition(".")[2])
    return tr(reason) if reason else ""


def key_entries(offers: Iterable[Offer]) -> list[Entry]:
    """Return the actions as a list to choose from, under the place they belong to."""
    from sfa.screens.dialogs.chooser import Entry

    headings = (tr("This place"), tr("The list"), tr("Everywhere"))
    return [
        Entry(
            key=str(offer.binding.id),
            label=tr(offer.binding.description),
            beside=offer.key,
            hint=tr(offer.binding.tooltip),
            refusal=offer.refusal,
            heading=headings[offer.rank],
        )
        for offer in offers
    ]


def key_of(app: App[Any], name: str) -> str:
    """Return the first key of an action as people read it, the user's own where they gave it one."""
    from sfa.screens.own_keys import actions

    own = app._keymap.get(name)
    binding = actions().bindings[name]
    first = (own or actions().usual[name]).split(",")[0].strip()
    return app.get_key_display(replace(binding, key=first))
