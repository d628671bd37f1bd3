"""The order of a list: from the names of fields to the terms of ORDER BY."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sfa.errors import BadUsage, msg
from sfa.fields import TABLES, Field, Kind, Noun
from sfa.finding.custom import by_label
from sfa.finding.selecting import ALWAYS

_FOLDED = frozenset({Kind.TEXT, Kind.LONG})


def order_by(entity: Noun, known: Sequence[Field], sort: str) -> str:
    """Return what follows ORDER BY over the table under the alias ``t``.

    ``sort`` is as people type it (``amount,-close_date``); empty is the noun's usual order.
    Records without a value come last; ties go by age.
    """
    names = [word.strip() for word in sort.split(",") if word.strip()] or list(entity.order)
    by_name = {field.name: field for field in (*ALWAYS, *known)}
    terms = [_order(entity, by_name, name, first=number == 0) for number, name in enumerate(names)]
    last = "DESC" if names and names[-1].startswith("-") else "ASC"
    return ", ".join([*terms, f"t.rowid {last}"])


def named_field(entity: Noun, by_name: Mapping[str, Field], name: str) -> Field:
    """Return the field of a name or a label.

    Raises:
        BadUsage: the noun has none of that name.
    """
    found = by_name.get(name) or by_name.get(name.lower().replace("-", "_"))
    found = found or by_label(by_name.values(), name)
    if found is None:
        raise BadUsage(
            msg("The {noun} has no field {name!r}."),
            hint=msg("It has: {known}."),
            noun=entity.label,
            name=name,
            known=", ".join(by_name),
        )
    return found


def _order(entity: Noun, by_name: Mapping[str, Field], name: str, *, first: bool) -> str:
    """Return one key of the order: records without a value last, but the whole day before its hours."""
    field = named_field(entity, by_name, name.lstrip("+-"))
    if name.startswith("-"):
        way = "DESC"
    elif _always_given(entity, field) or (field.kind is Kind.TIME and not first):
        way = "ASC"
    else:
        way = "ASC NULLS LAST"
    return f"{_sort_expression(field)} {way}"


def _always_given(entity: Noun, field: Field) -> bool:
    if field.through or field.custom_id or field.kind in {Kind.MANY, Kind.LINK, Kind.CHOICE}:
        return False
    return not next(column.nullable for column in TABLES[entity.table].columns if column.name == field.column)


def _sort_expression(field: Field) -> str:
    if field.kind is Kind.MANY:
        owner = f"c.{field.owner_column} = t.id AND c.deleted_at IS NULL"
        return f"(SELECT min(c.{field.column}) FROM {field.table} c WHERE {owner})"
    if field.custom_id:
        value = "CAST(c.value AS REAL)" if field.kind is Kind.QUANTITY else "c.value"
        return (
            f"(SELECT {value} FROM custom_value c WHERE c.{field.owner_column} = t.id"
            f" AND c.field_id = '{field.custom_id}' AND c.deleted_at IS NULL)"
        )
    if field.kind is Kind.LINK and "name" in TABLES[field.target].column_names():
        order = "x.position" if field.target == "stage" else "x.name COLLATE NOCASE"
        return f"(SELECT {order} FROM {field.target} x WHERE x.id = t.{field.column})"
    column = f"t.{field.column}"
    if field.through:
        column = f"(SELECT x.{field.column} FROM {field.table} x WHERE x.id = t.{field.through})"
    if field.kind is Kind.CHOICE:  # in the order of its words: high, normal, low
        ranks = (f"WHEN '{choice.value}' THEN {rank}" for rank, choice in enumerate(field.choices))
        return f"CASE {column} {' '.join(ranks)} END"
    return f"{column} COLLATE NOCASE" if field.kind in _FOLDED else column
