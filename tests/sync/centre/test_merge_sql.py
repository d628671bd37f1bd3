"""The merge in SQL against the one in Python: random rows, writers, conflicts and ops, the same outcome."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pytest

from sfa.fields import TABLES
from sfa.sync.merge import conflict_id as merge_ids
from sfa.sync.merge import merge
from sfa.sync.merged import KnownOp, MergeOp, OpenConflict, RowState
from sfa.sync.protocol import Changes, Value
from tests.sync.centre.real_centre import Connection

ROW = "01890000-0000-7000-8000-000000000001"
PARENT = "01890000-0000-7000-8000-000000000002"
CHILD = "01890000-0000-7000-8000-000000000003"
DEVICES = ("da", "db", "dc", "centre")
DAY = ("2026-11-20T08:00:00.000Z", "2026-11-21T08:00:00.000Z")
# Columns that say something: single ones, two groups, the tombstone, a person's words.
COLUMNS: dict[str, tuple[str, ...]] = {
    "deal": ("name", "notes", "amount_minor", "currency", "close_reason", "closed_on", "deleted_at"),
    "account": ("name", "notes", "industry", "parent_id", "created_at", "deleted_at"),
    "phone": ("account_id", "value", "digits", "label", "deleted_at"),
    "comment": ("body", "deleted_at"),
    "task": ("priority", "state", "done_at", "deleted_at"),  # a unit that is called like one of its columns
    "external_id": ("key", "source", "deleted_at"),
}
NUMBERS = frozenset({"amount_minor"})
CURSOR = 50


class Case:
    """A log, a row and an op, drawn from a seed; also the facts that the merge asks for."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311
        self.table = self.random.choice(["deal", "deal", *COLUMNS])
        self.versions: dict[str, int] = {}
        self.ops: dict[str, KnownOp] = {}
        self.conflicts: list[OpenConflict] = []
        self.parent_deletion = self.random.choice([None, "o0"])
        for number in range(self.random.randint(2, 6)):
            self._stored_op(f"o{number}")
        # What stands above the row's parent, and what was made below the row.
        self.is_ring = self.random.random() < 0.5
        self.child = self.random.choice([None, *self.ops])
        self.row = self._row() if self.random.random() < 0.85 else None
        for number in range(self.random.randint(0, 6)):
            self._conflict(f"c{number}")
        self.refused = self._refused()
        self.op = self._op()

    def value(self, column: str) -> Value:
        if column == "account_id":
            return PARENT
        if column == "parent_id":
            return self.random.choice([None, PARENT])
        if column in {"deleted_at", "created_at", "done_at"}:
            return (
                self.random.choice([None, None, *DAY]) if column != "created_at" else self.random.choice(DAY)
            )
        if column == "closed_on":
            return self.random.choice([None, "2026-11-20"])
        if column in NUMBERS:
            return self.random.choice([None, 1, 2])
        return self.random.choice([None, "x", "y", "é"])

    def some(self) -> list[str]:
        columns = COLUMNS[self.table]
        return [column for column in columns if self.random.random() < 0.5] or [columns[0]]

    def changes(self) -> Changes:
        known = [None, *self.ops]
        return {
            column: [self.value(column), self.value(column), self.random.choice(known)]
            for column in self.some()
        }

    def _stored_op(self, op_id: str) -> None:
        kind = self.random.choice(["insert", *["update"] * 6, "erase"])
        changes: Changes | None = self.changes()
        if kind != "update" and changes is not None:
            changes = {column: [change[0]] for column, change in changes.items() if change[0] is not None}
        device = self.random.choice(DEVICES)
        self.versions[op_id] = self.random.choice([10, 100])
        is_set_up = device == "centre" and self.random.random() < 0.5
        clock = self.random.randint(1, 4) << 16
        author = self.random.choice([None, "u1", "u2"])
        given = changes if self.random.random() < 0.9 else None
        self.ops[op_id] = KnownOp(op_id, kind, clock, device, author, given, is_set_up)

    def _row(self) -> RowState:
        values = dict.fromkeys(column.name for column in TABLES[self.table].captured())
        values.update({column: self.value(column) for column in COLUMNS[self.table]})
        writers = {column: self.random.choice(list(self.ops)) for column in self.some()}
        return RowState(values, self.random.choice(list(self.ops)), writers)

    def _conflict(self, conflict_id: str) -> None:
        kept, lost = self.random.choice(list(self.ops)), self.random.choice(list(self.ops))
        unit = self.random.choice(["notes", "amount", "stage", "number", "name", "state"])
        kind = self.random.choice(["overwrite", "edited-while-deleted"])
        columns = [column for column in COLUMNS[self.table] if self.random.random() < 0.5]
        had = {column: self.value(column) for column in columns}
        if not any(known.lost_op == lost and known.unit == unit for known in self.conflicts):
            self.conflicts.append(OpenConflict(conflict_id, kind, unit, kept, lost, {"notes": "old"}, had))

    def _loser(self, column: str) -> str:
        """Return the loser of a conflict, if there is one of the column's unit."""
        groups = {each.name: each.group for each in TABLES[self.table].captured()}
        group = groups[column] or column
        of_unit = [known for known in self.conflicts if known.unit == group]
        return self.random.choice(of_unit or self.conflicts).lost_op

    def _refused(self) -> str | None:
        """Say which op was refused for a ring before the row came to stand where it does."""
        return self.random.choice(list(self.ops)) if self.table == "account" and self.row else None

    def _op(self) -> MergeOp:
        kind = self.random.choice(["insert", "update", "update", "update", "update", "delete", "erase"])
        if self.row is None:
            kind = self.random.choice(["insert", "erase"])
        changes: Changes | None = self.changes()
        if self.row is not None and changes is not None and kind == "update":
            for column, change in changes.items():
                chance = self.random.random()
                if chance < 0.4:
                    change[2] = self.row.writer(column)
                elif chance < 0.6 and column == "parent_id":
                    change[2] = self.refused
                elif chance < 0.7 and self.conflicts:
                    change[2] = self._loser(column)
                elif chance < 0.75:
                    change[2] = "lost with another centre"
        if kind in {"insert", "erase"} and changes is not None:
            changes = {column: [change[0]] for column, change in changes.items() if change[0] is not None}
        clock = self.random.randint(1, 4) << 16
        device = self.random.choice(DEVICES[:3])
        given = changes if self.random.random() < (0.5 if kind == "erase" else 0.95) else None
        return MergeOp("oz", self.table, ROW, kind, clock + 7, clock, device, "u3", given)

    # ---- what the merge asks

    def op_known(self, op_id: str) -> KnownOp:
        return self.ops[op_id]

    def erasure(self, table: str, row_id: str) -> str | None:
        assert (table, row_id) == (self.table, ROW)
        erasures = [one for one, op in self.ops.items() if op.kind == "erase"]
        return max(erasures, key=lambda one: (self.versions[one], one)) if erasures else None

    def is_unseen(self, op_id: str, device: str) -> bool:
        known = self.ops.get(op_id)
        if known is None:
            return False
        return known.device != device and self.versions[op_id] > CURSOR and not known.is_set_up

    def open_conflicts(self, table: str, row_id: str) -> Sequence[OpenConflict]:
        return self.conflicts if (table, row_id) == (self.table, ROW) else []

    def deletion(self, table: str, row_id: str) -> str | None:
        return self.parent_deletion if (table, row_id) == ("account", PARENT) else None

    def closes_ring(self, table: str, row_id: str, above: str) -> bool:
        assert (table, row_id) == ("account", ROW)
        return above == PARENT and self.is_ring

    def refused_id(self) -> str:
        assert self.row is not None
        writer = self.row.writer("parent_id")
        assert writer is not None
        assert self.refused is not None
        return merge_ids("account", ROW, "parent_id", writer, self.refused)

    def is_refused(self, table: str, row_id: str, unit: str, writer: str, op_id: str) -> bool:
        found = merge_ids(table, row_id, unit, writer, op_id)
        return self.refused is not None and found == self.refused_id()

    def unseen_child(self, table: str, row_id: str, device: str) -> str | None:
        assert (table, row_id) == (self.table, ROW)
        return self.child if self.child is not None and self.is_unseen(self.child, device) else None


