"""Change capture: the functions that the triggers call, and what one transaction knows.

Only our connections register these functions, so that a foreign writer fails
instead of changing a captured table silently. One op a changed row; the format
is in docs/adr/0002-op-log.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sfa import clock, ids
from sfa.fields import TABLES
from sfa.store.personal import erased_columns
from sfa.terms import OpKind

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | int | None

CAPTURE = "capture"  # ordinary changes: ops are written and values are checked
APPLY = "apply"  # a replay or a sync applies known ops: no ops, no checks
ERASE = "erase"  # a person's data is blanked: ops of kind erase, append-only tables open

CAPTURED = {name: tuple(column.name for column in table.captured()) for name, table in TABLES.items()}
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
quoted = json.encoder.encode_basestring
# An import writes half a million of them: what does not vary is put together once.
_OPENINGS = {table: tuple(f'"{name}":[' for name in names) for table, names in CAPTURED.items()}
_INSERT = OpKind.INSERT.value
_WRITERS = 9
_MAKER = 10
_PARTS = 11


def digest_of(salt: bytes, payload: str) -> bytes:
    """Return the salted digest of an op's payload."""
    return hashlib.sha256(salt + payload.encode()).digest()


def link_of(
    previous: bytes | None, op_id: str, tx_id: str, reading: int, where: tuple[str, str, str], digest: bytes
) -> bytes:
    """Return an op's link in the hash chain; ``where`` is (kind, table, row)."""
    covered = "|".join((op_id, tx_id, str(reading), *where)).encode()
    return hashlib.sha256((previous or b"") + covered + digest).digest()


def inserted(table: str, values: tuple[Value, ...]) -> str:
    """Return the payload of an inserted row: each column that holds something as [new], in JSON."""
    parts = [
        f"{opening}{quoted(value)}]" if value.__class__ is str else f"{opening}{value}]"
        for opening, value in zip(_OPENINGS[table], values, strict=True)
        if value is not None
    ]
    return "{" + ",".join(parts) + "}"


class NotInTransaction(sqlite3.OperationalError):
    """A captured table was changed outside ``perform``."""


