"""Which tables are searched, and by which of their columns.

A document has a column for the name, one for other short names, one for phones, emails,
addresses and tags, one for longer texts, one for what its lines say (those of quotes and
orders), and one for pinyin initials of the names. Each entry carries a mark of its column, so
that what stands in one is never looked for among what stands in the others. A document's key is
the table's number and a running number within the table: in descending order the nouns stand as
people look for them, newest first.
"""

from __future__ import annotations

from typing import NamedTuple

from sfa.fields import TABLES

NAME, OTHER, REACH, TEXT, LINES, INITIALS = "name", "other", "reach", "text", "lines", "initials"
PHONE = "p"  # phones have a mark of their own among what else is in their column
MARKS = {NAME: ("n",), OTHER: ("o",), REACH: (PHONE, "r"), TEXT: ("t",), LINES: ("l",), INITIALS: ("i",)}

# Signs that stand in no text: after the mark of the first entry of a value, at the end of a value,
# and in front of a number whose digits are written from its end.
FIRST, END, REVERSED = "\u00ab", "\u00a6", "\u00ac"
SHORTEST_NUMBER = 3  # digits from which on a number is looked for by its end

_SHIFT = 32
_LIVE = 128
_RUNNING = (1 << _SHIFT) - 1


class Searched(NamedTuple):
    """A table's searched columns; ``number`` gives its place among the tables, 1 to 127."""

    table: str
    number: int
    name: str = ""
    others: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    is_person: bool = False
    lines: str = ""  # the column that holds its lines as JSON
    since: int = 0  # the version of the index it came with, where an earlier one is given it

    @property
    def noun(self) -> str:
        """Return the noun whose records the table holds."""
        return _NOUNS.get(self.table, self.table)

    def columns(self) -> tuple[str, ...]:
        """Return the searched columns in order of their rank."""
        return (*((self.name,) if self.name else ()), *self.others, *self.texts, *self.kept_lines())

    def kept_lines(self) -> tuple[str, ...]:
        """Return the column of its lines, if it has any."""
        return (self.lines,) if self.lines else ()

    def children(self) -> tuple[str, ...]:
        """Return the tables of phones, emails and addresses that a record of this table may have."""
        return tuple(child for child in _CHILDREN if f"{self.table}_id" in TABLES[child].column_names())


_CHILDREN = ("phone", "email", "address")
_NOUNS = {"sales_order": "order"}

# In the order people look for them. The numbers are part of the stored keys: a new table takes a
# number between two others, and no number is ever given to another table.
SEARCHED = {
    each.table: each
    for each in (
        Searched("account", 90, "name", ("short_name", "tax_id"), ("notes",)),
        Searched("contact", 80, "name", (), ("title", "notes"), is_person=True),
        Searched("lead", 70, "name", ("company",), ("interest", "next_step", "notes"), is_person=True),
        Searched("deal", 60, "name", (), ("next_step", "competitors", "notes")),
        Searched(
            "quote", 55, "number", ("name",), ("payment_terms", "delivery_terms", "notes"), lines="lines"
        ),
        Searched(
            "sales_order",
            53,
            "number",
            ("name", "contract_number"),
            ("payment_terms", "delivery_terms", "notes"),
            lines="lines",
        ),
        Searched("task", 50, "subject", (), ("notes",)),
        Searched("activity", 40, "", (), ("outcome", "next_step", "purpose", "notes")),
        Searched("product", 30, "name", ("code",), ("description",)),
        Searched("pricebook", 25, "name", (), ("description",), since=4),
        Searched("user", 20, "name", is_person=True),
    )
}
BY_NUMBER = {each.number: each for each in SEARCHED.values()}

# Nouns that are called otherwise than their table: a tag may name either.
PARTS = {"visit": "activity", "order": "sales_order"}


def key_of(table: str, running: int, *, is_deleted: bool) -> int:
    """Return the key of a record's document."""
    return (SEARCHED[table].number + (0 if is_deleted else _LIVE)) << _SHIFT | running


def keys_of(table: str, *, is_deleted: bool) -> tuple[int, int]:
    """Return the first and the last key that documents of a table may have."""
    first = key_of(table, 0, is_deleted=is_deleted)
    return first, first | _RUNNING


def live_keys() -> tuple[int, int]:
    """Return the first and the last key that documents of live records may have."""
    return _LIVE << _SHIFT, (_LIVE + _LIVE) << _SHIFT


def read_key(key: int) -> tuple[str, int, bool]:
    """Return a key's table, running number and whether its record is deleted.

    Raises:
        KeyError: no table has that number.
    """
    number = key >> _SHIFT
    return BY_NUMBER[number % _LIVE].table, key & _RUNNING, number < _LIVE
