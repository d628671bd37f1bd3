"""Questions on a terminal: asked on stderr, answered on stdin, with a default that Enter takes.

In a pipe nothing is asked; what then happens is for the command to say. Before something
that is hard to take back, ``asking.agreed`` asks instead, and its default is No.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from typer import Abort

from sfa.cli.exits import say
from sfa.i18n import tr

_YES = frozenset("y yes 是 好 对 ok".split())
_NO = frozenset("n no 否 不 不要".split())


def can_ask() -> bool:
    """Say whether somebody sits at a terminal and can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str, default: str = "") -> str:
    """Return what was typed, trimmed; Enter alone gives the default.

    Raises:
        Abort: the input ended (Ctrl-D).
    """
    sys.stderr.write(f"{question} [{default}] " if default else f"{question} ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stderr.write("\n")
        raise Abort
    return line.strip() or default


def confirm(question: str) -> bool:
    """Ask for a yes; Enter is one."""
    while True:
        answer = ask(f"{question} {tr('[Enter = yes, n = no]')}").casefold()
        if not answer or answer in _YES:
            return True
        if answer in _NO:
            return False


def choose(question: str, choices: Sequence[str], default: int | None = None) -> int:
    """Ask which of several is meant, by its number from 1; return its index from 0.

    Without a default Enter alone asks again: nobody picks among namesakes by accident.
    """
    say(question)
    for number, choice in enumerate(choices, 1):
        say(f"  {number}  {choice}")
    while True:
        answer = ask(tr("Number:"), str(default or ""))
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            return int(answer) - 1
