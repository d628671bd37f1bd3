"""Typed texts, field by field, into what a record can take: parsed, links resolved.

The command line, the forms of the app and the one-line visit all come through here.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sfa.errors import BadUsage, InvalidInput, NotFound, msg
from sfa.fields import Field, Kind, Noun
from sfa.fields import noun as noun_of
from sfa.finding import organisation, references
from sfa.finding.custom import all_fields
from sfa.interchange.values import parse_value, split_values

Texts = Mapping[str, "str | Sequence[str]"]
ChildRow = dict[str, object]

_LINE = re.compile(
    r"^(?P<product>.+?)(?:\s*[x×*]\s*(?P<quantity>\d+(?:\.\d+)?))?(?:\s*@\s*(?P<price>\S.*))?$"
)


@dataclass(frozen=True, slots=True)
class Entered:
    """Stored values by column, child rows by field name, custom values by field id."""

    columns: dict[str, object] = field(default_factory=dict)
    many: dict[str, list[ChildRow]] = field(default_factory=dict)
    custom: dict[str, str | None] = field(default_factory=dict)


def entered(
    connection: sqlite3.Connection, noun: Noun, texts: Texts, *, today: date, record_id: str | None = None
) -> Entered:
    """Return what the texts mean for a record of the noun, a new one unless it is named.

    An empty text empties its field. Amounts that name no currency are in the quote's in a quote, else in the
    organisation's.

    Raises:
        BadUsage: no such field, or one that cannot be typed.
        InvalidInput: a text that its field cannot hold.
        NotFound, Ambiguous: a link that names nothing, or several.
    """
    fields = {each.name: each for each in all_fields(connection, noun.name)}
    currency = organisation.currency(connection)
    found = Entered()
    amounts: list[tuple[Field, str]] = []
    for name, typed in texts.items():
        each = _editable(fields, noun, name)
        if each.kind is Kind.MANY:
            found.many[name] = _many(connection, each, typed, today, currency)
            continue
        text = typed if isinstance(typed, str) else ", ".join(typed)
        if each.kind is Kind.LINK:
            found.columns[each.column] = _link(connection, each, text)
        elif noun.name == "quote" and each.kind is Kind.MONEY and not each.custom_id:
            amounts.append((each, text))
        elif each.custom_id:
            stored = parse_value(each, text, today=today, currency=currency)
            found.custom[each.custom_id] = None if stored[each.column] is None else str(stored[each.column])
        else:
            found.columns.update(parse_value(each, text, today=today, currency=currency))
    for each, text in amounts:
        from sfa.services.quote_typing import typed_amount

        found.columns.update(typed_amount(connection, each, text, found.columns, record_id, today=today))
    return found


def _editable(fields: Mapping[str, Field], noun: Noun, name: str) -> Field:
    each = fields.get(name)
    if each is None:
        raise BadUsage(
            msg("The {noun} has no field {name!r}."),
            hint=msg("It has: {known}."),
            noun=noun.label,
            name=name,
            known=", ".join(key for key, value in fields.items() if value.editable),
        )
    if not each.editable:
        raise BadUsage(msg("The field {name} is kept by the store and cannot be typed."), name=name)
    return each


def _link(connection: sqlite3.Connection, each: Field, text: str) -> str | None:
    if not text.strip():
        if each.required:
            raise InvalidInput(each.name, msg("it must not be empty"))
        return None
    return references.resolve(connection, each.target, text).id


def _many(
    connection: sqlite3.Connection, each: Field, typed: str | Sequence[str], today: date, currency: str
) -> list[ChildRow]:
    texts = split_values(each, typed) if isinstance(typed, str) else [text for text in typed if text.strip()]
    if each.table == "deal_line":
        return [_line(connection, text, today, currency) for text in texts]
    if each.table == "activity_attendee":
        return [attendee(connection, text) for text in texts]
    if each.target:
        return [{each.column: references.resolve(connection, each.target, text).id} for text in texts]
    return [parse_value(each, text, today=today, currency=currency) for text in texts]


def attendee(connection: sqlite3.Connection, text: str) -> ChildRow:
    """Return an attendee row: the contact of that name, else a colleague, else the bare name."""
    for noun, column in (("contact", "contact_id"), ("user", "user_id")):
        try:
            return {column: references.resolve(connection, noun, text).id}
        except NotFound:
            continue
    return {"name": text.strip()}


def _line(connection: sqlite3.Connection, text: str, today: date, currency: str) -> ChildRow:
    parts = _LINE.match(text.strip())
    if parts is None:
        raise InvalidInput(
            "products", msg("{value!r} is no product line; write: NAME x QUANTITY @ PRICE"), value=text
        )
    product = references.resolve(connection, "product", parts["product"])
    row: ChildRow = {"product_id": product.id}
    if parts["quantity"]:
        row.update(parse_value(_line_field("quantity"), parts["quantity"], today=today, currency=currency))
    if parts["price"]:
        row.update(parse_value(_line_field("price"), parts["price"], today=today, currency=currency))
    else:
        listed = connection.execute(
            "SELECT unit_price_micros, currency FROM product WHERE id = ?", (product.id,)
        ).fetchone()
        row.update(unit_price_micros=listed[0], currency=listed[1])
    return row


def _line_field(name: str) -> Field:
    if name == "quantity":
        return Field("quantity", Kind.QUANTITY, msg("Quantity"), "deal_line", "quantity_milli")
    price = noun_of("product").field("price")
    assert price is not None
    return price
