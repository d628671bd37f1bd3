"""Finding any record by a part of its name, phone, email or notes: a plain scan, ranked.

Exact matches come first, then what begins with the text, then where a word begins with
it, then what holds it; among equals the nouns stand in the order people look for them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sfa.fields import TABLES
from sfa.fields import noun as noun_of
from sfa.finding import folding
from sfa.finding.labels import alive, labels, only, short_refs

EXACT, BEGINS, WORD_BEGINS, INSIDE = range(4)
_AROUND = 30
_FEWEST_DIGITS = 3

# The nouns in the order people look for them, with the columns that are searched.
SEARCHED: dict[str, tuple[str, ...]] = {
    "account": ("name", "short_name", "tax_id", "notes"),
    "contact": ("name", "title", "notes"),
    "lead": ("name", "company", "interest", "next_step", "notes"),
    "deal": ("name", "next_step", "competitors", "notes"),
    "task": ("subject", "notes"),
    "activity": ("outcome", "next_step", "purpose", "notes"),
    "product": ("name", "code", "description"),
    "user": ("name",),
}
_CHILDREN = (("phone", "phones"), ("email", "emails"), ("address", "addresses"))


class Hit(NamedTuple):
    """A record that was found: the field that matched and the text around the match."""

    noun: str
    id: str
    ref: str
    label: str
    field: str
    excerpt: str
    rank: int


class _Match(NamedTuple):
    rank: int
    noun: str
    record: str
    field: str
    excerpt: str


def find(
    connection: sqlite3.Connection, text: str, *, nouns: Sequence[str] | None = None, limit: int | None = 50
) -> list[Hit]:
    """Return the live records in which the text stands, best first; an empty text finds nothing."""
    sought = folding.fold(text.strip())
    if not sought or not folding.storable(text):
        return []
    folding.register(connection)
    best: dict[tuple[str, str], _Match] = {}
    order = list(SEARCHED)
    for noun in nouns or order:
        for match in _matches(connection, noun, sought):
            key = (match.noun, match.record)
            if key not in best or match.rank < best[key].rank:
                best[key] = match
    ranked = sorted(best.values(), key=lambda match: (match.rank, order.index(match.noun)))
    return _hits(connection, ranked[:limit])


def _matches(connection: sqlite3.Connection, noun: str, sought: str) -> Iterator[_Match]:
    entity = noun_of(noun)
    inside = folding.inside(sought)
    columns = SEARCHED[noun]
    tests = " OR ".join(folding.contains(f"t.{column}") for column in columns)
    rows = connection.execute(
        f"SELECT t.id, {', '.join(f't.{column}' for column in columns)} FROM {entity.table} t"
        f" WHERE {alive(False)}{only(entity)} AND ({tests})",
        (inside, inside) * len(columns),
    )
    for row in rows:
        record, *texts = tuple(row)
        for column, text in zip(columns, texts, strict=True):
            if text and sought in folding.fold(text):
                yield _Match(_rank(text, sought), noun, record, column, _excerpt(text, sought))
    for table, field in _CHILDREN:
        if f"{entity.table}_id" in TABLES[table].column_names():
            yield from _reached(connection, noun, table, field, sought)


def _reached(
    connection: sqlite3.Connection, noun: str, table: str, field: str, sought: str
) -> Iterator[_Match]:
    owner = f"{noun_of(noun).table}_id"
    column = "line" if table == "address" else "value"
    inside = folding.inside(sought)
    test = folding.contains(f"c.{column}")
    values: tuple[str, ...] = (inside, inside)
    digits = re.sub(r"[\s()+-]", "", sought)
    if table == "phone" and digits.isdecimal() and len(digits) >= _FEWEST_DIGITS:
        test, values = f"({test} OR c.digits LIKE ?)", (*values, f"%{digits}%")
    rows = connection.execute(
        f"SELECT c.{owner}, c.{column} FROM {table} c JOIN {noun_of(noun).table} t ON t.id = c.{owner}"
        f" WHERE c.deleted_at IS NULL AND {alive(False)} AND {test}",
        values,
    )
    for record, text in map(tuple, rows):
        folded = folding.fold(text)
        by_end = table == "phone" and re.sub(r"\D", "", folded).endswith(digits or "\0")
        rank = WORD_BEGINS if by_end else _rank(text, sought) if sought in folded else INSIDE
        yield _Match(rank, noun, record, field, text)


def _rank(text: str, sought: str) -> int:
    folded = folding.fold(text)
    if folded == sought:
        return EXACT
    if folded.startswith(sought):
        return BEGINS
    return WORD_BEGINS if re.search(rf"\b{re.escape(sought)}", folded) else INSIDE


def _excerpt(text: str, sought: str) -> str:
    plain = " ".join(text.split())
    at = folding.fold(plain).find(sought)
    if len(plain) <= 2 * _AROUND or at < 0:
        return plain[: 2 * _AROUND]
    first = max(0, at - _AROUND // 2)
    last = first + 2 * _AROUND
    return f"{'…' if first else ''}{plain[first:last]}{'…' if last < len(plain) else ''}"


def _hits(connection: sqlite3.Connection, matches: Sequence[_Match]) -> list[Hit]:
    refs: dict[tuple[str, str], str] = {}
    names: dict[tuple[str, str], str] = {}
    for noun in {match.noun for match in matches}:
        records = [match.record for match in matches if match.noun == noun]
        names.update({(noun, record): label for record, label in labels(connection, noun, records).items()})
        table = noun_of(noun).table
        places = ", ".join("?" * len(records))
        full = dict(
            tuple(row)
            for row in connection.execute(f"SELECT id, ref FROM {table} WHERE id IN ({places})", records)
        )
        short = short_refs(connection, table, full.values())
        refs.update({(noun, record): short[ref] for record, ref in full.items()})
    return [
        Hit(
            match.noun,
            match.record,
            refs[match.noun, match.record],
            names[match.noun, match.record],
            match.field,
            match.excerpt,
            match.rank,
        )
        for match in matches
    ]
