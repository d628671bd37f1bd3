"""What a failure of PostgreSQL means to the user, as errors of ours."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from psycopg import errors as pg

from sfa.errors import SfaError, msg
from sfa.sync.errors import (
    CentreFailed,
    CentreReadOnly,
    CentreUnreachable,
    DeviceRefused,
    NotSignedIn,
    SchemaRefused,
    failed,
    forked,
    gap,
    read_only,
    unreachable,
)


def meaning(error: psycopg.Error, address: str) -> SfaError:
    """Return what a failure of PostgreSQL means to the user."""
    state = error.sqlstate or ""
    if state in _OWN:
        return _OWN[state](error)
    if isinstance(error, pg.ReadOnlySqlTransaction):
        return read_only()
    if isinstance(error, pg.InvalidPassword | pg.InvalidAuthorizationSpecification):
        return not_signed_in()
    if isinstance(error, pg.InsufficientPrivilege | pg.InvalidSchemaName):
        return unknown_login()
    if isinstance(error, pg.UndefinedFunction):
        return _schema()
    if isinstance(error, pg.DiskFull):
        return disk_full()
    if state and not state.startswith(_PASSING):
        return failed(error.diag.message_primary or str(error))
    text = error.diag.message_primary or str(error)
    if not state and "authentication failed" in text:
        return not_signed_in()
    if not state and "is not permitted to log in" in text:
        return _refused()
    return not_trusted(address, _gist(text)) if "certificate" in text else unreachable(address, _gist(text))


def _gist(text: str) -> str:
    """Return the last thing that was said; indented lines only advise on the one before."""
    lines = [line for line in text.splitlines() if line.strip() and not line[0].isspace()]
    return lines[-1].rstrip(".") if lines else text.strip()


def disk_full() -> SfaError:
    """Return the error for a centre that has no room; what it has can still be read."""
    return CentreReadOnly(
        msg("The centre's disk is full."),
        hint=msg("Your changes are safe on this device. Tell the administrator; then run: sfa sync."),
    )


def not_trusted(address: str, system: str) -> SfaError:
    """Return the error for a certificate that does not show that this is the centre."""
    return CentreUnreachable(
        msg("The centre {address} could not show that it is the centre; nothing was sent."),
        why=msg("The system says: {system}."),
        hint=msg("Check the name in the address and the clock; ask the administrator for the certificate."),
        address=address,
        system=system,
    )


def not_signed_in() -> SfaError:
    """Return the error for a wrong name or password."""
    return NotSignedIn(
        msg("The centre does not accept this name and password."),
        hint=msg("Sign in again with: sfa login URL. Nothing on this device is lost."),
    )


def unknown_login() -> SfaError:
    """Return the error for a login that may not use the centre."""
    return NotSignedIn(
        msg("This login is not a user of the centre."),
        why=msg("The server was reached, but it is no centre of sfa for this login."),
        hint=msg("Ask the administrator to run: sfa hub add-user."),
    )


def _not_ours(error: psycopg.Error) -> SfaError:
    """Return the error for a question that the centre does not take, by its word for the reason."""
    detail = error.diag.message_detail or ""
    return next((made() for word, made in _REASONS.items() if f'"{word}"' in detail), unknown_login())


def _of_somebody_else() -> SfaError:
    return DeviceRefused(
        msg("This store belongs to another user of the centre."),
        hint=msg("Sign in as that user, or set SFA_HOME to a folder of your own."),
    )


def _too_many_devices() -> SfaError:
    return DeviceRefused(
        msg("The centre takes no more new devices of yours today."),
        why=msg("100 were made in a day: copies of stores, or stores made anew, each are one."),
        hint=msg("Nothing on this device is lost. Sync tomorrow; meanwhile look for what copies the store."),
    )


def _too_many_authors() -> SfaError:
    return DeviceRefused(
        msg("The centre takes no more new stores of yours today."),
        why=msg("100 were signed in within a day."),
        hint=msg("Nothing on this device is lost. Sign in tomorrow."),
    )


def _too_large() -> SfaError:
    return CentreFailed(
        msg("A change of yours is larger than the centre takes at once (32 MB)."),
        why=msg("It and what was made after it wait here; everything else was received."),
        hint=msg("Nothing on this device is lost. Tell the administrator."),
    )


def _no_header() -> SfaError:
    return CentreFailed(
        msg("The log of this store lacks the beginning of a change, so the centre does not take it."),
        why=msg("It and what was made after it wait here; everything else was received."),
        hint=msg("Run: sfa doctor. A backup is brought back with: sfa backup restore FILE."),
    )


_REASONS: dict[str, Callable[[], SfaError]] = {
    "unknown_device": _of_somebody_else,
    "unknown_author": _of_somebody_else,
    "too_many_devices": _too_many_devices,
    "too_many_authors": _too_many_authors,
    "too_large": _too_large,
    "no_header": _no_header,
}


def _schema() -> SfaError:
    return SchemaRefused(
        msg("This program and the centre are of versions too far apart."),
        hint=msg("Update sfa on this device, or ask the administrator to run: sfa hub upgrade."),
    )


def _refused() -> SfaError:
    return DeviceRefused(
        msg("The centre does not take this device's changes."),
        why=msg("The user was disabled, or the device was revoked."),
        hint=msg("Ask the administrator. Nothing on this device is lost."),
    )


_OWN: dict[str, Callable[[psycopg.Error], SfaError]] = {
    "SF001": _not_ours,
    "SF002": lambda _: _schema(),
    "SF003": lambda _: gap(),
    "SF004": lambda _: forked(),
    "SF005": lambda _: read_only(),
    "SF006": lambda _: _refused(),
}

# Classes of states that pass by themselves: connections, transactions that met, resources, time limits.
_PASSING = ("08", "40", "53", "55P03", "57")
