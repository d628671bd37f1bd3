"""The best documents of a query, without reading the others.

The passes go through the ranks from the best: one query of the index each, in the order
of the documents' keys, that stops when enough are found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sfa.finding.search.query import Part, Query, anywhere, begins, equals, initials, number_in_reach, phrase
from sfa.store.search.searched import INITIALS, NAME, OTHER, REACH, SEARCHED, TEXT, keys_of, live_keys

EXACT, BEGINS, WORD_BEGINS, INSIDE = range(4)


class Ranked(NamedTuple):
    """A document that matches: its key, its rank, and the column that gave it."""

    key: int
    rank: int
    column: str


class _Pass(NamedTuple):
    rank: int
    column: str
    expression: str


def ranked(
    connection: sqlite3.Connection, query: Query, nouns: Sequence[str] | None, limit: int | None
) -> list[Ranked]:
    """Return the best live documents, best first; ``limit`` ``None`` is all."""
    found: dict[int, Ranked] = {}
    spans = _spans(nouns)
    for each in _passes(query):
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


def _spans(nouns: Sequence[str] | None) -> list[tuple[int, int]]:
    if nouns is None:
        return [live_keys()]
    return [keys_of(noun, is_deleted=False) for noun in SEARCHED if noun in nouns]


def _passes(query: Query) -> Iterator[_Pass]:
    """Yield the passes, best rank first; several readings of a query share each."""
    for column in (NAME, OTHER, REACH, TEXT):
        yield _Pass(EXACT, column, equals(column, query))
    # What stands first decides the order; the rest must be there.
    heads = [(reading[0], reading[1:]) for reading in query.readings]
    for column in (NAME, OTHER):
        yield from _either(
            BEGINS, column, [(begins(column, head), rest) for head, rest in heads if head.words]
        )
    for rank, is_han in ((WORD_BEGINS, False), (INSIDE, True)):
        some = [(head, rest) for head, rest in heads if head.is_han is is_han]
        for column in (NAME, OTHER, INITIALS, REACH, TEXT):
            ways = [(_inside(column, head), rest) for head, rest in some]
            yield from _either(rank, column, [(way, rest) for way, rest in ways if way])
    letters = [(initials(head), rest) for head, rest in heads if head.initials]
    yield from _either(INSIDE, INITIALS, letters)


def _inside(column: str, head: Part) -> str:
    if column == INITIALS:
        return initials(head, first=True) if head.initials else ""
    ways = [f"({column} : {phrase(head)})"] if head.words else []
    if column == REACH and head.numbers:
        ways.append(number_in_reach(head))
    return f"({' OR '.join(ways)})" if ways else ""


def _either(rank: int, column: str, ways: Sequence[tuple[str, tuple[Part, ...]]]) -> Iterator[_Pass]:
    if ways:
        each = (" AND ".join([way, *(anywhere(part) for part in rest)]) for way, rest in ways)
        yield _Pass(rank, column, " OR ".join(f"({one})" for one in each))
