"""The rows that a price is found in: products with their tax, price books, their entries. Read-only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sfa.errors import NotFound, msg
from sfa.fields import noun as noun_of
from sfa.finding import organisation
from sfa.terms import ProductStatus

_PRODUCTS = """
SELECT p.id, p.name, p.code, p.unit, p.unit_price_micros, p.currency, p.status, t.id, t.name, t.rate_ppm
FROM product p
LEFT JOIN tax t ON t.id = coalesce(
    (SELECT x.id FROM tax x WHERE x.id = p.tax_class_id AND x.deleted_at IS NULL),
    (SELECT x.id FROM tax x WHERE x.is_default = 1 AND x.deleted_at IS NULL ORDER BY x.id DESC LIMIT 1)
)
WHERE p.id IN (SELECT value FROM json_each(?)) AND p.deleted_at IS NULL
"""
# UNION drops what was found before: parents in a ring end it.
_BOOKS = """
WITH RECURSIVE up (id) AS (
    SELECT id FROM pricebook
    WHERE id IN (:named, :own)
        OR deleted_at IS NULL AND (is_default = 1 OR :named IS NULL AND tier = :tier)
    UNION
    SELECT b.parent_id FROM pricebook b JOIN up ON b.id = up.id WHERE b.parent_id IS NOT NULL
)
SELECT {book} FROM pricebook WHERE id IN (SELECT id FROM up)
"""
_BOOK = "id, name, currency, valid_from, valid_until, parent_id, tier, is_default, deleted_at IS NOT NULL"
_ENTRIES = """
SELECT product_id, pricebook_id, id, min_quantity_milli, unit_price_micros, valid_from, valid_until
FROM price_entry
WHERE product_id IN (SELECT value FROM json_each(?)) AND pricebook_id IN (SELECT value FROM json_each(?))
    AND deleted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Tax:
    """A class of tax and its rate, in millionths."""

    id: str
    name: str
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class Product:
    """A product, its own price in millionths, and its tax: its own class, else the default one."""

    id: str
    name: str
    code: str | None
    unit: str | None
    price_micros: int | None
    currency: str | None
    is_discontinued: bool
    tax: Tax | None


@dataclass(frozen=True, slots=True)
class _Dated:
    """What holds for a while; ``None`` is open, the last day still counts."""

    id: str
    valid_from: date | None
    valid_until: date | None

    def starts_after(self, day: date) -> bool:
        """Say whether it holds only after a day."""
        return self.valid_from is not None and day < self.valid_from

    def ended_before(self, day: date) -> bool:
        """Say whether it held only before a day."""
        return self.valid_until is not None and self.valid_until < day

    def holds_on(self, day: date) -> bool:
        """Say whether it holds on a day."""
        return not (self.starts_after(day) or self.ended_before(day))

    def narrowness(self) -> tuple[int, int, date, str]:
        """Return what is greater for a shorter validity, then a later first day, then a later id."""
        first, last = self.valid_from or date.min, self.valid_until or date.max
        bounds = (self.valid_from is not None) + (self.valid_until is not None)
        days = (last - first).days if bounds == 2 else 0
        return bounds, -days, first, self.id


@dataclass(frozen=True, slots=True)
class PriceBook(_Dated):
    """A price book as far as prices are found in it."""

    name: str
    currency: str
    parent_id: str | None
    tier: str | None
    is_default: bool
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class Entry(_Dated):
    """A price in millionths, from a quantity in thousandths on."""

    min_quantity_milli: int
    price_micros: int

    def rank(self) -> tuple[int, tuple[int, int, date, str]]:
        """Return what is greatest for the entry that counts of several that fit."""
        return self.min_quantity_milli, self.narrowness()


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that a question for prices may look at."""

    products: Mapping[str, Product]
    named: PriceBook | None
    accounts_own: PriceBook | None
    tier: str | None
    currency: str  # the organisation's
    _books: Mapping[str, PriceBook]
    _entries: Mapping[tuple[str, str], Sequence[Entry]] = field(default_factory=dict)

    def usual_currency(self) -> str:
        """Return the currency when none is asked for."""
        of = self.named or self.accounts_own
        return of.currency if of is not None and not of.is_deleted else self.currency

    def parent_of(self, book: PriceBook) -> PriceBook | None:
        """Return the book above."""
        return self._books.get(book.parent_id) if book.parent_id else None

    def of_tier(self, currency: str) -> list[PriceBook]:
        """Return the tier's books in a currency, the one that counts first in front."""
        return (
            self._sorted(
                book for book in self._books.values() if book.tier == self.tier and book.currency == currency
            )
            if self.tier
            else []
        )

    def defaults(self, currency: str) -> list[PriceBook]:
        """Return the default books in a currency; there is one, unless two devices made one each."""
        return self._sorted(
            book for book in self._books.values() if book.is_default and book.currency == currency
        )

    def entries(self, product_id: str, book_id: str) -> Sequence[Entry]:
        """Return a product's entries in a book, in no order."""
        return self._entries.get((product_id, book_id), ())

    def _sorted(self, books: object) -> list[PriceBook]:
        live = [book for book in books if not book.is_deleted]  # type: ignore[attr-defined]
        return sorted(live, key=PriceBook.narrowness, reverse=True)


