"""Reading the op log: ops, transactions, and who really wrote a column.

What others changed (``history``) is read along where a record's past is asked for. Users
that a login found to be another user are read as that one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sfa.errors import Msg
from sfa.fields import TABLES
from sfa.terms import ChangeKind, OpKind

Changes = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Op:
    """One changed row.

    ``is_blanked``: words are missing, because a person was erased or the row left this
    device; in the second case ``changes`` is ``None``.
    """

    seq: int
    op_id: str
    tx_id: str
    hlc: int
    kind: OpKind
    table: str
    row_id: str
    changes: Changes | None
    inverts: str | None
    author: str | None = None  # of an op that was heard of others
    device: str | None = None
    is_blanked: bool = False


@dataclass(frozen=True, slots=True)
class Transaction:
    """A named transaction: ops ``first_seq`` to ``last_seq``."""

    tx_id: str
    first_seq: int
    last_seq: int
    kind: ChangeKind
    name: Msg
    arguments: dict[str, Any]
    author: str | None
    device: str
    at: str
    undoes: str | None


ALIASES = "sync_aliases"  # local_state: local user id -> the centre's, for every login
FORMER_DEVICES = "sync_former_devices"  # local_state: the ids this store had before it was forked

_OP = "seq, op_id, tx_id, hlc, kind, tbl, row_id, changes, inverts, salt IS NULL"
_PAIRED = frozenset({"tag", "external_id"})
_TX = "tx_id, first_seq, last_seq, kind, name, arguments, author, device, at, undoes"


def alias_map(connection: sqlite3.Connection) -> dict[str, str]:
    """Return local user id -> the centre's user id; empty before the first login."""
    row = connection.execute("SELECT value FROM local_state WHERE key = ?", (ALIASES,)).fetchone()
    return dict(json.loads(row[0])) if row else {}


def aliased(table: str, changes: Changes, aliases: dict[str, str]) -> Changes:
    """Return changes with users read as who they are at the centre."""
    if not aliases or table not in TABLES:
        return changes
    users = {column.name for column in TABLES[table].columns if column.references == "user"}
    if table in _PAIRED:
        users.add("record_id")
    return {
        name: [*(aliases.get(value, value) for value in entry[:2]), *entry[2:]] if name in users else entry
        for name, entry in changes.items()
    }


def _op(row: Any, aliases: dict[str, str]) -> Op:
    changes = aliased(row[5], json.loads(row[7]), aliases) if row[7] is not None else None
    known = (row[0], row[1], row[2], row[3], OpKind(row[4]), row[5], row[6], changes, row[8])
    return Op(*known, is_blanked=bool(row[9]))


def _tx(row: Any, aliases: dict[str, str]) -> Transaction:
    return Transaction(
        row[0],
        row[1],
        row[2],
        ChangeKind(row[3]),
        Msg(row[4]),
        json.loads(row[5]),
        aliases.get(row[6], row[6]),
        row[7],
        row[8],
        row[9],
    )


def all_ops(connection: sqlite3.Connection) -> Iterator[Op]:
    """Yield every op in order."""
    aliases = alias_map(connection)
    for row in connection.execute(f"SELECT {_OP} FROM oplog ORDER BY seq"):
        yield _op(row, aliases)


def ops_of(connection: sqlite3.Connection, transaction: Transaction) -> list[Op]:
    """Return a transaction's ops in order."""
    rows = connection.execute(
        f"SELECT {_OP} FROM oplog WHERE seq BETWEEN ? AND ? ORDER BY seq",
        (transaction.first_seq, transaction.last_seq),
    )
    aliases = alias_map(connection)
    return [_op(row, aliases) for row in rows]


def ops_of_rows(connection: sqlite3.Connection, row_ids: list[str]) -> list[Op]:
    """Return the ops of some rows, own ones and others', in the order they came to this store."""
    aliases = alias_map(connection)
    found: list[tuple[int, int, Op]] = []
    for start in range(0, len(row_ids), 500):
        part = row_ids[start : start + 500]
        places = ", ".join("?" * len(part))
        own = connection.execute(f"SELECT {_OP} FROM oplog WHERE row_id IN ({places})", part)
        found.extend((row[0], 0, _op(row, aliases)) for row in own)
        heard = connection.execute(f"SELECT {_HEARD_OP} WHERE h.row_id IN ({places}) AND {_FOREIGN}", part)
        found.extend((row[0], row[1], _heard_op(row)) for row in heard)
    return [op for _, _, op in sorted(found, key=itemgetter(0, 1))]