class Asked:
    """The facts of a case under the names that the merge uses."""

    def __init__(self, case: Case) -> None:
        self.op = case.op_known
        self.known = case.ops.get
        self.erasure = case.erasure
        self.is_unseen = case.is_unseen
        self.open_conflicts = case.open_conflicts
        self.deletion = case.deletion
        self.closes_ring = case.closes_ring
        self.is_refused = case.is_refused
        self.unseen_child = case.unseen_child


def in_python(case: Case) -> dict[str, Any]:
    merged = merge(case.row, case.op, Asked(case))
    conflicts = []
    for raised in merged.conflicts:
        plain = asdict(raised)
        plain["kind"] = raised.kind.value
        conflicts.append(plain)
    return {
        "values": merged.values,
        "took": sorted(merged.took),
        "restored": merged.restored,
        "conflicts": sorted(conflicts, key=lambda each: str(each["id"])),
        "blanked": sorted(merged.blanked),
        "said": merged.said,
        "is_insert": merged.is_insert,
        "invalid": merged.invalid,
    }


def in_sql(centre: Connection, case: Case) -> dict[str, Any]:
    with centre.transaction(force_rollback=True):
        centre.execute("SET LOCAL sfa.merging = 'on'")
        centre.execute("SET LOCAL session_replication_role = replica")  # the rows need not be whole
        store(centre, case)
        op = case.op
        row = centre.execute(
            "SELECT to_jsonb(hub.merge_op("
            "ROW(%s, 'tz', 1, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s)::hub.incoming, "
            "s, %s::jsonb, (SELECT r FROM hub.row AS r WHERE r.row_id = %s AND r.tbl = %s)))"
            " FROM hub.shape AS s WHERE s.tbl = %s",
            [
                *(op.op_id, op.hlc, op.clock, op.kind, op.table, op.row_id),
                None if op.changes is None else json.dumps(op.changes),
                *(op.device, op.author, CURSOR),
                json.dumps({column: change[0] for column, change in (op.changes or {}).items()}),
                None if case.row is None else json.dumps({"id": ROW, **case.row.values}),
                *(ROW, op.table, op.table),
            ],
        ).fetchone()
    assert row is not None
    found = row[0]
    took = found["took"]
    if took is None:
        captured = [column.name for column in TABLES[op.table].captured()]
        took = captured if found["is_insert"] else list(found["values"])
    values = found["values"] or {}
    if case.row is not None:
        values = {name: value for name, value in values.items() if value != case.row.values[name]}
    return {
        "values": values,
        "took": sorted(took),
        "restored": found["restored"] or {},
        "conflicts": sorted(found["conflicts"] or [], key=lambda each: str(each["id"])),
        "blanked": sorted(found["blanked"] or []),
        "said": found["said"],
        "is_insert": bool(found["is_insert"]),
        "invalid": bool(found["is_invalid"]),
    }


