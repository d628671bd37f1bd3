"""Importing: a plan applied in one short transaction that one undo takes back.

``imports_plan`` works a plan out; here it is written, with prepared statements on
the transaction's raw connection, so that a hundred thousand rows hold the lock for
seconds.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sfa import clock, ids
from sfa.errors import Refused, msg
from sfa.fields import TABLES, Noun
from sfa.interchange.imported import imported_noun
from sfa.interchange.mapping import Mapping
from sfa.interchange.source_table import SourceTable
from sfa.services.imports.plan import ImportPlan, Progress, last_seq, plan_rows
from sfa.services.imports.records import EMPTY, TOMBSTONE, TableWrites, Values
from sfa.store.bulk import insert_rows
from sfa.store.bulk_beside import Second
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import NewSheets, Sheet
from sfa.store.capture import Value
from sfa.store.connection import StoreConnection
from sfa.store.perform import Change
from sfa.terms import Verdict

Written = Callable[[int, int], None]
Replan = Callable[[StoreConnection], ImportPlan]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or with a dry run would do; ``made`` counts linked records by noun."""

    noun: str
    created: int
    updated: int
    same: int
    revived: int
    rejected: int
    made: dict[str, int]
    without_account: int


def plan_import(
    connection: StoreConnection | sqlite3.Connection,
    noun: Noun,
    table: SourceTable,
    mapping: Mapping,
    *,
    today: date,
    on_step: Progress | None = None,
    refuse_duplicates: bool = False,
    explain: bool = False,
) -> ImportPlan:
    """Return what importing a table would do: a record a row, of orders a line a row.

    With ``explain`` the plan also has what changes in each record.

    With ``refuse_duplicates`` rows that may be a lead of the store or of an earlier row are rejected.

    Raises:
        InvalidInput: the file lacks a mapped column, or the mapping does not fit the store.
    """
    if noun.name == "order":
        from sfa.services.imports.orders import plan_orders

        return plan_orders(connection, table, mapping, today=today, on_step=on_step, explain=explain)
    return plan_rows(
        connection,
        noun,
        table,
        mapping,
        today=today,
        on_step=on_step,
        refuse_duplicates=refuse_duplicates,
        explain=explain,
    )


def result_of(plan: ImportPlan) -> ImportResult:
    """Return a plan's figures."""
    counts = plan.counts
    return ImportResult(
        plan.noun,
        counts[Verdict.CREATE],
        counts[Verdict.UPDATE],
        counts[Verdict.SAME],
        counts[Verdict.REVIVE],
        counts[Verdict.REJECT],
        dict(plan.made),
        plan.without_account,
    )


def apply_import(
    change: Change,
    plan: ImportPlan,
    *,
    replan: Replan,
    file_name: str,
    on_rows: Written | None = None,
    second: Second | None = None,
) -> ImportPlan:
    """Write a plan inside an open transaction; return the plan that was written.

    When the store changed after the plan was made, ``replan`` makes it again, now
    under the lock. ``on_rows`` hears how many rows of how many are written.
    ``second`` is a process that ``bulk.second_for`` started while the plan was made.

    Raises:
        Refused: the new plan rejects rows that the old one took.
    """
    connection = change.connection
    if plan.seq != last_seq(connection):
        before = len(plan.rejected)
        plan = replan(connection)
        if len(plan.rejected) > before:
            raise Refused(
                msg("The store was changed while the import was planned, and rows no longer fit."),
                hint=msg("Nothing was imported. Run the import again and look at its rejects."),
            )
    noun = imported_noun(plan.noun)
    assert noun is not None
    counts = plan.counts
    taken = counts[Verdict.CREATE] + counts[Verdict.UPDATE] + counts[Verdict.REVIVE]
    change.call(
        msg("Import {count} {nouns} from {file}"), count=taken, nouns=noun.label_plural, file=file_name
    )
    _write_all(connection, plan.writes, on_rows or _quiet, second)
    return plan


def _quiet(_done: int, _total: int) -> None:
    return None


def _write_all(
    connection: StoreConnection, writes: list[TableWrites], on_rows: Written, second: Second | None
) -> None:
    total = sum(each.new + len(each.updates) for each in writes)
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        on_rows(done, total)

    links = Links()
    inserted = [each for each in writes if each.new]
    insert_rows(connection, [_insertion(connection, each) for each in inserted], links, more, second)
    for each in writes:
        for names, rows in _changes(connection, each):
            assignments = ", ".join(f"{name} = ?" for name in names)
            connection.executemany(f"UPDATE {each.table} SET {assignments} WHERE id = ?", rows)
            for name, values in zip(names, zip(*rows, strict=True), strict=False):
                links.note_changed(each.table, name, values)
            more(len(rows))
    links.check(connection)


def _insertion(connection: StoreConnection, writes: TableWrites) -> NewSheets:
    """Return the rows with their bookkeeping; what the file says of it goes first.

    Rows go in by id: their children's ids begin alike, so every index grows in order.
    """
    stamp, actor = connection.capture.stamp, connection.capture.actor
    usual = {"created_at": stamp, "created_by": actor, "updated_at": stamp, "updated_by": actor}
    ref = ("ref",) if "ref" in TABLES[writes.table].column_names() else ()
    names = (*dict.fromkeys((*writes.columns, *usual)), *ref)
    return NewSheets(writes.table, names, partial(_completed, writes, usual), writes.new)


def _completed(writes: TableWrites, usual: dict[str, str | None]) -> Iterator[Sheet]:
    """Yield the rows with what only the transaction knows: its instant and its actor."""
    with_ref = "ref" in TABLES[writes.table].column_names()
    for sheet in writes.new_rows():
        same: dict[str, Value] = {**usual, **sheet.same}
        varying = dict(sheet.varying)
        for name, value in usual.items():
            if name in varying:
                del same[name]
                varying[name] = tuple([value if each is None else each for each in varying[name]])
            elif same[name] is None:
                same[name] = value
        if writes.table == "deal_event":
            same.pop("recorded_at", None)
            varying["recorded_at"] = _recorded(sheet, usual["created_at"] or "")
        if with_ref:
            varying["ref"] = tuple([ids.ref_of(str(each)) for each in varying["id"]])
        yield Sheet(sheet.table, sheet.size, same, varying)


def _recorded(sheet: Sheet, stamp: str) -> tuple[str, ...]:
    """Return when events were recorded: so many milliseconds after the transaction's instant."""
    base = clock.from_text(stamp)
    offsets = sheet.column("recorded_at")
    texts = {each: clock.to_text(base + timedelta(milliseconds=int(str(each)))) for each in set(offsets)}
    return tuple([texts[each] for each in offsets])


def _changes(
    connection: StoreConnection, writes: TableWrites
) -> Iterator[tuple[tuple[str, ...], list[Values]]]:
    """Yield columns with their rows' values and ids, changes of the same columns together."""
    stamp = connection.capture.stamp
    grouped: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for row_id, change in writes.updates:
        values = (
            stamp if value is TOMBSTONE else None if value is EMPTY else value for value in change.values()
        )
        grouped[tuple(change)].append((*values, row_id))
    yield from grouped.items()


__all__ = ["ImportPlan", "ImportResult", "apply_import", "plan_import", "result_of"]
