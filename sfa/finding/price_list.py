"""The prices of a book, or a product's in all books: their fields, and a page of them. Read-only."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any, NamedTuple

from sfa.errors import NotFound, msg
from sfa.fields import Field, Kind
from sfa.fields import noun as noun_of
from sfa.finding.labels import alive
from sfa.finding.listing import Listing
from sfa.finding.selecting import ID, rows_of, select
from sfa.interchange.price_columns import (
    BOOK,
    FROM_QUANTITY,
    PRICE,
    PRODUCT,
    TABLE,
    VALID_FROM,
    VALID_UNTIL,
)

__all__ = [
    "BY_BOOK", "BY_PRODUCT", "FROM_QUANTITY", "IN_A_BOOK", "IN_LIVE_BOOK", "OF_A_PRODUCT", "OF_LIVE_PRODUCT",
    "PRICE", "PRODUCT", "TABLE", "VALID_FROM", "VALID_UNTIL", "Book", "book_of", "entry_of", "prices_in",
]  # fmt: skip

CODE = Field("code", Kind.TEXT, msg("Code"), "product", "code", through="product_id")
CURRENCY = Field("currency", Kind.TEXT, msg("Currency"), "pricebook", "currency", through="pricebook_id")

IN_A_BOOK = (CODE, PRODUCT, FROM_QUANTITY, PRICE, CURRENCY, VALID_FROM, VALID_UNTIL)
OF_A_PRODUCT = (BOOK, FROM_QUANTITY, PRICE, CURRENCY, VALID_FROM, VALID_UNTIL)

# Of the rows ``t``, by names that people read.
BY_PRODUCT = (
    "(SELECT x.name FROM product x WHERE x.id = t.product_id) COLLATE NOCASE, t.product_id,"
    " t.min_quantity_milli, t.valid_from, t.id"
)
BY_BOOK = (
    "(SELECT x.name FROM pricebook x WHERE x.id = t.pricebook_id) COLLATE NOCASE, t.pricebook_id,"
    " t.min_quantity_milli, t.valid_from, t.id"
)
OF_LIVE_PRODUCT = "EXISTS (SELECT 1 FROM product x WHERE x.id = t.product_id AND x.deleted_at IS NULL)"
IN_LIVE_BOOK = "EXISTS (SELECT 1 FROM pricebook x WHERE x.id = t.pricebook_id AND x.deleted_at IS NULL)"


def prices_in(
    connection: sqlite3.Connection,
    book_id: str,
    *,
    product_id: str = "",
    text: str = "",
    on: date | None = None,
    limit: int | None = None,
) -> Listing:
    """Return a book's prices by product and quantity, of one product alone or valid on a day alone.

    A ``text`` keeps to the products in which it stands, as in their list. The day is held against the
    prices' own validity, not the book's. ``limit`` ``None`` is all.
    """
    about, values = [f"t.pricebook_id = ? AND {OF_LIVE_PRODUCT}"], [book_id]
    if product_id:
        about.append("t.product_id = ?")
        values.append(product_id)
    if text.strip():
        from sfa.finding.searching import condition

        holds, sought = condition("product", text)
        about.append(f"t.product_id IN (SELECT t.id FROM product t WHERE {holds})")
        values += sought
    if on is not None:
        about.append("coalesce(t.valid_from, '') <= ? AND coalesce(t.valid_until, '9999') >= ?")
        values += [on.isoformat()] * 2
    most = -1 if limit is None else limit + 1
    columns = select(TABLE, (ID, *IN_A_BOOK))
    keys = (
        f"SELECT t.rowid AS key FROM {TABLE} t WHERE {' AND '.join(about)} AND {alive(False)}"
        f" ORDER BY {BY_PRODUCT} LIMIT {most}"
    )
    read = columns.reader(0)
    found = [read(tuple(row)) for row in connection.execute(rows_of(columns.columns, TABLE, keys), values)]
    page = found[:limit]
    return Listing(
        "pricebook.prices",
        IN_A_BOOK,
        [row[1:] for row in page],
        tuple(row[0] for row in page),
        len(found) > len(page),
    )


class Book(NamedTuple):
    """A price book: its days as ISO texts, and how many prices of products that are there it has."""

    name: str
    currency: str
    valid_from: str | None
    valid_until: str | None
    prices: int


def book_of(connection: sqlite3.Connection, book_id: str) -> Book:
    """Return a live price book.

    Raises:
        NotFound: it is not there any more.
    """
    row = connection.execute(
        "SELECT name, currency, valid_from, valid_until, (SELECT count(*) FROM price_entry t"
        f" WHERE t.pricebook_id = b.id AND {alive(False)} AND {OF_LIVE_PRODUCT})"
        " FROM pricebook b WHERE b.id = ? AND b.deleted_at IS NULL",
        (book_id,),
    ).fetchone()
    if row is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=noun_of("pricebook").label, id=book_id)
    return Book(*row)


def entry_of(
    connection: sqlite3.Connection, book_id: str, entry_id: str
) -> tuple[str, str, str, dict[str, Any]]:
    """Return a book's name and currency, a price's product by name, and the price's columns; or no price.

    Raises:
        NotFound: the book or the price is not there any more.
    """
    book = connection.execute(
        "SELECT name, currency FROM pricebook WHERE id = ? AND deleted_at IS NULL", (book_id,)
    ).fetchone()
    if book is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=noun_of("pricebook").label, id=book_id)
    if not entry_id:
        return book[0], book[1], "", {}
    columns = [each.column for each in (FROM_QUANTITY, PRICE, VALID_FROM, VALID_UNTIL)]
    row = connection.execute(
        f"SELECT p.name, {', '.join(f't.{name}' for name in columns)} FROM {TABLE} t"
        " JOIN product p ON p.id = t.product_id"
        " WHERE t.id = ? AND t.pricebook_id = ? AND t.deleted_at IS NULL",
        (entry_id, book_id),
    ).fetchone()
    if row is None:
        raise NotFound(msg("This price is not in the book any more."))
    return book[0], book[1], row[0], dict(zip(columns, tuple(row)[1:], strict=True))
