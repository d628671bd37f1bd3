"""Every binding of the app by the class that has it: for docs/keys.md and for keys of one's own.

Imports all screens, so nothing on the way to the first screen imports this.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import _character_to_key as key_of_character

import sfa.screens
from sfa.errors import Msg
from sfa.screens.keys import PLACES, RECORDS, record_screen

# Keys that mean several things in one place. Esc goes one level back: marks first, then what is sought and
# the filter, then the place before. Enter shows an entry, and changes a setting.
SHARED = (
    frozenset({"list.clear", "records.widen", "closed_deals.back", "orders_of.back", "organisation.back"}),
    frozenset({"agenda.open", "settings.change"}),
)


def all_bindings() -> Iterator[tuple[str, Binding]]:
    """Yield (class name, binding) of every named binding, in the order of the modules; one for each key."""
    for owner, binding in _owned():
        yield owner.__name__, binding


def _owned() -> Iterator[tuple[type[DOMNode], Binding]]:
    for module in pkgutil.walk_packages(sfa.screens.__path__, "sfa.screens."):
        for value in vars(importlib.import_module(module.name)).values():
            if not (isinstance(value, type) and issubclass(value, DOMNode)):
                continue
            if value.__module__ != module.name:
                continue
            yield from ((value, binding) for binding in _named(value))


def _named(owner: type[DOMNode]) -> Iterator[Binding]:
    for binding in Binding.make_bindings(owner.__dict__.get("BINDINGS", ())):
        if binding.id and isinstance(binding.description, Msg):
            yield binding


def rooms() -> dict[str, tuple[type[DOMNode], ...]]:
    """Return the classes whose keys are alive together, by the name of the screen they are alive on."""
    from sfa.screens.app import SfaApp
    from sfa.screens.forms.form import RecordForm
    from sfa.screens.organisation import LISTS
    from sfa.screens.settings import SettingsList
    from sfa.screens.widgets.agenda import Agenda
    from sfa.screens.widgets.big_list import BigList
    from sfa.screens.widgets.board import DealBoard
    from sfa.screens.widgets.guide import StageGuide
    from sfa.screens.widgets.record_view import RecordView
    from sfa.screens.widgets.report_text import ReportText

    moved_in: dict[str, type[DOMNode]] = {
        "today": Agenda,
        "sync": Agenda,
        "pipeline": DealBoard,
        "visits": Agenda,
        "reports": ReportText,
        "settings": SettingsList,
    }
    found: dict[str, tuple[type[DOMNode], ...]] = {}
    for spec in PLACES.values():
        screen = getattr(importlib.import_module(f"sfa.screens.{spec.module}"), spec.screen)
        found[spec.name] = (screen, SfaApp, moved_in.get(spec.name, BigList))
    for noun in (*RECORDS, "contact"):
        screen = type(record_screen(noun, ""))
        found[f"record {noun}"] = (screen, SfaApp, Agenda if noun == "account" else RecordView)
    found["record deal, guided"] = (*found["record deal"][:2], StageGuide)
    for noun, listed in LISTS.items():
        found[f"list {noun}"] = (listed, SfaApp, BigList)
    found["form"] = (RecordForm,)
    inside = {base for classes in found.values() for each in classes for base in each.__mro__}
    for owner, _ in _owned():
        if owner not in inside:
            found[owner.__name__] = (owner,)
    return found


def keys_of(classes: tuple[type[DOMNode], ...], own: Mapping[str, str] | None = None) -> dict[str, set[str]]:
    """Return key -> names of the actions it has in classes and what they are made of."""
    found: dict[str, set[str]] = defaultdict(set)
    bases = {base for each in classes for base in each.__mro__ if issubclass(base, DOMNode)}
    for base in bases:
        for binding in _named(base):
            keys = own.get(str(binding.id)) if own else None
            for key in split_keys(keys) if keys is not None else (binding.key,):
                found[key].add(str(binding.id))
    return found


def clashes(classes: tuple[type[DOMNode], ...], own: Mapping[str, str] | None = None) -> dict[str, set[str]]:
    """Return the keys that do more than one thing among classes."""
    return {
        key: names
        for key, names in keys_of(classes, own).items()
        if len(names) > 1 and not any(names <= shared for shared in SHARED)
    }


def split_keys(text: str) -> list[str]:
    """Return the keys of a text in the words of the framework: ``/`` is ``slash``."""
    keys = (key.strip() for key in text.split(","))
    return [key_of_character(key) if len(key) == 1 else key for key in keys if key]
