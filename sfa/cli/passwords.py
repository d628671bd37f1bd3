"""Asking for a password: a descriptor, the environment, else the terminal; never the command line."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sfa.errors import NeedsDecision, msg
from sfa.i18n import tr

PasswordFd = Annotated[
    int | None,
    typer.Option(
        "--password-fd",
        metavar="FD",
        help=msg("Read the password from this file descriptor."),
        show_default=False,
    ),
]


def password(descriptor: int | None, prompt: str, *, twice: bool = False) -> str:
    """Return the password that was given, or ask for it on the terminal.

    Raises:
        NeedsDecision: there is nobody to ask, or the two entries differ.
    """
    from sfa.sync.credentials import given_password

    given = given_password(descriptor)
    return given if given is not None else _asked(prompt, twice=twice)


def _asked(prompt: str, *, twice: bool) -> str:
    from getpass import getpass

    if not sys.stdin.isatty():
        raise NeedsDecision(
            msg("A password is needed, and there is no terminal to ask on."),
            hint=msg("Give it in SFA_CENTRE_PASSWORD or with --password-fd."),
        )
    typed = getpass(f"{prompt} ", stream=sys.stderr)
    if twice and getpass(f"{tr('Once more:')} ", stream=sys.stderr) != typed:
        raise NeedsDecision(msg("The two passwords are not the same; nothing was changed."))
    return typed
