"""The commands that people run all day, read without the framework, whose import takes longer than they do.

One truth: the options and what is done are the same objects that the framework is given
(``listing``, ``seeking``); what is not plainly such a command, ``read`` leaves to the framework.
"""

from __future__ import annotations

from collections.abc import Sequence

from sfa.cli.declared import read

# Nouns whose list is the general one, as a test shows.
LISTED = ("lead", "account", "contact", "deal", "activity", "visit", "task", "product")


def quick(arguments: Sequence[str]) -> int | None:
    """Run a hot command and return its exit code; ``None`` when this is not plainly one."""
    if arguments[:1] == ["find"]:
        return _find(arguments[1:])
    if len(arguments) > 1 and arguments[1] == "list" and arguments[0] in LISTED:
        return _list(arguments[0], arguments[2:])
    return None


def _find(arguments: Sequence[str]) -> int | None:
    from sfa.cli.seeking import OPTIONS, find_records

    given = read(arguments, OPTIONS)
    return None if given is None else find_records(given)


def _list(name: str, arguments: Sequence[str]) -> int | None:
    from sfa.cli.listing import list_options, list_records
    from sfa.fields import noun

    given = read(arguments, list_options(noun(name)))
    return None if given is None else list_records(noun(name), given)
