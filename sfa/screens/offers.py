"""What can be done on a screen by key, and why something cannot be done now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from sfa.errors import Msg, msg
from sfa.i18n import tr

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from sfa.screens.app import SfaApp
    from sfa.screens.dialogs.chooser import Entry


IN_PLACE, IN_LIST, EVERYWHERE = range(3)


# What changes something, by the name of the action: nothing for whoever may only read.
_CHANGING = frozenset(
    "accept add_any add_to_it advance cancel_task cancel_visit check_in check_out comment convert delete done"
    " edit edit_account follow lose merge move new plan put_off redo reject remove reopen_deal reopen_task"
    " report snooze step_back take_back take_out take_mine take_theirs transfer undo win"
    " submit_quote recall_quote approve_quote reject_quote send_quote accept_quote decline_quote"
    " expire_quote revise_quote order_quote next_step event settle_plan note_invoice note_receipt"
    " promise".split()
)
_READER = msg("Your role may only read; ask an administrator for another one.")


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
    if not getattr(node, "is_ready", True):
        return ""  # a screen that comes or goes has nothing to ask
    name = action.partition("(")[0].rpartition(".")[2]
    if name in _CHANGING and _reads_only(node, name):
        return tr(_READER)
    reason: Msg | None = refuse(name) if refuse is not None else None
    return tr(reason) if reason else ""


def _reads_only(node: DOMNode | None, name: str) -> bool:
    """Say whether who works here may only read, and an action would change something."""
    if node is None or not getattr(node.app, "reads_only", False):
        return False
    only_looks = getattr(node, "only_looks", None)
    return only_looks is None or not only_looks(name)


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


def refuses_reader(app: SfaApp) -> bool:
    """Say so where who is signed in may only read: before a form opens that could not be saved."""
    from sfa.store.rights import reader_refused

    if app.reads_only:
        app.report(reader_refused())
    return app.reads_only
