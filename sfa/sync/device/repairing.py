"""Making rows equal to the centre's after a comparison found them different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sfa.store.connection import StoreConnection
from sfa.sync.device.applying import hear_row
from sfa.sync.device.hearing import Hearing
from sfa.sync.device.leaving import Purge, leave
from sfa.sync.device.pending import Pending
from sfa.sync.device.rows import Key
from sfa.sync.protocol import RowEntry
from sfa.terms import OpKind


def repair(connection: StoreConnection, rows: Sequence[RowEntry], gone: Mapping[str, Sequence[str]]) -> None:
    """Write rows as the centre has them and take away others, in the open transaction."""
    hearing = Hearing(connection)
    purge = Purge(connection, hearing.pending)
    for entry in rows:
        hear_row(hearing, entry)
    for table, row_ids in gone.items():
        for row_id in row_ids:
            if not _is_new(connection, hearing.pending, (table, row_id)):
                leave(hearing, purge, (table, row_id))
    hearing.settle()
    purge.settle()


def _is_new(connection: StoreConnection, pending: Pending, key: Key) -> bool:
    """Say whether a row was made here and the centre has not heard of it."""
    query = "SELECT 1 FROM oplog WHERE row_id = ?2 AND tbl = ?1 AND seq > ?3 AND kind = ?4"
    return connection.execute(query, (*key, pending.settled, OpKind.INSERT.value)).fetchone() is not None