class Capture:
    """The op being written, for the triggers of one connection."""

    def __init__(self) -> None:
        """Start with no transaction: captured tables cannot be changed."""
        self.mode = CAPTURE
        self.tx_id: str | None = None
        self.actor: str | None = None
        self.stamp = ""
        self.inverts: str | None = None
        self._reading = 0
        self._offset_ms = 0
        # The prepared op as ``oplog``'s columns go, then the row's writers and maker; None first: no op.
        self._op: list[Value | bytes] = [None] * _PARTS

    def begin(self, last_reading: int, actor: str | None, offset_ms: int = 0) -> str:
        """Open a transaction after the store's highest clock reading; return its id.

        ``offset_ms`` is how far our clock is behind the centre's.
        """
        self._offset_ms = offset_ms
        now_ms = self.now_ms()
        self._reading = last_reading
        self.tx_id = ids.uuid7(now_ms)
        self.actor = actor
        self.stamp = clock.to_text(clock.utc_now())
        self.inverts = None
        return self.tx_id

    def now_ms(self) -> int:
        """Return the real time in milliseconds, as the centre's clock has it."""
        return clock.wall_ms() + self._offset_ms

    def go_on(self, tx_id: str, last_reading: int, offset_ms: int) -> None:
        """Go on in a transaction that another process holds open, or part of which one has written."""
        self.tx_id = tx_id
        self._reading = last_reading
        self._offset_ms = offset_ms

    @property
    def reading(self) -> int:
        """Return the clock's last reading in the log, or in this transaction."""
        return self._reading

    @property
    def offset_ms(self) -> int:
        """Return how far our clock is behind the centre's."""
        return self._offset_ms

    def next_readings(self, now_ms: int, count: int) -> range:
        """Return as many readings of the clock, one after the other."""
        first = clock.hlc_after(self._reading, now_ms)
        self._reading = first + count - 1
        return range(first, first + count)

    def end(self) -> None:
        """Close the transaction: captured tables cannot be changed again until the next."""
        self.tx_id = None
        self.mode = CAPTURE

    def register(self, connection: sqlite3.Connection) -> None:
        """Give a connection the functions that the triggers call."""
        functions: Mapping[str, tuple[int, Callable[..., Value | bytes]]] = {
            "sfa_insert": (-1, self.insert),
            "sfa_update": (-1, self.update),
            "sfa_delete": (-1, self.delete),
            # Called a dozen times a row: a list's own method and getattr cost no Python frame.
            "sfa_op": (1, self._op.__getitem__),
            "sfa_mode": (0, partial(getattr, self, "mode")),
            "sfa_stamp": (0, lambda: self.stamp),
            "sfa_actor": (0, lambda: self.actor),
            "sfa_ref": (1, ids.ref_of),
        }
        for name, (count, function) in functions.items():
            connection.create_function(name, count, function)

    def insert(self, table: str, row_id: str, previous: bytes | None, *values: Value) -> None:
        """Prepare the op of an inserted row: each column that holds something as [new]."""
        if self.mode == APPLY:
            self._op[0] = None
            return
        self._prepare(_INSERT, table, row_id, previous, inserted(table, values))

    def update(
        self,
        table: str,
        row_id: str,
        previous: bytes | None,
        writer: str | None,
        columns: str | None,
        *pairs: Value,
    ) -> None:
        """Prepare the op of an updated row: each changed column as [new, previous, base].

        ``writer`` is the op that made the row, ``columns`` its memory of who wrote what since;
        ``pairs`` is old and new of every captured column in turn.
        """
        self._op[0] = None
        if self.mode == APPLY:
            return
        names = CAPTURED[table]
        self._op[_MAKER] = writer
        writers = json.loads(columns) if columns else {}
        if self.mode == ERASE:
            op_id = self._prepare(OpKind.ERASE.value, table, row_id, previous, inserted(table, pairs[1::2]))
            # It holds the whole row and writes the person's words alone, as at the centre.
            self._op[_WRITERS] = _dump({**writers, **dict.fromkeys(erased_columns(table), op_id)})
            return
        changes = {
            name: [new, old, writers.get(name, writer) or None]
            for name, old, new in zip(names, pairs[::2], pairs[1::2], strict=True)
            if new != old
        }
        if changes:
            op_id = self._prepare(OpKind.UPDATE.value, table, row_id, previous, _dump(changes))
            writers.update(dict.fromkeys(changes, op_id))
            self._op[_WRITERS] = _dump(writers)

    def delete(
        self,
        table: str,
        row_id: str,
        previous: bytes | None,
        writer: str | None,
        columns: str | None,
        *values: Value,
    ) -> None:
        """Prepare the op of a removed row: every column as [null, previous, base]."""
        self._op[0] = None
        if self.mode == APPLY:
            return
        writers = json.loads(columns) if columns else {}
        changes = {
            name: [None, value, writers.get(name, writer) or None]
            for name, value in zip(CAPTURED[table], values, strict=True)
        }
        self._prepare(OpKind.DELETE.value, table, row_id, previous, _dump(changes))

    def _prepare(self, kind: str, table: str, row_id: str, previous: bytes | None, payload: str) -> str:
        if self.tx_id is None:
            raise NotInTransaction("a captured table was changed outside a transaction of sfa.store.perform")
        now_ms = self.now_ms()
        self._reading = clock.hlc_after(self._reading, now_ms)
        op_id = ids.uuid7(now_ms)
        salt = os.urandom(16)
        digest = digest_of(salt, payload)
        chain = link_of(previous, op_id, self.tx_id, self._reading, (kind, table, row_id), digest)
        self._op[:_WRITERS] = (
            op_id,
            self.tx_id,
            self._reading,
            kind,
            payload,
            salt,
            digest,
            chain,
            self.inverts,
        )
        return op_id
