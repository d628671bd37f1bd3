"""Prices in a book as a form types them: every text a field of ``sfa.finding.price_list``."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, NotFound, StaleVersion, msg
from sfa.fields import Field
from sfa.finding.price_list import FROM_QUANTITY, PRICE, PRODUCT, TABLE, VALID_FROM, VALID_UNTIL
from sfa.finding.references import Found, resolve
from sfa.interchange.values import parse_value
from sfa.models.price_book import PriceBook
from sfa.services import records
from sfa.services.prices import Terms, check_validity, prices_at, read_price, touched, write_price
from sfa.services.rows import Row
from sfa.store import change

_TERMS: tuple[Field, ...] = (FROM_QUANTITY, VALID_FROM, VALID_UNTIL)


def add(session: Session, book_id: str, texts: Mapping[str, str], *, today: date) -> Row:
    """Add a price of the product named in the texts.

    Raises:
        NotFound, Ambiguous: no such book or product, or several products.
        InvalidInput: a price or product is missing, a text does not fit, or there is a price at these terms.
    """
    book: PriceBook = records.load(session, "pricebook", book_id)
    connection = records.raw(session)
    product = _product(connection, texts.get("product", ""))
    at = _terms(texts, {}, today)
    micros = _price(texts.get("price", ""), book.currency, today)
    if prices_at(connection, book_id, product.id, at):
        raise InvalidInput(
            "from_qty",
            msg("the book has a price of this product from this quantity on, for the same days"),
            hint=msg("Change that one, or give another quantity or other days."),
        )
    write_price(connection, book_id, product.id, micros, at)
    return touched(session, book_id)


def edit(
    session: Session, entry_id: str, texts: Mapping[str, str], base: Mapping[str, Any], *, today: date
) -> Row:
    """Change a price or its terms; ``base`` holds the columns as they were when the texts were begun.

    Raises:
        NotFound: the price is gone.
        StaleVersion: somebody changed it meanwhile.
        InvalidInput: as ``add``.
    """
    connection = records.raw(session)
    columns = [PRICE.column, *(field.column for field in _TERMS)]
    row = connection.execute(
        f"SELECT pricebook_id, product_id, {', '.join(columns)} FROM {TABLE}"
        " WHERE id = ? AND deleted_at IS NULL",
        (entry_id,),
    ).fetchone()
    if row is None:
        raise NotFound(msg("This price is not in the book any more."))
    present = dict(zip(columns, tuple(row)[2:], strict=True))
    if any(present[name] != value for name, value in base.items() if name in present):
        raise StaleVersion(
            msg("The price was changed meanwhile."), hint=msg("Look at it again, then repeat the change.")
        )
    book: PriceBook = records.load(session, "pricebook", row[0])
    at = _terms(texts, present, today)
    micros = present[PRICE.column]
    if "price" in texts:
        micros = _price(texts["price"], book.currency, today)
    if any(found != entry_id for found, _ in prices_at(connection, row[0], row[1], at)):
        raise InvalidInput(
            "from_qty",
            msg("the book has a price of this product from this quantity on, for the same days"),
            hint=msg("Change that one, or give another quantity or other days."),
        )
    new = {
        PRICE.column: micros,
        FROM_QUANTITY.column: at.min_quantity_milli,
        VALID_FROM.column: at.valid_from,
        VALID_UNTIL.column: at.valid_until,
    }
    changed = {name: value for name, value in new.items() if present[name] != value}
    if not changed:
        return records.answer(session, "pricebook", book, before=book.version)
    change.update(connection, TABLE, entry_id, changed)
    return touched(session, row[0])


def check(connection: sqlite3.Connection, field: Field, text: str, currency: str, *, today: date) -> None:
    """Raise what adding and changing raise of a text in one field, in a book of a currency.

    Raises:
        NotFound, Ambiguous: no such product, or several.
        InvalidInput: a price or product is missing, or the text does not fit.
    """
    if field.name == PRODUCT.name:
        _product(connection, text)
    elif field.name == PRICE.name:
        _price(text, currency, today)
    else:
        parse_value(field, text, today=today, currency="")


def _product(connection: sqlite3.Connection, text: str) -> Found:
    if not text.strip():
        raise InvalidInput("product", msg("it must be given"))
    return resolve(connection, "product", text)


def _price(text: str, currency: str, today: date) -> int:
    if not text.strip():
        raise InvalidInput("price", msg("it must be given"))
    return read_price(text, currency, today=today)


def _terms(texts: Mapping[str, str], present: Mapping[str, Any], today: date) -> Terms:
    stored = {field.column: present.get(field.column) for field in _TERMS}
    for field in _TERMS:
        if field.name in texts:
            stored.update(parse_value(field, texts[field.name], today=today, currency=""))
    quantity = stored[FROM_QUANTITY.column]
    first, last = stored[VALID_FROM.column], stored[VALID_UNTIL.column]
    check_validity(first, last)
    return Terms(int(quantity or 0), first, last)
