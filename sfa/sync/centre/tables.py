"""The part of the centre's SQL that follows from the fields: tables, and functions for each of them.

The statements may be run again; an upgrade adds columns and renews constraints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import CheckConstraint
from sqlalchemy import Column as SaColumn
from sqlalchemy import Table as SaTable

from sfa.fields import NOUNS, TABLES, Column, Table
from sfa.fields.sight import NAMED_PARENTS, ORGANISATION, PARENTS, ROOTS
from sfa.models.schema import TABLES as MODELS
from sfa.store.personal import personal_columns, placeholder

_TYPES = {"text": "text", "integer": "bigint", "flag": "boolean", "day": "date", "instant": "timestamptz(3)"}
# Each store makes these for itself; the centre keeps who changed a row last, for those who read it there.
_LEFT_OUT = frozenset({"version", "ref", "stage_on", "event_on"})
_KEPT = ("updated_at", "updated_by")
_COUNTED = re.compile(r"\((\w+ IS NOT NULL)\)(?= [+=<])")


def quoted(name: str) -> str:
    """Return a name as an identifier: ``user`` is a word of SQL."""
    return f'"{name}"'


def literal(text: str | None) -> str:
    """Return a text as a literal."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def kept_columns(table: Table) -> tuple[Column, ...]:
    """Return a table's columns at the centre, in order."""
    return tuple(column for column in table.columns if column.name not in _LEFT_OUT)


def table_statements() -> Iterator[str]:
    """Yield what makes the tables of schema ``sfa``, or brings them up to this program's fields."""
    models: dict[str, SaTable] = {model.__tablename__: model.__table__ for model in MODELS}  # type: ignore[misc, attr-defined]
    for table in TABLES.values():
        yield _table(table, models[table.name])
    for table in TABLES.values():
        yield from _constraints(table, models[table.name])
        yield from _indexes(table)
    yield from _catalogue()


def _table(table: Table, model: SaTable) -> str:
    name = f"sfa.{quoted(table.name)}"
    columns = [_column(column, model.columns[column.name]) for column in kept_columns(table)]
    made = f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(columns)}, PRIMARY KEY (id))"
    added = ", ".join(f"ADD COLUMN IF NOT EXISTS {column}" for column in columns)
    return f"{made}; ALTER TABLE {name} {added}"


def _column(column: Column, model: SaColumn[object]) -> str:
    parts = [quoted(column.name), _TYPES[column.type]]
    default = _default(column, model)
    if default:
        parts.append(f"DEFAULT {default}")
    if not column.nullable:
        parts.append("NOT NULL")
    return " ".join(parts)


def _default(column: Column, model: SaColumn[object]) -> str:
    if column.name == "id":
        return "hub.uuid7()"
    if column.name in {"created_at", "updated_at"}:
        return "now()"
    given = getattr(model.default, "arg", None)
    if isinstance(given, bool) or column.type == "flag":
        return "true" if given else "false"
    if isinstance(given, int):
        return str(given)
    return literal(given) if isinstance(given, str) else ""


def _constraints(table: Table, model: SaTable) -> Iterator[str]:
    name = f"sfa.{quoted(table.name)}"
    wanted = dict(_checks(table, model))
    for constraint, condition in wanted.items():
        yield (
            f"ALTER TABLE {name} DROP CONSTRAINT IF EXISTS {quoted(constraint)}, "
            f"ADD CONSTRAINT {quoted(constraint)} CHECK ({condition})"
        )
    for column in table.columns:
        if column.references:
            constraint = quoted(f"{table.name}_{column.name}_refers")
            yield (
                f"ALTER TABLE {name} DROP CONSTRAINT IF EXISTS {constraint}, ADD CONSTRAINT {constraint} "
                f"FOREIGN KEY ({quoted(column.name)}) REFERENCES sfa.{quoted(column.references)} "
                "DEFERRABLE INITIALLY DEFERRED"
            )


