"""Merging whole transactions into the model centre's rows, and what that writes besides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sfa import clock
from sfa.fields.sight import is_of_two, parent_of
from sfa.store.capture import digest_of
from sfa.store.personal import NOTHING, VALUES, erased_columns, without_words
from sfa.sync.merge import RINGS, conflict_id, made_id, merge
from sfa.sync.merge_erasure import emptied
from sfa.sync.merged import KnownOp, Merged, MergeOp, OpenConflict, Raised, RowState
from sfa.sync.protocol import Changes, Outcome, TxEntry, Value
from sfa.terms import ConflictKind, ConflictState, OpKind, ProposalKind, ProposalState
from tests.simulation.centre.clashes import KEY_COLUMNS, Keys
from tests.simulation.centre.erasing import forget_held_words
from tests.simulation.centre.quotes import Before, Settling, remember
from tests.simulation.centre.rules import GRAVITY, HELD, Judge, Verdict, recipient_of
from tests.simulation.centre.shapes import Shapes
from tests.simulation.centre.sight import DECIDING, Sight
from tests.simulation.centre.state import CAPTURED, CENTRE, Key, Op, Row, State, Tx

FAR_AHEAD_MS = 60_000
BRINGS_SIGHT = frozenset({"user", "deal", "account_collaborator", "contact_account", "deal_role"})


def dump(values: Any) -> str:
    """Write JSON as the centre's own ops and conflicts hold it."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


class Facts:
    """What merging asks of the log."""

    def __init__(self, state: State, cursor: int) -> None:
        """Take the version up to which the pushing device has pulled."""
        self._state = state
        self._cursor = cursor

    def op(self, op_id: str) -> KnownOp:
        """Return a stored op."""
        op = self._state.ops[op_id]
        return KnownOp(op.op_id, op.kind, op.clock, op.device, op.author, op.read, op.is_set_up)

    def known(self, op_id: str) -> KnownOp | None:
        """Return a stored op, or nothing."""
        return self.op(op_id) if op_id in self._state.ops else None

    def erasure(self, table: str, row_id: str) -> str | None:
        """Return the latest merged erasure of a row."""
        ops = (self._state.ops[one] for one in self._state.ops_of_row.get((table, row_id), ()))
        erasures = [op for op in ops if op.kind == OpKind.ERASE and op.version]
        return max(erasures, key=lambda op: (op.version, op.op_id)).op_id if erasures else None

    def is_unseen(self, op_id: str, device: str) -> bool:
        """Say whether another device's op came after the cursor."""
        op = self._state.ops.get(op_id)
        return op is not None and op.device != device and op.version > self._cursor

    def open_conflicts(self, table: str, row_id: str) -> list[OpenConflict]:
        """Return the open conflicts of a row."""
        found = []
        for one, row in self._state.tables["conflict"].items():
            values = row.values
            if (values["on_table"], values["on_id"]) != (table, row_id) or values["deleted_at"]:
                continue
            if values["state"] == ConflictState.OPEN:
                kind, unit, kept, lost = (
                    str(values[name]) for name in ("kind", "unit", "kept_op", "lost_op")
                )
                base, had = (json.loads(str(values[name])) for name in ("base", "lost"))
                found.append(OpenConflict(one, kind, unit, kept, lost, base, had))
        return found

    def deletion(self, table: str, row_id: str) -> str | None:
        """Return the op that deleted a row."""
        row = self._state.row(table, row_id)
        return row.writer("deleted_at") if row is not None and row.values["deleted_at"] else None

    def closes_ring(self, table: str, row_id: str, above: str) -> bool:
        """Follow the rows above another one."""
        at: Value = above
        seen: set[Value] = set()
        while at is not None and at not in seen:
            if at == row_id:
                return True
            seen.add(at)
            at = (self._state.values_of(table, str(at)) or {}).get(RINGS[table])
        return False

    def is_refused(self, table: str, row_id: str, unit: str, writer: str, op_id: str) -> bool:
        """Look for the conflict of the two."""
        found = self._state.values_of("conflict", conflict_id(table, row_id, unit, writer, op_id))
        return found is not None and found["kind"] == ConflictKind.CLASH

    def unseen_child(self, table: str, row_id: str, device: str) -> str | None:
        """Look through all rows that hang on one, and the deals of an account."""
        makers = [
            self._state.ops[str(row.maker)]
            for name, _, row in self._state.rows()
            if name != "conflict" and not row.values["deleted_at"] and _is_below(name, row, table, row_id)
        ]
        unseen = [op for op in makers if not op.is_set_up and self.is_unseen(op.op_id, device)]
        return max(unseen, key=lambda op: (op.clock, op.device, op.op_id)).op_id if unseen else None


