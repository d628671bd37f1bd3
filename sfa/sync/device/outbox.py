"""The op log as the outbox: what the centre has not answered yet, in batches to push."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sfa import clock
from sfa.sync.device import state
from sfa.sync.protocol import MAX_BYTES, MAX_OPS, Push, PushedOp, PushedTx
from sfa.terms import ChangeKind

_OP = "seq, op_id, tx_id, hlc, kind, tbl, row_id, changes, salt, digest, inverts, schema_version"
_AROUND = 250  # bytes of an op beside its payload: ids, digest and names as text


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many ops the centre has not answered, of how many transactions, and since when (an instant)."""

    count: int
    transactions: int
    since: str | None


def head_seq(connection: sqlite3.Connection) -> int:
    """Return the number of the last op, 0 in an empty log."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM oplog").fetchone()[0])


def settled_seq(connection: sqlite3.Connection) -> int:
    """Return up to which op the centre has settled what became of it.

    Ops of a transaction whose last op is not acknowledged are only staged there.
    """
    acked = state.acked_seq(connection)
    row = connection.execute(
        "SELECT first_seq FROM tx WHERE first_seq <= ?1 AND last_seq > ?1 ORDER BY first_seq LIMIT 1",
        (acked,),
    ).fetchone()
    return row[0] - 1 if row else acked


def chain(connection: sqlite3.Connection, seq: int) -> str | None:
    """Return the chain link at an op, "" at 0, ``None`` past the head."""
    if seq == 0:
        return ""
    row = connection.execute("SELECT chain FROM oplog WHERE seq = ?", (seq,)).fetchone()
    return row[0].hex() if row else None


def unsent(connection: sqlite3.Connection) -> Unsent:
    """Return what waits to be pushed."""
    acked = state.acked_seq(connection)
    count = head_seq(connection) - acked
    if count <= 0:
        return Unsent(0, 0, None)
    oldest = connection.execute(
        "SELECT hlc FROM oplog WHERE seq > ? ORDER BY seq LIMIT 1", (acked,)
    ).fetchone()
    names = connection.execute("SELECT count(*) FROM tx WHERE last_seq > ?", (acked,)).fetchone()
    return Unsent(count, names[0], clock.to_text(clock.hlc_instant(oldest[0])))


def made(connection: sqlite3.Connection) -> tuple[int, str | None]:
    """Return how many ops the user made here, and the instant of the oldest; the store's own set-up apart."""
    count, oldest = connection.execute(
        "SELECT count(*), min(o.hlc) FROM oplog o JOIN tx ON tx.tx_id = o.tx_id WHERE tx.kind <> ?",
        (ChangeKind.SYSTEM.value,),
    ).fetchone()
    return count, clock.to_text(clock.hlc_instant(oldest)) if oldest is not None else None


def unsent_transactions(connection: sqlite3.Connection) -> Iterator[PushedTx]:
    """Yield the headers of the transactions that wait to be pushed, oldest first."""
    for row in connection.execute(
        f"SELECT {_TX} FROM tx WHERE last_seq > ? ORDER BY first_seq", (state.acked_seq(connection),)
    ):
        yield PushedTx(*row)


_TX = "tx_id, first_seq, last_seq, kind, name, arguments, author, at, undoes"


def batches(
    connection: sqlite3.Connection, *, max_ops: int = MAX_OPS, max_bytes: int = MAX_BYTES
) -> Iterator[Push]:
    """Yield what is unacknowledged, in order, as it is when each batch is asked for.

    A batch ends before the op that would make it too large; one op that is too large
    alone goes alone. Transactions may be split over batches. It ends when nothing is
    left, or when a batch was not acknowledged before the next was asked for.
    """
    before = -1
    while before < (acked := state.acked_seq(connection)) < head_seq(connection):
        before = acked
        yield _batch(connection, acked + 1, max_ops, max_bytes)


def _batch(connection: sqlite3.Connection, from_seq: int, max_ops: int, max_bytes: int) -> Push:
    ops: list[PushedOp] = []
    size = 0
    rows = connection.execute(
        f"SELECT {_OP} FROM oplog WHERE seq >= ? ORDER BY seq LIMIT ?", (from_seq, max_ops)
    ).fetchall()
    for row in rows:
        op = _op(row)
        size += _AROUND + len((op.changes or "").encode())
        if ops and size > max_bytes:
            break
        ops.append(op)
    return Push(
        state.device_id(connection),
        from_seq,
        chain(connection, from_seq - 1) or "",
        tuple(_headers(connection, ops)),
        tuple(ops),
    )


def _op(row: Any) -> PushedOp:
    salt = row[8].hex() if row[8] is not None else None
    parts = [*tuple(row)[:8], salt, row[9].hex(), row[10], row[11]]
    return PushedOp(*parts)


def _headers(connection: sqlite3.Connection, ops: list[PushedOp]) -> Iterator[PushedTx]:
    for row in connection.execute(
        f"SELECT {_TX} FROM tx WHERE last_seq >= ? AND first_seq <= ? ORDER BY first_seq",
        (ops[0].seq, ops[-1].seq),
    ):
        yield PushedTx(*row)
