"""Who works here and what the organisation settled: small readers used everywhere."""

from __future__ import annotations

import json
import sqlite3

from sfa.errors import StoreUnusable, msg

# The JSON of the setting that a key names.
SETTING = (
    "SELECT value FROM setting WHERE key = ? AND deleted_at IS NULL ORDER BY updated_at DESC, id LIMIT 1"
)


def local_state(connection: sqlite3.Connection, key: str) -> str:
    """Return what this device knows of itself under a key, such as ``user_id`` or ``device_id``.

    Raises:
        StoreUnusable: the store does not know it.
    """
    row = connection.execute("SELECT value FROM local_state WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise _unset(key)
    return str(row[0])


def local_user_id(connection: sqlite3.Connection) -> str:
    """Return the id of the user whose store this is: the one that ``me`` names."""
    return local_state(connection, "user_id")


def device_id(connection: sqlite3.Connection) -> str:
    """Return the id of this device."""
    return local_state(connection, "device_id")


def setting(connection: sqlite3.Connection, key: str, default: object = None) -> object:
    """Return a setting of the organisation, read from its JSON; ``default`` when it is not set.

    Of several live rows with the key (two devices may have made one) the last changed counts.
    """
    row = connection.execute(SETTING, (key,)).fetchone()
    return default if row is None else json.loads(row[0])


def organisation_id(connection: sqlite3.Connection) -> str:
    """Return the organisation's id, from which imported records get theirs.

    Raises:
        StoreUnusable: the store has none.
    """
    found = setting(connection, "organisation_id")
    if found is None:
        raise _unset("organisation_id")
    return str(found)


def currency(connection: sqlite3.Connection) -> str:
    """Return the ISO 4217 code that an amount without a currency is in."""
    return str(setting(connection, "currency", "USD"))


def fiscal_start(connection: sqlite3.Connection) -> int:
    """Return the month, 1 to 12, in which the fiscal year begins."""
    month = setting(connection, "fiscal_year_start_month", 1)
    return month if isinstance(month, int) and 1 <= month <= 12 else 1


def _unset(key: str) -> StoreUnusable:
    return StoreUnusable(
        msg("The store does not hold {key}."),
        hint=msg("Run: sfa doctor. A backup is brought back with: sfa backup restore FILE."),
        key=key,
    )
