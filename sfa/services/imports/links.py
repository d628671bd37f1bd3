"""Which records the names in a file's columns mean: by external key, name, other name, email or reference."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sfa.errors import InvalidInput, Msg, SfaError, msg
from sfa.fields import Noun
from sfa.fields import noun as noun_of
from sfa.services.imports.record_ids import LISTED

# The columns a record is known by; the first that fits decides.
_KNOWN_BY = {
    "account": ("name", "short_name", "tax_id"),
    "product": ("name", "code"),
    "contact": ("name",),
    "lead": ("name",),
    "deal": ("name",),
    "task": ("subject",),
    "user": ("name",),
    "team": ("name",),
    "pipeline": ("name",),
    "pricebook": ("name",),
    "tax": ("name",),
}
_WITH_EMAIL = frozenset({"user", "contact", "lead"})
_REF = re.compile(r"[0-9a-hjkmnp-tv-z]{5,12}")


@dataclass(slots=True)
class Found:
    """What each text means: a record's id; why it cannot be told; or that nothing is called so."""

    ids: dict[str, str] = field(default_factory=dict)
    problems: dict[str, SfaError] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)


def resolve(
    connection: sqlite3.Connection,
    target: str,
    texts: Iterable[str],
    *,
    source: str,
    label: Msg,
    own: Mapping[str, list[str]] | None = None,
    by_ref: bool = True,
) -> Found:
    """Return what the texts mean as records of a noun.

    ``own`` are the file's own rows by key and name, when they are of that noun; the
    keys of the source go first, then names in the file, then the store; the front of a
    reference goes last, and only ``by_ref``.
    """
    noun = noun_of(target)
    found = Found()
    left = {text for text in texts if text}
    for text, row_id in _by_key(connection, noun, left, source).items():
        found.ids[text] = row_id
    if own:
        for text in sorted(left - found.ids.keys()):
            _take(found, text, own.get(text.casefold(), []), noun, label)
    for column in _KNOWN_BY.get(target, ()):
        missing = left - found.ids.keys() - found.problems.keys()
        for text, matches in _by_column(connection, noun, column, missing).items():
            _take(found, text, matches, noun, label)
    _by_email(connection, noun, left, found, label)
    if by_ref:
        _by_ref(connection, noun, left, found, label)
    found.unknown = left - found.ids.keys() - found.problems.keys()
    return found


def unknown(target: str, text: str, label: Msg) -> SfaError:
    """Return the refusal of a text that names no record."""
    return InvalidInput(
        label,
        msg("there is no {noun} {value!r}."),
        hint=msg("Import or add it first, or correct the name."),
        noun=noun_of(target).label,
        value=text,
    )


def _take(found: Found, text: str, matches: list[str], noun: Noun, label: Msg) -> None:
    if len(matches) == 1:
        found.ids[text] = matches[0]
    elif matches:
        found.problems[text] = InvalidInput(
            label,
            msg("{count} {nouns} are called {value!r}."),
            hint=msg("Name it by its key in the source or by its reference."),
            count=len(matches),
            nouns=noun.label_plural,
            value=text,
        )


def _by_key(connection: sqlite3.Connection, noun: Noun, texts: Iterable[str], source: str) -> dict[str, str]:
    rows = connection.execute(
        f"SELECT e.key, e.record_id FROM external_id e JOIN {noun.table} r ON r.id = e.record_id"
        f" WHERE e.noun = ? AND e.source = ? AND e.key IN {LISTED}"
        " AND e.deleted_at IS NULL AND r.deleted_at IS NULL",
        (noun.table, source, json.dumps(sorted(texts))),
    )
    return {row[0]: row[1] for row in rows}


def _by_column(
    connection: sqlite3.Connection, noun: Noun, column: str, texts: Iterable[str]
) -> dict[str, list[str]]:
    """Return text -> ids of the live records that have it in a column, whatever its case."""
    folded: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        folded[text.lower()].append(text)
    if not folded:
        return {}
    rows = connection.execute(
        f"SELECT {column}, id FROM {noun.table} WHERE deleted_at IS NULL"
        f" AND {column} COLLATE NOCASE IN {LISTED}",
        (json.dumps(sorted({text for group in folded.values() for text in group})),),
    ).fetchall()
    found: dict[str, list[str]] = defaultdict(list)
    for value, row_id in rows:
        for text in folded.get(value.lower(), ()):
            found[text].append(row_id)
    return {text: _exact_first(connection, noun, column, text, matches) for text, matches in found.items()}


def _exact_first(
    connection: sqlite3.Connection, noun: Noun, column: str, text: str, matches: list[str]
) -> list[str]:
    """Of several that differ by case alone, return the one written exactly so."""
    if len(matches) < 2:
        return matches
    exact = connection.execute(
        f"SELECT id FROM {noun.table} WHERE {column} = ? AND id IN {LISTED}", (text, json.dumps(matches))
    ).fetchall()
    return [row[0] for row in exact] or matches


def _by_email(
    connection: sqlite3.Connection, noun: Noun, texts: Iterable[str], found: Found, label: Msg
) -> None:
    missing = [text for text in texts if "@" in text and text not in found.ids and text not in found.problems]
    if noun.name not in _WITH_EMAIL or not missing:
        return
    owner = f"{noun.table}_id"
    rows = connection.execute(
        f"SELECT lower(e.value), r.id FROM email e JOIN {noun.table} r ON r.id = e.{owner}"
        f" WHERE lower(e.value) IN {LISTED} AND e.deleted_at IS NULL AND r.deleted_at IS NULL",
        (json.dumps([text.lower() for text in missing]),),
    ).fetchall()
    for text in missing:
        _take(found, text, sorted({row[1] for row in rows if row[0] == text.lower()}), noun, label)


def _by_ref(
    connection: sqlite3.Connection, noun: Noun, texts: Iterable[str], found: Found, label: Msg
) -> None:
    for text in texts:
        if text in found.ids or text in found.problems or not _REF.fullmatch(text.lower()):
            continue
        rows = connection.execute(
            f"SELECT id FROM {noun.table} WHERE ref >= ? AND ref < ? AND deleted_at IS NULL LIMIT 3",
            (text.lower(), text.lower() + "~"),
        ).fetchall()
        _take(found, text, [row[0] for row in rows], noun, label)
