"""The verbs every noun has: list, show, add, edit, delete, restore, history.

Options are made from ``sfa.fields``, so that a new field of a model is an option
of its commands without a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sfa.cli import noun_changing, noun_reading
from sfa.cli.lazy import Lazy, LazyGroup, Loaded, command, group
from sfa.errors import Msg, msg
from sfa.fields import Noun
from sfa.fields import noun as noun_of
from sfa.i18n import tr

VERBS = msg("Commands")

_MAKERS: dict[str, tuple[Msg, Callable[[Noun], Callable[..., None]]]] = {
    "list": (msg("List, filter and sort"), noun_reading.make_list),
    "show": (msg("Show one in full"), noun_reading.make_show),
    "add": (msg("Add one"), noun_changing.make_add),
    "edit": (msg("Change fields of one"), noun_changing.make_edit),
    "delete": (msg("Delete one, with what hangs on it"), noun_changing.make_delete),
    "restore": (msg("Bring a deleted one back"), noun_changing.make_restore),
    "history": (msg("Show who changed what, when"), noun_reading.make_history),
}


def noun_group(
    name: str,
    text: Msg,
    more: Mapping[str, Lazy] | None = None,
    callback: Callable[..., None] | None = None,
) -> LazyGroup:
    """Return the group of a noun: the general verbs, and its own, which win over a general one."""
    noun = noun_of(name)
    lazy = {verb: Lazy(help_text, _loader(noun, verb), VERBS) for verb, (help_text, _) in _MAKERS.items()}
    lazy.update(more or {})
    return group(name, tr(text), lazy, callback)


def own(function: Callable[..., None], text: Msg) -> Lazy:
    """Return a noun's own verb from a function named after it."""
    name = function.__name__.rstrip("_").replace("_", "-")
    return Lazy(text, lambda: command(function, name, tr(text)), VERBS)


def _loader(noun: Noun, verb: str) -> Callable[[], Loaded]:
    text, maker = _MAKERS[verb]
    return lambda: command(maker(noun), verb, tr(text))
