"""What travels between a device and the centre: messages, and the calls a transport offers.

Plain data; no input or output here. Every message has a JSON form (``wire.py``).
Source: docs/sync-protocol.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

PROTOCOL = 1
MAX_OPS = 500
MAX_BYTES = 1_000_000

Value = str | int | None
Changes = dict[str, list[Any]]


class Outcome(StrEnum):
    """What became of a pushed transaction; ``STAGED`` until its last op is there."""

    STAGED = "staged"
    APPLIED = "applied"
    IGNORED = "ignored"
    PROPOSAL = "proposal"
    LATE = "late"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Hello:
    """What a device says of itself; chains are hexadecimal text, clocks milliseconds since 1970."""

    device: str
    head_seq: int
    acked_seq: int
    acked_chain: str
    epoch: str | None
    version: int
    batch: str | None
    now_ms: int
    schema_version: int
    protocol: int = PROTOCOL


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the centre says of itself, the device and the user."""

    registered: bool
    last_seq: int
    last_chain: str
    epoch: str
    version: int
    knows_cursor: bool
    in_recovery: bool
    user_id: str
    user_name: str
    role: str
    code: str
    organisation: str
    now_ms: int
    schema_version: int


@dataclass(frozen=True, slots=True)
class PushedOp:
    """An op as it lies in the log: payload, salt and digest as hexadecimal text.

    One whose words were erased has no salt and holds placeholders; of a row that left there is no payload.
    """

    seq: int
    op_id: str
    tx_id: str
    hlc: int
    kind: str
    table: str
    row_id: str
    changes: str | None
    salt: str | None
    digest: str
    inverts: str | None
    schema_version: int


@dataclass(frozen=True, slots=True)
class PushedTx:
    """The header of a transaction; it is whole when the op ``last_seq`` is there."""

    tx_id: str
    first_seq: int
    last_seq: int
    kind: str
    name: str
    arguments: str
    author: str | None
    at: str
    undoes: str | None


@dataclass(frozen=True, slots=True)
class Push:
    """A batch of ops in order of seq, and the headers of their transactions."""

    device: str
    from_seq: int
    prefix_chain: str
    transactions: tuple[PushedTx, ...]
    ops: tuple[PushedOp, ...]


@dataclass(frozen=True, slots=True)
class TxOutcome:
    """What became of one transaction, and why."""

    tx_id: str
    outcome: Outcome
    reason: str | None = None
    proposal_id: str | None = None


@dataclass(frozen=True, slots=True)
class Differs:
    """Where the centre holds something else: column -> (value, writer); ``None``: there is no such row."""

    table: str
    row_id: str
    columns: Mapping[str, tuple[Value, str | None]] | None


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What the centre has now, and what became of the transactions that are whole."""

    last_seq: int
    outcomes: tuple[TxOutcome, ...]
    differs: tuple[Differs, ...]


@dataclass(frozen=True, slots=True)
class Pull:
    """A question for what happened after a version."""

    device: str
    version: int
    limit: int = 5_000


@dataclass(frozen=True, slots=True)
class TxEntry:
    """The header of somebody's transaction."""

    tx_id: str
    kind: str
    name: str
    arguments: str
    author: str | None
    device: str
    at: str
    undoes: str | None


@dataclass(frozen=True, slots=True)
class OpEntry:
    """Somebody's op; ``took`` lists the columns whose values were taken, ``None`` stands for all."""

    op_id: str
    tx_id: str
    hlc: int
    kind: str
    table: str
    row_id: str
    changes: str | None
    took: tuple[str, ...] | None
    author: str | None
    device: str
    salt: str | None
    digest: str | None
    schema_version: int


@dataclass(frozen=True, slots=True)
class RowEntry:
    """A whole row with its maker and the columns that other ops wrote."""

    table: str
    row_id: str
    values: Mapping[str, Value]
    maker: str | None
    writers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExitEntry:
    """A root that the user may no longer see."""

    table: str
    row_id: str


