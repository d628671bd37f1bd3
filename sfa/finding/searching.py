"""Finding any record by a part of its name, phone, email or notes, through the search index.

How a text matches and what comes first is told in docs/search.md. What an open
transaction has changed is found once it is committed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sfa.fields import noun as noun_of
from sfa.finding.labels import labels, short_refs
from sfa.finding.search.marking import Excerpt, Span, excerpt, is_same, one_line, spans_of
from sfa.finding.search.query import Query, matching, parse
from sfa.finding.search.ranking import BEGINS, EXACT, INSIDE, WORD_BEGINS, Ranked, ranked
from sfa.store.search.lines import line_texts
from sfa.store.search.searched import (
    INITIALS,
    LINES,
    NAME,
    OTHER,
    PARTS,
    REACH,
    SEARCHED,
    TEXT,
    keys_of,
    read_key,
)

__all__ = ["BEGINS", "EXACT", "INSIDE", "SEARCHED", "WORD_BEGINS", "Hit", "condition", "find"]

_CHILDREN = {
    "phone": ("phones", "value, digits"),
    "email": ("emails", "value, NULL"),
    "address": ("addresses", "line, NULL"),
}


class Hit(NamedTuple):
    """A record that was found: the field that matched, the text around the match, where in it it matched."""

    noun: str
    id: str
    ref: str
    label: str
    field: str
    excerpt: str
    rank: int
    spans: tuple[Span, ...] = ()


class _Value(NamedTuple):
    column: str
    field: str
    text: str
    digits: str | None = None


def find(
    connection: sqlite3.Connection, text: str, *, nouns: Sequence[str] | None = None, limit: int | None = 50
) -> list[Hit]:
    """Return the live records in which the text stands, best first; an empty text finds nothing."""
    query = parse(text)
    if query is None:
        return []
    documents = ranked(connection, query, nouns, limit)
    records = _records(connection, documents)
    by_table: dict[str, list[str]] = {}
    for each in documents:
        by_table.setdefault(read_key(each.key)[0], []).append(records[each.key])
    hits: dict[str, Hit] = {}
    best = {records[each.key]: each for each in documents}
    for table, ids in by_table.items():
        hits.update(_hits(connection, table, ids, query, best))
    return [hits[record] for record in best if record in hits]


def condition(noun: str, text: str, *, deleted: bool = False) -> tuple[str, tuple[Any, ...]]:
    """Return SQL that a row of the noun's table, as ``t``, matches a text, and what is bound in it.

    It picks rows by their rowid, and takes the same time whatever else is asked of them.
    A blank text picks every row, one without a letter or digit none.
    """
    if not text.strip():
        return "1", ()
    query = parse(text)
    if query is None:
        return "0", ()
    table = noun_of(noun).table
    if table not in SEARCHED:
        return "0", ()
    rows = (
        "SELECT d.row FROM search s JOIN search_doc d ON d.doc = s.rowid"
        " WHERE s.search MATCH ? AND s.rowid BETWEEN ? AND ?"
    )
    return f"t.rowid IN ({rows})", (matching(query), *keys_of(table, is_deleted=deleted))


def _records(connection: sqlite3.Connection, documents: Iterable[Ranked]) -> dict[int, str]:
    keys = json.dumps([each.key for each in documents])
    rows = connection.execute(
        "SELECT d.doc, d.record_id FROM json_each(?) j JOIN search_doc d ON d.doc = j.value", (keys,)
    )
    return dict(map(tuple, rows))


def _hits(
    connection: sqlite3.Connection, table: str, ids: Sequence[str], query: Query, best: dict[str, Ranked]
) -> Iterator[tuple[str, Hit]]:
    wanted = json.dumps(list(ids))
    full = dict(
        tuple(row)
        for row in connection.execute(
            f"SELECT t.id, t.ref FROM json_each(?) j JOIN {table} t ON t.id = j.value", (wanted,)
        )
    )
    noun = SEARCHED[table].noun
    short = short_refs(connection, table, full.values())
    names = labels(connection, noun, ids)
    values = _values(connection, table, wanted)
    is_person = SEARCHED[table].is_person
    for record_id, ref in full.items():
        found = best[record_id]
        field, around = _shown(values[record_id], query, found, is_person=is_person)
        yield (
            record_id,
            Hit(noun, record_id, short[ref], names[record_id], field, around.text, found.rank, around.spans),
        )


def _values(connection: sqlite3.Connection, table: str, wanted: str) -> dict[str, list[_Value]]:
    spec = SEARCHED[table]
    rows = connection.execute(
        f"SELECT t.id, {', '.join(f't.{column}' for column in spec.columns())}"
        f" FROM json_each(?) j JOIN {table} t ON t.id = j.value",
        (wanted,),
    )
    columns = {spec.name: NAME, **dict.fromkeys(spec.others, OTHER), **dict.fromkeys(spec.texts, TEXT)}
    found = {}
    for record_id, *texts in map(tuple, rows):
        given = ((field, text) for field, text in zip(spec.columns(), texts, strict=True) if field in columns)
        found[record_id] = [_Value(columns[field], field, text) for field, text in given if text]
        lines = line_texts(texts[-1]) if spec.lines else ()
        found[record_id] += [_Value(LINES, spec.lines, text) for text in lines]
    for child in spec.children():
        field, values = _CHILDREN[child]
        for owner, text, digits in connection.execute(
            f"SELECT c.{table}_id, c.{values.replace(', ', ', c.') if 'NULL' not in values else values}"
            f" FROM json_each(?) j JOIN {child} c ON c.{table}_id = j.value"
            " WHERE c.deleted_at IS NULL ORDER BY c.rowid",
            (wanted,),
        ):
            found[owner].append(_Value(REACH, field, text, digits))
    for owner, text in connection.execute(
        "SELECT c.record_id, c.name FROM json_each(?) j CROSS JOIN tag c ON c.record_id = j.value"
        " AND c.noun IN (SELECT value FROM json_each(?)) WHERE c.deleted_at IS NULL ORDER BY c.rowid",
        (wanted, json.dumps([table, *(part for part, whole in PARTS.items() if whole == table)])),
    ):
        found[owner].append(_Value(REACH, "tags", text))
    return found


def _shown(values: Sequence[_Value], query: Query, found: Ranked, *, is_person: bool) -> tuple[str, Excerpt]:
    """Return the field to show, with the text around the matches: one of the column that gave the rank."""
    columns = {NAME, OTHER} if found.column == INITIALS else {found.column}
    shown: tuple[str, Excerpt] | None = None
    for value in values:
        if value.column not in columns:
            continue
        text = one_line(value.text)
        spans = spans_of(
            text,
            query,
            digits=value.digits,
            is_name=value.column in {NAME, OTHER},
            is_person=is_person and value.column == NAME,
        )
        better = (found.rank == EXACT and is_same(text, query)) or (
            found.rank == BEGINS and bool(spans) and spans[0][0] == 0
        )
        if better or (spans and (shown is None or not shown[1].spans)):
            shown = value.field, excerpt(text, spans)
        if better:
            break
        shown = shown or (value.field, excerpt(text, spans))
    return shown or ("", Excerpt("", ()))
