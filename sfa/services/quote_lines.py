"""The lines of a quote: found and priced, changed, and written with what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, Msg, NotFound, Refused, msg
from sfa.fields import TABLES
from sfa.fields import noun as noun_of
from sfa.finding.prices import Outcome, Price, Wanted, find_price, find_prices
from sfa.finding.quoting import rates_to
from sfa.finding.references import resolve
from sfa.interchange.quote_line_text import LineText, read_line
from sfa.interchange.quote_lines import (
    MOST_LINES,
    QuoteLine,
    document_of,
    lines_of,
    lines_text,
    next_key,
    total_columns,
)
from sfa.models.quote import MOST_CHARACTERS, Quote
from sfa.pricing.conversion import convert_micros, rate_on
from sfa.pricing.totals import price_document
from sfa.services import records
from sfa.services.rows import Row
from sfa.store.connection import StoreConnection
from sfa.terms import LineKind, QuoteState

CONTENT = tuple(column.name for column in TABLES["quote"].columns if column.group == "content")
_OPEN = frozenset({QuoteState.DRAFT, QuoteState.SUBMITTED, QuoteState.APPROVED})


def write(
    session: Session,
    quote: Quote,
    columns: Mapping[str, Any],
    lines: Sequence[QuoteLine] | None,
    *,
    today: date,
) -> None:
    """Write a quote's content with what it comes to; one that was submitted or approved is a draft again.

    Raises:
        Refused: it was sent, or is closed: what the customer has is changed in a new revision.
        InvalidInput: a value out of its range, or too many lines; the data names line and column.
    """
    if quote.state not in _OPEN:
        raise Refused(
            msg("The quote {number} is changed in a new revision."),
            why=msg("The customer has this one, or it is closed."),
            hint=msg("Make one: sfa quote revise {number}."),
            number=quote.number,
        )
    kept = lines_of(quote.lines) if lines is None else tuple(lines)
    if len(kept) > MOST_LINES:
        raise InvalidInput(msg("Lines"), msg("a quote has at most {limit}"), limit=MOST_LINES)
    values = {name: getattr(quote, name) for name in CONTENT} | dict(columns)
    priced = price_document(document_of(values, kept))
    text = lines_text(kept)
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput(msg("Lines"), msg("their texts are too long together"))
    new = {**columns, **total_columns(priced), "lines": text}
    if quote.state != QuoteState.DRAFT:
        new.update(state=QuoteState.DRAFT.value, state_on=today, state_reason=None)
    records.assign(session, noun_of("quote"), quote, new)
    session.flush()


def add(
    session: Session,
    quote_id: str,
    texts: Sequence[str],
    *,
    today: date,
    expected_version: int | None = None,
    **more: Any,
) -> Row:
    """Add lines written as texts, each priced as the price books say unless it names a price.

    ``more`` are further values of ``QuoteLine`` for each of them.

    Raises:
        InvalidInput, NotFound, Ambiguous: a text that is no line, a product that is not there or has no
            price; as ``write``.
        Refused: a product is discontinued; as ``write``.
    """
    quote: Quote = records.load(session, "quote", quote_id, expected_version)
    before = quote.version
    lines = list(lines_of(quote.lines))
    for text in texts:
        said = read_line(text, quote.currency)
        lines.append(replace(_made(session, quote, said, next_key(lines), today), **more))
    write(session, quote, {}, lines, today=today)
    return records.answer(session, "quote", quote, before=before)


def add_of_deal(session: Session, quote_id: str, deal_id: str, *, today: date) -> None:
    """Take over the products of a deal, at the deal's prices where they are in the quote's currency.

    Raises:
        InvalidInput, Refused: as ``add``.
    """
    quote: Quote = records.load(session, "quote", quote_id)
    connection = records.raw(session)
    rows = connection.execute(
        "SELECT product_id, quantity_milli, unit_price_micros, currency FROM deal_line"
        " WHERE deal_id = ? AND deleted_at IS NULL ORDER BY position, id",
        (deal_id,),
    ).fetchall()
    lines: list[QuoteLine] = []
    for product, quantity, micros, currency in rows:
        agreed = micros if currency == quote.currency else None
        lines.append(_of_product(session, quote, product, quantity, agreed, next_key(lines), today))
    if lines:
        write(session, quote, {}, lines, today=today)


def change(
    session: Session,
    quote_id: str,
    key: str,
    values: Mapping[str, Any],
    *,
    today: date,
    expected_version: int | None = None,
    reprice: bool = False,
) -> Row:
    """Change values of a line; with ``reprice`` it has the price of its quantity in the price books.

    Raises:
        NotFound: no such line.
        InvalidInput, Refused: as ``write``; nothing gives a price.
    """

    def changed(quote: Quote, lines: list[QuoteLine]) -> list[QuoteLine]:
        place = place_of(lines, key, quote)
        line = replace(lines[place], **values)
        if reprice and line.product:
            price = price_of(session, quote, line.product, line.quantity_milli, today)
            line = replace(
                line, unit_price_micros=price[0], list_price_micros=price[0], book=price[1].book or None
            )
        lines[place] = line
        return lines

    return _rewrite(session, quote_id, changed, today=today, expected_version=expected_version)


def remove(
    session: Session, quote_id: str, keys: Sequence[str], *, today: date, expected_version: int | None = None
) -> Row:
    """Take lines out.

    Raises:
        NotFound: no such line.
        InvalidInput, Refused: as ``write``.
    """

    def removed(quote: Quote, lines: list[QuoteLine]) -> list[QuoteLine]:
        places = {place_of(lines, key, quote) for key in keys}
        return [line for place, line in enumerate(lines) if place not in places]

    return _rewrite(session, quote_id, removed, today=today, expected_version=expected_version)


def move(
    session: Session, quote_id: str, key: str, to: int, *, today: date, expected_version: int | None = None
) -> Row:
    """Put a line at another place, counted from 1; past the end is the end.

    Raises:
        NotFound: no such line.
        InvalidInput: no place of a line; as ``write``.
        Refused: as ``write``.
    """
    if to < 1:
        raise InvalidInput(msg("Place"), msg("lines are counted from 1"))

    def moved(quote: Quote, lines: list[QuoteLine]) -> list[QuoteLine]:
        line = lines.pop(place_of(lines, key, quote))
        lines.insert(to - 1, line)
        return lines

    return _rewrite(session, quote_id, moved, today=today, expected_version=expected_version)


def replace_all(
    session: Session,
    quote_id: str,
    lines: Sequence[QuoteLine],
    *,
    today: date,
    expected_version: int | None = None,
) -> Row:
    """Write all lines anew, as the grid of the app holds them.

    Raises:
        NotFound, StaleVersion: as every edit.
        InvalidInput, Refused: as ``write``.
    """
    return _rewrite(
        session, quote_id, lambda _quote, _lines: list(lines), today=today, expected_version=expected_version
    )


def _rewrite(
    session: Session,
    quote_id: str,
    change_lines: Callable[[Quote, list[QuoteLine]], list[QuoteLine]],
    *,
    today: date,
    expected_version: int | None,
) -> Row:
    quote: Quote = records.load(session, "quote", quote_id, expected_version)
    before = quote.version
    lines = change_lines(quote, list(lines_of(quote.lines)))
    write(session, quote, {}, lines, today=today)
    return records.answer(session, "quote", quote, before=before)


def place_of(lines: Sequence[QuoteLine], key: str, quote: Quote) -> int:
    """Return where a line stands, from 0; people count lines from 1.

    Raises:
        NotFound: no such line.
    """
    if key.isdecimal() and 1 <= int(key) <= len(lines):
        return int(key) - 1
    raise NotFound(
        msg("The quote {number} has no line {key}."),
        hint=msg("Its lines: sfa quote lines {number}."),
        number=quote.number,
        key=key,
    )


def _made(session: Session, quote: Quote, said: LineText, key: str, today: date) -> QuoteLine:
    """Return the line that a text means."""
    if said.kind == LineKind.TEXT:
        return QuoteLine(key, kind=said.kind.value, name=said.name)
    quantity = said.quantity_milli or 1000
    connection = records.raw(session)
    try:
        product = resolve(connection, "product", said.name).id
    except NotFound:
        if said.unit_price_micros is None or said.kind == LineKind.GIFT:
            raise
        # A free text with a price: something that is in no list.
        line = QuoteLine(key, name=said.name, quantity_milli=quantity)
        line = replace(line, unit_price_micros=said.unit_price_micros, tax_rate_ppm=_default_tax(connection))
    else:
        agreed = 0 if said.kind == LineKind.GIFT else said.unit_price_micros
        line = _of_product(session, quote, product, quantity, agreed, key, today)
    if said.kind == LineKind.GIFT:
        if said.unit_price_micros or said.discount_ppm or said.discount_minor:
            raise InvalidInput(msg("Line"), msg("a gift has neither price nor discount"))
        return replace(line, kind=LineKind.GIFT.value, unit_price_micros=0)
    return replace(line, discount_ppm=said.discount_ppm or 0, discount_minor=said.discount_minor or 0)


def _of_product(
    session: Session, quote: Quote, product: str, quantity: int, agreed: int | None, key: str, today: date
) -> QuoteLine:
    connection = records.raw(session)
    found = find_price(
        connection,
        product,
        on=today,
        quantity_milli=quantity,
        account_id=quote.account_id,
        book_id=quote.pricebook_id,
        currency=quote.currency,
    )
    if found.is_discontinued:
        raise Refused(
            msg("{product} is discontinued."),
            why=msg("It is not sold any more."),
            hint=msg("Take another product, or make it active: sfa product edit {product} --status active."),
            product=found.product,
        )
    listed = found.price_micros
    if agreed is None and listed is None:
        listed, found = price_of(session, quote, product, quantity, today)
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


def price_of(session: Session, quote: Quote, product: str, quantity: int, today: date) -> tuple[int, Price]:
    """Return what a quantity sells for now; a product's own price in another currency is converted.

    Raises:
        InvalidInput: nothing gives a price; it says what was looked at.
        NotFound: its price is in another currency, and there is no rate.
    """
    connection = records.raw(session)
    found = find_prices(
        connection,
        (Wanted(product, quantity),),
        on=today,
        account_id=quote.account_id,
        book_id=quote.pricebook_id,
        currency=quote.currency,
    )[0]
    if found.price_micros is not None:
        return found.price_micros, found
    last = found.trail[-1]
    if last.outcome is Outcome.OTHER_CURRENCY and last.currency:
        own = connection.execute("SELECT unit_price_micros FROM product WHERE id = ?", (product,)).fetchone()
        rate = rate_on(rates_to(connection, quote.currency), last.currency, quote.currency, today)
        return convert_micros(own[0], last.currency, rate), found
    raise InvalidInput(
        msg("Price"),
        _why(found),
        hint=msg("Name one in the line: {product} x 1 @ PRICE; or see: sfa price {product}."),
        product=found.product,
        currency=quote.currency,
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


def _default_tax(connection: StoreConnection) -> int:
    row = connection.execute(
        "SELECT rate_ppm FROM tax WHERE is_default = 1 AND deleted_at IS NULL ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return row[0] if row else 0
