"""Values of a quote and its lines as they are typed, and what the price books say of a line besides."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, NotFound, msg
from sfa.fields import Field
from sfa.finding import organisation, price_rows
from sfa.finding.quote_pricing import price_of
from sfa.interchange.amounts import known_currency
from sfa.interchange.quote_line_text import read_discount, read_quantity, read_unit_price
from sfa.interchange.quote_lines import lines_of
from sfa.interchange.values import parse_value
from sfa.models.quote import Quote
from sfa.money import from_micros
from sfa.services import records
from sfa.services.quote_lines import terms_of


def typed_values(session: Session, quote_id: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of ``QuoteLine`` that texts mean: quantity, price, discount, name.

    Raises:
        NotFound: no such quote.
        InvalidInput: a text is none of it, or an amount in another currency.
    """
    quote: Quote = records.load(session, "quote", quote_id)
    return values_of(texts, quote.currency)


def values_of(texts: Mapping[str, str], currency: str) -> dict[str, Any]:
    """Return the values of a line that texts mean, in a currency.

    Raises:
        InvalidInput: as ``typed_values``.
    """
    found: dict[str, Any] = {}
    if "quantity" in texts:
        found["quantity_milli"] = read_quantity(texts["quantity"])
    if "price" in texts:
        found["unit_price_micros"] = read_unit_price(texts["price"], currency)
    if "discount" in texts:
        found["discount_ppm"], found["discount_minor"] = read_discount(texts["discount"], currency)
    if "name" in texts:
        if not texts["name"].strip():
            raise InvalidInput(msg("Line"), msg("it must not be empty"))
        found["name"] = texts["name"].strip()
    return found


def typed_amount(
    connection: sqlite3.Connection,
    field: Field,
    text: str,
    columns: Mapping[str, Any],
    quote_id: str | None,
    *,
    today: date,
) -> dict[str, Any]:
    """Return the columns that an amount of a quote means: in the quote's currency unless it names one.

    ``columns`` are what else was typed. A new quote of which nothing else says the currency is in that of
    the amount.

    Raises:
        InvalidInput: no amount, or in another currency than the quote's.
    """
    said = columns.get("currency")
    own = known_currency(str(said)) if said else _currency_of(connection, columns, quote_id)
    stored = parse_value(field, text, today=today, currency=own)
    named = stored.pop(field.currency_column)
    if named in {None, own}:
        return stored
    if quote_id is None and not said:
        return {**stored, field.currency_column: named}
    raise InvalidInput(
        field.label,
        msg("{value!r} is in another currency; the quote's is {currency}"),
        hint=msg("Make a quote of its own for each currency."),
        value=text.strip(),
        currency=own,
    )


def _currency_of(connection: sqlite3.Connection, columns: Mapping[str, Any], quote_id: str | None) -> str:
    """Return the currency of a quote, or that a new one for an account, a deal or a price book has."""
    if quote_id is not None:
        row = connection.execute("SELECT currency FROM quote WHERE id = ?", (quote_id,)).fetchone()
        return str(row[0]) if row else organisation.currency(connection)
    account = columns.get("account_id")
    if account is None and columns.get("deal_id"):
        deal = (columns["deal_id"],)
        row = connection.execute("SELECT account_id FROM deal WHERE id = ?", deal).fetchone()
        account = row[0] if row else None
    return price_rows.load(
        connection, (), account_id=account, book_id=columns.get("pricebook_id")
    ).usual_currency()


def offered(session: Session, quote_id: str, key: str, *, today: date) -> str | None:
    """Return what the price books say of a line where that is not its price, as an amount; else ``None``."""
    quote: Quote = records.load(session, "quote", quote_id)
    line = lines_of(quote.lines)[int(key) - 1]
    if not line.product or line.kind != "product":
        return None
    try:
        micros = price_of(records.raw(session), terms_of(quote), line.product, line.quantity_milli, today)[0]
    except (InvalidInput, NotFound):
        return None
    if micros in {line.unit_price_micros, line.list_price_micros}:
        return None
    return f"{from_micros(micros):,f} {quote.currency}"
