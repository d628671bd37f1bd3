"""What an import wants of some records, set against what the store holds: the writes that are missing.

Wanted values are columns as long as the records are many; ``None`` in them says
nothing: it keeps what is there and takes the default where nothing is.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from sfa.services.imports.record_ids import LISTED, child_ids
from sfa.store.bulk_sheets import Sheet, sheet_of, sheet_of_columns
from sfa.store.capture import Value
from sfa.terms import Verdict

Values = tuple[object, ...]

_AT_ONCE = 2000

# In a planned change: the transaction's instant, and a value taken away.
TOMBSTONE = object()
EMPTY = object()


@dataclass(slots=True)
class ChildSet:
    """Child rows that an import wants: (record's place, the child's place in it, values).

    ``owner_column`` holds the record's id, ``fixed`` what all of them share. A set
    ``on_create`` is for new records only. ``counted`` is the place's name before
    its number, where the children of a record are counted; of a ``single`` one a
    record has one at most, whoever entered it. Columns ``only_new`` are what rows get
    when they are made: a row that is there keeps its own.
    """

    table: str
    owner_column: str
    columns: tuple[str, ...]
    entries: list[tuple[int, str, Values]] = field(default_factory=list)
    fixed: Mapping[str, Value] = field(default_factory=dict)
    counted: str = ""
    on_create: bool = False
    single: bool = False
    only_new: frozenset[str] = frozenset()


@dataclass(slots=True)
class RecordSet:
    """Records of one table that an import wants; ``dropped`` are the places of rejected ones."""

    table: str
    source: str
    ids: list[str]
    columns: dict[str, list[object]]
    defaults: dict[str, object] = field(default_factory=dict)
    children: list[ChildSet] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)


@dataclass(slots=True)
class TableWrites:
    """Rows to insert by id, and columns to change by row id, of one table."""

    table: str
    columns: tuple[str, ...] = ()
    inserts: list[Values] = field(default_factory=list)
    updates: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    children: NewChildren | None = None

    def __bool__(self) -> bool:
        """Say whether there is anything to write."""
        return bool(self.new or self.updates)

    @property
    def new(self) -> int:
        """Return how many rows are to be inserted."""
        return len(self.inserts) + (len(self.children.entries) if self.children else 0)

    def new_rows(self) -> Iterator[Sheet]:
        """Yield the rows to insert, by id."""
        rows = sorted(self.inserts, key=itemgetter(0))
        for start in range(0, len(rows), _AT_ONCE):
            yield sheet_of(self.table, self.columns, rows[start : start + _AT_ONCE])
        if self.children is not None:
            yield from self.children.sheets()


@dataclass(frozen=True, slots=True)
class NewChildren:
    """Children of new records, made when they are asked for: while the rows before them are written."""

    children: ChildSet
    wanted: RecordSet
    entries: list[tuple[int, str, Values]]

    def sheets(self) -> Iterator[Sheet]:
        """Yield the rows in the order of their records' ids, which their own follow."""
        ids = self.wanted.ids
        entries = sorted(self.entries, key=lambda entry: ids[entry[0]])
        for start in range(0, len(entries), _AT_ONCE):
            yield self._sheet(entries[start : start + _AT_ONCE])

    def _sheet(self, entries: list[tuple[int, str, Values]]) -> Sheet:
        places, parts, rows = zip(*entries, strict=True)
        owners = tuple([self.wanted.ids[place] for place in places])
        row_ids = tuple(child_ids(owners, self.wanted.source, parts))
        columns = dict(zip(self.children.columns, zip(*rows, strict=True), strict=True))
        found = sheet_of_columns(
            self.children.table, row_ids, {self.children.owner_column: owners, **columns}
        )
        found.same.update(self.children.fixed)
        return found


@dataclass(slots=True)
class Difference:
    """A verdict a record, in order, and the writes that make the store hold them."""

    verdicts: list[Verdict]
    writes: list[TableWrites]


