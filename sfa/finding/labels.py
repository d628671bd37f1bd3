"""What a record is called in a list or a message, and the short reference people type for it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from sfa import clock, ids
from sfa.fields import NOUNS, Kind, Noun
from sfa.fields import noun as noun_of

_BETWEEN = " · "


def label_columns(noun: Noun) -> tuple[str, ...]:
    """Return the columns that ``label_of`` wants the values of, in order."""
    columns = noun.title
    if noun.order[:1] == ("-at",):
        return (*columns, "at")
    return columns


def label_of(noun: Noun, values: Sequence[str | None]) -> str:
    """Return a record's label from the values of its ``label_columns``.

    Words of the trade (an activity's kind) and the day serve only where nothing was written.
    """
    columns = label_columns(noun)
    given = [(column, value) for column, value in zip(columns, values, strict=True) if value]
    if len(given) > 1:
        weak = _weak(noun)
        strong = [value for column, value in given if column not in weak]
        if strong:
            return _BETWEEN.join(strong)
    return _BETWEEN.join(_day(value) if column == "at" else value for column, value in given)


def _weak(noun: Noun) -> set[str]:
    return {"at", *(field.column for field in noun.fields if field.kind is Kind.CHOICE)}


def _day(instant: str) -> str:
    return clock.local_day(clock.from_text(instant)).isoformat()


def labels(connection: sqlite3.Connection, noun: str, record_ids: Iterable[str]) -> dict[str, str]:
    """Return id -> label of records, deleted ones too, in one query; unknown ids are left out."""
    entity = noun_of(noun)
    wanted = sorted({each for each in record_ids if each})
    if not wanted:
        return {}
    columns = ", ".join(label_columns(entity))
    rows = connection.execute(
        f"SELECT id, {columns} FROM {entity.table} WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(wanted),),
    )
    return {row[0]: label_of(entity, row[1:]) for row in map(tuple, rows)}


def short_ref(connection: sqlite3.Connection, table: str, ref: str) -> str:
    """Return as much of a reference as tells it from the table's others; at least 5 characters."""
    return short_refs(connection, table, (ref,))[ref]


def short_refs(connection: sqlite3.Connection, table: str, refs: Iterable[str]) -> dict[str, str]:
    """Return reference -> short reference for a whole list.

    Two probes of the index a reference: only its neighbours in order can share its front.
    """
    wanted = sorted(set(refs))
    rows = connection.execute(
        f"SELECT r.value, (SELECT max(ref) FROM {table} WHERE ref < r.value),"
        f" (SELECT min(ref) FROM {table} WHERE ref > r.value) FROM json_each(?) AS r",
        (json.dumps(wanted),),
    )
    return {ref: shortened(ref, before or "", after or "") for ref, before, after in rows}


def shortened(ref: str, before: str, after: str) -> str:
    """Return as much of a reference as tells it from its neighbours in order."""
    usual = ref[: ids.REF_SHOWN]
    if not before.startswith(usual) and not after.startswith(usual):
        return usual
    return ref[: max(ids.REF_SHOWN, _shared(ref, before) + 1, _shared(ref, after) + 1)]


def _shared(one: str, other: str) -> int:
    """Return how many letters two references have in common at the front."""
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length


def kin(noun: Noun) -> tuple[str, ...]:
    """Return the nouns that share this one's table, itself among them: tags may carry any of them."""
    return tuple(each.name for each in NOUNS.values() if each.table == noun.table)


def alive(deleted: bool, alias: str = "t") -> str:
    """Return the SQL that picks live rows, or the deleted ones."""
    return f"{alias}.deleted_at IS {'NOT ' if deleted else ''}NULL"


def only(noun: Noun, alias: str = "t") -> str:
    """Return the SQL that keeps to the part of a table that is this noun; its words are our own."""
    return f" AND {alias}.{noun.only[0]} = '{noun.only[1]}'" if noun.only else ""
