"""A log in memory that merging asks, for the tests of the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sfa.fields import TABLES
from sfa.fields.sight import parent_of
from sfa.sync.merge import RINGS, conflict_id, merge
from sfa.sync.merged import KnownOp, Merged, MergeOp, OpenConflict, Raised, RowState
from sfa.sync.protocol import Changes, Value
from sfa.terms import ConflictKind, OpKind

CENTRE = "centre"
ROW = "01890000-0000-7000-8000-000000000001"


@dataclass
class Log:
    """Stored ops, rows and conflicts; ``heard`` is what the cursor of each device passed."""

    ops: dict[str, KnownOp] = field(default_factory=dict)
    rows: dict[tuple[str, str], RowState] = field(default_factory=dict)
    conflicts: dict[str, Raised] = field(default_factory=dict)
    heard: dict[str, set[str]] = field(default_factory=dict)
    erasures: dict[tuple[str, str], str] = field(default_factory=dict)

    def op(self, op_id: str) -> KnownOp:
        return self.ops[op_id]

    def known(self, op_id: str) -> KnownOp | None:
        return self.ops.get(op_id)

    def erasure(self, table: str, row_id: str) -> str | None:
        return self.erasures.get((table, row_id))

    def is_unseen(self, op_id: str, device: str) -> bool:
        known = self.ops.get(op_id)
        return known is not None and known.device != device and op_id not in self.heard.get(device, set())

    def open_conflicts(self, table: str, row_id: str) -> Sequence[OpenConflict]:
        return [
            OpenConflict(
                each.id, each.kind, each.unit, each.kept.op_id, each.lost.op_id, each.base, each.lost.values
            )
            for each in self.conflicts.values()
            if (each.table, each.row_id) == (table, row_id)
        ]

    def deletion(self, table: str, row_id: str) -> str | None:
        row = self.rows.get((table, row_id))
        return row.writer("deleted_at") if row and row.values["deleted_at"] else None

    def closes_ring(self, table: str, row_id: str, above: str) -> bool:
        at: Value = above
        while at is not None and at != row_id:
            row = self.rows.get((table, str(at)))
            at = row.values[RINGS[table]] if row is not None else None
        return at is not None

    def is_refused(self, table: str, row_id: str, unit: str, writer: str, op_id: str) -> bool:
        found = self.conflicts.get(conflict_id(table, row_id, unit, writer, op_id))
        return found is not None and found.kind == ConflictKind.CLASH

    def unseen_child(self, table: str, row_id: str, device: str) -> str | None:
        below = [
            row.maker
            for (name, _), row in self.rows.items()
            if parent_of(name, row.values) == (table, row_id) and not row.values["deleted_at"]
        ]
        found = [self.ops[one] for one in below if one is not None and self.is_unseen(one, device)]
        return max(found, key=lambda known: known.rank).op_id if found else None

    def listen(self, *devices: str) -> None:
        """Let devices' cursors pass all there is."""
        for device in devices:
            self.heard[device] = set(self.ops)

    def merge(self, op: MergeOp, *, is_set_up: bool = False) -> Merged:
        """Merge an op and keep what comes of it."""
        key = (op.table, op.row_id)
        row = self.rows.get(key)
        merged = merge(row, op, self)
        self._keep(op, is_set_up=is_set_up)
        if op.kind == OpKind.ERASE:
            self.erasures[key] = op.op_id
        for each in merged.conflicts:
            assert each.is_new is (each.id not in self.conflicts)
            self.conflicts[each.id] = each
        if merged.is_insert:
            nothing = dict.fromkeys(column.name for column in TABLES[op.table].captured())
            self.rows[key] = RowState({**nothing, **merged.values}, op.op_id)
        elif row is not None:
            values = {**row.values, **merged.values}
            self.rows[key] = replace(
                row, values=values, writers={**row.writers, **dict.fromkeys(merged.took, op.op_id)}
            )
            if merged.restored:
                self._restore(op, merged)
        return merged

    def _keep(self, op: MergeOp, *, is_set_up: bool) -> None:
        self.ops[op.op_id] = KnownOp(
            op.op_id, op.kind, op.clock, op.device, op.author, op.changes, is_set_up=is_set_up
        )

    def _restore(self, op: MergeOp, merged: Merged) -> None:
        row = self.rows[op.table, op.row_id]
        changes: Changes = {
            column: [value, row.values[column], row.writer(column)]
            for column, value in merged.restored.items()
        }
        again = MergeOp(
            f"restored-{op.op_id}",
            op.table,
            op.row_id,
            OpKind.UPDATE,
            op.hlc,
            op.clock,
            CENTRE,
            op.author,
            changes,
        )
        self.listen(CENTRE)  # the centre knows what it merged
        assert not self.merge(again).conflicts


def made(log: Log, table: str, values: Mapping[str, Value], device: str = "a") -> Merged:
    """Insert a row as a device does; nobody else has heard of it yet."""
    changes: Changes = {column: [value] for column, value in values.items()}
    op = MergeOp("made", table, ROW, OpKind.INSERT, 1 << 16, 1 << 16, device, f"user-{device}", changes)
    return log.merge(op)


def edit(log: Log, table: str, op_id: str, at: int, base: str = "made", **values: Value) -> Merged:
    """Update a row as the device that begins the op's id, which saw what ``base`` wrote."""
    changes: Changes = {column: [value, _before(log, column, base), base] for column, value in values.items()}
    device = op_id[0]
    op = MergeOp(op_id, table, ROW, OpKind.UPDATE, at << 16, at << 16, device, f"user-{device}", changes)
    return log.merge(op)


def _before(log: Log, column: str, base: str) -> Value:
    op = log.ops.get(base)
    known = (op.changes if op is not None else None) or {}
    found: Value = known[column][0] if column in known else None
    return found