def store(centre: Connection, case: Case) -> None:
    batches = {}
    for version in (10, 100):
        row = centre.execute(
            "INSERT INTO hub.batch (version) VALUES (%s) RETURNING id", [1_000_000 + version]
        ).fetchone()
        assert row is not None
        batches[version] = row[0]
    centre.execute("UPDATE hub.batch SET version = version - 1000000 WHERE version > 1000000")
    for kind in ("system", "change"):
        centre.execute(
            "INSERT INTO hub.tx (tx_id, device, kind, name, arguments, at) VALUES (%s, '', %s, '', '{}', '')",
            [kind, kind],
        )
    for known in case.ops.values():
        centre.execute(
            "INSERT INTO hub.op (op_id, tx_id, device, hlc, clock, kind, tbl, row_id, changes, digest,"
            " schema_version, outcome, author, batch) VALUES (%s, %s, %s, 1, %s, %s, %s, %s, %s, '', 1,"
            " 'applied', %s, %s)",
            [
                known.op_id,
                "system" if known.is_set_up else "change",
                *(known.device, known.clock, known.kind, case.table, ROW),
                None if known.changes is None else json.dumps(known.changes),
                known.author,
                batches[case.versions[known.op_id]],
            ],
        )
    for conflict in case.conflicts:
        values = {
            "kind": conflict.kind,
            "on_table": case.table,
            "on_id": ROW,
            "unit": conflict.unit,
            "kept_op": conflict.kept_op,
            "lost_op": conflict.lost_op,
            "base": json.dumps(conflict.base),
            "kept": "{}",
            "lost": json.dumps(conflict.lost),
            "state": "open",
            "created_at": DAY[0],
            "kept_at": DAY[0],
            "lost_at": DAY[0],
        }
        centre.execute("SELECT hub.put('conflict', %s, %s)", [conflict.id, json.dumps(values)])
    if case.refused is not None:
        values = {"kind": "clash", "on_table": "account", "on_id": ROW, "unit": "parent_id", "state": "kept"}
        sides = {"kept_op": "x", "lost_op": "x", "base": "{}", "kept": "{}", "lost": "{}"}
        whole = {**values, **sides, "created_at": DAY[0], "kept_at": DAY[0], "lost_at": DAY[0]}
        centre.execute("SELECT hub.put('conflict', %s, %s)", [case.refused_id(), json.dumps(whole)])
    parent = {
        "name": "Acme",
        "kind": "end-customer",
        "tier": "key",
        "pool_state": "owned",
        "no_calls": 0,
        "no_emails": 0,
        "no_messages": 0,
        "no_visits": 0,
        "created_at": DAY[0],
        "deleted_at": DAY[0] if case.parent_deletion else None,
        "parent_id": ROW if case.is_ring else None,
    }
    centre.execute("SELECT hub.put('account', %s, %s)", [PARENT, json.dumps(parent)])
    rows: list[tuple[str, str, str | None, dict[str, str]]] = [("account", PARENT, case.parent_deletion, {})]
    if case.row is not None:
        rows.append((case.table, ROW, case.row.maker, dict(case.row.writers)))
    for table, row_id, maker, writers in rows:
        centre.execute(
            "INSERT INTO hub.row (tbl, row_id, maker, columns) VALUES (%s, %s, %s, %s)",
            [table, row_id, maker, json.dumps(writers)],
        )
    if case.child is not None:
        centre.execute(
            "INSERT INTO hub.row (tbl, row_id, maker, parent_tbl, parent_id) VALUES ('tag', %s, %s, %s, %s)",
            [CHILD, case.child, case.table, ROW],
        )


@pytest.mark.parametrize("part", [0, 1, pytest.param(range(2, 10), marks=pytest.mark.slow)], ids=str)
def test_the_centre_merges_as_the_rules_in_python_do(centre: Connection, part: int | range) -> None:
    parts = [part] if isinstance(part, int) else part
    for seed in (place + 300 * each for each in parts for place in range(300)):
        case = Case(seed)
        assert in_sql(centre, case) == in_python(case), f"seed {seed}: {case.op} on {case.row}"