def load(
    connection: sqlite3.Connection, product_ids: Sequence[str], *, account_id: str | None, book_id: str | None
) -> Books:
    """Return what prices of products are found in, for an account or in a named book.

    Raises:
        NotFound: no such product, account or book, or it is deleted.
    """
    products = _products(connection, product_ids)
    own, tier = _account(connection, account_id) if account_id else (None, None)
    books = _books(connection, named=book_id, own=own, tier=tier)
    if book_id is not None and (book_id not in books or books[book_id].is_deleted):
        raise _missing("pricebook", book_id)
    return Books(
        products,
        books.get(book_id or ""),
        books.get(own or ""),
        tier,
        organisation.currency(connection),
        books,
        _entries(connection, product_ids, list(books)),
    )


def load_for_many(
    connection: sqlite3.Connection, product_ids: Sequence[str], account_ids: Sequence[str]
) -> BooksOfMany:
    """Return what prices of products are found in, for each of many accounts; others are left out."""
    listed = json.dumps(list(account_ids))
    rows = connection.execute(
        "SELECT id, pricebook_id, tier FROM account WHERE id IN (SELECT value FROM json_each(?))", (listed,)
    )
    accounts = {row[0]: (row[1], row[2]) for row in rows}
    books = _as_books(connection.execute(f"SELECT {_BOOK} FROM pricebook"))
    everything = Books(
        _products(connection, product_ids, missing_too=True),
        None,
        None,
        None,
        organisation.currency(connection),
        books,
        _entries(connection, product_ids, list(books)),
    )
    return BooksOfMany(everything, accounts, books)


class BooksOfMany:
    """Everything that questions for prices of many accounts may look at."""

    def __init__(
        self,
        everything: Books,
        accounts: Mapping[str, tuple[str | None, str]],
        books: Mapping[str, PriceBook],
    ) -> None:
        self.products = everything.products
        self._everything = everything
        self._accounts = accounts
        self._books = books
        self._known: dict[tuple[str | None, str | None], Books] = {}

    def of(self, account_id: str) -> Books:
        """Return what is looked at for an account; the same for accounts of one tier without a book."""
        own, tier = terms = self._accounts.get(account_id, (None, None))
        if terms not in self._known:
            self._known[terms] = replace(self._everything, accounts_own=self._books.get(own or ""), tier=tier)
        return self._known[terms]


def _products(
    connection: sqlite3.Connection, ids: Sequence[str], *, missing_too: bool = False
) -> dict[str, Product]:
    found = {}
    for row in connection.execute(_PRODUCTS, (json.dumps(list(ids)),)):
        record_id, name, code, unit, micros, currency, status, tax_id, tax, rate = row
        found[record_id] = Product(
            record_id,
            name,
            code,
            unit,
            micros,
            currency,
            status == ProductStatus.DISCONTINUED,
            Tax(tax_id, tax, rate) if tax_id is not None else None,
        )
    for each in () if missing_too else ids:
        if each not in found:
            raise _missing("product", each)
    return found


def _account(connection: sqlite3.Connection, account_id: str) -> tuple[str | None, str]:
    row = connection.execute(
        "SELECT pricebook_id, tier FROM account WHERE id = ? AND deleted_at IS NULL", (account_id,)
    ).fetchone()
    if row is None:
        raise _missing("account", account_id)
    return row[0], row[1]


def _books(
    connection: sqlite3.Connection, *, named: str | None, own: str | None, tier: str | None
) -> dict[str, PriceBook]:
    statement = _BOOKS.format(book=_BOOK)
    return _as_books(connection.execute(statement, {"named": named, "own": own, "tier": tier}))


def _as_books(rows: Iterable[Sequence[Any]]) -> dict[str, PriceBook]:
    return {
        row[0]: PriceBook(
            id=row[0],
            valid_from=_day(row[3]),
            valid_until=_day(row[4]),
            name=row[1],
            currency=row[2],
            parent_id=row[5],
            tier=row[6],
            is_default=bool(row[7]),
            is_deleted=bool(row[8]),
        )
        for row in rows
    }


def _entries(
    connection: sqlite3.Connection, product_ids: Sequence[str], book_ids: Sequence[str]
) -> dict[tuple[str, str], list[Entry]]:
    found: dict[tuple[str, str], list[Entry]] = {}
    rows = connection.execute(_ENTRIES, (json.dumps(list(product_ids)), json.dumps(list(book_ids))))
    for product, book, entry, quantity, price, first, last in rows:
        found.setdefault((product, book), []).append(Entry(entry, _day(first), _day(last), quantity, price))
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _missing(noun: str, record_id: str) -> NotFound:
    return NotFound(msg("There is no {noun} {id}."), noun=noun_of(noun).label, id=record_id)
