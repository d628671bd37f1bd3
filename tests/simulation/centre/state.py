"""What the model centre holds: rows and their writers, devices, ops, the feed. Plain data.

Rows are replaced, never changed in place, so that a transaction that fails is taken back
by putting the old ones in again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter

from sfa.fields import TABLES
from sfa.sync.protocol import Changes, Outcome, PushedTx, TxEntry, Value

Key = tuple[str, str]
Users = frozenset[str]
CENTRE = "centre"
CAPTURED = {name: tuple(column.name for column in table.captured()) for name, table in TABLES.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands: every captured column, and who wrote it."""

    values: Mapping[str, Value]
    maker: str | None
    writers: Mapping[str, str] = field(default_factory=dict)

    def writer(self, column: str) -> str | None:
        """Return the op whose value a column holds."""
        return self.writers.get(column, self.maker)


@dataclass(slots=True)
class Op:
    """An op as it is stored: ``changes`` as made, ``read`` through the aliases, ``took`` once merged.

    ``is_read_otherwise``: an alias changed what it says. ``is_told_whole``: its device had losses
    of sight to pull when it pushed.
    ``version`` is that of the central transaction that merged it, 0 before.
    """

    op_id: str
    tx_id: str
    device: str
    author: str | None
    hlc: int
    clock: int
    kind: str
    table: str
    row_id: str
    changes: str | None
    read: Changes | None
    salt: str | None
    digest: str | None
    schema_version: int
    took: tuple[str, ...] | None = ()
    version: int = 0
    is_set_up: bool = False
    is_read_otherwise: bool = False
    is_told_whole: bool = False

    def copied(self) -> Op:
        """Return a copy; payloads are replaced, never changed in place."""
        return Op(*_OF_OP(self))


@dataclass(slots=True)
class Device:
    """A registered device; ``log`` and ``chain`` hold an op id and a link for each seq from 1."""

    device: str
    user: str
    code: str
    aliases: dict[str, str]
    log: list[str] = field(default_factory=list)
    chain: list[str] = field(default_factory=list)
    cursor: int = 0
    is_revoked: bool = False
    is_clock_wrong: bool = False

    def copied(self) -> Device:
        """Return a copy with a log and aliases of its own."""
        return replace(self, aliases=dict(self.aliases), log=list(self.log), chain=list(self.chain))

    def link(self, seq: int) -> str | None:
        """Return the chain link at a seq; the empty text before the first op."""
        if seq == 0:
            return ""
        return self.chain[seq - 1] if 0 < seq <= len(self.chain) else None


@dataclass(slots=True)
class Tx:
    """A local transaction: its header, and what became of it."""

    header: PushedTx
    device: str
    author: str | None
    outcome: Outcome = Outcome.STAGED
    reason: str | None = None
    proposal_id: str | None = None

    def copied(self) -> Tx:
        """Return a copy."""
        return Tx(self.header, self.device, self.author, self.outcome, self.reason, self.proposal_id)


_OF_OP = attrgetter(*(each.name for each in fields(Op)))


@dataclass(frozen=True, slots=True)
class FedRow:
    """A row sent because sight of it was gained, as it was then."""

    table: str
    row_id: str
    row: Row
    users: Users


@dataclass(frozen=True, slots=True)
class FedExit:
    """A row some users lost; one that ``moved`` is told to all who saw it and do not when they ask."""

    table: str
    row_id: str
    users: Users
    moved: bool = False


@dataclass(slots=True)
class Central:
    """One central transaction in the feed."""

    version: int
    batch: str
    headers: list[TxEntry]
    ops: list[str]
    rows: list[FedRow] = field(default_factory=list)
    exits: list[FedExit] = field(default_factory=list)


@dataclass(slots=True)
class State:
    """All that a backup of the centre holds."""

    organisation: str
    tables: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in TABLES})
    devices: dict[str, Device] = field(default_factory=dict)
    logins: dict[str, bool] = field(default_factory=dict)
    ops: dict[str, Op] = field(default_factory=dict)
    ops_of_row: dict[Key, list[str]] = field(default_factory=dict)
    txs: dict[str, Tx] = field(default_factory=dict)
    feed: list[Central] = field(default_factory=list)
    lost: dict[Key, set[str]] = field(default_factory=dict)
    fates: dict[Key, str] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """Return the number of the last central transaction."""
        return self.feed[-1].version if self.feed else 0

    def row(self, table: str, row_id: str) -> Row | None:
        """Return a row, or ``None``."""
        found = self.tables.get(table)
        return found.get(row_id) if found is not None else None

    def values_of(self, table: str, row_id: str) -> Mapping[str, Value] | None:
        """Return a row's values with its id, or ``None``."""
        found = self.row(table, row_id)
        return found.values if found is not None else None

    def rows(self) -> Iterator[tuple[str, str, Row]]:
        """Yield every row, parents before children."""
        for table, rows in self.tables.items():
            for row_id, row in rows.items():
                yield table, row_id, row

    def copied(self) -> State:
        """Return a copy that later changes leave alone, as a backup is one."""
        return State(
            self.organisation,
            {name: dict(rows) for name, rows in self.tables.items()},
            {name: device.copied() for name, device in self.devices.items()},
            dict(self.logins),
            {name: op.copied() for name, op in self.ops.items()},
            {key: list(ops) for key, ops in self.ops_of_row.items()},
            {name: tx.copied() for name, tx in self.txs.items()},
            list(self.feed),
            {key: set(users) for key, users in self.lost.items()},
            dict(self.fates),
        )
