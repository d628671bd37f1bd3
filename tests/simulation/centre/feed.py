"""What a user is sent: gains and losses found at a commit, entries filtered when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from sfa.fields import TABLES
from sfa.fields.sight import ORGANISATION, parent_of
from sfa.sync.protocol import Changes, Entry, ExitEntry, OpEntry, RowEntry, RowSheet, Value
from sfa.terms import OpKind
from tests.simulation.centre.merging import dump
from tests.simulation.centre.sight import NEEDED, NOBODY, REFERENCES, Sight
from tests.simulation.centre.state import Central, FedExit, FedRow, Key, Op, Row, State, Users

Seen = dict[Key, Users]


def seen_by_whom(state: State, sight: Sight) -> Seen:
    """Return who sees each row that is not everybody's."""
    return {
        (table, row_id): sight.of(table, row_id)
        for table, rows in state.tables.items()
        if table not in ORGANISATION
        for row_id in rows
    }


# ---- what a commit adds to the feed


class Gains:
    """The rows that come into sight, and those that leave it, with one central transaction."""

    def __init__(self, state: State, touched: Mapping[Key, Row | None], before: Seen, after: Seen) -> None:
        """Compare who saw what with who sees what now; ``touched`` holds the rows as they were."""
        self._state = state
        self._touched = touched
        self._before = before
        self._after = after
        self._to: dict[Key, Users] = {}

    def rows(self) -> list[FedRow]:
        """Return the rows to send whole, parents before children."""
        for key, users in self._after.items():
            if key in self._before:
                self._add(key, users - self._before[key])
        moved = [key for key in self._after if self._is_moved(key)]
        for key in moved:
            for hanging in (key, *self._below(key)):
                self._add(hanging, self._after[hanging])
        for key in filter(self._is_back, self._touched):
            self._add(key, self._after.get(key, NOBODY))
        for key, users in self._referring():
            self._add(key, users & self._after.get(key, users))
        # What is new and hangs on a gained row came as an op before that row.
        gainers = NOBODY.union(*self._to.values())
        for key, users in self._after.items():
            if key not in self._before:
                self._add(key, users & gainers)
        order = list(TABLES)
        keys = sorted(self._to, key=lambda key: (order.index(key[0]), key[1]))
        return [FedRow(*key, self._state.tables[key[0]][key[1]], self._to[key]) for key in keys]

    def _add(self, key: Key, users: Users) -> None:
        if users:
            self._to[key] = self._to.get(key, NOBODY) | users

    def _is_moved(self, key: Key) -> bool:
        if key not in self._touched:
            return False
        row, old = self._state.tables[key[0]][key[1]], self._touched[key]
        before = old.values if old is not None else self._as_made(row)
        return parent_of(key[0], before) != parent_of(key[0], row.values)

    def _is_back(self, key: Key) -> bool:
        """Say whether a row is live again that a device had removed, which has nothing of it left."""
        row, old = self._state.tables[key[0]].get(key[1]), self._touched[key]
        if row is None or old is None or old.values["deleted_at"] is None or row.values["deleted_at"]:
            return False
        ops = (self._state.ops[op_id] for op_id in self._state.ops_of_row.get(key, ()))
        return any(op.kind == OpKind.DELETE and op.version for op in ops)

    def _as_made(self, row: Row) -> Mapping[str, Value]:
        """Return the values a new row was inserted with: it may have moved in the same transaction."""
        made = self._state.ops[str(row.maker)].read
        return {**dict.fromkeys(row.values), **{name: change[0] for name, change in (made or {}).items()}}

    def _below(self, root: Key) -> Iterator[Key]:
        for table, row_id, row in self._state.rows():
            if parent_of(table, row.values) == root:
                yield table, row_id
                yield from self._below((table, row_id))

    def _referring(self) -> list[tuple[Key, Users]]:
        """Return the rows with a reference to a row that was gained: it was withheld before."""
        gained = {key[1]: (key[0], users) for key, users in self._to.items()}
        found = []
        for table, row_id, row in self._state.rows() if gained else ():
            for column, target in REFERENCES[table]:
                hit = gained.get(str(row.values[column]))
                if hit is not None and hit[0] == target and column not in NEEDED[table]:
                    found.append(((table, row_id), hit[1]))
        return found

    def exits(self) -> list[FedExit]:
        """Return the rows that somebody lost, without those that go along with their parent."""
        lost = {key: users - self._after.get(key, NOBODY) for key, users in self._before.items()}
        found = []
        for key, users in lost.items():
            if key in self._before and self._is_moved(key):
                found.append(FedExit(*key, self._before[key], moved=True))
                continue
            if not users:
                continue
            parent = self._parent(key)
            alone = users - lost.get(parent, NOBODY) if parent is not None else users
            if alone:
                found.append(FedExit(*key, alone))
        return found

    def _parent(self, key: Key) -> Key | None:
        row = self._state.row(*key)
        return parent_of(key[0], row.values) if row is not None else None

    def lost(self) -> Iterator[tuple[Key, Users]]:
        """Yield every row with those who lost it."""
        for key, users in self._before.items():
            gone = users - self._after.get(key, NOBODY)
            if gone:
                yield key, gone


