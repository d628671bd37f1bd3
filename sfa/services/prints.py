"""Keeping the figures of a printed pipeline, so that the next print can say what changed.

On the raw connection and without SQLModel, because printing is a command that reads: it
must not take half a second longer for the row it leaves behind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from sfa import clock, ids
from sfa.store import change
from sfa.store.connection import StoreConnection


def store_print(
    connection: StoreConnection, *, scope: str, as_of: date, figures: Mapping[str, Mapping[str, int]]
) -> str:
    """Keep the totals of each currency of a print of a scope; return the snapshot's id."""
    return change.insert(
        connection,
        "print_snapshot",
        {
            "id": ids.uuid7(clock.wall_ms()),
            "printed_at": connection.capture.stamp,
            "as_of_on": as_of.isoformat(),
            "scope": scope,
            "figures": json.dumps(figures),
        },
    )
