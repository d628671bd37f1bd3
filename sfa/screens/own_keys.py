"""Keys of one's own: read from the settings file, looked at, and given in the app by pressing them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from sfa import config
from sfa.errors import BadUsage, InvalidInput, Msg, SfaError, msg
from sfa.i18n import tr
from sfa.screens import dressing
from sfa.screens.inside import Inside

if TYPE_CHECKING:
    from textual.binding import Binding

    from sfa.screens.app import SfaApp

# A terminal sends these as Tab, newline, Enter and Backspace.
_NEVER = frozenset({"ctrl+i", "ctrl+j", "ctrl+m", "ctrl+h"})
# What every list and form is moved in, and the way back: an action on one of these could take it away.
_KEPT = frozenset({"escape", "enter", "tab", "shift+tab"})
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "meta", "hyper"})


class Actions(NamedTuple):
    """Every action there is by its name, and which names are alive together, by place."""

    bindings: Mapping[str, Binding]
    usual: Mapping[str, str]


@cache
def actions() -> Actions:
    """Return every action of the app; imports all screens."""
    from sfa.screens.key_table import all_bindings

    found: dict[str, Binding] = {}
    keys: dict[str, list[str]] = {}
    for _, binding in all_bindings():
        found.setdefault(str(binding.id), binding)
        keys.setdefault(str(binding.id), []).append(binding.key)
    return Actions(found, {name: ",".join(dict.fromkeys(each)) for name, each in keys.items()})


def looked_at(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[SfaError]]:
    """Return the keys that can be used, by name of their action, and what is wrong with each other one."""
    good = dict(wanted)
    faults: list[SfaError] = []
    fell = True
    while fell:  # one that falls has its usual key again, which may be in the way of another
        fell = False
        for name in list(good):
            others = {other: keys for other, keys in good.items() if other != name}
            try:
                check(name, good[name], others)
            except SfaError as error:
                faults.append(error)
                del good[name]
                fell = True
    return good, faults


def check(name: str, keys: str, others: Mapping[str, str]) -> None:
    """Look at the keys of one action, beside the own keys of others.

    Raises:
        BadUsage: there is no such action, no such key, a key that terminals send as another one, one that
            every place needs, or one that does something else in the same place.
    """
    from sfa.screens.key_table import split_keys

    if name not in actions().bindings:
        raise BadUsage(
            msg("The settings give keys to {name!r}, which is no action."),
            hint=msg("docs/keys.md lists the names of all actions; so does: sfa config keys --all."),
            name=name,
        )
    parted = split_keys(keys)
    if not parted:
        raise _fault(name, keys, msg("The settings give {name!r} no key."))
    for key in parted:
        if key in _NEVER:
            raise _fault(
                name,
                key,
                msg("The settings give {name!r} the key {key}, which terminals send as another one."),
            )
        if not _is_key(key):
            raise _fault(name, key, msg("The settings give {name!r} the key {key!r}, which is none."))
        if key in _KEPT and key not in split_keys(actions().usual[name]):
            raise _fault(name, key, msg("The settings give {name!r} the key {key}, which every place needs."))
    _refuse_clash(name, keys, others)


def _refuse_clash(name: str, keys: str, others: Mapping[str, str]) -> None:
    from sfa.screens.key_table import clashes, rooms

    own = {**others, name: keys}
    for classes in rooms().values():
        for key, names in clashes(classes, own).items():
            if name in names:
                taken = min(names - {name})
                raise BadUsage(
                    msg("The settings give {name!r} the key {key}, which {taken!r} has in the same place."),
                    hint=msg("Choose another key, or give {taken!r} another one first."),
                    name=name,
                    key=key,
                    taken=taken,
                )


def _fault(name: str, key: str, what: Msg) -> BadUsage:
    return BadUsage(
        what, hint=msg("Choose another key for it under [keys] in the settings file."), name=name, key=key
    )


def _is_key(key: str) -> bool:
    import unicodedata

    from textual.keys import REPLACED_KEYS, Keys

    *modifiers, last = key.split("+")
    known = {each.value for each in Keys}
    if not set(modifiers) <= _MODIFIERS or not last:
        return False
    if key in known or last in known or len(last) == 1:
        return True
    try:
        unicodedata.lookup(REPLACED_KEYS.get(last, last).replace("_", " "))
    except KeyError:
        return False
    return True


# In the app -------------------------------------------------------------------------------------


class PressKey(ModalScreen[str], Inside):
    """Waits for a key; gives its name, nothing when it was Esc."""

    def __init__(self, question: str, hint: str) -> None:
        """Say what the key will do, and how to leave."""
        super().__init__(classes="dialog")
        self._question = question
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with Vertical(id="line"):
            yield Static(self._question, classes="dialog-title", markup=False)
            yield Static(self._hint, id="line-hint", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Take the key."""
        event.stop()
        event.prevent_default()
        self.dismiss("" if event.key == "escape" else event.key)


async def change_keys(app: SfaApp) -> None:
    """Choose an action and press its new key, again and again until Esc."""
    from sfa.screens.dialogs.chooser import Chooser, Entry, among, nothing_found

    while True:
        own = config.keys(app.gateway.home)
        entries = [
            Entry(
                name,
                tr(binding.description),
                beside=own.get(name, actions().usual[name]),
                hint=f"{name}  {tr(binding.tooltip)}",
                heading=tr("Yours") if name in own else tr("The usual ones"),
            )
            for name, binding in sorted(actions().bindings.items(), key=lambda each: each[0] not in own)
        ]
        name = await app.push_screen_wait(
            Chooser(
                tr("Which action gets another key?"),
                among(entries),
                placeholder=tr("Type to search; Enter takes it"),
                empty=nothing_found(),
            )
        )
        if name is None:
            return
        await _change_key(app, name, own)


async def _change_key(app: SfaApp, name: str, own: Mapping[str, str]) -> None:
    binding = actions().bindings[name]
    question = tr("The new key of {action} ({name})", action=binding.description, name=name)
    hint = tr("Press it. Esc changes nothing; Backspace goes back to the usual one.")
    key = await app.push_screen_wait(PressKey(question, hint))
    if not key:
        return
    try:
        if key == "backspace":
            config.put_key(name, "", app.gateway.home)
        else:
            check(name, key, {other: keys for other, keys in own.items() if other != name})
            config.put_key(name, key, app.gateway.home)
    except (BadUsage, InvalidInput) as error:
        app.report(error)
        return
    dressing.wear_keys(app)