# ---- what one user is sent


class Filter:
    """What one user may be told, by the sight of this moment."""

    def __init__(self, state: State, sight: Sight, user: str) -> None:
        """Filter for a user."""
        self._state = state
        self._sight = sight
        self._user = user

    def sees(self, table: str, row_id: str) -> bool:
        """Say whether the user sees a row now."""
        return self._user in self._sight.of(table, row_id)

    def _shown(self, table: str, value: Any) -> bool:
        return value is None or self.sees(table, str(value))

    def row(self, table: str, row_id: str, row: Row) -> RowEntry | None:
        """Return a row with unseen references withheld; ``None`` when it cannot be shown at all."""
        values: dict[str, Value] = dict(row.values)
        for column, target in REFERENCES[table]:
            value = values[column]
            if value is not None and not self.sees(target, str(value)):
                if column in NEEDED[table]:
                    return None
                values[column] = None
        parent = parent_of(table, values)
        if parent is not None and self._state.row(*parent) is not None and not self.sees(*parent):
            return None
        writers = row.writers
        if row.maker in writers.values():
            writers = {column: writer for column, writer in writers.items() if writer != row.maker}
        return RowEntry(table, row_id, values, row.maker, writers)

    def value(self, table: str, column: str, value: Value) -> Value:
        """Return a value as the user may see it."""
        for name, target in REFERENCES[table]:
            if name == column and not self._shown(target, value):
                return None
        return value

    def visible(self, table: str) -> Iterator[RowEntry]:
        """Yield the rows of a table that the user sees."""
        for row_id, row in self._state.tables[table].items():
            entry = self.row(table, row_id, row) if self.sees(table, row_id) else None
            if entry is not None:
                yield entry

    def op(self, op: Op, *, is_own: bool = False) -> OpEntry | None:
        """Return an op as it may be told; ``None`` when it may not."""
        if not self.sees(op.table, op.row_id):
            return None
        if is_own and not op.is_told_whole:
            return self._entry(op, None, None, None)
        if op.read is None:
            return self._entry(op, None, None, op.digest)
        told, is_whole = self._told(op)
        if told is None:
            return None
        if is_whole and op.changes is not None:
            return self._entry(op, op.changes, op.salt, op.digest)
        return self._entry(op, dump(told), None, None)

    def _told(self, op: Op) -> tuple[Changes | None, bool]:
        told: Changes = {}
        targets = dict(REFERENCES[op.table])
        is_whole = op.salt is not None and not op.is_read_otherwise
        for column, change in (op.read or {}).items():
            target = targets.get(column)
            told[column] = change
            if target is None:
                continue
            shown = [self._shown(target, value) for value in change[:2]]
            if not all(shown) and op.kind == OpKind.ERASE:
                # It reaches whoever sees the row, wherever it hung when it was erased.
                return {
                    name: change for name, change in (op.read or {}).items() if name not in targets
                }, False
            if not shown[0] and column in NEEDED[op.table]:
                return None, False
            if not all(shown):
                is_whole = False
                values = [value if ok else None for value, ok in zip(change[:2], shown, strict=True)]
                told[column] = [*values, *change[2:]]
        return told, is_whole

    @staticmethod
    def _entry(op: Op, changes: str | None, salt: str | None, digest: str | None) -> OpEntry:
        return OpEntry(
            op.op_id, op.tx_id, op.clock, op.kind, op.table, op.row_id, changes, op.took, op.author,
            op.device, salt, digest, op.schema_version,
        )  # fmt: skip

    def entries(self, central: Central, own: frozenset[str]) -> list[Entry]:
        """Return the entries of a central transaction; ``own`` are the ops of the device's log."""
        ops = []
        for op_id in central.ops:
            op = self._state.ops[op_id]
            entry = self.op(op, is_own=op_id in own)
            if entry is not None:
                ops.append(entry)
        told = {op.tx_id for op in ops}
        unseen = {
            op.tx_id
            for op in map(self._state.ops.__getitem__, central.ops)
            if not self.sees(op.table, op.row_id)
        }
        headers = [
            replace(header, arguments="{}") if header.tx_id in unseen else header
            for header in central.headers
            if header.tx_id in told
        ]
        return [*headers, *ops, *self._rows(central.rows), *self._exits(central.exits)]

    def _rows(self, rows: Iterable[FedRow]) -> Iterator[RowEntry]:
        for each in rows:
            if self._user in each.users and self.sees(each.table, each.row_id):
                entry = self.row(each.table, each.row_id, each.row)
                if entry is not None:
                    yield entry

    def _exits(self, exits: Iterable[FedExit]) -> Iterator[ExitEntry]:
        for each in exits:
            if self._user in each.users and not (each.moved and self.sees(each.table, each.row_id)):
                yield ExitEntry(each.table, each.row_id)


def sheets_of(entries: Iterable[RowEntry]) -> Iterator[RowSheet]:
    """Yield rows that follow each other and have the same columns side by side."""
    for (table, columns), alike in groupby(entries, key=lambda entry: (entry.table, tuple(entry.values))):
        rows = [(each.row_id, each.maker, each.writers, *each.values.values()) for each in alike]
        yield RowSheet(table, columns, rows)
