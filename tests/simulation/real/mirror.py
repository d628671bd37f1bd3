"""What a real centre holds, read into the model's form: the invariants are asked of either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sfa.fields import TABLES
from sfa.sync.protocol import Outcome, PushedTx
from tests.simulation.centre.state import CENTRE, Central, Op, Row, State, Tx
from tests.simulation.real.server import Connection

_OPS = """
SELECT o.op_id, o.tx_id, o.device, o.author, o.hlc, o.clock, o.kind, o.tbl, o.row_id, o.changes,
       encode(o.salt, 'hex'), encode(o.digest, 'hex'), o.schema_version, o.took,
       o.device = 'centre' AND t.kind = 'system', b.version,
       o.tbl = 'user' AND EXISTS (
           SELECT FROM hub.alias AS a WHERE a.device = o.device AND a.local_author = o.row_id
       )
FROM hub.op AS o JOIN hub.tx AS t USING (tx_id) LEFT JOIN hub.batch AS b ON b.id = o.batch
ORDER BY o.device, o.seq, o.hlc, o.op_id
"""
_TRANSACTIONS = """
SELECT tx_id, coalesce(first_seq, 0), coalesce(last_seq, 0), kind, name, arguments, author, at, undoes,
       device, outcome, reason, proposal_id
FROM hub.tx
"""
_FEED = """
SELECT b.version, b.name::text, array_agg(f.ref ORDER BY f.ord) FILTER (WHERE f.kind = 'op')
FROM hub.batch AS b LEFT JOIN hub.feed AS f ON f.batch = b.id
WHERE b.version IS NOT NULL GROUP BY b.version, b.name ORDER BY b.version
"""


def version_of(centre: Connection) -> int:
    """Return the number of the last central transaction."""
    row = centre.execute("SELECT version FROM hub.counter").fetchone()
    assert row is not None
    return int(row[0])


def rows_of(centre: Connection) -> dict[str, dict[str, Row]]:
    """Return all rows with their writers, by table and id."""
    found: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
    written = {
        (row[0], row[1]): (row[2], row[3])
        for row in centre.execute("SELECT tbl, row_id, maker, columns FROM hub.row")
    }
    for table, rows in found.items():
        for (values,) in centre.execute(f'SELECT hub."json_{table}"(t) FROM sfa."{table}" AS t ORDER BY id'):
            row_id = values.pop("id")
            maker, writers = written[table, row_id]
            rows[row_id] = Row(values, maker, writers)
    return found


def state_of(centre: Connection, organisation: str) -> State:
    """Return everything the invariants ask for, as it was at one moment."""
    with centre.transaction():
        centre.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        state = State(organisation, rows_of(centre))
        state.logins = dict(centre.execute("SELECT user_id, is_active FROM hub.login").fetchall())
        for tx_id, tx in _transactions(centre):
            state.txs[tx_id] = tx
        for *row, version, is_of_its_user in centre.execute(_OPS):
            op = _op(row)
            if is_of_its_user and state.txs[op.tx_id].outcome is Outcome.APPLIED:
                # What a store says of its own user before the first login: the centre knows that user better.
                op.version, op.read = version, {}
            state.ops[op.op_id] = op
            state.ops_of_row.setdefault((op.table, op.row_id), []).append(op.op_id)
        for version, name, ops in centre.execute(_FEED):
            state.feed.append(Central(version, name, [], ops or []))
            for op_id in ops or ():
                state.ops[op_id].version = version
    return state


def _op(row: list[Any]) -> Op:
    (
        op_id,
        tx_id,
        device,
        author,
        hlc,
        clock,
        kind,
        table,
        row_id,
        changes,
        salt,
        digest,
        schema,
        took,
        own,
    ) = row
    return Op(
        op_id, tx_id, device, author, hlc, clock, kind, table, row_id, changes,
        json.loads(changes) if changes is not None else None, salt, digest, schema,
        took=None if took is None else tuple(took), is_set_up=own,
    )  # fmt: skip


def _transactions(centre: Connection) -> Iterator[tuple[str, Tx]]:
    for *header, device, outcome, reason, proposal in centre.execute(_TRANSACTIONS):
        yield header[0], Tx(PushedTx(*header), device, header[6], Outcome(outcome), reason, proposal)


__all__ = ["CENTRE", "rows_of", "state_of", "version_of"]
