"""What a product sells for: which price book gives the price, and why the others do not. Read-only.

Looked at in turn, each book followed by its parents, none twice: the book that is named, else the
account's own and those of its tier; the default books of the currency; the product itself.
Source: docs/pricing.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sfa.errors import InvalidInput, msg
from sfa.finding.price_rows import Books, Entry, PriceBook, Product, Tax, load

__all__ = ["Break", "Outcome", "Price", "Source", "Step", "Tax", "Wanted", "find_price", "find_prices"]

ONE_MILLI = 1000


class Source(StrEnum):
    """Why a book is looked at."""

    NAMED = "named"
    ACCOUNT = "account"
    TIER = "tier"
    DEFAULT = "default"
    PARENT = "parent"
    PRODUCT = "product"  # the product's own price, in no book


class Outcome(StrEnum):
    """What came of looking at a book or at the product's own price."""

    GAVE = "gave"
    DELETED = "deleted"
    OTHER_CURRENCY = "other-currency"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    NO_ENTRY = "no-entry"
    ENTRY_NOT_YET_VALID = "entry-not-yet-valid"
    ENTRY_EXPIRED = "entry-expired"
    MINIMUM_NOT_REACHED = "minimum-not-reached"
    NO_PRICE = "no-price"  # of the product itself


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product and how much of it, in thousandths of its unit."""

    product_id: str
    quantity_milli: int = ONE_MILLI


@dataclass(frozen=True, slots=True)
class Break:
    """A quantity, in thousandths, from which another price holds, in millionths."""

    quantity_milli: int
    price_micros: int


@dataclass(frozen=True, slots=True)
class Step:
    """A book that was looked at, or the product itself (no book), and what came of it.

    ``on`` is the day from which or until which it would have held, ``next_break`` the least
    quantity at which it would have given a price.
    """

    source: Source
    outcome: Outcome
    currency: str | None
    book_id: str | None = None
    book: str = ""
    on: date | None = None
    next_break: Break | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a product, in millionths of the currency's unit; ``None`` when nothing gives one.

    ``valid_from`` and ``valid_until`` are the days in which both the book and its entry hold, the last
    one included. ``next_break`` is the next greater quantity for which the same book has another price.
    ``trail`` is what was looked at, in order; the last step is the one that gave the price.
    """

    product_id: str
    product: str
    code: str | None
    unit: str | None
    is_discontinued: bool
    quantity_milli: int
    on: date
    price_micros: int | None
    currency: str
    source: Source | None
    book_id: str | None
    book: str
    entry_id: str | None
    min_quantity_milli: int
    valid_from: date | None
    valid_until: date | None
    next_break: Break | None
    tax: Tax | None
    trail: tuple[Step, ...]


def find_price(
    connection: sqlite3.Connection,
    product_id: str,
    *,
    on: date,
    quantity_milli: int = ONE_MILLI,
    account_id: str | None = None,
    book_id: str | None = None,
    currency: str | None = None,
) -> Price:
    """Return what one product sells for on a day; see ``find_prices``."""
    wanted = (Wanted(product_id, quantity_milli),)
    return find_prices(connection, wanted, on=on, account_id=account_id, book_id=book_id, currency=currency)[
        0
    ]


def find_prices(
    connection: sqlite3.Connection,
    wanted: Sequence[Wanted],
    *,
    on: date,
    account_id: str | None = None,
    book_id: str | None = None,
    currency: str | None = None,
) -> tuple[Price, ...]:
    """Return what products sell for, in the order asked, in five statements however many they are.

    Without a currency it is that of the named book, else of the account's, else the organisation's; then
    a product's own price counts in any currency.

    Raises:
        NotFound: no such product, account or named book.
        InvalidInput: a quantity that is not above zero.
    """
    if any(each.quantity_milli <= 0 for each in wanted):
        raise InvalidInput(msg("Quantity"), msg("it must be above zero"))
    found = load(connection, [each.product_id for each in wanted], account_id=account_id, book_id=book_id)
    chosen = currency or found.usual_currency()
    prices = []
    for each in wanted:
        looking = _Looking(found, found.products[each.product_id], each.quantity_milli, on, chosen)
        prices.append(looking.price(any_currency=currency is None))
    return tuple(prices)


def price_in(books: Books, product_id: str, quantity_milli: int, *, on: date, currency: str) -> Price:
    """Return what a product sells for in a currency, in books and products that are loaded already."""
    return _Looking(books, books.products[product_id], quantity_milli, on, currency).price(any_currency=False)


