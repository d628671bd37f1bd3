"""Every binding of the app by the class that has it: for docs/keys.md and for keys of one's own.

Imports all screens, so nothing on the way to the first screen imports this.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from textual.binding import Binding
from textual.dom import DOMNode

import sfa.screens
from sfa.errors import Msg


def all_bindings() -> Iterator[tuple[str, Binding]]:
    """Yield (class name, binding) of every named binding, in the order of the modules; one for each key."""
    for module in pkgutil.walk_packages(sfa.screens.__path__, "sfa.screens."):
        for value in vars(importlib.import_module(module.name)).values():
            if not (isinstance(value, type) and issubclass(value, DOMNode)):
                continue
            if value.__module__ != module.name:
                continue
            for binding in Binding.make_bindings(value.__dict__.get("BINDINGS", ())):
                if binding.id and isinstance(binding.description, Msg):
                    yield value.__name__, binding