Present = dict[str, Values]


def present_rows(
    connection: sqlite3.Connection, table: str, ids: Sequence[str], columns: Sequence[str]
) -> Present:
    """Return id -> (deleted_at, the columns' values) of the rows that exist, deleted ones too."""
    cursor = connection.cursor()
    cursor.row_factory = None
    if not ids or cursor.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None:
        return {}
    listed = ", ".join(["id", "deleted_at", *columns])
    rows = cursor.execute(f"SELECT {listed} FROM {table} WHERE id IN {LISTED}", (json.dumps(ids),))
    return {row[0]: row[1:] for row in rows}


def difference(connection: sqlite3.Connection, wanted: RecordSet) -> Difference:
    """Return what has to be written so that the store holds the wanted records."""
    names = tuple(wanted.columns)
    present = present_rows(connection, wanted.table, wanted.ids, names)
    verdicts = [Verdict.CREATE] * len(wanted.ids)
    for place in wanted.dropped:
        verdicts[place] = Verdict.REJECT
    records = TableWrites(wanted.table)
    if present:
        rows = zip(wanted.ids, *wanted.columns.values(), strict=True)
        for place, (row_id, *values) in enumerate(rows):
            if row_id in present and place not in wanted.dropped:
                verdicts[place] = _compare(records, row_id, names, values, present[row_id])
    _insert_new(connection, records, wanted, verdicts)
    writes = [records]
    writes += [_children(connection, children, wanted, verdicts) for children in wanted.children]
    return Difference(verdicts, [each for each in writes if each])


def _compare(
    records: TableWrites, row_id: str, names: tuple[str, ...], values: list[object], present: Values
) -> Verdict:
    deleted_at, *held = present
    changes = {
        name: new
        for name, new, old in zip(names, values, held, strict=True)
        if new is not None and new != old and (new is not EMPTY or old is not None)
    }
    if deleted_at is not None:
        records.updates.append((row_id, {**changes, "deleted_at": None}))
        return Verdict.REVIVE
    if changes:
        records.updates.append((row_id, changes))
        return Verdict.UPDATE
    return Verdict.SAME


def _insert_new(
    connection: sqlite3.Connection, records: TableWrites, wanted: RecordSet, verdicts: list[Verdict]
) -> None:
    columns = dict(wanted.columns)
    for name in wanted.defaults:
        columns.setdefault(name, [None] * len(wanted.ids))
    stored = _stored_defaults(connection, wanted.table)
    filled = []
    for name, values in columns.items():
        default = wanted.defaults.get(name, stored.get(name))
        filled.append(
            values if default is None else [default if value is None else value for value in values]
        )
    rows = zip(wanted.ids, *filled, strict=True)
    records.columns = ("id", *columns)
    records.inserts = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict is Verdict.CREATE]


def _stored_defaults(connection: sqlite3.Connection, table: str) -> dict[str, object]:
    """Return the columns' own defaults, as a row inserted without them would get."""
    rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return {row[1]: _literal(row[4]) for row in rows if row[4] is not None}


def _literal(text: str) -> object:
    return text[1:-1].replace("''", "'") if text.startswith("'") else int(text)


def _children(
    connection: sqlite3.Connection, children: ChildSet, wanted: RecordSet, verdicts: list[Verdict]
) -> TableWrites:
    """Write the children of new records at once; compare those of records that were there."""
    names = ("id", children.owner_column, *children.fixed, *children.columns)
    new = [entry for entry in children.entries if verdicts[entry[0]] is Verdict.CREATE]
    writes = TableWrites(children.table, names, children=NewChildren(children, wanted, new))
    if len(new) < len(children.entries) and not children.on_create:
        skipped = (Verdict.CREATE, Verdict.REJECT)
        old = [entry for entry in children.entries if verdicts[entry[0]] not in skipped]
        owners = [wanted.ids[place] for place, _, _ in old]
        row_ids = child_ids(owners, wanted.source, [part for _, part, _ in old])
        kept = [
            (place, part, row_id, values) for (place, part, values), row_id in zip(old, row_ids, strict=True)
        ]
        if kept:
            _compare_children(connection, children, wanted, verdicts, writes, kept)
    return writes


