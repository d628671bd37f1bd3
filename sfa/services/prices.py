"""The prices in a book: set, taken away, copied into another book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import Ambiguous, InvalidInput, NotFound, msg
from sfa.fields import noun as noun_of
from sfa.finding.price_list import FROM_QUANTITY, PRICE, TABLE, VALID_FROM, VALID_UNTIL
from sfa.interchange.amounts import read_amount
from sfa.interchange.values import parse_value, plain_decimal
from sfa.models.price_book import PriceBook
from sfa.services import records
from sfa.services.rows import Row
from sfa.store import change
from sfa.store.connection import StoreConnection


@dataclass(frozen=True, slots=True)
class Terms:
    """From which quantity on, in thousandths, and in which days (ISO texts) a price holds."""

    min_quantity_milli: int = 0
    valid_from: str | None = None
    valid_until: str | None = None


def terms(*, from_quantity: str = "", valid_from: str = "", valid_until: str = "", today: date) -> Terms:
    """Return what typed texts mean; an empty one is no bound.

    Raises:
        InvalidInput: no quantity, no day, or the last day is before the first.
    """
    stored: dict[str, object] = {}
    for field, text in (
        (FROM_QUANTITY, from_quantity.strip() or "0"),
        (VALID_FROM, valid_from),
        (VALID_UNTIL, valid_until),
    ):
        stored.update(parse_value(field, text, today=today, currency=""))
    found = Terms(**stored)  # type: ignore[arg-type]
    check_validity(found.valid_from, found.valid_until)
    return found


def check_validity(first: object, last: object) -> None:
    """Raise InvalidInput when a last day is before the first; both may be open."""
    if first is not None and last is not None and str(first) > str(last):
        raise InvalidInput(
            msg("Valid until"),
            msg("{last} is before the first day, {first}"),
            hint=msg("The last day still counts; leave it empty for no end."),
            first=str(first),
            last=str(last),
        )


def read_price(text: str, currency: str, *, today: date) -> int:
    """Return a typed price in millionths of a book's currency.

    Raises:
        InvalidInput: no amount, below zero, or in another currency.
    """
    if read_amount(text, currency)[1] != currency:
        raise InvalidInput(
            msg("Price"),
            msg("{value!r} is in another currency; the book's is {currency}"),
            hint=msg("Each currency has a price book of its own."),
            value=text,
            currency=currency,
        )
    stored = parse_value(PRICE, text, today=today, currency=currency)
    return int(str(stored[PRICE.column]))


def set_price(session: Session, book_id: str, product_id: str, text: str, at: Terms, *, today: date) -> Row:
    """Write down a product's price in a book at these terms, or change it; an empty text forgets it.

    Raises:
        NotFound: no such book or product; or there is nothing to forget.
        InvalidInput: the text is no price of the book's currency.
    """
    book: PriceBook = records.load(session, "pricebook", book_id)
    records.load(session, "product", product_id)
    if not text.strip():
        return unset_price(session, book_id, product_id, at)
    micros = read_price(text, book.currency, today=today)
    if not write_price(records.raw(session), book_id, product_id, micros, at):
        return records.answer(session, "pricebook", book, before=book.version)
    return touched(session, book_id)


def write_price(connection: StoreConnection, book_id: str, product_id: str, micros: int, at: Terms) -> bool:
    """Give a product a price at these terms, in one row; say whether anything changed."""
    present = prices_at(connection, book_id, product_id, at)
    for row_id, _ in present[1:]:
        _remove(connection, row_id)
    if not present:
        insert_price(connection, book_id, product_id, micros, at)
    elif present[0][1] != micros:
        change.update(connection, TABLE, present[0][0], {PRICE.column: micros})
    else:
        return len(present) > 1
    return True


def insert_price(connection: StoreConnection, book_id: str, product_id: str, micros: int, at: Terms) -> None:
    """Add a price at terms at which there is none."""
    new = {
        "id": ids.uuid7(clock.wall_ms()),
        "pricebook_id": book_id,
        "product_id": product_id,
        "unit_price_micros": micros,
        "min_quantity_milli": at.min_quantity_milli,
        "valid_from": at.valid_from,
        "valid_until": at.valid_until,
    }
    change.insert(connection, TABLE, new)


def unset_price(session: Session, book_id: str, product_id: str, at: Terms) -> Row:
    """Take a product's price at these terms out of a book.

    Raises:
        NotFound: there is none.
    """
    records.load(session, "pricebook", book_id)
    connection = records.raw(session)
    present = prices_at(connection, book_id, product_id, at)
    if not present:
        raise NotFound(
            msg("The book has no such price of this product."),
            hint=msg("See which there are: sfa pricebook prices BOOK --product PRODUCT."),
        )
    for row_id, _ in present:
        _remove(connection, row_id)
    return touched(session, book_id)


def unset_all(session: Session, book_id: str, product_id: str, *, several: bool) -> Row:
    """Take a product's prices out of a book: the only one, or with ``several`` however many there are.

    Raises:
        NotFound: there is none.
        Ambiguous: there are several, and only one was to go.
    """
    records.load(session, "pricebook", book_id)
    connection = records.raw(session)
    rows = connection.execute(
        f"SELECT id, min_quantity_milli, valid_from, valid_until FROM {TABLE}"
        " WHERE pricebook_id = ? AND product_id = ? AND deleted_at IS NULL"
        " ORDER BY min_quantity_milli, valid_from, id",
        (book_id, product_id),
    ).fetchall()
    if not rows:
        raise NotFound(
            msg("The book has no price of this product."),
            hint=msg("See what it has: sfa pricebook prices BOOK."),
        )
    if len(rows) > 1 and not several:
        raise Ambiguous(
            msg("The book has {count} prices of this product."),
            matches=[_said(row) for row in rows],
            hint=msg("Say which with --from-qty and its days, or take all with --all."),
            count=len(rows),
        )
    for row in rows:
        _remove(connection, row[0])
    return touched(session, book_id)


def remove_price(session: Session, entry_id: str) -> Row:
    """Take one price out of its book.

    Raises:
        NotFound: it is gone already.
    """
    connection = records.raw(session)
    row = connection.execute(
        f"SELECT pricebook_id FROM {TABLE} WHERE id = ? AND deleted_at IS NULL", (entry_id,)
    ).fetchone()
    if row is None:
        raise NotFound(msg("This price is not in the book any more."))
    _remove(connection, entry_id)
    return touched(session, row[0])


def touched(session: Session, book_id: str) -> Row:
    """Return the book's frozen row, of the next version, after prices in it were changed."""
    records.touch(session, noun_of("pricebook"), book_id)
    return records.answer(session, "pricebook", records.load(session, "pricebook", book_id), before=0)


def prices_at(
    connection: StoreConnection, book_id: str, product_id: str, at: Terms
) -> Sequence[tuple[str, int]]:
    """Return (id, price) at the very terms; of several that two devices made, the later comes first."""
    rows = connection.execute(
        f"SELECT id, unit_price_micros FROM {TABLE} WHERE pricebook_id = ? AND product_id = ?"
        " AND min_quantity_milli = ? AND valid_from IS ? AND valid_until IS ? AND deleted_at IS NULL"
        " ORDER BY id DESC",
        (book_id, product_id, at.min_quantity_milli, at.valid_from, at.valid_until),
    )
    return [(row[0], row[1]) for row in rows]


def _remove(connection: StoreConnection, row_id: str) -> None:
    change.update(connection, TABLE, row_id, {"deleted_at": connection.capture.stamp})


def _said(row: Sequence[object]) -> tuple[str, str]:
    """Return a price's terms as the options that name them."""
    quantity = plain_decimal(Decimal(str(row[1])).scaleb(-3))
    days = " ".join(
        f"{option} {day}"
        for option, day in (("--valid-from", row[2]), ("--valid-until", row[3]))
        if day is not None
    )
    return f"--from-qty {quantity}", days