# Own ops that the centre sent again are in the log already.
_HEARD_OP = (
    "h.after_seq, h.no, h.op_id, h.tx_id, h.hlc, h.kind, h.tbl, h.row_id, h.changes, h.author, h.device"
    " FROM (SELECT * FROM history WHERE entry = 'op') h"
    ""
)


_FOREIGN = "h.entry = 'op' AND NOT EXISTS (SELECT 1 FROM oplog o WHERE o.op_id = h.op_id)"


def _heard_op(row: Any) -> Op:
    changes = json.loads(row[8]) if row[8] is not None else None
    return Op(row[0], row[2], row[3], row[4], OpKind(row[5]), row[6], row[7], changes, None, row[9], row[10])


def op_of(connection: sqlite3.Connection, op_id: str) -> Op | None:
    """Return one op, or ``None``."""
    row = connection.execute(f"SELECT {_OP} FROM oplog WHERE op_id = ?", (op_id,)).fetchone()
    return _op(row, alias_map(connection)) if row else None


def transactions_backwards(connection: sqlite3.Connection) -> Iterator[Transaction]:
    """Yield the transactions, newest first."""
    aliases = alias_map(connection)
    for row in connection.execute(f"SELECT {_TX} FROM tx ORDER BY first_seq DESC"):
        yield _tx(row, aliases)


def transaction_of(connection: sqlite3.Connection, tx_id: str) -> Transaction | None:
    """Return one transaction of this store, or ``None``."""
    row = connection.execute(f"SELECT {_TX} FROM tx WHERE tx_id = ?", (tx_id,)).fetchone()
    return _tx(row, alias_map(connection)) if row else None


def heard_transaction(connection: sqlite3.Connection, tx_id: str) -> Transaction | None:
    """Return somebody else's transaction, which has no range here, or ``None``."""
    row = connection.execute(f"SELECT {_HEARD_TX} FROM heard_tx WHERE tx_id = ?", (tx_id,)).fetchone()
    return _tx(row, {}) if row else None


def heard_transactions(connection: sqlite3.Connection, limit: int | None) -> list[Transaction]:
    """Return the latest transactions of others, and of this user's other devices, newest first."""
    rows = connection.execute(
        f"SELECT {_HEARD_TX} FROM heard_tx ORDER BY at DESC, tx_id DESC LIMIT ?",
        (-1 if limit is None else limit,),
    )
    return [_tx(row, {}) for row in rows]


def own_devices(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the ids under which this store wrote: the present one and those before it was forked."""
    rows = connection.execute(
        "SELECT key, value FROM local_state WHERE key IN ('device_id', ?)", (FORMER_DEVICES,)
    )
    found = {row[0]: row[1] for row in rows}
    return frozenset({found.get("device_id", ""), *json.loads(found.get(FORMER_DEVICES, "[]"))})


_HEARD_TX = "tx_id, 0, 0, kind, name, arguments, author, device, at, undoes"


def is_in_force(connection: sqlite3.Connection, tx_id: str) -> bool:
    """Say whether a transaction was not taken back, or was taken back and brought back again."""
    rows = connection.execute("SELECT tx_id FROM tx WHERE undoes = ?", (tx_id,)).fetchall()
    return not any(is_in_force(connection, row[0]) for row in rows)


class Writers:
    """Who wrote a column, looking through undo and redo to the change they brought back."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read from the given connection, remembering the ops met."""
        self._connection = connection
        self._ops: dict[str, Op | None] = {}

    def of_row(self, table: str, row_id: str) -> tuple[str | None, dict[str, str]]:
        """Return the op that wrote the row and a map of the columns written later."""
        row = self._connection.execute(
            "SELECT op_id, columns FROM row_writer WHERE tbl = ? AND row_id = ?", (table, row_id)
        ).fetchone()
        if row is not None:
            return row[0], json.loads(row[1])
        made = self._connection.execute(
            "SELECT op_id FROM oplog WHERE tbl = ? AND row_id = ? AND kind = ? ORDER BY seq DESC LIMIT 1",
            (table, row_id, OpKind.INSERT.value),
        ).fetchone()
        return (made[0] if made else None), {}

    def effective(self, op_id: str | None, column: str) -> str | None:
        """Return the op whose value the column has now, as if undo and redo had not happened."""
        while op_id is not None:
            op = self._op(op_id)
            if op is None or op.inverts is None:
                return op_id
            inverted = self._op(op.inverts)
            if inverted is None or inverted.changes is None:
                return op_id
            entry = inverted.changes.get(column)
            op_id = entry[2] if entry is not None and len(entry) > 2 else None
        return None

    def _op(self, op_id: str) -> Op | None:
        if op_id not in self._ops:
            self._ops[op_id] = op_of(self._connection, op_id)
        return self._ops[op_id]