def _compare_children(
    connection: sqlite3.Connection,
    children: ChildSet,
    wanted: RecordSet,
    verdicts: list[Verdict],
    writes: TableWrites,
    old: list[tuple[int, str, str, Values]],
) -> None:
    live = _live_children(connection, children, [wanted.ids[each[0]] for each in old])
    if children.single:
        old = [(*each[:2], _only(live[wanted.ids[each[0]]], each[2]), each[3]) for each in old]
    present = present_rows(connection, children.table, [each[2] for each in old], children.columns)
    fixed = tuple(children.fixed.values())
    for place, _, row_id, values in old:
        owner = wanted.ids[place]
        changes: dict[str, object] | None = None
        if row_id in present:
            deleted_at, *held = present[row_id]
            changes = {
                name: new
                for name, new, was in zip(children.columns, values, held, strict=True)
                if new != was and name not in children.only_new
            }
            if deleted_at is not None and not _is_there(live[owner], values):
                changes["deleted_at"] = None
            elif deleted_at is not None:
                changes = None
        elif not _is_there(live[owner], values):
            writes.inserts.append((row_id, owner, *fixed, *values))
            _touch(verdicts, place)
        if changes:
            writes.updates.append((row_id, changes))
            _touch(verdicts, place)
    _drop_surplus(children, wanted, verdicts, writes, old, live)


def _only(live: Mapping[str, Values], row_id: str) -> str:
    """Return the row that holds a single value already, else the one an import makes."""
    return next(iter(live), row_id)


def _is_there(live: Mapping[str, Values], values: Values) -> bool:
    """Say whether somebody has entered the same value by hand."""
    return any(held == values for held in live.values())


def _touch(verdicts: list[Verdict], place: int) -> None:
    if verdicts[place] is Verdict.SAME:
        verdicts[place] = Verdict.UPDATE


def _live_children(
    connection: sqlite3.Connection, children: ChildSet, owners: Iterable[str]
) -> dict[str, dict[str, Values]]:
    """Return owner -> id -> values of the live children, however they came to be."""
    found: dict[str, dict[str, Values]] = defaultdict(dict)
    cursor = connection.cursor()
    cursor.row_factory = None
    where = "".join(f" AND {name} = ?" for name in children.fixed)
    listed = ", ".join([children.owner_column, "id", *children.columns])
    rows = cursor.execute(
        f"SELECT {listed} FROM {children.table} WHERE {children.owner_column} IN {LISTED}"
        f" AND deleted_at IS NULL{where}",
        (json.dumps(sorted(set(owners))), *children.fixed.values()),
    )
    for owner, row_id, *values in rows:
        found[owner][row_id] = tuple(values)
    return found


def _drop_surplus(
    children: ChildSet,
    wanted: RecordSet,
    verdicts: list[Verdict],
    writes: TableWrites,
    old: list[tuple[int, str, str, Values]],
    live: Mapping[str, Mapping[str, Values]],
) -> None:
    """Take away children of an earlier, longer list; those entered by hand stay."""
    if not children.counted:
        return
    counts: dict[int, int] = defaultdict(int)
    for place, _, _, _ in old:
        counts[place] += 1
    for place, count in counts.items():
        owner = wanted.ids[place]
        further = [f"{children.counted}/{number}" for number in range(count, count + len(live[owner]))]
        for row_id in child_ids([owner] * len(further), wanted.source, further):
            if row_id in live[owner]:
                writes.updates.append((row_id, {"deleted_at": TOMBSTONE}))
                _touch(verdicts, place)
