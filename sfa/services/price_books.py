"""Price books: their currency, validity and parents, one default a currency, and copies of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from sqlmodel import Session

from sfa import money
from sfa.errors import InvalidInput, Refused, msg
from sfa.fields import Field
from sfa.interchange.amounts import known_currency
from sfa.interchange.book_copy import CHANGE, NAME, ROUND, Wanted
from sfa.interchange.values import LARGEST
from sfa.models.price_book import PriceBook
from sfa.services import records
from sfa.services.chains import refuse_ring
from sfa.services.entry import Entered
from sfa.services.prices import Terms, check_validity, insert_price, touched
from sfa.services.rows import Row
from sfa.store import change
from sfa.store.connection import StoreConnection

_RING = msg("This price book would be its own parent, through the books above it.")
_WHOLE = Decimal(1)


def create(
    session: Session,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's create takes the business day
    idempotency_key: str | None = None,
) -> Row:
    """Add a price book; a new default takes the place of the currency's old one.

    Raises:
        InvalidInput: no currency, days the wrong way round, a parent in another currency, a default for a
            tier.
    """
    columns = checked(records.raw(session), dict(given.columns), {})
    row = records.create(
        session, "pricebook", Entered(columns, given.many, given.custom), idempotency_key=idempotency_key
    )
    if row.created and columns.get("is_default"):
        _take_default(records.raw(session), row.id, str(columns["currency"]))
    return row


def edit(
    session: Session,
    book_id: str,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's edit takes the business day
    expected_version: int | None = None,
) -> Row:
    """Change fields of a price book under the same rules.

    Raises:
        NotFound, StaleVersion: as every edit.
        InvalidInput: as ``create``.
        Refused: a ring of parents, or another currency while it has prices or books below it.
    """
    connection = records.raw(session)
    refuse_ring(connection, "pricebook", "parent_id", book_id, given.columns.get("parent_id"), _RING)
    book: PriceBook = records.load(session, "pricebook", book_id, expected_version)
    present = {
        "currency": book.currency,
        "valid_from": _text(book.valid_from),
        "valid_until": _text(book.valid_until),
        "parent_id": book.parent_id,
        "tier": book.tier,
        "is_default": book.is_default,
    }
    columns = checked(connection, dict(given.columns), present)
    if columns.get("currency", book.currency) != book.currency:
        _refuse_other_currency(connection, book_id, book.currency)
    row = records.edit(session, "pricebook", book_id, Entered(columns, given.many, given.custom))
    if {**present, **columns}["is_default"]:
        _take_default(records.raw(session), book_id, str({**present, **columns}["currency"]))
    return row


def restore(session: Session, book_id: str) -> Row:
    """Bring a deleted book back; it is the default no more when another took its place.

    Raises:
        NotFound, Refused: as every restore.
    """
    row = records.restore(session, "pricebook", book_id)
    connection = records.raw(session)
    book: PriceBook = records.load(session, "pricebook", book_id)
    if book.is_default and _defaults(connection, book.currency, but=book_id):
        change.update(connection, "pricebook", book_id, {"is_default": 0})
        return records.answer(session, "pricebook", book, before=0)
    return row


def checked(
    connection: StoreConnection, columns: dict[str, Any], present: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a book's changed columns with its currency as a code.

    Raises:
        InvalidInput: as ``create``.
    """
    if columns.get("currency") is not None:
        columns["currency"] = known_currency(str(columns["currency"]))
    whole = {**present, **columns}
    check_validity(whole.get("valid_from"), whole.get("valid_until"))
    if whole.get("is_default") and whole.get("tier"):
        raise InvalidInput(
            msg("Tier"),
            msg("the default price book is for everybody"),
            hint=msg("Make a book of its own for the tier, with the default one as its parent."),
        )
    above = whole.get("parent_id")
    if above is not None and whole.get("currency"):
        row = connection.execute("SELECT name, currency FROM pricebook WHERE id = ?", (above,)).fetchone()
        if row is not None and row[1] != whole["currency"]:
            raise InvalidInput(
                msg("Parent price book"),
                msg("{label} is in {other}, this book in {currency}"),
                hint=msg("A parent is in the same currency; prices are not converted."),
                label=row[0],
                other=row[1],
                currency=whole["currency"],
            )
    return columns


class Copied(NamedTuple):
    """A new book, how many prices were copied into it, and how many had ended before it begins."""

    row: Row
    copied: int
    left_out: int


class Repricing(NamedTuple):
    """How copied prices change: by so many per cent, then rounded half up to a multiple.

    Without a multiple to the currency's minor unit; a price that was finer keeps its own decimals.
    """

    percent: Decimal = Decimal(0)
    multiple: Decimal | None = None

    def reprice(self, micros: int, currency: str) -> int:
        """Return a price after the change, in millionths."""
        if not self.percent and self.multiple is None:
            return micros
        price = Decimal(micros) / money.MICROS
        wanted = price * (100 + self.percent) / 100
        step = self.multiple
        if step is None:
            places = max(money.exponent(currency), -int(price.normalize().as_tuple().exponent))
            step = _WHOLE.scaleb(-places)
        return money.to_micros((wanted / step).quantize(_WHOLE, rounding=ROUND_HALF_UP) * step)


