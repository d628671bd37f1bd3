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
from itertools import groupby, islice

from sfa import ids
from sfa.fields import TABLES
from sfa.store import standing
from sfa.store.bulk_sheets import Sheet
from sfa.store.capture import CAPTURED, Value, inserted
from sfa.store.connection import StoreConnection
from sfa.store.heard import canonical, effect
from sfa.store.search.newcomers import Newcomers, ends_of
from sfa.store.search.triggers import insert_trigger
from sfa.store.triggers import expected
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.device import state
from sfa.sync.device.applying import hear_row, row_heard
from sfa.sync.device.hearing import Hearing
from sfa.sync.device.leaving import Purge, leave
from sfa.sync.device.links import references
from sfa.sync.device.parking import is_known, park_unknown
from sfa.sync.device.rows import Key, instant_of, is_here, read_values, values_of, writers_of
from sfa.sync.protocol import RowEntry, Snapshot

_AT_ONCE = 2_000
_dump = json.JSONEncoder(separators=(",", ":")).encode


def load(connection: StoreConnection, snapshot: Snapshot) -> int:
    """Load a snapshot and move the cursor to it, in the open transaction; return how many rows it had."""
    loading = _Loading(connection)
    with _triggers_aside(connection):
        for table, entries in groupby(snapshot.rows, lambda entry: entry.table):
            while some := list(islice(entries, _AT_ONCE)):
                loading.take(table, some, snapshot.version)
    loading.finish()
    state.put_cursor(connection, state.Cursor(snapshot.version, snapshot.batch))
    return loading.count


class _Loading:
    """One snapshot on its way into the tables."""

    def __init__(self, connection: StoreConnection) -> None:
        self._connection = connection
        self._hearing = Hearing(connection)
        self._newcomers = Newcomers()
        self._ends = ends_of(connection, TABLES)
        self._before = {
            table: {row[0] for row in connection.execute(f"SELECT id FROM {table}")} for table in TABLES
        }
        self._here = {table: set(known) for table, known in self._before.items()}
        self._named: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._first_no = connection.execute("SELECT coalesce(max(no), 0) + 1 FROM history").fetchone()[0]
        leaving = connection.execute("SELECT tbl, row_id FROM leaving").fetchall()
        self._unsettled = self._hearing.pending.rows() | {(row[0], row[1]) for row in leaving}
        self.count = 0

    def take(self, table: str, entries: Sequence[RowEntry], version: int) -> None:
        """Take rows of one table: new ones at once, those that are here one by one."""
        self.count += len(entries)
        strange = {
            shape for shape in {tuple(entry.values) for entry in entries} if not is_known(table, shape)
        }
        for entry in entries if strange else ():
            park_unknown(self._connection, entry, version)
        if table not in TABLES:
            for entry in entries:
                self._hearing.hear(row_heard(entry))
            return
        known = self._here[table]
        new = [entry for entry in entries if entry.row_id not in known]
        removed = {entry.row_id for entry in new if (table, entry.row_id) in self._unsettled}
        self._insert(table, [entry for entry in new if entry.row_id not in removed])
        there = [entry for entry in entries if entry.row_id in known or entry.row_id in removed]
        same = self._unchanged(table, [entry for entry in there if entry.row_id in known])
        for entry in there:
            self._before[table].discard(entry.row_id)
            if entry.row_id not in same:
                hear_row(self._hearing, entry)
        known.update(entry.row_id for entry in new if entry.row_id not in removed)

    def _unchanged(self, table: str, entries: Sequence[RowEntry]) -> set[str]:
        """Return the rows that are here just so, written by the same ops: nothing is to be said of them."""
        ids_here = json.dumps([entry.row_id for entry in entries])
        values = values_of(self._connection, table, ids_here)
        writers = writers_of(self._connection, table, ids_here)
        return {
            entry.row_id
            for entry in entries
            if (table, entry.row_id) not in self._unsettled
            and writers.get(entry.row_id) == canonical(entry.maker or "", entry.writers)
            and effect(row_heard(entry), is_there=True).items() <= values[entry.row_id].items()
        }

    def _insert(self, table: str, entries: Sequence[RowEntry]) -> None:
        for columns, alike in groupby(entries, key=lambda entry: tuple(entry.values)):
            some = list(alike)
            by_name = dict(
                zip(columns, zip(*(entry.values.values() for entry in some), strict=True), strict=True)
            )
            self._insert_alike(
                table, {name: by_name[name] for name in CAPTURED[table] if name in by_name}, some
            )

    def _insert_alike(
        self, table: str, given: dict[str, tuple[Value, ...]], entries: Sequence[RowEntry]
    ) -> None:
        by_column: dict[str, tuple[Value, ...]] = {
            "id": tuple(entry.row_id for entry in entries),
            **given,
            "updated_at": tuple(_changed_at(entry) for entry in entries),
            "updated_by": tuple(
                None if entry.writers else entry.values.get("created_by") for entry in entries
            ),
        }
        if "ref" in TABLES[table].column_names():
            by_column["ref"] = tuple(ids.ref_of(entry.row_id) for entry in entries)
        names = ", ".join(f'"{name}"' for name in by_column)
        self._connection.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(by_column))})",
            zip(*by_column.values(), strict=True),
        )
        nothing = (None,) * len(entries)
        whole = zip(*(given.get(name, nothing) for name in CAPTURED[table]), strict=True)
        self._remember(table, entries, whole)
        self._newcomers.note(Sheet(table, len(entries), {}, by_column))
        for name in references(table).keys() & by_column.keys():
            self._named[table, name].update(str(value) for value in by_column[name] if value is not None)

    def _remember(self, table: str, entries: Sequence[RowEntry], whole: Iterable[tuple[Value, ...]]) -> None:
        """Keep who wrote the rows, and the rows with all their columns as entries of the history."""
        written = [canonical(entry.maker or "", entry.writers) for entry in entries]
        later = [_dump(found[1]) if found[1] else "{}" for found in written]
        self._connection.executemany(
            "INSERT OR REPLACE INTO row_writer (tbl, row_id, op_id, columns) VALUES (?, ?, ?, ?)",
            (
                (table, entry.row_id, found[0], columns)
                for entry, found, columns in zip(entries, written, later, strict=True)
            ),
        )
        self._connection.executemany(
            "INSERT INTO history"
            " (after_seq, entry, op_id, hlc, kind, tbl, row_id, changes, took, schema_version)"
            " VALUES (?, 'row', ?, 0, '', ?, ?, ?, ?, ?)",
            (
                (
                    self._hearing.pending.head,
                    entry.maker,
                    table,
                    entry.row_id,
                    inserted(table, values),
                    columns,
                    SCHEMA_VERSION,
                )
                for entry, columns, values in zip(entries, later, whole, strict=True)
            ),
        )

    def finish(self) -> None:
        """Index and date what came, look after references, and take away what did not come."""
        connection = self._connection
        self._newcomers.index(connection, self._ends)
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


def _changed_at(entry: RowEntry) -> str | None:
    latest = instant_of(list(entry.writers.values()))
    created = entry.values.get("created_at")
    return latest or (str(created) if created is not None else None)


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
