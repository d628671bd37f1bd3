"""A device without a store: writes ops as the triggers would, and pushes them."""

from __future__ import annotations

import hashlib
import itertools
import json
from typing import Any

from sfa import clock
from sfa.store.capture import digest_of, link_of
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.protocol import Outcome, Page, Pull, Push, PushAnswer, PushedOp, PushedTx, Value
from sfa.terms import OpKind
from tests.simulation.centre.model import ModelCentre, ModelTransport
from tests.simulation.centre.state import Row

START_MS = 1_790_000_000_000


class Ticking:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_ms = START_MS

    def __call__(self) -> int:
        return self.now_ms


class Pen:
    """One device of one user, known to the centre; each ``write`` is a transaction of its own."""

    _numbers = itertools.count(1)

    def __init__(self, centre: ModelCentre, user: str) -> None:
        self.centre = centre
        self.user = user
        self.transport = ModelTransport(centre, user)
        self._number = next(Pen._numbers)
        self.device = f"0e000000-0000-4000-8000-{self._number:012x}"
        self.local_author = f"0f000000-0000-7000-8000-{self._number:012x}"
        self.author = user
        self.version = centre.state.version
        self.clock_ms = START_MS
        self._seq = 0
        self._chain = ""
        self._ops: list[PushedOp] = []
        self._txs: list[PushedTx] = []
        self._pushed = (0, "")
        self.transport.register(self.device, "", self.local_author, SCHEMA_VERSION)
        centre.state.devices[self.device].cursor = self.version

    def new_id(self) -> str:
        return f"1{self._number:07x}-0000-7000-8000-{next(Pen._numbers):012x}"

    def insert(self, table: str, row_id: str = "", **values: Value) -> tuple[str, dict[str, Any]]:
        """Return an op that inserts a row; columns that everybody has are filled in."""
        stamp = clock.to_text(clock.hlc_instant(self.clock_ms << clock.HLC_COUNTER_BITS))
        whole = {"created_at": stamp, "created_by": self.author, **values}
        changes = {name: [value] for name, value in whole.items() if value is not None}
        found = row_id or self.new_id()
        return found, {"kind": OpKind.INSERT, "table": table, "row_id": found, "changes": changes}

    def update(self, table: str, row_id: str, *, base: Row | None = None, **values: Value) -> dict[str, Any]:
        """Return an op that edits a row as ``base`` has it, by default as the centre has it now."""
        row = base if base is not None else self.centre.state.row(table, row_id)
        changes = {
            name: [value, row.values[name], row.writer(name)] if row is not None else [value, None, None]
            for name, value in values.items()
        }
        return {"kind": OpKind.UPDATE, "table": table, "row_id": row_id, "changes": changes}

    def write(self, *ops: dict[str, Any], kind: str = "change", **arguments: object) -> PushedTx:
        """Write a transaction into the log, with the arguments of its name."""
        tx_id, first = self.new_id(), self._seq + 1
        for op in ops:
            self._append(tx_id, op)
        stamp = clock.to_text(clock.hlc_instant(self.clock_ms << clock.HLC_COUNTER_BITS))
        said = json.dumps(arguments, ensure_ascii=False)
        tx = PushedTx(tx_id, first, self._seq, kind, "Change", said, self.author, stamp, None)
        self._txs.append(tx)
        return tx

    def _append(self, tx_id: str, op: dict[str, Any]) -> None:
        """Add an op to the log; one whose changes are ``None`` has lost its payload since."""
        self._seq += 1
        op_id = op.get("op_id") or self.new_id()
        payload = json.dumps(op["changes"], ensure_ascii=False, separators=(",", ":"))
        is_whole = op["changes"] is not None
        salt = hashlib.sha256(op_id.encode()).digest()[:16]
        reading = (self.clock_ms << clock.HLC_COUNTER_BITS) + self._seq
        digest = digest_of(salt, payload)
        kind, table, row_id = str(op["kind"].value), op["table"], op["row_id"]
        link = link_of(bytes.fromhex(self._chain), op_id, tx_id, reading, (kind, table, row_id), digest)
        self._chain = link.hex()
        self._ops.append(
            PushedOp(
                self._seq,
                op_id,
                tx_id,
                reading,
                kind,
                table,
                row_id,
                payload if is_whole else None,
                salt.hex() if is_whole else None,
                digest.hex(),
                None,
                SCHEMA_VERSION,
            )
        )

    def batch(self, upto: int | None = None) -> Push:
        """Return what is unsent, up to a seq."""
        start, chain = self._pushed
        ops = tuple(op for op in self._ops if op.seq > start and (upto is None or op.seq <= upto))
        told = {op.tx_id for op in ops}
        return Push(self.device, start + 1, chain, tuple(tx for tx in self._txs if tx.tx_id in told), ops)

    def batch_from_start(self) -> Push:
        """Return everything ever written, as after a centre lost it."""
        return Push(self.device, 1, "", tuple(self._txs), tuple(self._ops))

    def push(self, upto: int | None = None) -> PushAnswer:
        """Push what is unsent."""
        batch = self.batch(upto)
        answer = self.transport.push(batch)
        device = self.centre.state.devices[self.device]
        self._pushed = (answer.last_seq, device.link(answer.last_seq) or "")
        return answer

    def pull(self, limit: int = 5_000) -> Page:
        """Pull what is new."""
        page = self.transport.pull(Pull(self.device, self.version, limit))
        self.version = page.version
        self.centre.state.devices[self.device].cursor = page.version
        return page

    def says(self, *ops: dict[str, Any]) -> Outcome:
        """Write and push one transaction; return what became of it."""
        self.write(*ops)
        return self.push().outcomes[0].outcome

    def reason(self, *ops: dict[str, Any]) -> str | None:
        """Write and push one transaction; return why it was held."""
        self.write(*ops)
        return self.push().outcomes[0].reason

    def add(self, table: str, **values: Value) -> str:
        """Insert a row and push it; return its id."""
        row_id, op = self.insert(table, "", **values)
        assert self.says(op) is Outcome.APPLIED
        return row_id
