"""Which columns of a row are a person's own: what an erasure blanks, here and on every device."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sfa.fields import TABLES

ERASED = "[erased]"  # what stands where a person's words stood

# Rows that are nothing but a value of the person: blanked, and gone from every list.
VALUES = frozenset({"phone", "email", "address", "custom_value", "attachment", "external_id"})

# Columns of JSON: what they hold when the words are out, as the centre writes it too.
NOTHING = {
    "conflict": {"kept": "{}", "lost": "{}", "base": "{}"},
    "proposal": {"arguments": "{}", "ops": "[]"},
}


def personal_columns(table: str) -> list[str]:
    """Return the columns of a table that an erasure blanks."""
    if table == "external_id":
        return ["key"]
    return [column.name for column in TABLES[table].columns if column.personal]


def placeholder(table: str, column: str) -> str | None:
    """Return what stands in a personal column where words stood."""
    if column in NOTHING.get(table, {}):
        return NOTHING[table][column]
    found = next(each for each in TABLES[table].columns if each.name == column)
    # An attendee is a contact, a colleague or a name: a name that is there stays a name.
    keeps = not found.nullable or (table, column) == ("activity_attendee", "name")
    return ERASED if keeps else None


def without_words(table: str, payload: str) -> str:
    """Return an op's payload with placeholders for the person's words, in new and previous value."""
    changes: Mapping[str, Sequence[Any]] = json.loads(payload)
    personal = set(personal_columns(table))
    left = {
        name: [*(_without(table, name, value) for value in entry[:2]), *entry[2:]]
        if name in personal
        else entry
        for name, entry in changes.items()
    }
    return json.dumps(left, ensure_ascii=False, separators=(",", ":"))


def _without(table: str, column: str, value: Any) -> str | None:
    return placeholder(table, column) if value is not None else None


def erased_columns(table: str) -> list[str]:
    """Return the columns that an op of erasure sets wherever it comes."""
    return [*personal_columns(table), *(["deleted_at"] if table in VALUES else [])]
