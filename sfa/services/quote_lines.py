"""The lines of a quote: found and priced, changed, and written with what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, NotFound, Refused, msg
from sfa.fields import TABLES
from sfa.fields import noun as noun_of
from sfa.finding.quote_pricing import Terms, price_of, typed_lines
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
from sfa.pricing.totals import price_document
from sfa.services import records
from sfa.services.rows import Row
from sfa.terms import QuoteState

CONTENT = tuple(column.name for column in TABLES["quote"].columns if column.group == "content")
_OPEN = frozenset({QuoteState.DRAFT, QuoteState.SUBMITTED, QuoteState.APPROVED})


def terms_of(quote: Quote) -> Terms:
    """Return what the lines of a quote are priced for."""
    return Terms(quote.account_id, quote.pricebook_id, quote.currency)


def content_of(values: Mapping[str, Any], lines: Sequence[QuoteLine]) -> dict[str, Any]:
    """Return lines as they are stored, with what they come to under a quote's other values.

    Raises:
        InvalidInput: a value out of its range, or too many lines; the data names line and column.
    """
    if len(lines) > MOST_LINES:
        raise InvalidInput(msg("Lines"), msg("a quote has at most {limit}"), limit=MOST_LINES)
    priced = price_document(document_of(values, lines))
    text = lines_text(lines)
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput(msg("Lines"), msg("their texts are too long together"))
    return {**total_columns(priced), "lines": text}


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
    values = {name: getattr(quote, name) for name in CONTENT} | dict(columns)
    new = {**columns, **content_of(values, kept)}
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
    lines += [
        replace(line, **more)
        for line in typed_lines(records.raw(session), terms_of(quote), texts, next_key(lines), today=today)
    ]
    write(session, quote, {}, lines, today=today)
    return records.answer(session, "quote", quote, before=before)


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
            price = price_of(records.raw(session), terms_of(quote), line.product, line.quantity_milli, today)
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
    columns: Mapping[str, Any] | None = None,
) -> Row:
    """Write all lines anew, as the grid of the app holds them, and other columns of the content with them.

    Raises:
        NotFound, StaleVersion: as every edit.
        InvalidInput, Refused: as ``write``.
    """
    quote: Quote = records.load(session, "quote", quote_id, expected_version)
    before = quote.version
    write(session, quote, columns or {}, lines, today=today)
    return records.answer(session, "quote", quote, before=before)


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