@dataclass(frozen=True, slots=True)
class _Looking:
    """One product's way through the books."""

    books: Books
    product: Product
    quantity_milli: int
    on: date
    currency: str

    def price(self, *, any_currency: bool) -> Price:
        trail: list[Step] = []
        for source, book in self._way():
            step, entry = self._look(source, book)
            trail.append(step)
            if entry is not None:
                return self._given(book, entry, source, trail)
        own = self.product
        usable = own.currency == self.currency or any_currency
        if own.price_micros is None:
            trail.append(Step(Source.PRODUCT, Outcome.NO_PRICE, None))
            return self._answer(trail)
        if not usable:
            trail.append(Step(Source.PRODUCT, Outcome.OTHER_CURRENCY, own.currency))
            return self._answer(trail)
        trail.append(Step(Source.PRODUCT, Outcome.GAVE, own.currency))
        return self._answer(
            trail, source=Source.PRODUCT, price_micros=own.price_micros, currency=own.currency
        )

    def _way(self) -> Iterator[tuple[Source, PriceBook]]:
        """Give the books to look at, each followed by its parents; a ring ends where it closes."""
        seen: set[str] = set()
        for start_source, start in self._starts():
            source, at = start_source, start
            while at is not None and at.id not in seen:
                seen.add(at.id)
                yield source, at
                source, at = Source.PARENT, self.books.parent_of(at)

    def _starts(self) -> Iterator[tuple[Source, PriceBook | None]]:
        if self.books.named is not None:
            yield Source.NAMED, self.books.named
        else:
            if self.books.accounts_own is not None:
                yield Source.ACCOUNT, self.books.accounts_own
            yield from ((Source.TIER, book) for book in self.books.of_tier(self.currency))
        yield from ((Source.DEFAULT, book) for book in self.books.defaults(self.currency))

    def _look(self, source: Source, book: PriceBook) -> tuple[Step, Entry | None]:
        def missed(outcome: Outcome, on: date | None = None, more: Break | None = None) -> tuple[Step, None]:
            return Step(source, outcome, book.currency, book.id, book.name, on, more), None

        if book.is_deleted:
            return missed(Outcome.DELETED)
        if book.currency != self.currency:
            return missed(Outcome.OTHER_CURRENCY)
        if book.starts_after(self.on):
            return missed(Outcome.NOT_YET_VALID, book.valid_from)
        if book.ended_before(self.on):
            return missed(Outcome.EXPIRED, book.valid_until)
        entries = self.books.entries(self.product.id, book.id)
        if not entries:
            return missed(Outcome.NO_ENTRY)
        valid = [each for each in entries if each.holds_on(self.on)]
        if not valid:
            return missed(*_out_of_time(entries, self.on))
        reached = [each for each in valid if each.min_quantity_milli <= self.quantity_milli]
        if not reached:
            return missed(Outcome.MINIMUM_NOT_REACHED, None, self._next_break(valid))
        entry = max(reached, key=Entry.rank)
        return Step(source, Outcome.GAVE, book.currency, book.id, book.name), entry

    def _next_break(self, valid: Sequence[Entry]) -> Break | None:
        above = [each for each in valid if each.min_quantity_milli > self.quantity_milli]
        if not above:
            return None
        least = min(each.min_quantity_milli for each in above)
        first = max((each for each in above if each.min_quantity_milli == least), key=Entry.rank)
        return Break(first.min_quantity_milli, first.price_micros)

    def _given(self, book: PriceBook, entry: Entry, source: Source, trail: list[Step]) -> Price:
        starts = [day for day in (book.valid_from, entry.valid_from) if day is not None]
        ends = [day for day in (book.valid_until, entry.valid_until) if day is not None]
        valid = [each for each in self.books.entries(self.product.id, book.id) if each.holds_on(self.on)]
        return self._answer(
            trail,
            source=source,
            price_micros=entry.price_micros,
            currency=book.currency,
            book=book,
            entry=entry,
            valid_from=max(starts, default=None),
            valid_until=min(ends, default=None),
            next_break=self._next_break(valid),
        )

    def _answer(
        self,
        trail: list[Step],
        *,
        source: Source | None = None,
        price_micros: int | None = None,
        currency: str | None = None,
        book: PriceBook | None = None,
        entry: Entry | None = None,
        valid_from: date | None = None,
        valid_until: date | None = None,
        next_break: Break | None = None,
    ) -> Price:
        return Price(
            product_id=self.product.id,
            product=self.product.name,
            code=self.product.code,
            unit=self.product.unit,
            is_discontinued=self.product.is_discontinued,
            quantity_milli=self.quantity_milli,
            on=self.on,
            price_micros=price_micros,
            currency=currency or self.currency,
            source=source,
            book_id=book.id if book else None,
            book=book.name if book else "",
            entry_id=entry.id if entry else None,
            min_quantity_milli=entry.min_quantity_milli if entry else 0,
            valid_from=valid_from,
            valid_until=valid_until,
            next_break=next_break,
            tax=self.product.tax,
            trail=tuple(trail),
        )


def _out_of_time(entries: Sequence[Entry], on: date) -> tuple[Outcome, date | None]:
    """Say when the next price of a book begins, else when its last one ended."""
    coming = [each.valid_from for each in entries if each.valid_from is not None and each.valid_from > on]
    if coming:
        return Outcome.ENTRY_NOT_YET_VALID, min(coming)
    return Outcome.ENTRY_EXPIRED, max(each.valid_until for each in entries if each.valid_until is not None)
