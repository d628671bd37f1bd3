"""The best documents of a query, without reading the others.

The passes go through the ranks from the best: one query of the index each, in the order
of the documents' keys, that stops when enough are found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sfa.finding.search.query import Part, Query, anywhere, begins, either, equals, inside, later
from sfa.store.search.searched import INITIALS, LINES, NAME, OTHER, REACH, SEARCHED, TEXT, keys_of, live_keys

EXACT, BEGINS, WORD_BEGINS, INSIDE = range(4)


class Ranked(NamedTuple):
    """A document that matches: its key, its rank, and the column that gave it."""

    key: int
    rank: int
    column: str


class Pass(NamedTuple):
    """One query of the index; ``heads``, where it has more parts, is what none of its hits is without."""

    rank: int
    column: str
    expression: str
    heads: str = ""


def ranked(
    connection: sqlite3.Connection, query: Query, nouns: Sequence[str] | None, limit: int | None
) -> list[Ranked]:
    """Return the best live documents, best first; ``limit`` ``None`` is all."""
    found: dict[int, Ranked] = {}
    spans = _spans(nouns)
    for each in passes(query):
        if each.heads and not _any(connection, each.heads):
            continue
        for first, last in spans:
            wanted = -1 if limit is None else limit  # what an earlier pass has found may come again
            keys = connection.execute(
                "SELECT rowid FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?"
                " ORDER BY rowid DESC LIMIT ?",
                (each.expression, first, last, wanted),
            )
            for (key,) in map(tuple, keys):
                found.setdefault(key, Ranked(key, each.rank, each.column))
        if limit is not None and len(found) >= limit:
            break
    return list(found.values())[:limit]


def _any(connection: sqlite3.Connection, expression: str) -> bool:
    # FTS5 makes ready every part of an expression, however common, before it looks whether one has hits.
    query = "SELECT 1 FROM search WHERE search MATCH ? LIMIT 1"
    return connection.execute(query, (expression,)).fetchone() is not None


def _spans(nouns: Sequence[str] | None) -> list[tuple[int, int]]:
    if nouns is None:
        return [live_keys()]
    return [keys_of(table, is_deleted=False) for table, each in SEARCHED.items() if each.noun in nouns]


def passes(query: Query) -> Iterator[Pass]:
    """Yield the passes, best rank first; several readings of a query share each."""
    for column in (NAME, OTHER, REACH, TEXT):
        yield Pass(EXACT, column, equals(column, query))
    # What stands first decides the order; the rest must be there.
    heads = [(reading[0], reading[1:]) for reading in query.readings]
    for column in (NAME, OTHER):
        yield from _pass(BEGINS, column, [(begins(column, head), rest) for head, rest in heads])
    for rank, is_han in ((WORD_BEGINS, False), (INSIDE, True)):
        some = [(head, rest) for head, rest in heads if head.is_han is is_han]
        for column in (NAME, OTHER, INITIALS, REACH, TEXT):
            # Where a name begins with it, the passes before have found it.
            way = {NAME: later, OTHER: later, INITIALS: begins}.get(column, inside)
            yield from _pass(rank, column, [(way(column, head), rest) for head, rest in some])
    yield from _pass(INSIDE, INITIALS, [(later(INITIALS, head), rest) for head, rest in heads])
    # A product stands in many quotes: whatever is called like it, or tells of it, comes before them.
    yield from _pass(INSIDE, LINES, [(inside(LINES, head), rest) for head, rest in heads])


def _pass(rank: int, column: str, found: Sequence[tuple[list[str], tuple[Part, ...]]]) -> Iterator[Pass]:
    """Yield the pass for the ways in which heads are met, each with the parts that must be there too."""
    ways = [(either(some), rest) for some, rest in found if some]
    if ways:
        each = (" AND ".join([way, *(anywhere(part) for part in rest)]) for way, rest in ways)
        heads = either(way for way, _ in ways) if any(rest for _, rest in ways) else ""
        yield Pass(rank, column, either(f"({one})" for one in each), heads)
