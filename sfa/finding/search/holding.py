"""The text that a list is narrowed to, as a condition over its table, for any noun."""

from __future__ import annotations

import sqlite3
from typing import Any

from sfa.fields import Noun
from sfa.finding import folding
from sfa.finding.searching import condition
from sfa.store.search.state import holds


def holding(
    connection: sqlite3.Connection, noun: Noun, text: str, *, deleted: bool = False
) -> tuple[str, tuple[Any, ...]]:
    """Return SQL, and what is bound in it, of the records in which every part of a text stands.

    The settings of the organisation are not searched: their few names are read, and those of what the
    index of an older store does not hold yet.
    """
    if holds(connection, noun.table):
        return condition(noun.name, text, deleted=deleted)
    words = [word for word in folding.fold(text).split() if folding.storable(word)]
    if not words:
        return "1", ()
    folding.register(connection)
    parts = [" OR ".join(folding.contains(f"t.{column}") for column in noun.title) for _ in words]
    values = [folding.inside(word) for word in words for _ in range(2 * len(noun.title))]
    return " AND ".join(f"({part})" for part in parts), tuple(values)
