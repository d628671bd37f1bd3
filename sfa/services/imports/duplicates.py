"""Whom the new leads of a file may be already: by phone, by email, or by name and company.

A candidate is a remark beside a row, not a verdict: two people share a switchboard, and
two Li Na work for one company. Each key is looked up once, so the cost grows with the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sfa.errors import InvalidInput, msg
from sfa.ids import REF_SHOWN
from sfa.services.imports.columns import Batch
from sfa.services.imports.record_ids import LISTED


class Shared(StrEnum):
    """What a row and its candidate have in common; the most telling goes first."""

    EMAIL = "email"
    PHONE = "phone"
    NAME = "name and company"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another row of the file, by its line, or a lead of the store, by id, reference and name."""

    shared: Shared
    line: int = 0
    record_id: str = ""
    ref: str = ""
    name: str = ""


# What a lead can be known by: a letter for what it is, and the text. Plain texts, since hashing
# a member of an enumeration takes a call of Python for each of 300,000 keys.
Key = str
_LETTERS = {Shared.EMAIL: "e", Shared.PHONE: "p", Shared.NAME: "n"}
_SHARED = {letter: shared for shared, letter in _LETTERS.items()}


def duplicate_candidates(
    connection: sqlite3.Connection, batch: Batch, *, refuse: bool
) -> dict[int, Candidate]:
    """Return the candidate of each new lead that has one; with ``refuse`` reject those rows.

    A lead of the store goes before a row of the file, an email before a phone.
    """
    if batch.noun.table != "lead":
        return {}
    keys = _keys(batch)
    held = _held(connection, keys)
    first: dict[Key, int] = {}
    found: dict[int, Candidate] = {}
    for place, every in enumerate(keys):
        candidate = next((held[key] for key in every if key in held), None) if held else None
        if candidate is None:
            for key in every:
                if key in first:
                    candidate = Candidate(_SHARED[key[0]], batch.rows[first[key]].line_number)
                    break
        if candidate is not None:
            found[place] = candidate
        if candidate is None or not refuse:
            for key in every:
                first.setdefault(key, place)
    for place, candidate in found.items() if refuse else ():
        batch.reject(place, _refusal(batch, candidate))
    return found


def _keys(batch: Batch) -> list[list[Key]]:
    """Return what each row can be known by, the most telling first; of new leads alone."""
    new = [place not in batch.existing and place not in batch.problems for place in range(len(batch.rows))]
    keys: list[list[Key]] = [[] for _ in new]
    for table, shared in (("email", Shared.EMAIL), ("phone", Shared.PHONE)):
        letter = _LETTERS[shared]
        for children in batch.wanted.children:
            if children.table == table:
                for place, _, values in children.entries:
                    if new[place]:
                        keys[place].append(letter + str(values[-1]).lower())
    letter = _LETTERS[Shared.NAME]
    people = zip(batch.column("name"), batch.column("company"), strict=True)
    for place, (name, company) in enumerate(people):
        if name and company and new[place]:
            keys[place].append(letter + _folded(name, company))
    return keys


def _folded(name: object, company: object) -> str:
    return f"{name}\x1f{company}".casefold()


def _held(connection: sqlite3.Connection, keys: Sequence[Sequence[Key]]) -> dict[Key, Candidate]:
    """Return the live lead of the store that has a key, the one with the lowest id of several."""
    if connection.execute("SELECT 1 FROM lead WHERE deleted_at IS NULL LIMIT 1").fetchone() is None:
        return {}
    wanted = {key for every in keys for key in every}
    found: dict[Key, Candidate] = {}
    for shared, text, row_id, ref, name in _matches(connection, wanted):
        key = _LETTERS[shared] + text
        if key in wanted and (key not in found or row_id < found[key].record_id):
            found[key] = Candidate(shared, 0, row_id, ref, name)
    return found


def _matches(
    connection: sqlite3.Connection, keys: Iterable[Key]
) -> Iterator[tuple[Shared, str, str, str, str]]:
    texts: dict[Shared, list[str]] = {shared: [] for shared in Shared}
    for key in keys:
        texts[_SHARED[key[0]]].append(key[1:])
    # Emails are met as they are written or in small letters; the index knows no third way.
    for table, column, shared in (("email", "value", Shared.EMAIL), ("phone", "digits", Shared.PHONE)):
        rows = connection.execute(
            f"SELECT lower(c.{column}), r.id, r.ref, r.name FROM {table} c JOIN lead r ON r.id = c.lead_id"
            f" WHERE c.{column} IN {LISTED} AND c.deleted_at IS NULL AND r.deleted_at IS NULL",
            (json.dumps(texts[shared]),),
        )
        for text, row_id, ref, name in rows:
            yield shared, text, row_id, ref, name
    names = {text.partition("\x1f")[0] for text in texts[Shared.NAME]}
    rows = connection.execute(
        "SELECT name, company, id, ref FROM lead WHERE deleted_at IS NULL AND company IS NOT NULL"
        f" AND name COLLATE NOCASE IN {LISTED}",
        (json.dumps(sorted(names)),),
    )
    for name, company, row_id, ref in rows:
        yield Shared.NAME, _folded(name, company), row_id, ref, name


def _refusal(batch: Batch, candidate: Candidate) -> InvalidInput:
    hint = msg("Import it without --duplicates refuse if it is another person.")
    if candidate.line:
        return InvalidInput(
            batch.noun.label,
            msg("it may be the same as line {line}: {shared}."),
            hint=hint,
            line=candidate.line,
            shared=SHARED_WORDS[candidate.shared],
        )
    return InvalidInput(
        batch.noun.label,
        msg("it may be {name} ({ref}) of the store: {shared}."),
        hint=hint,
        name=candidate.name,
        ref=candidate.ref[:REF_SHOWN],
        shared=SHARED_WORDS[candidate.shared],
    )


SHARED_WORDS = {
    Shared.EMAIL: msg("same email"),
    Shared.PHONE: msg("same phone"),
    Shared.NAME: msg("same name and company"),
}
