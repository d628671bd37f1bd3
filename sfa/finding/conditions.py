"""From the tree of a filter to SQL and its parameters. Values are always bound, never written in.

A record without a value meets no comparison but ``is empty``; ``not`` and ``!=`` select
it, so that a filter and its opposite always make up the whole list.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sfa import clock
from sfa.errors import BadUsage, InvalidInput, msg
from sfa.fields import Field, Kind, Noun
from sfa.finding import folding, organisation
from sfa.finding.custom import by_label
from sfa.finding.labels import kin
from sfa.finding.periods import read_period
from sfa.finding.references import filter_ids, named_ids
from sfa.finding.selecting import ALWAYS
from sfa.finding.where import Both, Comparison, Node, Not
from sfa.interchange.moments import read_day
from sfa.interchange.values import parse_value
from sfa.money import CURRENCIES, exponent

_NUMBERS = frozenset({Kind.INTEGER, Kind.PERCENT, Kind.RATIO, Kind.QUANTITY, Kind.MONEY, Kind.PRICE})
_TEXTS = frozenset({Kind.TEXT, Kind.LONG, Kind.TIME})
# Past these the instants of a day cannot be told in every time zone.
_FIRST_YEAR, _LAST_YEAR = 2, 9998
_DECIMALS = 4  # the most that a currency has
_CURRENCY = re.compile(r"[A-Za-z]{3}|[¥$€£￥]")


class Sql(NamedTuple):
    """A condition and what is bound in it."""

    text: str
    values: tuple[Any, ...] = ()


class Asked(NamedTuple):
    """What a filter is compiled for."""

    connection: sqlite3.Connection
    noun: Noun
    fields: Mapping[str, Field]
    today: date


def compile_filter(
    connection: sqlite3.Connection, noun: Noun, fields: Sequence[Field], node: Node | None, *, today: date
) -> Sql:
    """Return the SQL of a filter over the noun's table under the alias ``t``.

    Raises:
        BadUsage: a field that the noun does not have, or a comparison it cannot be put to.
        InvalidInput: a value that the field cannot hold.
    """
    if node is None:
        return Sql("1")
    folding.register(connection)
    named = {field.name: field for field in (*ALWAYS, *fields)}
    return _node(Asked(connection, noun, named, today), node)


def _node(asked: Asked, node: Node) -> Sql:
    if isinstance(node, Comparison):
        return _comparison(asked, node)
    if isinstance(node, Not):
        inner = _node(asked, node.node)
        return Sql(f"NOT coalesce({inner.text}, 0)", inner.values)
    joined = " AND " if isinstance(node, Both) else " OR "
    parts = [_node(asked, each) for each in node.nodes]
    return Sql(
        f"({joined.join(part.text for part in parts)})", tuple(v for part in parts for v in part.values)
    )


def _comparison(asked: Asked, comparison: Comparison) -> Sql:
    field = _field(asked, comparison)
    if comparison.operator == "given":
        inner = _test(asked, field, comparison._replace(operator="empty"))
        return Sql(f"NOT coalesce({inner.text}, 0)", inner.values)
    if comparison.operator == "!=":
        inner = _test(asked, field, comparison._replace(operator="="))
        return Sql(f"NOT coalesce({inner.text}, 0)", inner.values)
    if comparison.operator == "in":
        parts = [
            _test(asked, field, Comparison(comparison.field, "=", (value,), comparison.position))
            for value in comparison.values
        ]
        return Sql(
            f"({' OR '.join(part.text for part in parts)})", tuple(v for part in parts for v in part.values)
        )
    return _test(asked, field, comparison)


def _field(asked: Asked, comparison: Comparison) -> Field:
    name = comparison.field.strip().lower().replace("-", "_")
    found = asked.fields.get(name) or asked.fields.get(comparison.field.strip())
    found = found or by_label(asked.fields.values(), comparison.field)
    if found is not None:
        return found
    from difflib import get_close_matches

    near = get_close_matches(name, asked.fields, n=3)
    raise BadUsage(
        msg("The {noun} has no field {name!r}."),
        hint=msg("Did you mean: {near}?") if near else msg("It has: {known}."),
        noun=asked.noun.label,
        name=comparison.field,
        near=", ".join(near),
        known=", ".join(asked.fields),
    )


def _test(asked: Asked, field: Field, comparison: Comparison) -> Sql:
    if field.kind is Kind.MANY:
        return _many(asked, field, comparison)
    if field.custom_id:
        return _custom(asked, field, comparison)
    column = f"t.{field.column}"
    if field.through:
        column = f"(SELECT x.{field.column} FROM {field.table} x WHERE x.id = t.{field.through})"
    return _scalar(asked, field, column, comparison)


def _scalar(asked: Asked, field: Field, column: str, comparison: Comparison) -> Sql:
    if comparison.operator == "empty":
        blank = f" OR {column} = ''" if field.kind in _TEXTS else ""
        return Sql(f"({column} IS NULL{blank})")
    value = comparison.values[0]
    maker = _MAKERS.get(field.kind, _text)
    return maker(asked, field, column, comparison.operator, value)


def _text(asked: Asked, field: Field, column: str, operator: str, value: str) -> Sql:  # noqa: ARG001
    folded = folding.fold(value)
    if field.name == "ref":
        from sfa.ids import plain_ref

        return Sql(f"{column} >= ? AND {column} < ?", folding.span(plain_ref(value)))
    if operator == "=":
        return Sql(folding.equals(column), (folded, folded))
    if operator == "~":
        inside = folding.inside(folded)
        return Sql(folding.contains(column), (inside, inside))
    return Sql(f"sfa_fold({column}) {operator} ?", (folded,))


def _number(asked: Asked, field: Field, column: str, operator: str, value: str) -> Sql:
    _refuse_contains(field, operator)
    currency = organisation.currency(asked.connection)
    stored = parse_value(field, value, today=asked.today, currency=currency)
    number = stored[field.column]
    if field.currency_column and _CURRENCY.search(value):
        return Sql(
            f"({column} {operator} ? AND t.{field.currency_column} = ?)",
            (number, stored[field.currency_column]),
        )
    if field.kind is Kind.MONEY:
        whole = int(str(number)) * 10 ** (_DECIMALS - exponent(currency))
        return Sql(f"{column} * {_scale(f't.{field.currency_column}')} {operator} ?", (whole,))
    return Sql(f"{column} {operator} ?", (number,))


def _scale(currency: str) -> str:
    """Return SQL that brings minor units to the same decimals: 50000 means as many yen as dollars."""
    unusual: dict[int, list[str]] = {}
    for code in sorted(CURRENCIES):
        if exponent(code) != 2:
            unusual.setdefault(exponent(code), []).append(f"'{code}'")
    cases = [
        f"WHEN {currency} IN ({', '.join(codes)}) THEN {10 ** (_DECIMALS - places)}"
        for places, codes in unusual.items()
    ]
    return f"CASE {' '.join(cases)} ELSE {10 ** (_DECIMALS - 2)} END"


def _word(asked: Asked, field: Field, column: str, operator: str, value: str) -> Sql:
    if operator not in {"=", "~"}:
        _refuse(field, operator)
    stored = parse_value(field, value, today=asked.today, currency="")
    return Sql(f"{column} = ?", (stored[field.column],))


def _link(asked: Asked, field: Field, column: str, operator: str, value: str) -> Sql:
    if operator == "~":
        from sfa.fields import TABLES

        name = "name" if "name" in TABLES[field.target].column_names() else "id"
        inside = folding.inside(folding.fold(value))
        inner = folding.contains(f"x.{name}")
        return Sql(f"{column} IN (SELECT x.id FROM {field.target} x WHERE {inner})", (inside, inside))
    if operator != "=":
        _refuse(field, operator)
    return Sql(
        f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(_ids(asked, field.target, value)),)
    )


def _ids(asked: Asked, target: str, value: str) -> list[str]:
    from sfa.fields import noun_or_none

    return filter_ids(asked.connection, target, value) if noun_or_none(target) else [value]


def _day(asked: Asked, field: Field, column: str, operator: str, value: str) -> Sql:
    _refuse_contains(field, operator)
    first, after = _days(asked, field, value)
    return _between(column, operator, first.isoformat(), after.isoformat())


def _instant(asked: Asked, field: Field, column: str, operator: str, value: str) -> Sql:
    _refuse_contains(field, operator)
    first, after = _days(asked, field, value)
    bounds = [clock.to_text(clock.instant_at(day, 0)) for day in (first, after)]
    return _between(column, operator, *bounds)


def _between(column: str, operator: str, first: str, after: str) -> Sql:
    """Compare with a span of days: before it, after it, or in it."""
    if operator == "=":
        return Sql(f"({column} >= ? AND {column} < ?)", (first, after))
    edge = {"<": ("<", first), "<=": ("<", after), ">": (">=", after), ">=": (">=", first)}[operator]
    return Sql(f"{column} {edge[0]} ?", (edge[1],))


def _days(asked: Asked, field: Field, value: str) -> tuple[date, date]:
    """Return the first day of what is meant and the day after its last."""
    span = read_period(value, today=asked.today, fiscal_start=organisation.fiscal_start(asked.connection))
    day = None if span else read_day(value, today=asked.today)
    first, last = (span.start, span.end) if span else (day, day)
    if first is None or last is None or first.year < _FIRST_YEAR or last.year > _LAST_YEAR:
        raise InvalidInput(
            field.name,
            msg("{value!r} is no day."),
            hint=msg("Write it as 2026-11-22, 2026-11, 2026Q4, today or +7d."),
            value=value,
        )
    return first, last + timedelta(days=1)


def _many(asked: Asked, field: Field, comparison: Comparison) -> Sql:
    where = f"c.{field.owner_column} = t.id AND c.deleted_at IS NULL"
    values: tuple[Any, ...] = ()
    if field.owner_column == "record_id":
        nouns = kin(asked.noun)
        where += f" AND c.noun IN ({', '.join('?' * len(nouns))})"
        values = nouns
    if comparison.operator == "empty":
        return Sql(f"NOT EXISTS (SELECT 1 FROM {field.table} c WHERE {where})", values)
    test = _one_of_many(asked, field, comparison)
    return Sql(
        f"EXISTS (SELECT 1 FROM {field.table} c WHERE {where} AND {test.text})", (*values, *test.values)
    )


def _one_of_many(asked: Asked, field: Field, comparison: Comparison) -> Sql:
    value = comparison.values[0]
    if field.table == "phone" and comparison.operator in {"=", "~"}:
        digits = re.sub(r"\D", "", value)
        if digits:
            shape = f"%{digits}" if comparison.operator == "=" else f"%{digits}%"
            return Sql("c.digits LIKE ?", (shape,))
    if field.table == "activity_attendee":
        return _attendee(asked, field, comparison)
    if field.target:
        return _link(asked, field, f"c.{field.column}", comparison.operator, value)
    return _text(asked, field, f"c.{field.column}", comparison.operator, value)


def _attendee(asked: Asked, field: Field, comparison: Comparison) -> Sql:
    """Compare who was there: a contact, a colleague, or a name that we have no record of."""
    value, folded = comparison.values[0], folding.fold(comparison.values[0])
    if comparison.operator == "~":
        inside = folding.inside(folded)
        people = [
            f"c.{column} IN (SELECT x.id FROM {table} x WHERE {folding.contains('x.name')})"
            for column, table in (("contact_id", "contact"), ("user_id", "user"))
        ]
        return Sql(f"({' OR '.join([*people, folding.contains('c.name')])})", (inside,) * 6)
    if comparison.operator != "=":
        _refuse(field, comparison.operator)
    known = [json.dumps(named_ids(asked.connection, noun, value)) for noun in ("contact", "user")]
    return Sql(
        "(c.contact_id IN (SELECT value FROM json_each(?)) OR c.user_id IN (SELECT value FROM json_each(?))"
        f" OR {folding.equals('c.name')})",
        (*known, folded, folded),
    )


def _custom(asked: Asked, field: Field, comparison: Comparison) -> Sql:
    where = f"c.{field.owner_column} = t.id AND c.field_id = ? AND c.deleted_at IS NULL"
    if comparison.operator == "empty":
        return Sql(f"NOT EXISTS (SELECT 1 FROM custom_value c WHERE {where})", (field.custom_id,))
    test = _custom_test(asked, field, comparison.operator, comparison.values[0])
    return Sql(
        f"EXISTS (SELECT 1 FROM custom_value c WHERE {where} AND {test.text})",
        (field.custom_id, *test.values),
    )


def _custom_test(asked: Asked, field: Field, operator: str, value: str) -> Sql:
    if field.kind is Kind.QUANTITY:
        _refuse_contains(field, operator)
        stored = parse_value(field, value, today=asked.today, currency="")
        return Sql(f"CAST(c.value AS REAL) {operator} CAST(? AS REAL)", (stored[field.column],))
    if field.kind is Kind.DAY:
        return _day(asked, field, "c.value", operator, value)
    if field.kind in {Kind.FLAG, Kind.CHOICE}:
        return _word(asked, field, "c.value", operator, value)
    return _text(asked, field, "c.value", operator, value)


def _refuse_contains(field: Field, operator: str) -> None:
    if operator == "~":
        _refuse(field, operator)


def _refuse(field: Field, operator: str) -> None:
    raise BadUsage(
        msg("The field {name} cannot be compared with {operator}."), name=field.name, operator=operator
    )


_MAKERS: dict[Kind, Callable[[Asked, Field, str, str, str], Sql]] = {
    **dict.fromkeys(_NUMBERS, _number),
    Kind.CHOICE: _word,
    Kind.FLAG: _word,
    Kind.LINK: _link,
    Kind.DAY: _day,
    Kind.INSTANT: _instant,
}
