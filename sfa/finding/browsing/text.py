"""The text that a list is narrowed to while it is typed, as a condition over its table."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from sfa.fields import TABLES, Noun
from sfa.finding import folding
from sfa.finding.searching import SEARCHED

_REACHED = (("phone", "value"), ("email", "value"))
_FEWEST_DIGITS = 3


def holding(connection: sqlite3.Connection, noun: Noun, text: str) -> tuple[str, tuple[Any, ...]]:
    """Return SQL, and what is bound in it, of the records in which every word of a text stands."""
    words = [word for word in folding.fold(text).split() if folding.storable(word)]
    if not words:
        return "1", ()
    folding.register(connection)
    parts = [_word(noun, word) for word in words]
    return " AND ".join(part for part, _ in parts), tuple(value for _, values in parts for value in values)


def _word(noun: Noun, word: str) -> tuple[str, tuple[Any, ...]]:
    tests = [folding.contains(f"t.{column}") for column in SEARCHED.get(noun.name, noun.title)]
    values: list[Any] = [folding.inside(word)] * (2 * len(tests))
    owner = f"{noun.table}_id"
    for table, column in _REACHED:
        if owner in TABLES[table].column_names():
            # A set made once, not a look-up for every record.
            tests.append(
                f"t.id IN (SELECT c.{owner} FROM {table} c"
                f" WHERE c.deleted_at IS NULL AND {folding.contains(f'c.{column}')})"
            )
            values += [folding.inside(word)] * 2
    digits = re.sub(r"\D", "", word)
    if len(digits) >= _FEWEST_DIGITS and owner in TABLES["phone"].column_names():
        tests.append(
            f"t.id IN (SELECT c.{owner} FROM phone c WHERE c.deleted_at IS NULL AND c.digits LIKE ?)"
        )
        values.append(f"%{digits}%")
    return f"({' OR '.join(tests)})", tuple(values)
