"""The op log in itself: no gap, payloads as they were hashed, links unbroken, transactions named.

Sealing after a repair makes the chain consistent from the first break on. It cannot
prove what was there before: the backup made before the repair keeps the log as it was.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from sfa import clock
from sfa.errors import msg
from sfa.fields import TABLES
from sfa.store.capture import APPLY, CAPTURE, digest_of, link_of
from sfa.store.change import local_state
from sfa.store.checks import Finding, named, refused, repairable
from sfa.store.connection import StoreConnection
from sfa.store.erasure import erasures
from sfa.store.log import alias_map
from sfa.store.rebuilding import OwnOp, steps_by_row, written_by
from sfa.terms import ChangeKind, OpKind

_KINDS = frozenset(kind.value for kind in OpKind)
_OPS = (
    "SELECT seq, op_id, tx_id, hlc, kind, tbl, row_id, changes, salt, digest, chain FROM oplog ORDER BY seq"
)


@dataclass(slots=True)
class _Faults:
    gaps: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def check_log(connection: sqlite3.Connection) -> list[Finding]:
    """Return what is wrong with the ops and their chain."""
    faults = _faults(connection)
    found = []
    if faults.unknown:
        found.append(
            refused(
                "op_unknown",
                msg("The op log has ops this program does not know: {ops}."),
                msg("Update sfa, or bring a backup back with: sfa backup restore FILE."),
                ops=named(faults.unknown),
            )
        )
    for code, what, ops in (
        ("op_missing", msg("Ops are missing from the op log, at {ops}."), faults.gaps),
        ("op_unreadable", msg("Ops cannot be read: {ops}."), faults.unreadable),
        ("op_altered", msg("Ops were altered after they were written: {ops}."), faults.altered),
        ("chain_broken", msg("The hash chain of the op log is broken at {ops}."), faults.broken),
    ):
        if ops:
            repair = msg("The log is closed up and sealed anew; the backup keeps it as it was.")
            found.append(repairable(code, what, repair, ops=named(ops)))
    return found


def _faults(connection: sqlite3.Connection) -> _Faults:
    faults = _Faults()
    previous: bytes | None = None
    last = 0
    erased = erasures(connection)
    for row in connection.execute(_OPS):
        name = str(row[0])
        if row[0] != last + 1:
            faults.gaps.append(name)
        if row[4] not in _KINDS or row[5] not in TABLES:
            faults.unknown.append(name)
        elif row[7] is not None and not _is_readable(row[5], row[7]):
            faults.unreadable.append(name)
        if _has_words(row, erased) and digest_of(row[8] or b"", row[7]) != row[9]:
            faults.altered.append(name)
        if _link(previous, row) != row[10]:
            faults.broken.append(name)
        previous, last = row[10], row[0]
    return faults


def _has_words(row: Any, erased: dict[tuple[str, str], str]) -> bool:
    """Say whether an op's payload is as it was hashed; an erasure leaves placeholders and takes the salt."""
    return row[7] is not None and not (row[8] is None and (row[5], row[6]) in erased)


def _is_readable(table: str, payload: str) -> bool:
    try:
        changes = json.loads(payload)
    except ValueError:
        return False
    names = TABLES[table].column_names()
    return isinstance(changes, dict) and all(
        name in names and isinstance(entry, list) and entry for name, entry in changes.items()
    )


def _link(previous: bytes | None, row: Any) -> bytes:
    return link_of(previous, row[1], row[2], row[3], (row[4], row[5], row[6]), row[9])


def repair_log(connection: StoreConnection) -> None:
    """Close gaps and blank what cannot be read; the chain is sealed by ``seal`` at the end."""
    connection.capture.mode = APPLY
    sequence = [row[0] for row in connection.execute("SELECT seq FROM oplog ORDER BY seq")]
    # What was heard keeps its place among the ops.
    connection.execute(
        "UPDATE history SET after_seq = (SELECT count(*) FROM oplog o WHERE o.seq <= after_seq)"
    )
    connection.executemany(
        "UPDATE oplog SET seq = ? WHERE seq = ?",
        ((number, seq) for number, seq in enumerate(sequence, 1) if number != seq),
    )
    rows = connection.execute("SELECT seq, tbl, changes FROM oplog WHERE changes IS NOT NULL").fetchall()
    connection.executemany(
        "UPDATE oplog SET changes = NULL, salt = NULL WHERE seq = ?",
        ((row[0],) for row in rows if row[1] in TABLES and not _is_readable(row[1], row[2])),
    )
    connection.capture.mode = CAPTURE


def seal(connection: StoreConnection) -> None:
    """Compute digests of altered payloads and every link from the first break on."""
    connection.capture.mode = APPLY
    previous: bytes | None = None
    erased = erasures(connection)
    for row in connection.execute(_OPS).fetchall():
        parts = list(row)
        if _has_words(row, erased):
            parts[9] = digest_of(parts[8] or b"", parts[7])
        chain = _link(previous, parts)
        if (parts[9], chain) != (row[9], row[10]):
            connection.execute(
                "UPDATE oplog SET digest = ?, chain = ? WHERE seq = ?", (parts[9], chain, row[0])
            )
        previous = chain
    connection.capture.mode = CAPTURE