Entry = TxEntry | OpEntry | RowEntry | ExitEntry


@dataclass(frozen=True, slots=True)
class Page:
    """Whole central transactions after the asked version, up to ``version``."""

    entries: tuple[Entry, ...]
    version: int
    batch: str | None
    newest: int
    more: bool


@dataclass(frozen=True, slots=True)
class TableDigest:
    """Count and sum of the digests of a table's visible live rows."""

    table: str
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of all tables, and the version they are true for."""

    version: int
    batch: str | None
    tables: tuple[TableDigest, ...]


@dataclass(frozen=True, slots=True)
class RowSheet:
    """Rows of one table: of each its id, its maker, its later writers or ``None``, then its ``columns``."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]

    def entries(self) -> Iterator[RowEntry]:
        """Yield the rows one by one."""
        for row_id, maker, writers, *values in self.rows:
            shown = dict(zip(self.columns, values, strict=True))
            yield RowEntry(self.table, row_id, shown, maker, writers or {})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All rows the user may see, parents before children, and the version they are true for.

    ``sheets`` are read once; they may come straight from the network.
    """

    version: int
    batch: str | None
    sheets: Iterator[RowSheet]

    @property
    def rows(self) -> Iterator[RowEntry]:
        """Yield the rows that were not read yet one by one."""
        for sheet in self.sheets:
            yield from sheet.entries()


@dataclass(frozen=True, slots=True)
class BroughtOp:
    """A foreign op that a device gives back to a centre that lost it."""

    op_id: str
    tx_id: str
    hlc: int
    kind: str
    table: str
    row_id: str
    changes: str
    salt: str
    digest: str
    author: str | None
    device: str
    schema_version: int


class Transport(Protocol):
    """The calls of a centre for one user's device.

    Raises of every call: ``CentreUnreachable`` for a failure of the connection (the call
    may be repeated), ``Refused`` and ``StoreUnusable`` as the centre answers
    (``sync/errors.py`` names them).
    """

    def hello(self, hello: Hello) -> Welcome:
        """Compare device and centre; changes nothing but the device's last sight."""

    def register(self, device: str, name: str, local_author: str, schema_version: int) -> Welcome:
        """Make the device known, and the local author as the signed-in user."""

    def chain_at(self, device: str, seq: int) -> str | None:
        """Return the chain link the centre has at a seq."""

    def fork(self, device: str, seq: int, chain: str) -> str:
        """Return the id of a new device that shares the old one's ops up to a seq."""

    def push(self, push: Push) -> PushAnswer:
        """Merge a batch."""

    def not_taken(self, device: str) -> tuple[TxOutcome, ...] | None:
        """Return the user's own transactions that the centre holds and did not take as they were made.

        ``None`` from a centre that cannot say.
        """

    def pull(self, pull: Pull) -> Page:
        """Return what happened after a version and may be seen now."""

    def snapshot(self) -> Snapshot:
        """Return everything that may be seen."""

    def ask_digests(self) -> None:
        """Let the centre count already: ``digests`` is called next, and something takes its time until then.

        Nothing else is called in between; what fails, fails in ``digests``.
        """

    def digests(self) -> Digests:
        """Return counts and sums to compare with."""

    def row_digests(self, table: str) -> Mapping[str, int]:
        """Return id -> digest of a table's visible live rows."""

    def rows(self, table: str, ids: Sequence[str]) -> tuple[RowEntry, ...]:
        """Return the rows among the given that may be seen."""

    def bring_back(self, transactions: Sequence[TxEntry], ops: Sequence[BroughtOp]) -> int:
        """Give foreign ops back to a centre in recovery; return how many it did not have."""

    def history(self, table: str, row_id: str) -> tuple[TxEntry | OpEntry, ...]:
        """Return the ops of a visible row."""

    def close(self) -> None:
        """End the connection."""
