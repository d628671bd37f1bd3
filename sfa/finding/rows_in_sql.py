"""The record that any row belongs to, its name and its owner, as SQL: for lists that ask once for many.

What ``finding.row_names`` and ``finding.deciding`` tell of one row, by the same columns.
"""

from __future__ import annotations

from functools import lru_cache

from sfa.fields import TABLES
from sfa.finding.row_names import noun_of_table, owner_columns

# What stands for a record in a line; of an activity what came of it, else what it was for.
_NAMES = {
    "task": "subject",
    "activity": "coalesce(outcome, purpose, '')",
    "custom_field": "label",
    "choice_item": "value",
    "rate": "from_currency || ' ' || to_currency",
    "calendar_day": "coalesce(name, day_on)",
    "attachment": "name",
}


@lru_cache(maxsize=8)
def record_key(table: str, row: str) -> str:
    """Return the expression of ``TABLE:ID`` of the record that a row is or belongs to, else of nothing.

    ``table`` and ``row`` are expressions of the row's table and id.
    """
    cases = []
    for each in TABLES.values():
        found = f"'{each.name}:' || {row}" if noun_of_table(each.name) else _of_child(each.name, row)
        cases += [f"WHEN '{each.name}' THEN {found}"] if found else []
    return f"CASE {table} {' '.join(cases)} ELSE '' END"


def _of_child(table: str, row: str) -> str:
    names = TABLES[table].column_names()
    columns = [name for name in owner_columns(table) if name in names]
    if "record_id" in names:
        found = "o.noun || ':' || o.record_id"
    elif columns:
        owners = ", ".join(f"'{name.removesuffix('_id')}:' || o.{name}" for name in columns)
        found = f"coalesce({owners}, '')"
    else:
        return ""
    return f'(SELECT {found} FROM "{table}" o WHERE o.id = {row})'


def table_of(key: str) -> str:
    """Return the expression of a key's table; a visit is an activity."""
    return f"replace(substr({key}, 1, instr({key}, ':') - 1), 'visit', 'activity')"


def id_of(key: str) -> str:
    """Return the expression of a key's id."""
    return f"substr({key}, instr({key}, ':') + 1)"


@lru_cache(maxsize=8)
def _of_record(key: str, column: str) -> str:
    cases = []
    for each in TABLES.values():
        found = _NAMES.get(each.name, column) if column == "name" else column
        if not noun_of_table(each.name) or (found == column and column not in each.column_names()):
            continue
        cases.append(f"WHEN '{each.name}' THEN (SELECT {found} FROM \"{each.name}\" WHERE id = {id_of(key)})")
    return f"CASE {table_of(key)} {' '.join(cases)} END"


def name_of(key: str) -> str:
    """Return the expression of the name of a key's record."""
    return f"coalesce({_of_record(key, 'name')}, '')"


def owner_of(key: str) -> str:
    """Return the expression of the owner of a key's record; nothing where records have none."""
    return _of_record(key, "owner_id")


def ref_of(key: str) -> str:
    """Return the expression of the reference of a key's record."""
    return f"coalesce({_of_record(key, 'ref')}, '')"