_RANGES = "SELECT tx_id, min(seq), max(seq), min(hlc) FROM oplog GROUP BY tx_id"


def check_transactions(connection: sqlite3.Connection) -> list[Finding]:
    """Return the ops without a transaction, and the transactions that do not fit their ops."""
    ranges = {row[0]: (row[1], row[2]) for row in connection.execute(_RANGES)}
    named_ones = {
        row[0]: (row[1], row[2]) for row in connection.execute("SELECT tx_id, first_seq, last_seq FROM tx")
    }
    nameless = sorted(ranges.keys() - named_ones.keys())
    wrong = sorted(each for each in named_ones if named_ones[each] != ranges.get(each))
    found = []
    if nameless:
        found.append(
            repairable(
                "tx_missing",
                msg("Ops belong to transactions that are not there: {transactions}."),
                msg("They get a transaction named after this repair; undo does not offer it."),
                transactions=named(nameless),
            )
        )
    if wrong:
        found.append(
            repairable(
                "tx_range",
                msg("Transactions do not fit their ops: {transactions}."),
                msg("Their range is set right; one without ops is removed."),
                transactions=named(wrong),
            )
        )
    return found


def repair_transactions(connection: StoreConnection) -> None:
    """Give nameless ops a transaction, set the ranges right, remove transactions without ops."""
    connection.capture.mode = APPLY
    device = local_state(connection, "device_id")
    ranges = connection.execute(_RANGES).fetchall()
    for tx_id, first, last, reading in ranges:
        connection.execute(
            "INSERT INTO tx (tx_id, first_seq, last_seq, kind, name, device, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (tx_id) DO UPDATE SET first_seq = excluded.first_seq, last_seq = excluded.last_seq",
            (
                tx_id,
                first,
                last,
                ChangeKind.SYSTEM.value,
                str(msg("A change found without a name")),
                device,
                clock.to_text(clock.hlc_instant(reading)),
            ),
        )
    connection.execute("DELETE FROM tx WHERE tx_id NOT IN (SELECT tx_id FROM oplog)")
    connection.capture.mode = CAPTURE


Writer = tuple[str, dict[str, str]]


def check_writers(connection: sqlite3.Connection) -> list[Finding]:
    """Return the rows whose memory of who wrote them disagrees with the op log."""
    wrong = [f"{table} {row_id}" for (table, row_id), _, _ in _wrong_writers(connection)]
    if not wrong:
        return []
    return [
        repairable(
            "writer_wrong",
            msg("Rows do not remember rightly which op wrote them: {rows}."),
            msg("It is read from the op log again."),
            rows=named(wrong),
        )
    ]


def _wrong_writers(
    connection: sqlite3.Connection,
) -> Iterator[tuple[tuple[str, str], Writer | None, Writer | None]]:
    """Yield (table and row, what the log says, what is remembered) where they differ."""
    stored = connection.execute("SELECT tbl, row_id, op_id, columns FROM row_writer ORDER BY tbl, row_id")
    remembered = ((key(row), (row[2], _columns(row[3]))) for row in stored)
    logged = _logged_writers(connection)
    merged = heapq.merge(
        ((where, 0, writer) for where, writer in logged),
        ((where, 1, writer) for where, writer in remembered),
        key=itemgetter(0, 1),
    )
    for where, sides in groupby(merged, itemgetter(0)):
        found: dict[int, Writer] = {side: writer for _, side, writer in sides}
        if found.get(0) != found.get(1):
            yield where, found.get(0), found.get(1)


def key(row: Any) -> tuple[str, str]:
    """Return (table, row) of a result whose first two columns they are."""
    return row[0], row[1]


def _columns(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {"": text}
    return found if isinstance(found, dict) else {"": text}


def _logged_writers(connection: sqlite3.Connection) -> Iterator[tuple[tuple[str, str], Writer]]:
    gone = alias_map(connection)
    for where, steps in steps_by_row(connection):
        writer = written_by(where[0], steps) if where[0] in TABLES and where[1] not in gone else None
        own = [step.op_id for step in steps if isinstance(step, OwnOp)]
        # Of a row that a single own op made nothing is remembered.
        if writer is not None and (writer[1] or writer[0] not in own):
            yield where, writer


def repair_writers(connection: StoreConnection) -> None:
    """Read again from the op log who wrote each row."""
    connection.capture.mode = APPLY
    for (table, row_id), logged, _ in list(_wrong_writers(connection)):
        connection.execute("DELETE FROM row_writer WHERE tbl = ? AND row_id = ?", (table, row_id))
        if logged is not None:
            connection.execute(
                "INSERT INTO row_writer (tbl, row_id, op_id, columns) VALUES (?, ?, ?, ?)",
                (table, row_id, logged[0], json.dumps(logged[1], separators=(",", ":"))),
            )
    connection.capture.mode = CAPTURE
