"""sfa login and sfa logout: which centre this store belongs to."""

from __future__ import annotations

import platform
from typing import Annotated

import typer

from sfa.cli.asking import agreed
from sfa.cli.exits import say
from sfa.cli.options import Yes
from sfa.cli.passwords import PasswordFd, password
from sfa.cli.sync import told
from sfa.errors import msg
from sfa.i18n import tr
from sfa.store.home import home_dir


def login(
    url: Annotated[
        str, typer.Argument(metavar="URL", help=msg("postgresql://LOGIN@HOST/sfa, without the password."))
    ],
    device: Annotated[
        str,
        typer.Option(
            "--device",
            metavar="TEXT",
            help=msg("What this device is called at the centre."),
            show_default=False,
        ),
    ] = "",
    keep: Annotated[
        bool, typer.Option("--keep/--no-keep", help=msg("Keep the password in the system's keyring."))
    ] = True,
    no_sync: Annotated[bool, typer.Option("--no-sync", help=msg("Sign in only; sync later."))] = False,
    password_fd: PasswordFd = None,
) -> None:
    """Sign in to the team's centre, and sync. What this store holds becomes yours there."""
    from sfa.sync import running

    secret = password(password_fd, tr("Password:"))
    welcome = running.login(home_dir(), url, secret, device_name=device or platform.node(), keep=keep)
    say(tr("Signed in as {name}; this device is {code}.", name=welcome.user_name, code=welcome.code))
    if not no_sync:
        told(running.sync(home_dir(), password=secret), "table")


def logout(yes: Yes = False) -> None:
    """Forget the centre and its password. The records stay on this device."""
    from sfa.sync import running

    if not agreed(tr("Sign this store out of its centre?"), yes=yes):
        say(tr("Nothing was changed."))
        return
    running.logout(home_dir(), even_unsent=yes)
    say(tr("Signed out. The records are still here; sign in again with: sfa login URL."))
