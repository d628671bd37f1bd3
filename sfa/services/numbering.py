"""Numbers of quotes and orders: a series of each device, so that no two are the same, offline too.

``Q-K3F9-0007`` is the seventh quote of the device whose code is K3F9: the centre's code for it, or
before the first login ``X`` and four characters of the device's id. A number that was given never
changes and is never given again here.
"""

from __future__ import annotations

from sfa import ids
from sfa.finding import organisation
from sfa.store.change import local_state
from sfa.store.connection import StoreConnection

_CODE = "sync_code"  # local_state: the centre's code for this device
_TAIL = 4


def next_number(connection: StoreConnection, letter: str, table: str) -> str:
    """Return the next number of this device's series in a table, in the open transaction."""
    front = f"{letter}-{device_code(connection)}-"
    key = f"series:{front}"
    highest = connection.execute(
        f"SELECT max(CAST(substr(number, ?) AS INTEGER)) FROM {table} WHERE number GLOB ?",
        (len(front) + 1, f"{front}[0-9]*"),
    ).fetchone()[0]
    # The counter too: a quote that was handed over leaves the device, its number does not come back.
    last = max(int(local_state(connection, key) or 0), int(highest or 0))
    connection.execute("INSERT OR REPLACE INTO local_state (key, value) VALUES (?, ?)", (key, str(last + 1)))
    return f"{front}{last + 1:04d}"


def device_code(connection: StoreConnection) -> str:
    """Return the code of this device in numbers."""
    known = local_state(connection, _CODE)
    if known:
        return known
    return "X" + ids.ref_of(organisation.device_id(connection))[:_TAIL].upper()
