"""Options declared as plain data, without the framework.

Typer's own options are made from them (``options.typed``), and the commands that people
run all day are read from them without loading Typer at all (``quick``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sfa.errors import Msg, msg

Given = Mapping[str, Any]


class Declared(NamedTuple):
    """An option of a command; without ``flags`` it is the words that no option takes.

    ``kind`` is ``str``, ``int`` (never below zero) or ``bool``; ``many`` may be given several times.
    ``views_of`` is the noun whose saved views a shell completes.
    """

    name: str
    flags: tuple[str, ...]
    help: Msg | str
    metavar: str | None = None
    kind: type[str | int | bool] = str
    default: Any = ""
    many: bool = False
    show_default: bool = True
    views_of: str = ""


FORMAT = Declared(
    "format_",
    ("--format",),
    msg("table, tsv, csv, json or md; a terminal gets a table, a pipe tsv."),
    "FORMAT",
)


def read(arguments: Sequence[str], declared: Sequence[Declared]) -> dict[str, Any] | None:
    """Return the options' values by name, or ``None`` for whatever is not plainly right.

    Abbreviations, errors and requests for help are ``None``: the framework reads the line
    again and says what is wrong with it.
    """
    by_flag = {flag: each for each in declared for flag in each.flags}
    rest = next((each for each in declared if not each.flags), None)
    found = {each.name: each.default for each in declared}
    words: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        flag, equals, value = argument.partition("=")
        if not argument.startswith("-"):
            words.append(argument)
            continue
        option = by_flag.get(flag)
        if option is None or (option.kind is bool and equals):
            return None
        text = value if equals else "" if option.kind is bool else next(waiting, None)
        if not _take(found, option, text, short=bool(equals) and not flag.startswith("--")):
            return None
    if words if rest is None else not words:
        return None
    return found if rest is None else {**found, rest.name: words}


def _take(found: dict[str, Any], option: Declared, text: str | None, *, short: bool) -> bool:
    """Put a value down; say whether it is plainly one."""
    if text is None or short:  # `-w=x` means the value `=x`
        return False
    if option.kind is bool:
        found[option.name] = True
    elif option.kind is int:
        if not (text.isascii() and text.isdecimal()):
            return False
        found[option.name] = int(text)
    else:
        found[option.name] = [*(found[option.name] or ()), text] if option.many else text
    return True
