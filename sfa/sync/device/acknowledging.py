"""What the centre answers to a push: what became of transactions, and where it holds something else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping

from sfa import clock
from sfa.fields.sight import ORGANISATION
from sfa.store.connection import StoreConnection
from sfa.sync.device import state
from sfa.sync.device.hearing import Hearing, settled
from sfa.sync.device.leaving import Purge, empty_references, hanging, is_needed, ready_to_leave, stays
from sfa.sync.device.outbox import settled_seq
from sfa.sync.device.pending import columns_of
from sfa.sync.device.removed import what_was_removed, whole
from sfa.sync.device.rows import Key, is_here
from sfa.sync.protocol import Differs, Outcome, Push, PushAnswer, TxOutcome, Value
from sfa.terms import ChangeKind, OpKind

_QUIET = frozenset({Outcome.APPLIED, Outcome.IGNORED, Outcome.STAGED})


def acknowledge(connection: StoreConnection, push: Push, answer: PushAnswer) -> None:
    """Settle what a batch's transactions became, in the open transaction.

    Ops that the centre has beyond the batch stay unacknowledged until their outcome is heard.
    """
    before = settled_seq(connection)
    reached = min(answer.last_seq, push.ops[-1].seq if push.ops else answer.last_seq)
    state.put(connection, state.ACKED_SEQ, str(max(state.acked_seq(connection), reached)))
    _keep_outcomes(connection, answer.outcomes)
    hearing = Hearing(connection)
    purge = Purge(connection, hearing.pending)
    written = _settled_columns(connection, before, hearing.pending.settled)
    # What a refused change had moved goes back to its place before the refused rows go.
    for differs in sorted(answer.differs, key=lambda each: each.columns is None):
        key = (differs.table, differs.row_id)
        if differs.columns is None:
            _go(hearing, purge, key)
        elif is_here(connection, key):
            _hold(hearing, key, differs.columns)
        else:
            _bring_back(hearing, differs)
    for key, columns in written.items():
        _confirm(hearing, key, columns)
    for key in ready_to_leave(connection, hearing.pending):
        _go(hearing, purge, key)
    hearing.settle()
    purge.settle()


def settle_anew(connection: sqlite3.Connection, not_taken: Iterable[TxOutcome]) -> None:
    """Take it, in the open transaction, that of the settled own transactions just these were not taken."""
    settled_upto = settled_seq(connection)
    known = {
        row[0]: tuple(row[1:])
        for row in connection.execute(
            "SELECT t.tx_id, o.state, o.reason, o.proposal_id FROM tx t"
            " LEFT JOIN outcome o ON o.tx_id = t.tx_id WHERE t.last_seq <= ?",
            (settled_upto,),
        )
    }
    now = {each.tx_id: each for each in not_taken if each.tx_id in known}
    gone = [
        TxOutcome(tx_id, Outcome.APPLIED)
        for tx_id, found in known.items()
        if found[0] is not None and tx_id not in now
    ]
    news = [
        each
        for each in now.values()
        if known[each.tx_id] != (each.outcome.value, each.reason, each.proposal_id)
    ]
    _keep_outcomes(connection, (*gone, *news))


def _keep_outcomes(connection: sqlite3.Connection, outcomes: Iterable[TxOutcome]) -> None:
    now = clock.to_text(clock.utc_now())
    for each in outcomes:
        connection.execute("DELETE FROM outcome WHERE tx_id = ?", (each.tx_id,))
        if each.outcome not in _QUIET:
            connection.execute(
                "INSERT INTO outcome (tx_id, state, reason, proposal_id, at) VALUES (?, ?, ?, ?, ?)",
                (each.tx_id, each.outcome.value, each.reason, each.proposal_id, now),
            )


def _settled_columns(connection: sqlite3.Connection, after: int, to: int) -> dict[Key, set[str]]:
    """Return the rows with confirmed values that just settled ops wrote, and which columns."""
    rows = connection.execute(
        "SELECT o.tbl, o.row_id, o.kind, o.changes FROM oplog o WHERE o.seq > ? AND o.seq <= ?"
        " AND EXISTS (SELECT 1 FROM confirmed c WHERE c.tbl = o.tbl AND c.row_id = o.row_id)",
        (after, to),
    ).fetchall()
    found: dict[Key, set[str]] = {}
    for table, row_id, kind, changes in rows:
        found.setdefault((table, row_id), set()).update(columns_of(table, kind, changes))
    return found


def _hold(hearing: Hearing, key: Key, columns: Mapping[str, tuple[Value, str | None]]) -> None:
    values = {name: value for name, (value, _) in columns.items()}
    hearing.hear(settled(key, values, {name: writer for name, (_, writer) in columns.items()}))


def _confirm(hearing: Hearing, key: Key, written: set[str]) -> None:
    """Show what was confirmed beside own values of the same unit; for the own columns the answer stands."""
    pending = hearing.pending.columns(key)
    rows = hearing.connection.execute(
        "SELECT col, value, op_id FROM confirmed WHERE tbl = ? AND row_id = ?", key
    ).fetchall()
    free = {row[0]: (json.loads(row[1]), row[2]) for row in rows if row[0] not in pending}
    beside = {name: found for name, found in free.items() if name not in written}
    if beside and is_here(hearing.connection, key):
        _hold(hearing, key, beside)
    hearing.connection.executemany(
        "DELETE FROM confirmed WHERE tbl = ? AND row_id = ? AND col = ?", [(*key, name) for name in free]
    )


def _go(hearing: Hearing, purge: Purge, key: Key) -> None:
    """Take away a row that is not there for this user; what the centre refused stays in the log."""
    connection = hearing.connection
    is_there = is_here(connection, key)
    if not is_there and not _was_removed(connection, key):
        return
    rows = hanging(connection, key)
    if any(hearing.pending.written(each) for each in rows):
        connection.execute("INSERT OR IGNORE INTO leaving (tbl, row_id) VALUES (?, ?)", key)
        return  # it goes when what hangs on it was answered too
    if not _was_refused(connection, key):
        purge.take(key)
        hearing.links.look_again()
        return
    if not is_there:
        stays(connection, key)
        return
    if key[0] in ORGANISATION and is_needed(connection, key):
        return
    for each in reversed(rows):
        if _was_refused(connection, each):
            _drop(hearing, purge, each)
        elif is_here(connection, each):
            purge.take(each)  # moved below the refused row, and lost meanwhile
    hearing.links.look_again()


def _drop(hearing: Hearing, purge: Purge, key: Key) -> None:
    """Drop a row that was refused; what others said of it goes whole, if it came from them as well."""
    connection = hearing.connection
    empty_references(connection, key)
    heard = "SELECT 1 FROM history WHERE row_id = ? AND tbl = ? AND entry IN ('row', 'op')"
    if connection.execute(heard, (key[1], key[0])).fetchone():
        purge.take_all_but_refused(key)
    else:
        hearing.drop(key)
    stays(connection, key)


def _was_removed(connection: sqlite3.Connection, key: Key) -> bool:
    """Say whether a row that is not here was removed past the services, and the log holds what it said."""
    row = connection.execute(
        "SELECT 1 FROM oplog WHERE row_id = ?2 AND tbl = ?1 AND kind = ?3 AND changes IS NOT NULL",
        (*key, OpKind.DELETE.value),
    ).fetchone()
    return row is not None


def _was_refused(connection: sqlite3.Connection, key: Key) -> bool:
    """Say whether a row is own work that never was at the centre: refused, or made by the store itself."""
    row = connection.execute(
        "SELECT o.tx_id, t.kind FROM oplog o JOIN tx t ON t.tx_id = o.tx_id"
        " WHERE o.row_id = ?2 AND o.tbl = ?1 AND o.kind = 'insert' ORDER BY o.seq DESC LIMIT 1",
        key,
    ).fetchone()
    if row is None:
        return False
    refused = connection.execute("SELECT 1 FROM outcome WHERE tx_id = ?", (row[0],)).fetchone()
    return row[1] == ChangeKind.SYSTEM or refused is not None


def _bring_back(hearing: Hearing, differs: Differs) -> None:
    """Restore a row whose removal the centre did not take."""
    key = (differs.table, differs.row_id)
    columns = differs.columns or {}
    removed = what_was_removed(hearing.connection, key)
    is_live = "deleted_at" in columns and columns["deleted_at"][0] is None
    if removed is None or not is_live:
        return
    values, writers = removed
    for name, (value, writer) in columns.items():
        values[name] = value
        if writer:
            writers[name] = writer
    hearing.hear(whole(key, values, writers))