def _checks(table: Table, model: SaTable) -> Iterator[tuple[str, str]]:
    """Yield name and condition; the choices are checked as well, since a device may send anything."""
    for constraint in model.constraints:
        if isinstance(constraint, CheckConstraint):
            text = _COUNTED.sub(r"(\1)::integer", str(constraint.sqltext))
            yield str(constraint.name), text
    for column in table.columns:
        if column.choices:
            words = ", ".join(literal(word) for word in column.choices)
            yield f"{column.name}_allowed", f"{quoted(column.name)} IN ({words})"


def _indexes(table: Table) -> Iterator[str]:
    """Yield an index for each reference that sight and the feed follow."""
    named = NAMED_PARENTS.get(table.name, ("", ""))[1]
    for column in table.columns:
        if _is_of_some(column) or column.name == named:
            where = f" WHERE {quoted(column.name)} IS NOT NULL" if column.nullable else ""
            yield (
                f"CREATE INDEX IF NOT EXISTS {quoted(f'{table.name}_by_{column.name}')} "
                f"ON sfa.{quoted(table.name)} ({quoted(column.name)}){where}"
            )


def parents(table: Table) -> tuple[tuple[str, str], ...]:
    """Return the columns that may hold the row a table's rows hang on, with its table, those it has."""
    names = table.column_names()
    return tuple(each for each in PARENTS.get(table.name, ()) if each[0] in names)


def _is_of_some(column: Column) -> bool:
    """Say whether a column refers to rows of which some see one and others another."""
    return bool(column.references) and column.references not in ORGANISATION


def withheld_columns(table: Table) -> tuple[Column, ...]:
    """Return the optional references that may lead to a row which the user does not see.

    A reference that anchors the row leads to one that is seen whenever the row is.
    """
    anchoring = {column for column, _ in parents(table)}
    return tuple(
        column
        for column in table.captured()
        if _is_of_some(column) and column.nullable and column.name not in anchoring
    )


def _catalogue() -> Iterator[str]:
    tables, columns = [], []
    for place, table in enumerate(TABLES.values()):
        is_root = str(table.name in ROOTS).lower()
        refers = ", ".join(literal(name) for name in _record_references(table))
        appended = str(table.append_only).lower()
        tables.append(f"({literal(table.name)}, {place}, {appended}, {is_root}, ARRAY[{refers}]::text[])")
        withheld = {column.name for column in withheld_columns(table)}
        columns += [
            _catalogued(table, position, column, is_withheld=column.name in withheld)
            for position, column in enumerate(table.captured())
        ]
    # A row may name a table or a noun: "sales_order" and "order" are the same.
    words = {each: noun.table for noun in NOUNS.values() for each in (noun.table, noun.name)}
    nouns = [f"({literal(word)}, {literal(table)})" for word, table in words.items()]
    yield f"DELETE FROM hub.tab; INSERT INTO hub.tab VALUES {', '.join(tables)}"
    yield f"DELETE FROM hub.col; INSERT INTO hub.col VALUES {', '.join(columns)}"
    yield f"DELETE FROM hub.noun; INSERT INTO hub.noun VALUES {', '.join(nouns)}"


def _record_references(table: Table) -> list[str]:
    named = NAMED_PARENTS.get(table.name, ("", ""))[1]
    return [column.name for column in table.captured() if _is_of_some(column) or column.name == named]


def _placeholder(table: Table, column: Column) -> str | None:
    return placeholder(table.name, column.name) if column.name in personal_columns(table.name) else None


def _catalogued(table: Table, position: int, column: Column, *, is_withheld: bool) -> str:
    is_named = NAMED_PARENTS.get(table.name, ("", ""))[1] == column.name
    refers_to = "*" if is_named else column.references or None
    choices = f"ARRAY[{', '.join(literal(word) for word in column.choices)}]" if column.choices else "NULL"
    values = (
        literal(table.name),
        literal(column.name),
        str(position),
        literal(column.type),
        str(column.nullable).lower(),
        literal(refers_to),
        literal(column.group or column.name),
        literal(column.merge),
        str(column.personal).lower(),
        literal(_placeholder(table, column)),
        choices,
        str(is_withheld).lower(),
    )
    return f"({', '.join(values)})"