def copy(session: Session, book_id: str, wanted: Wanted) -> Copied:
    """Copy a book with its prices under a new name; the copy is never the default.

    Currency, parent, tier and description are kept, the book's days are the given ones.
    Prices that end before the first of them are left out.

    Raises:
        NotFound: no such book.
        InvalidInput: a name that a book has, days the wrong way round, a change of -100 % or below, or one
            after which a product would cost nothing or more than can be kept.
    """
    book: PriceBook = records.load(session, "pricebook", book_id)
    connection = records.raw(session)
    for field, value in ((NAME, wanted.name), (CHANGE, wanted.percent), (ROUND, wanted.multiple)):
        check_copied(connection, field, value)
    check_validity(wanted.valid_from, wanted.valid_until)
    valid_from, repricing = wanted.valid_from, Repricing(wanted.percent, wanted.multiple)
    columns: dict[str, object] = {
        "name": wanted.name,
        "currency": book.currency,
        "valid_from": valid_from,
        "valid_until": wanted.valid_until,
        "parent_id": book.parent_id,
        "tier": book.tier,
        "description": book.description,
    }
    made = records.create(session, "pricebook", Entered(columns))
    rows = (
        records.raw(session)
        .execute(
            "SELECT e.product_id, e.min_quantity_milli, e.unit_price_micros, e.valid_from, e.valid_until,"
            " p.name FROM price_entry e JOIN product p ON p.id = e.product_id AND p.deleted_at IS NULL"
            " WHERE e.pricebook_id = ? AND e.deleted_at IS NULL ORDER BY e.id",
            (book_id,),
        )
        .fetchall()
    )
    kept = [row for row in rows if not (valid_from and row[4] is not None and row[4] < valid_from)]
    for product_id, quantity, micros, first, last, product in kept:
        price = repricing.reprice(micros, book.currency)
        _check_price(micros, price, product, ROUND if wanted.multiple else CHANGE)
        insert_price(connection, made.id, product_id, price, Terms(quantity, first, last))
    return Copied(touched(session, made.id) if kept else made, len(kept), len(rows) - len(kept))


def check_copied(connection: sqlite3.Connection, field: Field, value: Any) -> None:
    """Raise InvalidInput when a copy cannot be asked for with a value in a field, whatever is in the book.

    The value is as ``sfa.interchange.book_copy.read_field`` gives it.
    """
    if field == NAME:
        taken = connection.execute(
            "SELECT 1 FROM pricebook WHERE name = ? COLLATE NOCASE AND deleted_at IS NULL", (value,)
        ).fetchone()
        if taken is not None:
            raise InvalidInput(NAME.label, msg("there is a price book of this name already"))
    if field == CHANGE and value <= -100:
        raise InvalidInput(CHANGE.label, msg("prices cannot fall by 100 % or more"))
    if field == ROUND and value is not None and value <= 0:
        raise InvalidInput(ROUND.label, msg("it must be above zero"))


def _check_price(before: int, after: int, product: str, typed: Field) -> None:
    """Raise InvalidInput when a copied price, in millionths, is none any more; ``typed`` made it so."""
    if before and not after:
        raise InvalidInput(
            typed.label,
            msg("{product} would cost nothing"),
            hint=msg("Round to a smaller multiple, as 0.001."),
            product=product,
        )
    if after > LARGEST * money.MICROS:
        raise InvalidInput(typed.label, msg("{product} would cost more than can be kept"), product=product)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _refuse_other_currency(connection: StoreConnection, book_id: str, currency: str) -> None:
    """Raise Refused when a book's prices or the books below it are in the present currency."""
    for query, what in (
        ("SELECT 1 FROM price_entry WHERE pricebook_id = ?", msg("Its prices are in {currency}.")),
        ("SELECT 1 FROM pricebook WHERE parent_id = ?", msg("Books below it are in {currency}.")),
    ):
        if connection.execute(f"{query} AND deleted_at IS NULL LIMIT 1", (book_id,)).fetchone():
            raise Refused(
                msg("The currency of this price book stays."),
                why=what,
                hint=msg("Make another book for the other currency."),
                currency=currency,
            )


def _defaults(connection: StoreConnection, currency: str, *, but: str) -> list[str]:
    rows = connection.execute(
        "SELECT id FROM pricebook WHERE is_default = 1 AND currency = ? AND id <> ? AND deleted_at IS NULL",
        (currency, but),
    )
    return [row[0] for row in rows]


def _take_default(connection: StoreConnection, book_id: str, currency: str) -> None:
    for other in _defaults(connection, currency, but=book_id):
        change.update(connection, "pricebook", other, {"is_default": 0})
