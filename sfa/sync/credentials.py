"""Where a password comes from: a file descriptor, the environment, the system's keyring; never our files.

A front end asks at the terminal when none of these has it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sfa.errors import InvalidInput, Refused, msg

PASSWORD_VARIABLE = "SFA_CENTRE_PASSWORD"  # noqa: S105  the name of a variable
_SERVICE = "sfa"
_LONGEST = 4096


def given_password(descriptor: int | None = None) -> str | None:
    """Return the password from a file descriptor (its first line) or the environment, or ``None``.

    Raises:
        InvalidInput: the descriptor cannot be read.
    """
    if descriptor is not None:
        return _from_descriptor(descriptor)
    return os.environ.get(PASSWORD_VARIABLE) or None


def _from_descriptor(descriptor: int) -> str:
    try:
        read = os.read(descriptor, _LONGEST)
    except OSError as error:
        raise InvalidInput(
            "--password-fd",
            msg("{value} cannot be read ({system})."),
            value=descriptor,
            system=error.strerror,
        ) from error
    return read.split(b"\n")[0].decode("utf-8", errors="replace").rstrip("\r")


def kept_password(address: str) -> str | None:
    """Return the password the system's keyring has for an address, or ``None``; no keyring has none."""
    keyring = _keyring()
    if keyring is None:
        return None
    try:
        found: str | None = keyring.get_password(_SERVICE, address)
    except _failure():
        return None
    return found


def known_password(address: str) -> str | None:
    """Return the password of the environment, else the keyring's, or ``None``."""
    return given_password() or kept_password(address)


def needs_nobody(address: str) -> bool:
    """Say whether a connection can be tried without asking somebody for a password.

    Also true where libpq has ways of its own: its password file, a certificate, a socket of this machine.
    """
    from psycopg.conninfo import conninfo_to_dict

    settings = conninfo_to_dict(address)
    passfile = settings.get("passfile") or os.environ.get("PGPASSFILE") or Path.home() / ".pgpass"
    has_certificate = "sslcert" in settings or "PGSSLCERT" in os.environ
    is_socket = str(settings.get("host") or "/").startswith("/")
    return has_certificate or is_socket or Path(str(passfile)).exists() or bool(known_password(address))


def keep_password(address: str, password: str) -> bool:
    """Put a password into the system's keyring; return whether there is one that took it."""
    keyring = _keyring()
    if keyring is None:
        return False
    try:
        keyring.set_password(_SERVICE, address, password)
    except _failure():
        return False
    return True


def forget_password(address: str) -> None:
    """Take a password out of the system's keyring."""
    keyring = _keyring()
    if keyring is None or kept_password(address) is None:
        return
    try:
        keyring.delete_password(_SERVICE, address)
    except _failure():
        return


def _keyring() -> Any:
    """Return the keyring library when this system has a keyring that is fit for a password."""
    try:
        import keyring
        from keyring.backends import fail
    except ImportError:
        return None
    return None if isinstance(keyring.get_keyring(), fail.Keyring) else keyring


def _failure() -> type[Exception]:
    from keyring.errors import KeyringError

    return KeyringError


def without_password(url: str) -> str:
    """Return an address after checking that no password stands in it.

    Raises:
        InvalidInput: it is no address.
        Refused: one does; an address is kept in a file and seen by other users of the machine.
    """
    from sfa.sync.address import settings_of

    if settings_of(url).get("password"):
        raise Refused(
            msg("The address holds a password, which would be kept in a file."),
            hint=msg("Leave it out; sfa asks for it, or takes it from {variable} or --password-fd."),
            variable=PASSWORD_VARIABLE,
        )
    return url
