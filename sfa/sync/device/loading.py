"""Loading a snapshot: all that the user may see, in one transaction and mostly without a trigger a row.

Rows that are here and differ are renewed one by one, so that what waits to be sent stays
shown; rows that are here and not in the snapshot leave.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain

from sfa.fields import TABLES
from sfa.store import standing
from sfa.store.bulk_sheets import Sheet
from sfa.store.bulk_statements import insertions
from sfa.store.capture import Value
from sfa.store.connection import StoreConnection
from sfa.store.first_load import room_for_many
from sfa.store.heard import canonical, effect, required
from sfa.store.indexes import indexes_aside
from sfa.store.search.newcomers import Newcomers
from sfa.store.search.triggers import insert_trigger
from sfa.store.triggers import expected
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.device import state
from sfa.sync.device.applying import hear_row, row_heard
from sfa.sync.device.coming import Coming, coming, joined
from sfa.sync.device.hearing import Hearing
from sfa.sync.device.leaving import Purge, leave
from sfa.sync.device.links import references
from sfa.sync.device.parking import is_known, park_unknown
from sfa.sync.device.rows import Key, is_here, read_values, values_of, writers_of
from sfa.sync.protocol import RowEntry, RowSheet, Snapshot

Columns = dict[str, tuple[Value, ...]]
_AT_ONCE = 2_000
_NEW = 100


def load(connection: StoreConnection, snapshot: Snapshot, *, is_many: bool) -> int:
    """Load a snapshot, of many rows or few, and move the cursor to it; return how many rows it had.

    It is all done in the open transaction.
    """
    loading = _Loading(connection)
    with room_for_many(connection):
        filled = [*TABLES, "history"] if is_many and loading.is_into_new else []
        with _triggers_aside(connection), indexes_aside(connection, filled):
            for sheet in joined(snapshot.sheets, _AT_ONCE):
                loading.take(sheet, snapshot.version)
        loading.finish()
    state.put_cursor(connection, state.Cursor(snapshot.version, snapshot.batch))
    return loading.count


class _Loading:
    """One snapshot on its way into the tables."""

    def __init__(self, connection: StoreConnection) -> None:
        self._connection = connection
        self._hearing = Hearing(connection)
        self._newcomers = Newcomers()
        self._rows: dict[str, list[range]] = defaultdict(list)
        self._before = {
            table: {row[0] for row in connection.execute(f"SELECT id FROM {table}")} for table in TABLES
        }
        self._here = {table: set(known) for table, known in self._before.items()}
        self._named: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._first_no = connection.execute("SELECT coalesce(max(no), 0) + 1 FROM history").fetchone()[0]
        self._unsettled: dict[str, set[str]] = defaultdict(set)
        leaving = connection.execute("SELECT tbl, row_id FROM leaving").fetchall()
        for table, row_id in [*self._hearing.pending.rows(), *leaving]:
            self._unsettled[table].add(row_id)
        self.count = 0

    @property
    def is_into_new(self) -> bool:
        """Say whether the store holds hardly more than a new one; to hear of what is there takes indexes."""
        return sum(map(len, self._before.values())) <= _NEW

    def take(self, sheet: RowSheet, version: int) -> None:
        """Take rows of one table: new ones at once, those that are here one by one."""
        table = sheet.table
        self.count += len(sheet.rows)
        if not is_known(table, sheet.columns):
            for entry in sheet.entries():
                park_unknown(self._connection, entry, version)
        if table not in TABLES:
            for entry in sheet.entries():
                self._hearing.hear(row_heard(entry))
            return
        known, unsettled = self._here[table], self._unsettled[table]
        row_ids = {row[0] for row in sheet.rows}
        if known.isdisjoint(row_ids) and unsettled.isdisjoint(row_ids):
            self._insert(sheet)
        else:
            there = (known | unsettled) & row_ids
            self._insert(replace(sheet, rows=[row for row in sheet.rows if row[0] not in there]))
            self._take_there(replace(sheet, rows=[row for row in sheet.rows if row[0] in there]))
        known |= row_ids - unsettled

    def _take_there(self, sheet: RowSheet) -> None:
        """Take rows that are here, or were removed here and wait for it to be settled."""
        table, entries = sheet.table, list(sheet.entries())
        same = self._unchanged(table, [entry for entry in entries if entry.row_id in self._here[table]])
        for entry in entries:
            self._before[table].discard(entry.row_id)
            if entry.row_id not in same:
                hear_row(self._hearing, entry)

    def _unchanged(self, table: str, entries: Sequence[RowEntry]) -> set[str]:
        """Return the rows that are here just so, written by the same ops: nothing is to be said of them."""
        ids_here = json.dumps([entry.row_id for entry in entries])
        values = values_of(self._connection, table, ids_here)
        writers = writers_of(self._connection, table, ids_here)
        return {
            entry.row_id
            for entry in entries
            if entry.row_id not in self._unsettled[table]
            and writers.get(entry.row_id) == canonical(entry.maker or "", entry.writers)
            and effect(row_heard(entry), is_there=True).items() <= values[entry.row_id].items()
        }

    def _insert(self, rows: RowSheet) -> None:
        if not rows.rows:
            return
        new = coming(rows)
        sheet = new.sheet
        # What is empty in all rows is left to the table, which has nothing else in mind for it.
        same = {
            name: value
            for name, value in sheet.same.items()
            if value is not None or name in required(sheet.table)
        }
        self._rows[sheet.table] += self._write(sheet._replace(same=same))
        self._remember(new)
        self._newcomers.note(sheet)
        for name in references(sheet.table):
            self._named[sheet.table, name].update(
                str(value) for value in sheet.values(name) if value is not None
            )

    def _remember(self, new: Coming) -> None:
        """Keep who wrote the rows, and the rows with all their columns as entries of the history."""
        table, size, row_ids = new.sheet.table, new.sheet.size, new.sheet.varying["id"]
        makers = tuple([maker or "" for maker in new.makers])
        written: Columns = {"row_id": row_ids, "op_id": makers}
        writers: dict[str, Value] = {"tbl": table}
        entry: dict[str, Value] = {"entry": "row", "hlc": 0, "kind": "", "tbl": table}
        entry |= {"after_seq": self._hearing.pending.head, "schema_version": SCHEMA_VERSION}
        told: Columns = {"op_id": new.makers, "row_id": row_ids, "changes": new.changes}
        if len(set(new.later)) == 1:
            writers["columns"] = entry["took"] = new.later[0]
        else:
            written["columns"] = told["took"] = new.later
        # What damage may have left of a row that went is written over.
        self._write(Sheet("row_writer", size, writers, written), replacing=True)
        self._write(Sheet("history", size, entry, told))

    def _write(self, sheet: Sheet, *, replacing: bool = False) -> list[range]:
        """Insert rows; return their rowids, of a table that has such."""
        written = []
        for statement, values, size in insertions(sheet, replacing=replacing):
            last = self._connection.execute(statement, values).lastrowid or 0
            written.append(range(last - size + 1, last + 1))
        return written

    def finish(self) -> None:
        """Index and date what came, look after references, and take away what did not come."""
        connection = self._connection
        self._newcomers.index(connection, lambda table: chain.from_iterable(self._rows[table]))
        connection.execute(standing.refreshed(standing.DIFFERS))
        # Nothing is remembered of a row that a single own op made (rows.write_writers).
        connection.execute(
            "DELETE FROM row_writer WHERE columns = '{}' AND op_id IN (SELECT op_id FROM oplog)"
        )
        for key in self._lacking():
            self._hearing.links.came(key, read_values(connection, key) or {}, self._first_no)
        self._hearing.settle()
        self._hearing.links.fill_missing()
        purge = Purge(connection, self._hearing.pending)
        for table in reversed(TABLES):
            for row_id in sorted(self._before[table]):
                self._part_with(purge, (table, row_id))
        self._hearing.settle()
        purge.settle()

    def _lacking(self) -> Iterable[Key]:
        found: dict[Key, None] = {}
        for (table, name), named in self._named.items():
            missing = named - self._here[references(table)[name]]
            if missing:
                rows = self._connection.execute(
                    f'SELECT id FROM {table} WHERE "{name}" IN (SELECT value FROM json_each(?))',
                    (json.dumps(sorted(missing)),),
                )
                found.update(dict.fromkeys((table, row[0]) for row in rows))
        return found

    def _part_with(self, purge: Purge, key: Key) -> None:
        if is_here(self._connection, key) and not self._hearing.pending.written(key):
            leave(self._hearing, purge, key)


@contextmanager
def _triggers_aside(connection: sqlite3.Connection) -> Iterator[None]:
    """Leave out the triggers of an insert: nobody else writes while the transaction is open."""
    names = ["sfa_guard_row_writer_insert", standing.ON_INSERT, "sfa_standing_deal"]
    for table in TABLES:
        names += [f"sfa_{table}_insert", *([trigger] if (trigger := insert_trigger(table)) else [])]
    for name in names:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    for name in names:
        connection.execute(expected()[name])