def _is_graver(one: Verdict, than: Verdict) -> bool:
    """Say what counts more; of two that wait what builds on another, to be decided with it."""
    more, less = GRAVITY[one.outcome], GRAVITY[than.outcome]
    return more > less or (more == less and one.shared is not None and than.shared is None)


def _is_below(name: str, row: Row, table: str, row_id: str) -> bool:
    if name == "deal" and table == "account":
        return row.values["account_id"] == row_id
    return parent_of(name, row.values) == (table, row_id)


class Writing:
    """One central transaction: ops merged, conflicts and proposals written, to be committed or taken back."""

    def __init__(
        self, state: State, shapes: Shapes, now_ms: int, new_id: Callable[[], str], *, cursor: int = 0
    ) -> None:
        """Start with nothing; ``cursor`` is the version the pushing device has."""
        self.state = state
        self.version = state.version + 1
        self.headers: dict[str, TxEntry] = {}
        self.ops: list[str] = []
        self.touched: dict[Key, Row | None] = {}
        self.resight = False
        self._shapes = shapes
        self._now_ms = now_ms
        self._new_id = new_id
        self._facts = Facts(state, cursor)
        self._undo: list[tuple[str, str, Row | None]] = []
        self._own_tx = ""
        self._fresh: list[str] = []
        self._late: list[Op] = []

    # ---- a local transaction

    def transaction(self, tx: Tx, ops: list[Op], judge: Judge | None, *, holds: bool = True) -> bool:
        """Merge a transaction whole; without a judge it was judged before.

        What is not merged is held, unless it is not to be: then nothing is left of it. Return whether
        it was merged.
        """
        marks = (len(self._undo), len(self.ops), len(self._fresh))
        worst: tuple[Verdict, Op | None] = (Verdict(Outcome.APPLIED), None)
        quotes: Before = {}
        for op in ops:
            remember(quotes, self.state, op)
            verdict = self._one(op, judge)
            if _is_graver(verdict, worst[0]):
                worst = (verdict, op)
        if worst[1] is None:
            user = judge.user if judge is not None else str(tx.author)
            worst = Settling(self, user, ops).settle(quotes) or worst
        verdict, cause = worst
        if verdict.outcome in HELD and cause is not None:
            self._back_to(marks)
            if holds:
                self._hold(tx, ops, verdict, cause)
            return False
        tx.outcome = Outcome.APPLIED
        self.headers[tx.header.tx_id] = header_of(tx)
        for op in ops:
            if op.kind == OpKind.ERASE:
                self._blank(op)
        for erasure in self._late:
            self._blank(erasure)
        self._late.clear()
        return True

    def _one(self, op: Op, judge: Judge | None) -> Verdict:
        if op.version:
            return Verdict(Outcome.APPLIED)  # known from a fork or a bringing back
        if judge is not None:
            judge.name_author(op)
        verdict = judge.judge(op) if judge is not None else self._plain(op)
        is_new = self.state.row(op.table, op.row_id) is None
        # What waits for a word is merged too, and taken back: nobody is asked about what cannot be.
        is_tried = verdict.outcome is not Outcome.QUARANTINED and (op.kind == OpKind.INSERT or not is_new)
        if verdict.outcome is Outcome.APPLIED or is_tried:
            if not self._merge(op):
                verdict = Verdict(Outcome.QUARANTINED, "invalid")
            elif judge is not None and is_new:
                judge.made(op)
        if judge is not None and verdict.outcome in HELD:
            judge.held(op, verdict)
        return verdict

    def _plain(self, op: Op) -> Verdict:
        if op.table not in CAPTURED or not set(op.read or {}) <= set(CAPTURED[op.table]):
            return Verdict(Outcome.QUARANTINED, "unknown_table")
        if op.kind != OpKind.INSERT and self.state.row(op.table, op.row_id) is None:
            return Verdict(Outcome.QUARANTINED, "unknown_row")
        return Verdict(Outcome.APPLIED)

    def _back_to(self, marks: tuple[int, int, int]) -> None:
        changes, ops, fresh = marks
        self._late.clear()
        for op_id in self.ops[ops:]:
            self.state.ops[op_id].version = 0
            self.state.ops[op_id].took = ()
        for op_id in self._fresh[fresh:]:
            self.forget(op_id)
        del self.ops[ops:], self._fresh[fresh:]
        while len(self._undo) > changes:
            table, row_id, row = self._undo.pop()
            if row is None:
                del self.state.tables[table][row_id]
            else:
                self.state.tables[table][row_id] = row

    def forget(self, op_id: str) -> None:
        """Take a stored op out of the log."""
        op = self.state.ops.pop(op_id)
        self.state.ops_of_row[op.table, op.row_id].remove(op_id)

    def take_back(self) -> None:
        """Undo everything, as a failed central transaction does."""
        self._back_to((0, 0, 0))

    # ---- an op

    def _merge(self, op: Op) -> bool:
        row = self.state.row(op.table, op.row_id)
        if row is None and op.kind == OpKind.ERASE:
            op.version, op.took = self.version, tuple(erased_columns(op.table))
            self.ops.append(op.op_id)
            return True
        found = merge(
            RowState(row.values, row.maker, row.writers) if row is not None else None,
            MergeOp(op.op_id, op.table, op.row_id, op.kind, op.hlc, op.clock, op.device, op.author, op.read),
            self._facts,
        )
        if found.said is not None:
            op.read, op.changes = found.said, dump(found.said)
        if found.invalid or not self._write(op, row, found):
            return False
        op.version = self.version
        op.took = self._took(op, row, found)
        self.ops.append(op.op_id)
        if row is None and self._is_below_erasure(op):
            self._erase_late(op)
        if found.restored:
            self.write_own(op.table, op.row_id, found.restored)
        for raised in found.conflicts:
            self.write_raised(raised)
        if KEY_COLUMNS.get(op.table, frozenset()) & set(found.values):
            Keys(self.state, self).meet(op.table, op.row_id, op.op_id, op.device)
        return True

    def _took(self, op: Op, row: Row | None, found: Merged) -> tuple[str, ...] | None:
        is_whole = set(found.took) == set(op.read or {}) and not found.blanked
        if row is None or (op.kind == OpKind.UPDATE and is_whole):
            return None
        return tuple(found.took)

    def _write(self, op: Op, row: Row | None, found: Merged) -> bool:
        if row is None:
            values = {**dict.fromkeys(CAPTURED[op.table]), **self._shapes.defaults(op.table), **found.values}
            values = {name: values[name] for name in CAPTURED[op.table]}
            if self._shapes.refuses(op.table, op.row_id, values):
                return False
            self._put(op.table, op.row_id, Row(values, op.op_id, {}))
            return True
        new = {**row.values, **found.values}
        if found.values and self._shapes.refuses(op.table, op.row_id, {**new, **found.restored}):
            return False
        writers = {**row.writers, **dict.fromkeys(found.took, op.op_id)}
        if found.took:
            self._put(op.table, op.row_id, Row(new, row.maker, writers))
        if found.blanked and op.read is not None:
            op.read = {name: change for name, change in op.read.items() if name not in found.blanked}
            op.changes, op.salt = dump(op.read), None
        return True

    def _put(self, table: str, row_id: str, row: Row) -> None:
        old = self.state.row(table, row_id)
        self._undo.append((table, row_id, old))
        self.touched.setdefault((table, row_id), old)
        self.state.tables[table][row_id] = row
        if old is None:
            self.resight = self.resight or table in BRINGS_SIGHT
        elif not self.resight:
            self.resight = any(old.values[name] != row.values[name] for name in DECIDING & set(row.values))

    def _is_below_erasure(self, op: Op) -> bool:
        """Say whether a new row is a value of a person who was erased without its device's knowledge."""
        row = self.state.row(op.table, op.row_id)
        above = parent_of(op.table, row.values) if row is not None and op.table in VALUES else None
        known = (self.state.ops[one] for one in self.state.ops_of_row.get(above or ("", ""), ()))
        return any(
            each.kind == OpKind.ERASE and each.version and self._facts.is_unseen(each.op_id, op.device)
            for each in known
        )

    def _erase_late(self, made: Op) -> None:
        """Erase such a value with an op of the centre."""
        row = self.state.tables[made.table][made.row_id]
        at = RowState(row.values, row.maker, row.writers)
        of = MergeOp(
            made.op_id,
            made.table,
            made.row_id,
            made.kind,
            made.hlc,
            made.clock,
            made.device,
            made.author,
            None,
        )
        left = emptied(at, of)
        erasure = self._own_op(made.table, made.row_id, OpKind.ERASE, left, None)
        values = {name: change[0] for name, change in left.items()}
        self._write(erasure, row, Merged(values, tuple(left)))
        erasure.version, erasure.took = self.version, None
        self.ops.append(erasure.op_id)
        self._late.append(erasure)

    def _blank(self, erasure: Op) -> None:
        for op_id in self.state.ops_of_row.get((erasure.table, erasure.row_id), ()):
            op = self.state.ops[op_id]
            if op_id != erasure.op_id and not self._knows_of(erasure, op):
                op.salt = None
                if op.read is not None and op.table in CAPTURED:
                    op.read = json.loads(without_words(op.table, dump(op.read)))
                    op.changes = dump(op.read)
        for one, row in list(self.state.tables["conflict"].items()):
            if row.values["on_id"] == erasure.row_id and not is_of_two(row.values):
                self.write_own("conflict", one, NOTHING["conflict"])
        for one, row in list(self.state.tables["proposal"].items()):
            if erasure.row_id in str(row.values["ops"]):
                self.write_own("proposal", one, NOTHING["proposal"])

    def _knows_of(self, erasure: Op, op: Op) -> bool:
        """Say whether an op was made on the same device after the erasure."""
        device = self.state.devices.get(erasure.device)
        if device is None or op.device != erasure.device or not {op.op_id, erasure.op_id} <= set(device.log):
            return False
        return device.log.index(op.op_id) > device.log.index(erasure.op_id)

    # ---- what the centre writes itself

    def write_raised(self, raised: Raised) -> None:
        """Write a conflict, a new one or one that is carried on."""
        sides: dict[str, Value] = {
            "kept_op": raised.kept.op_id,
            "lost_op": raised.lost.op_id,
            "kept": dump(dict(raised.kept.values)),
            "lost": dump(dict(raised.lost.values)),
            "base": dump(dict(raised.base)),
            "kept_author_id": raised.kept.author,
            "lost_author_id": raised.lost.author,
            "kept_at": clock.to_text(clock.hlc_instant(raised.kept.clock)),
            "lost_at": clock.to_text(clock.hlc_instant(raised.lost.clock)),
        }
        if self.state.row("conflict", raised.id) is not None:
            self.write_own("conflict", raised.id, sides)
            return
        about: dict[str, Value] = {
            "kind": raised.kind.value,
            "on_table": raised.table,
            "on_id": raised.row_id,
            "unit": raised.unit,
            "state": ConflictState.OPEN.value,
        }
        self.write_own("conflict", raised.id, {**about, **sides})

    def write_own(
        self, table: str, row_id: str, values: Mapping[str, Value], *, author: str | None = None
    ) -> bool:
        """Insert or change a row with an op of the centre; say whether the table could hold it."""
        row = self.state.row(table, row_id)
        if row is None:
            defaults = self._shapes.defaults(table)
            own = {name: defaults[name] for name in CAPTURED[table] if name in defaults}
            values = {**own, "created_at": self.stamp(), **values}
            changes: Changes = {name: [value] for name, value in values.items() if value is not None}
        else:
            changes = {
                name: [value, row.values[name], row.writer(name)]
                for name, value in values.items()
                if value != row.values[name]
            }
        if not changes:
            return True
        op = self._own_op(table, row_id, OpKind.INSERT if row is None else OpKind.UPDATE, changes, author)
        found = Merged(values, tuple(changes), is_insert=row is None)
        if not self._write(op, row, found):
            self.forget(op.op_id)
            self._fresh.remove(op.op_id)
            return False
        op.version, op.took = self.version, None
        self.ops.append(op.op_id)
        return True

    def _own_op(self, table: str, row_id: str, kind: OpKind, changes: Changes, author: str | None) -> Op:
        if not self._own_tx:
            self._own_tx = self._new_id()
            self.headers[self._own_tx] = TxEntry(
                self._own_tx, "system", "Merge", "{}", author, CENTRE, self.stamp(), None
            )
        payload, op_id = dump(changes), self._new_id()
        reading = (self._now_ms << clock.HLC_COUNTER_BITS) + len(self.ops) + len(self._fresh)
        salt = hashlib.sha256(op_id.encode()).digest()[:16]
        op = Op(
            op_id, self._own_tx, CENTRE, author, reading, reading, kind.value, table, row_id, payload,
            changes, salt.hex(), digest_of(salt, payload).hex(), 0,
        )  # fmt: skip
        self.state.ops[op_id] = op
        self.state.ops_of_row.setdefault((table, row_id), []).append(op_id)
        self._fresh.append(op_id)
        return op

    def today(self) -> str:
        """Return the day in UTC."""
        return self.stamp()[:10]

    def stamp(self) -> str:
        """Return this moment as it is stored."""
        return clock.to_text(clock.hlc_instant(self._now_ms << clock.HLC_COUNTER_BITS))

    # ---- proposals and late edits

    def _hold(self, tx: Tx, ops: list[Op], verdict: Verdict, cause: Op) -> None:
        tx.outcome, tx.reason = verdict.outcome, verdict.reason
        forget_held_words(self.state, ops)
        for op in ops:
            if op.kind == OpKind.INSERT and self.state.row(op.table, op.row_id) is None:
                self.state.fates[op.table, op.row_id] = tx.header.tx_id
        if verdict.outcome is not Outcome.QUARANTINED:
            tx.proposal_id = self._join(ops, verdict.shared) or self._propose(
                tx, verdict.about or (cause.table, cause.row_id), ops, str(cause.author)
            )

    def _join(self, ops: list[Op], proposal_id: str | None) -> str | None:
        proposal = self.state.row("proposal", proposal_id) if proposal_id is not None else None
        if proposal is None or proposal_id is None or proposal.values["state"] != ProposalState.OPEN:
            return None
        held = [*json.loads(str(proposal.values["ops"])), *described(ops)]
        self.write_own("proposal", proposal_id, {"ops": dump(held)})
        return proposal_id

    def _propose(self, tx: Tx, about: Key, ops: list[Op], author: str) -> str:
        proposal_id = made_id("proposal", tx.header.tx_id)
        kind = ProposalKind.LATE if tx.outcome is Outcome.LATE else ProposalKind.GUARDED
        values: dict[str, Value] = {
            "kind": kind.value,
            "on_table": about[0],
            "on_id": about[1],
            "tx_id": tx.header.tx_id,
            "name": tx.header.name,
            "arguments": tx.header.arguments,
            "ops": dump(described(ops)),
            "author_id": author,
            "recipient_id": self._recipient(about, ops, author, tx.outcome),
            "made_at": tx.header.at,
            "state": ProposalState.OPEN.value,
        }
        self.write_own("proposal", proposal_id, values)
        return proposal_id

    def _recipient(self, about: Key, ops: list[Op], author: str, outcome: Outcome) -> str | None:
        if self.state.row(*about) is not None:
            return recipient_of(self.state, about[0], self._owner(*about), author, outcome)
        known = [*ops, *(self.state.ops[one] for one in self.state.ops_of_row.get(about, ()))]
        own = (op for op in known if (op.table, op.row_id, op.author) == (*about, author))
        named = [(op.read or {}).get("owner_id", [None])[0] for op in own if op.kind == OpKind.INSERT]
        meant = str(named[0]) if named and named[0] else None
        if meant is not None and meant in Sight(self.state).above(author):
            return meant  # who may accept what is made for them
        return recipient_of(self.state, about[0], meant, author, Outcome.PROPOSAL)

    def _owner(self, table: str, row_id: str) -> str | None:
        """Return who owns a row, or the root it hangs on."""
        at = self.state.values_of(table, row_id)
        own = at.get("owner_id") if at is not None else None
        while own is None and at is not None and (parent := parent_of(table, at)) is not None:
            table, at = parent[0], self.state.values_of(*parent)
        found = own or (at.get("owner_id") if at is not None else None)
        return str(found) if found is not None else None


def described(ops: Iterable[Op]) -> list[dict[str, Any]]:
    """Return ops as a proposal holds them."""
    return [{"table": op.table, "id": op.row_id, "kind": op.kind, "changes": op.read} for op in ops]


def header_of(tx: Tx) -> TxEntry:
    """Return a transaction's header as others get it."""
    header = tx.header
    return TxEntry(
        header.tx_id, header.kind, header.name, header.arguments, tx.author, tx.device, header.at,
        header.undoes,
    )  # fmt: skip
