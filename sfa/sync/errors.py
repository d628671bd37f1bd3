"""What may go wrong between a device and the centre, as errors that carry data."""

from __future__ import annotations

from sfa.errors import Refused, SfaError, StoreUnusable, SyncError, msg


class CentreUnreachable(SyncError):
    """The connection failed before or during a call; the call may be repeated."""


class CentreReadOnly(SyncError):
    """The centre answers but takes no changes at the moment; pulling goes on."""


class CentreFailed(SyncError):
    """The centre answered a call with an error of its own; other calls may work."""


class Stopped(SyncError):
    """Somebody ended the sync between two calls; what was done before stays."""


class NotSignedIn(Refused):
    """The centre does not know this login, or its password is another."""


class DeviceRefused(Refused):
    """The user was disabled, or the device was revoked."""


class SchemaRefused(StoreUnusable):
    """Device and centre carry schemas that are too far apart."""


class Gap(SyncError):
    """The centre knows less of this device than the push begins with: say hello again."""


class Forked(SyncError):
    """Another copy of this home has pushed other ops under the same device id: say hello again."""


def stopped() -> SfaError:
    """Return the error for a sync that was ended on purpose."""
    return Stopped(msg("The sync was stopped; the next one goes on from there."))


def gap() -> SfaError:
    """Return the error for a push that begins too late."""
    return Gap(
        msg("The centre has lost some of this device's changes."),
        hint=msg("They are still here. Run: sfa sync."),
    )


def forked() -> SfaError:
    """Return the error for a push whose prefix the centre does not have."""
    return Forked(
        msg("Another copy of this store has synced meanwhile."),
        hint=msg("Nothing is lost. Run: sfa sync."),
    )


def read_only() -> SfaError:
    """Return the error for a centre that takes no changes at the moment."""
    return CentreReadOnly(
        msg("The centre takes no changes at the moment (it is a standby, or in maintenance)."),
        hint=msg("Your changes wait here. Run sfa sync again later."),
    )


def unreachable(address: str, system: str) -> SfaError:
    """Return the error for a connection that failed."""
    return CentreUnreachable(
        msg("The centre {address} cannot be reached."),
        why=msg("The system says: {system}."),
        hint=msg("Your changes are safe on this device. Check the network, then run: sfa sync."),
        address=address,
        system=system,
    )


def silent(address: str, seconds: float) -> SfaError:
    """Return the error for a centre that took a question and gave no answer."""
    return CentreUnreachable(
        msg("The centre {address} cannot be reached."),
        why=msg("It gave no answer for {seconds} seconds."),
        hint=msg("Your changes are safe on this device. Check the network, then run: sfa sync."),
        address=address,
        seconds=round(seconds),
    )


def failed(system: str) -> SfaError:
    """Return the error for a centre that cannot do what it was asked, and will not at a second try."""
    return CentreFailed(
        msg("The centre failed at what it was asked."),
        why=msg("The system says: {system}."),
        hint=msg("Your changes are safe on this device. Tell the administrator; then run: sfa sync."),
        system=system.rstrip("."),
    )
