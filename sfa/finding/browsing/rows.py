"""Rows by key, with the values that lists show, linked ones among them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from sfa.fields import Field
from sfa.fields import noun as noun_of
from sfa.finding.custom import all_fields
from sfa.finding.gathering import gather_by_key
from sfa.finding.selecting import REF


class BrowsedRow(NamedTuple):
    """A record of a list: its key, its id, and a value for each field asked for."""

    key: int
    id: str
    values: tuple[Any, ...]


def fields_of(connection: sqlite3.Connection, noun: str) -> tuple[Field, ...]:
    """Return what a list of the noun can show: what it usually shows in front, then all else."""
    entity = noun_of(noun)
    known = all_fields(connection, noun)
    by_name = {field.name: field for field in known}
    listed = [by_name[name] for name in entity.listed]
    return (*listed, REF, *(field for field in known if field not in listed))


def listed_fields(noun: str) -> frozenset[str]:
    """Return the names of the fields that a list shows when nobody chose."""
    return frozenset(noun_of(noun).listed)


def read_rows(
    connection: sqlite3.Connection, noun: str, fields: Sequence[Field], keys: Sequence[int]
) -> list[BrowsedRow]:
    """Return the rows of the keys, in their order; those that are gone are left out."""
    return [BrowsedRow(*row) for row in gather_by_key(connection, noun_of(noun), fields, keys)]
