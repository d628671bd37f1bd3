"""What merging takes in and gives out: a row and its writers, an op, what the log knows, the outcome.

Plain data. The rules are in ``merge.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sfa.sync.protocol import Changes, Value
from sfa.terms import ConflictKind

Values = Mapping[str, Value]
Rank = tuple[int, str, str]


TOMBSTONE = "deleted_at"
BASE = 2  # where a change of an update, [new, previous, base], has its base


@dataclass(frozen=True, slots=True)
class RowState:
    """A row as it stands, every captured column, and the ops that wrote it."""

    values: Values
    maker: str | None
    writers: Mapping[str, str] = field(default_factory=dict)

    def writer(self, column: str) -> str | None:
        """Return the op whose value a column holds."""
        return self.writers.get(column, self.maker)


@dataclass(frozen=True, slots=True)
class MergeOp:
    """An op to be merged: users read through the device's aliases, ``clock`` clamped, ``hlc`` as made."""

    op_id: str
    table: str
    row_id: str
    kind: str
    hlc: int
    clock: int
    device: str
    author: str | None
    changes: Changes | None

    @property
    def rank(self) -> Rank:
        """Return what decides between two ops; the higher one wins."""
        return self.clock, self.device, self.op_id


@dataclass(frozen=True, slots=True)
class KnownOp:
    """What the log says of an op; ``is_set_up``: the centre made the row for itself."""

    op_id: str
    kind: str
    clock: int
    device: str
    author: str | None
    changes: Changes | None
    is_set_up: bool = False

    @property
    def rank(self) -> Rank:
        """Return what decides between two ops; the higher one wins."""
        return self.clock, self.device, self.op_id


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """A conflict of the row that nobody has settled."""

    id: str
    kind: str
    unit: str
    kept_op: str
    lost_op: str
    base: Values
    lost: Values


class Facts(Protocol):
    """What merging asks of the log and of other rows."""

    def op(self, op_id: str) -> KnownOp:
        """Return a stored op."""

    def known(self, op_id: str) -> KnownOp | None:
        """Return an op if it is stored: the base of an op may have been lost with an older centre."""

    def erasure(self, table: str, row_id: str) -> str | None:
        """Return the op that erased a row last."""

    def is_unseen(self, op_id: str, device: str) -> bool:
        """Say whether an op of another device was merged after the version the device's cursor has.

        One that is not stored was not.
        """

    def open_conflicts(self, table: str, row_id: str) -> Sequence[OpenConflict]:
        """Return the open conflicts of a row."""

    def deletion(self, table: str, row_id: str) -> str | None:
        """Return the op that deleted a row; ``None`` when it lives or is not there."""

    def closes_ring(self, table: str, row_id: str, above: str) -> bool:
        """Say whether a row would stand above itself if it stood below another one."""

    def is_refused(self, table: str, row_id: str, unit: str, writer: str, op_id: str) -> bool:
        """Say whether an op was refused for a ring while a writer's value stayed."""

    def unseen_child(self, table: str, row_id: str, device: str) -> str | None:
        """Return the latest op of another device, after a device's cursor, that made a live row below one."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two ops of a conflict, and its values."""

    op_id: str
    author: str | None
    clock: int
    values: Values


@dataclass(frozen=True, slots=True)
class Raised:
    """A conflict to be written: a new one, or an open one carried on with other sides."""

    id: str
    kind: ConflictKind
    table: str
    row_id: str
    unit: str
    kept: Side
    lost: Side
    base: Values
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Merged:
    """What an op does to its row.

    ``values`` holds the columns that get another value, ``took`` the columns whose writer the op is
    now. ``restored`` columns of an atomic group go back to what the op's author saw in them; as the
    op does not name them, the centre writes them with an op of its own. ``blanked`` columns are a
    person's words that came after the erasure: they go from the stored payload. ``said`` is the
    payload of an erasure that came without one, to be stored. An ``invalid`` op does nothing.
    """

    values: Values = field(default_factory=dict)
    took: tuple[str, ...] = ()
    restored: Values = field(default_factory=dict)
    conflicts: tuple[Raised, ...] = ()
    blanked: frozenset[str] = frozenset()
    said: Changes | None = None
    is_insert: bool = False
    invalid: bool = False
