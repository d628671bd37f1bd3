"""Lines of a quote, found and priced: from typed texts, from a deal, from a product. Read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sfa import ids
from sfa.errors import Ambiguous, InvalidInput, Msg, NotFound, Refused, msg
from sfa.finding import references
from sfa.finding.prices import Outcome, Price, Wanted, find_price, find_prices
from sfa.finding.quoting import rates_to
from sfa.interchange.quote_line_text import LineText, read_line
from sfa.interchange.quote_lines import QuoteLine
from sfa.pricing.conversion import convert_micros, rate_on
from sfa.terms import LineKind


class Terms(NamedTuple):
    """What lines are priced for: an account, in a currency, out of a price book when one is named."""

    account_id: str
    pricebook_id: str | None
    currency: str


def typed_lines(
    connection: sqlite3.Connection, terms: Terms, texts: Sequence[str], first_key: str, *, today: date
) -> list[QuoteLine]:
    """Return the lines that texts mean, their keys counted from the first.

    Raises:
        InvalidInput, NotFound, Ambiguous, Refused: as ``add``.
    """
    return [
        _made(connection, terms, read_line(text, terms.currency), str(number), today)
        for number, text in enumerate(texts, int(first_key))
    ]


def lines_of_deal(
    connection: sqlite3.Connection, terms: Terms, deal_id: str, *, today: date
) -> list[QuoteLine]:
    """Return the products of a deal as lines, at the deal's prices where they are in the currency asked.

    Raises:
        InvalidInput, Refused: as ``add``.
    """
    rows = connection.execute(
        "SELECT product_id, quantity_milli, unit_price_micros, currency FROM deal_line"
        " WHERE deal_id = ? AND deleted_at IS NULL ORDER BY position, id",
        (deal_id,),
    ).fetchall()
    return [
        line_of(
            connection,
            terms,
            product,
            quantity,
            key=str(number),
            agreed=micros if currency == terms.currency else None,
            today=today,
        )
        for number, (product, quantity, micros, currency) in enumerate(rows, 1)
    ]


def _made(connection: sqlite3.Connection, terms: Terms, said: LineText, key: str, today: date) -> QuoteLine:
    """Return the line that a text means."""
    if said.kind == LineKind.TEXT:
        return QuoteLine(key, kind=said.kind.value, name=said.name)
    quantity = said.quantity_milli or 1000
    may_be_other = said.unit_price_micros is not None and said.kind != LineKind.GIFT
    product = None if said.is_other else product_of(connection, said.name, may_be_other=may_be_other)
    if product is None:
        assert said.unit_price_micros is not None
        # A free text with a price: something that is in no list.
        line = QuoteLine(key, name=said.name, quantity_milli=quantity)
        line = replace(line, unit_price_micros=said.unit_price_micros, tax_rate_ppm=default_tax(connection))
    else:
        agreed = 0 if said.kind == LineKind.GIFT else said.unit_price_micros
        line = line_of(connection, terms, product, quantity, key=key, agreed=agreed, today=today)
    if said.kind == LineKind.GIFT:
        if said.unit_price_micros or said.discount_ppm or said.discount_minor:
            raise InvalidInput(msg("Line"), msg("a gift has neither price nor discount"))
        return replace(line, kind=LineKind.GIFT.value, unit_price_micros=0)
    return replace(line, discount_ppm=said.discount_ppm or 0, discount_minor=said.discount_minor or 0)


def product_of(connection: sqlite3.Connection, name: str, *, may_be_other: bool) -> str | None:
    """Return the id of the product that a line names, ``None`` where it names none and may be of no list.

    What may be of no list is a product only by its whole name, code, key or reference: a few letters are
    the front of some reference, or stand within some name, nearly always.

    Raises:
        NotFound: no such product, and there has to be one.
        Ambiguous: it may be a product or not, or is several.
    """
    if not may_be_other or references.whole_ids(connection, "product", name):
        return references.resolve(connection, "product", name).id
    near = references.nearly(connection, "product", name)
    if not near:
        return None
    raise Ambiguous(
        msg("{typed!r} may be a product, or something that is in no list."),
        matches=near,
        hint=msg("Type the product's whole name, code or reference; else: other: {typed} @ PRICE."),
        typed=name,
    )


def line_of(
    connection: sqlite3.Connection,
    terms: Terms,
    product: str,
    quantity: int,
    *,
    key: str,
    agreed: int | None = None,
    today: date,
) -> QuoteLine:
    """Return a line of a product, at the price agreed, in millionths, or that of the price books.

    Raises:
        InvalidInput: nothing gives a price.
        Refused: the product is discontinued.
    """
    found = find_price(
        connection,
        product,
        on=today,
        quantity_milli=quantity,
        account_id=terms.account_id,
        book_id=terms.pricebook_id,
        currency=terms.currency,
    )
    if found.is_discontinued:
        raise Refused(
            msg("{product} is discontinued."),
            why=msg("It is not sold any more."),
            hint=msg("Take another product, or make it active: sfa product edit {ref} --status active."),
            product=found.product,
            ref=ids.ref_of(product),
        )
    listed = found.price_micros
    if listed is None:
        try:
            listed, found = price_of(connection, terms, product, quantity, today)
        except (InvalidInput, NotFound):
            if agreed is None:
                raise
    micros = agreed if agreed is not None else listed
    assert micros is not None
    return QuoteLine(
        key,
        product=product,
        code=found.code,
        name=found.product,
        unit=found.unit,
        quantity_milli=quantity,
        unit_price_micros=micros,
        list_price_micros=listed,
        book=found.book or None,
        tax_rate_ppm=found.tax.rate_ppm if found.tax else 0,
    )


def price_of(
    connection: sqlite3.Connection, terms: Terms, product: str, quantity: int, today: date
) -> tuple[int, Price]:
    """Return what a quantity sells for now; a product's own price in another currency is converted.

    Raises:
        InvalidInput: nothing gives a price; it says what was looked at.
        NotFound: its price is in another currency, and there is no rate.
    """
    found = find_prices(
        connection,
        (Wanted(product, quantity),),
        on=today,
        account_id=terms.account_id,
        book_id=terms.pricebook_id,
        currency=terms.currency,
    )[0]
    if found.price_micros is not None:
        return found.price_micros, found
    last = found.trail[-1]
    if last.outcome is Outcome.OTHER_CURRENCY and last.currency:
        own = connection.execute("SELECT unit_price_micros FROM product WHERE id = ?", (product,)).fetchone()
        rate = rate_on(rates_to(connection, terms.currency), last.currency, terms.currency, today)
        return convert_micros(own[0], last.currency, rate), found
    hint = msg("Name one in the line: {product} x 1 @ PRICE; or see: sfa price {ref}.")
    raise unpriced(found, terms.currency, hint)


def unpriced(found: Price, currency: str, hint: Msg) -> InvalidInput:
    """Return the refusal of a product that nothing gives a price for; it says what was looked at."""
    return InvalidInput(
        msg("Price"),
        _why(found),
        hint=hint,
        product=found.product,
        ref=ids.ref_of(found.product_id),
        currency=currency,
        book=next((step.book for step in found.trail if step.book), ""),
        day=next((step.on.isoformat() for step in found.trail if step.on), ""),
    )


def _why(found: Price) -> Msg:
    """Say why nothing gives a price, by the first book that was looked at."""
    first = found.trail[0].outcome
    if first in {Outcome.EXPIRED, Outcome.ENTRY_EXPIRED}:
        return msg("{product} has no price in {currency}: that of {book} ended on {day}")
    if first in {Outcome.NOT_YET_VALID, Outcome.ENTRY_NOT_YET_VALID}:
        return msg("{product} has no price in {currency}: that of {book} begins on {day}")
    if first is Outcome.MINIMUM_NOT_REACHED:
        return msg("{product} has no price in {currency} for so few: see {book}")
    return msg("{product} has no price in {currency}")


def default_tax(connection: sqlite3.Connection) -> int:
    """Return the tax rate of what is in no list, in ppm."""
    row = connection.execute(
        "SELECT rate_ppm FROM tax WHERE is_default = 1 AND deleted_at IS NULL ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return row[0] if row else 0
