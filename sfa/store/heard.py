"""What was heard of others, in the order it was applied here: entries of ``history`` and what each does.

Rows are written from the outcome of these functions, and a replay and ``doctor`` use
the same ones, so that the log and the tables cannot say different things.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sfa import clock
from sfa.fields import TABLES
from sfa.store.capture import CAPTURED
from sfa.store.personal import erased_columns
from sfa.terms import OpKind

Changes = dict[str, list[Any]]
Values = dict[str, Any]
# The op that made a row ("" when nobody knows), and column -> the op that wrote it since.
Writers = tuple[str, dict[str, str]]


class Entry(StrEnum):
    """What an entry of the history is."""

    OP = "op"  # somebody's op; ``took`` lists the columns that the centre took (null: all)
    ROW = "row"  # a whole row without its empty columns; ``op_id`` is its maker, ``took`` its later writers
    SETTLE = "settle"  # what the centre holds of some columns; ``took`` maps them to their writers
    EXIT = "exit"  # the row went


class Heard(NamedTuple):
    """One entry; ``held`` are the columns that were not shown, of a row that is not here all of them."""

    entry: Entry
    table: str
    row_id: str
    kind: str = ""
    op_id: str | None = None
    hlc: int = 0
    changes: Changes | None = None
    took: Any = None
    held: tuple[str, ...] = ()


COLUMNS = "entry, tbl, row_id, kind, op_id, hlc, changes, took, held"


def heard_of(row: Any) -> Heard:
    """Return the entry of a result of ``COLUMNS``."""
    entry, table, row_id, kind, op_id, hlc, changes, took, held = row
    return Heard(
        Entry(entry),
        table,
        row_id,
        kind,
        op_id,
        hlc,
        json.loads(changes) if changes is not None else None,
        json.loads(took) if took is not None else None,
        tuple(json.loads(held)) if held is not None else (),
    )


def all_heard(connection: sqlite3.Connection) -> Iterator[tuple[int, Heard]]:
    """Yield every entry in order, with the last own op that was there before it."""
    for row in connection.execute(f"SELECT after_seq, {COLUMNS} FROM history ORDER BY after_seq, no"):
        yield row[0], heard_of(tuple(row)[1:])


def effect(heard: Heard, *, is_there: bool) -> Values:
    """Return the columns that an entry sets, held ones too; columns this program does not know are left out.

    An insert of a row that is there sets all its columns: an absent value counts as null.
    """
    table = TABLES.get(heard.table)
    if table is None or heard.entry is Entry.EXIT or (heard.entry is not Entry.OP and heard.changes is None):
        return {}
    given = {name: entry[0] for name, entry in (heard.changes or {}).items()}
    known = CAPTURED[heard.table]
    if heard.entry is Entry.SETTLE:
        return {name: given[name] for name in known if name in given}
    if heard.entry is Entry.ROW:
        return _whole(heard.table, given)
    if heard.kind == OpKind.DELETE:
        values: Values = {"deleted_at": clock.to_text(clock.hlc_instant(heard.hlc))}
    elif heard.changes is None:
        return {}
    elif heard.kind == OpKind.ERASE:
        return {name: given.get(name) for name in erased_columns(heard.table)}
    elif heard.kind == OpKind.INSERT and is_there:
        values = _whole(heard.table, given)
    else:
        values = {name: given[name] for name in known if name in given}
    return values if heard.took is None else {name: values[name] for name in values if name in heard.took}


def _whole(table: str, given: Values) -> Values:
    """Return all columns: what is not given is empty, or stays what the table makes it."""
    return {name: given.get(name) for name in CAPTURED[table] if name in given or name not in required(table)}


@lru_cache(maxsize=64)
def required(table: str) -> frozenset[str]:
    """Return the columns that must not be empty."""
    return frozenset(column.name for column in TABLES[table].columns if not column.nullable)


def values_after(values: Values | None, heard: Heard) -> Values | None:
    """Return a row's values after an entry; ``None`` is a row that is not here."""
    if heard.entry is Entry.EXIT:
        return None
    if values is None:
        return effect(heard, is_there=False) if makes_row(heard) else None
    changed = effect(heard, is_there=True)
    return {**values, **{name: value for name, value in changed.items() if name not in heard.held}}


def makes_row(heard: Heard) -> bool:
    """Say whether an entry brings a row that is not here."""
    if heard.held or heard.changes is None or heard.table not in TABLES:
        return False
    if heard.entry is Entry.ROW:
        return True
    return heard.entry is Entry.OP and heard.kind == OpKind.INSERT and heard.took is None


def writers_after(writers: Writers | None, heard: Heard) -> Writers | None:
    """Return who wrote a row after an entry; ``None`` is a row that is not here."""
    if heard.entry is Entry.EXIT:
        return None
    if writers is None:
        if not makes_row(heard):
            return None
        later = heard.took if heard.entry is Entry.ROW else {}
        return canonical(heard.op_id or "", later or {})
    shown = [name for name in effect(heard, is_there=True) if name not in heard.held]
    if not shown:
        return writers
    if heard.entry is Entry.ROW:
        return _renewed(writers, heard, shown)
    found = dict(writers[1])
    for name in shown:
        by = heard.took.get(name) if heard.entry is Entry.SETTLE else heard.op_id
        found[name] = by or ""
    return canonical(writers[0], found)


def _renewed(writers: Writers, heard: Heard, shown: list[str]) -> Writers:
    maker, later = heard.op_id or "", heard.took or {}
    found = {name: later[name] for name in shown if name in later}
    for name in CAPTURED[heard.table]:
        if name not in shown:
            found[name] = writer_of(writers, name)
    return canonical(maker, found)


def writer_of(writers: Writers, column: str) -> str:
    """Return the op that wrote a column, "" when nobody knows."""
    return writers[1].get(column, writers[0])


def canonical(maker: str, later: Mapping[str, str]) -> Writers:
    """Return writers as they are remembered: only columns that another op than the maker wrote."""
    return maker, {name: by for name, by in later.items() if by != maker}
