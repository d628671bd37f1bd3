"""Which record a row is: by its key in the other system, else by what makes it unmistakable."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from sfa.errors import InvalidInput, msg
from sfa.interchange.targets import FIRST, LAST
from sfa.services.imports.columns import Batch
from sfa.services.imports.linked import external_ids
from sfa.services.imports.links import resolve
from sfa.services.imports.record_ids import LISTED, record_ids
from sfa.services.imports.records import present_rows
from sfa.terms import OpKind

_LONGEST_KEY = 200
# Without a key column a row is known by these; two rows that agree in all of them are one.
# Of nouns not listed, such as activities, all columns together are what a row is known by.
_NATURAL = {
    "user": ("name", FIRST, LAST, "emails"),
    "account": ("name", "tax_id"),
    "contact": ("name", FIRST, LAST, "accounts", "emails", "phones"),
    "lead": ("name", FIRST, LAST, "company", "emails", "phones"),
    "product": ("code", "name"),
    "pricebook": ("name",),
    "tax": ("name",),
    "deal": ("name", "account", "products", "created", "closed", "amount"),
    "task": ("subject", "due", "lead", "account", "contact", "deal"),
}
# Nouns whose records are met by name when the file has no key.
_BY_NAME = dict.fromkeys(("user", "account", "product", "team", "pricebook", "tax"), "name")


def settle_keys(connection: sqlite3.Connection, batch: Batch) -> None:
    """Give every row the id that its key has always had; reject rows without a key or with another's."""
    columns = batch.mapping.key
    if not columns:
        return
    parts = [[text.strip() for text in batch.cells[column]] for column in columns]
    batch.keys = list(parts[0]) if len(parts) == 1 else ["|".join(each) for each in zip(*parts, strict=True)]
    label = " + ".join(columns)
    for place, each in [] if _are_plain(parts) else enumerate(zip(*parts, strict=True)):
        if not any(each):
            batch.reject(place, InvalidInput(label, msg("the key is empty.")))
        elif len(batch.keys[place]) > _LONGEST_KEY or not batch.keys[place].isprintable():
            batch.reject(place, InvalidInput(label, msg("the key is too long or holds control characters.")))
    _refuse_repeated(batch, batch.keys, label)
    source, table = batch.mapping.source, batch.noun.table
    made = record_ids(batch.context.organisation, source, batch.noun.table, batch.keys)
    known = _known(connection, table, source, batch.keys)
    batch.wanted.ids = [known.get(key, row_id) for key, row_id in zip(batch.keys, made, strict=True)]
    entries = [(place, "external_id", (key,)) for place, key in enumerate(batch.keys)]
    batch.wanted.children.append(external_ids(table, source, entries))
    _note_existing(connection, batch)


def _are_plain(parts: Sequence[Sequence[str]]) -> bool:
    """Say whether keys of one column are beyond doubt at one look: short, and none is empty or odd."""
    (texts, *others) = parts
    return (
        not others
        and all(texts)
        and "".join(texts).isprintable()
        and max(map(len, texts), default=0) <= _LONGEST_KEY
    )


def _known(connection: sqlite3.Connection, table: str, source: str, keys: Sequence[str]) -> dict[str, str]:
    """Return key -> record for the keys that live records have, whatever id those were given."""
    rows = connection.execute(
        f"SELECT e.key, e.record_id FROM external_id e JOIN {table} r ON r.id = e.record_id"
        f" WHERE e.noun = ? AND e.source = ? AND e.key IN {LISTED}"
        " AND e.deleted_at IS NULL AND r.deleted_at IS NULL",
        (table, source, json.dumps(keys)),
    )
    return {row[0]: row[1] for row in rows}


def _refuse_repeated(batch: Batch, keys: Sequence[str], label: str) -> None:
    if len(set(keys)) == len(keys):
        return
    first: dict[str, int] = {}
    for place, key in enumerate(keys):
        if first.setdefault(key, place) != place and place not in batch.problems:
            line = batch.rows[first[key]].line_number
            problem = msg("{value!r} is the key of line {line} already.")
            batch.reject(place, InvalidInput(label, problem, value=key, line=line))


def _note_existing(connection: sqlite3.Connection, batch: Batch) -> None:
    present = present_rows(connection, batch.wanted.table, batch.wanted.ids, ())
    if present:
        batch.existing = {place for place, row_id in enumerate(batch.wanted.ids) if row_id in present}
        _refuse_erased(connection, batch)


def _refuse_erased(connection: sqlite3.Connection, batch: Batch) -> None:
    """Reject the rows of people whose data was erased: it must not come back from an old file."""
    listed = json.dumps([batch.wanted.ids[place] for place in batch.existing])
    rows = connection.execute(
        f"SELECT DISTINCT row_id FROM oplog WHERE row_id IN {LISTED} AND kind = ?",
        (listed, OpKind.ERASE.value),
    )
    erased = {row[0] for row in rows}
    for place in batch.existing if erased else ():
        if batch.wanted.ids[place] in erased:
            batch.reject(place, InvalidInput(batch.noun.label, msg("it was erased for good.")))


def settle_natural_keys(connection: sqlite3.Connection, batch: Batch) -> None:
    """Without a key: the same row is the same record again, and names meet the records called so."""
    if batch.mapping.key:
        return
    keys = _natural(batch)
    for place, first in _repeats(keys):
        problem = msg("it is the same as line {line}.")
        line = batch.rows[first].line_number
        batch.reject(place, InvalidInput(batch.noun.label, problem, line=line))
    batch.keys = keys
    batch.wanted.ids = record_ids(batch.context.organisation, batch.mapping.source, batch.noun.table, keys)
    title = _BY_NAME.get(batch.noun.name)
    if title is not None:
        _meet_by_name(connection, batch, [str(name or "") for name in batch.column(title)])
    _note_existing(connection, batch)


def _natural(batch: Batch) -> list[str]:
    names = _NATURAL.get(batch.noun.name, ())
    columns = [column for column, target in batch.mapping.columns if target in names]
    columns = columns or [column for column, _ in batch.mapping.columns]
    cells = (batch.cells[column] for column in columns)
    return [
        "\x1f".join(" ".join(text.split()).casefold() for text in row) for row in zip(*cells, strict=True)
    ]


def _repeats(keys: Sequence[str]) -> list[tuple[int, int]]:
    first: dict[str, int] = {}
    return [(place, first[key]) for place, key in enumerate(keys) if first.setdefault(key, place) != place]


def _meet_by_name(connection: sqlite3.Connection, batch: Batch, names: list[str]) -> None:
    label = batch.context.fields["name"].label
    found = resolve(connection, batch.noun.name, names, source=batch.mapping.source, label=label)
    for place, name in enumerate(names):
        if name in found.ids:
            batch.wanted.ids[place] = found.ids[name]
        elif name in found.problems:
            batch.reject(place, found.problems[name])
    for place, first in _repeats(batch.wanted.ids):
        line = batch.rows[first].line_number
        batch.reject(place, InvalidInput(label, msg("it is the same as line {line}."), line=line))
