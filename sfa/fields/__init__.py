"""Columns, types, labels and classes of every record, without loading SQLModel.

``generated.py`` is written from the models by ``python -m sfa.models.describe``
and checked by a test; nothing in it is edited by hand.
"""

from __future__ import annotations

from sfa.fields.generated import NOUNS, TABLES
from sfa.fields.spec import Choice, Column, Field, Kind, Noun, Table

__all__ = ["NOUNS", "TABLES", "Choice", "Column", "Field", "Kind", "Noun", "Table", "noun", "noun_or_none"]

_BY_WORD = {word: each for each in NOUNS.values() for word in (each.name, each.plural)}


def noun(word: str) -> Noun:
    """Return the noun of a singular or plural word that is known to be one."""
    return _BY_WORD[word]


def noun_or_none(word: str) -> Noun | None:
    """Return the noun of a singular or plural word, or ``None``."""
    return _BY_WORD.get(word)
