"""Quotes: made for an account or deal, with their prices; what changes about the whole of one.

Lines are written by ``quote_lines``, states by ``quote_states``. Source: docs/quotes.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, Refused, msg
from sfa.finding import organisation, price_rows, quote_pricing
from sfa.finding.quote_pricing import Terms
from sfa.interchange.amounts import known_currency
from sfa.models.quote import Quote
from sfa.services import quote_lines, records
from sfa.services.entry import Entered
from sfa.services.numbering import next_number
from sfa.services.rows import Row
from sfa.store.connection import StoreConnection
from sfa.terms import QuoteState, Rounding, TaxMode, TaxRounding

VALID_DAYS = "quote_valid_days"
USUAL_DAYS = 30
# Texts that a new quote takes from the organisation's settings.
USUAL_TEXTS = {
    "tax_mode": "quote_tax_mode",
    "payment_terms": "quote_payment_terms",
    "delivery_terms": "quote_delivery_terms",
}
# How a document is priced where nothing is said about it.
_BLANK = {
    "tax_mode": TaxMode.ADDED.value,
    "tax_rounding": TaxRounding.PER_LINE.value,
    "rounding": Rounding.HALF_UP.value,
    "cash_rounding": Rounding.HALF_UP.value,
    "cash_step_minor": 0,
}
_CONTENT = frozenset(quote_lines.CONTENT) - {"lines"}


def create(
    session: Session,
    given: Entered,
    *,
    today: date,
    idempotency_key: str | None = None,
    lines: Sequence[str] = (),
) -> Row:
    """Add a quote: in the currency of its price book, valid for as long as quotes are, its number given once.

    Without lines it has those of its deal.

    Raises:
        InvalidInput: neither an account nor a deal that has one, a deal of another account, a price book
            that does not hold today, or a line that cannot be priced.
        Refused: a product is discontinued.
    """
    again = records.earlier(session, "quote", idempotency_key)
    if again is not None:
        return again
    connection = records.raw(session)
    columns = _with_account(connection, dict(given.columns))
    columns.update(_usual(connection, columns, today))
    _check_days(columns, today)
    terms = Terms(columns["account_id"], columns.get("pricebook_id"), columns["currency"])
    if lines:
        found = quote_pricing.typed_lines(connection, terms, lines, "1", today=today)
    elif columns.get("deal_id"):
        found = quote_pricing.lines_of_deal(connection, terms, columns["deal_id"], today=today)
    else:
        found = []
    columns.update(quote_lines.content_of({**_BLANK, **columns}, found))
    columns["number"] = next_number(connection, "Q", "quote")
    columns.update(state=QuoteState.DRAFT.value, state_on=today)
    return records.create(
        session, "quote", Entered(columns, given.many, given.custom), idempotency_key=idempotency_key
    )


def edit(
    session: Session, quote_id: str, given: Entered, *, today: date, expected_version: int | None = None
) -> Row:
    """Change what concerns the whole quote; a change of its content makes it a draft again.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit; and as ``create``.
        Refused: what was sent is changed in a new revision; a currency or price book with lines in it.
    """
    quote: Quote = records.load(session, "quote", quote_id, expected_version)
    connection = records.raw(session)
    columns = dict(given.columns)
    if "account_id" in columns or "deal_id" in columns:
        present = {"account_id": quote.account_id, "deal_id": quote.deal_id}
        _with_account(connection, {**present, **columns})
    if columns.get("currency") is not None:
        columns["currency"] = known_currency(str(columns["currency"]))
    _refuse_other_prices(quote, columns)
    if columns.get("pricebook_id"):
        _check_book(
            connection, str(columns["pricebook_id"]), str(columns.get("currency", quote.currency)), today
        )
    for one, other in (("discount_ppm", "discount_minor"), ("discount_minor", "discount_ppm")):
        if columns.get(one):  # the one that is given takes the place of the other
            columns.setdefault(other, 0)
        elif one in columns:
            columns[one] = 0
    content = {name: value for name, value in columns.items() if name in _CONTENT}
    if "valid_until" in content:
        _check_days(content, today)
    before = quote.version
    if any(getattr(quote, name) != value for name, value in content.items()):
        quote_lines.write(session, quote, content, None, today=today)
    rest = {name: value for name, value in columns.items() if name not in _CONTENT}
    records.edit(session, "quote", quote_id, Entered(rest, given.many, given.custom))
    return records.answer(session, "quote", quote, before=before)


def _with_account(connection: StoreConnection, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the columns with the account of the deal."""
    deal_id, account_id = columns.get("deal_id"), columns.get("account_id")
    if deal_id:
        row = connection.execute("SELECT account_id, name FROM deal WHERE id = ?", (deal_id,)).fetchone()
        if row is not None and row[0] is not None and account_id not in {None, row[0]}:
            raise InvalidInput(
                msg("Deal"),
                msg("{label} is a deal of another account"),
                hint=msg("Leave the account out: the quote takes the deal's."),
                label=row[1],
            )
        account_id = account_id or (row[0] if row else None)
    if not account_id:
        raise InvalidInput(
            msg("Account"),
            msg("a quote needs one"),
            hint=msg(
                "Give the account, or a deal that has one. A lead is converted first: sfa lead convert."
            ),
        )
    return {**columns, "account_id": account_id}


def _usual(connection: StoreConnection, columns: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return what a new quote has where nothing was given."""
    book = columns.get("pricebook_id")
    found = price_rows.load(connection, (), account_id=columns["account_id"], book_id=book)
    currency = known_currency(str(columns.get("currency") or found.usual_currency()))
    if book:
        _check_book(connection, str(book), currency, today)
    usual: dict[str, Any] = {"currency": currency}
    if columns.get("valid_until") is None:
        days = organisation.setting(connection, VALID_DAYS, USUAL_DAYS)
        usual["valid_until"] = today + timedelta(days=days if isinstance(days, int) else USUAL_DAYS)
    for name, key in USUAL_TEXTS.items():
        if columns.get(name) is None and (text := organisation.setting(connection, key)):
            usual[name] = text
    for name in ("discount_ppm", "discount_minor"):
        usual[name] = columns.get(name) or 0
    return usual


def _check_book(connection: StoreConnection, book_id: str, currency: str, today: date) -> None:
    """Refuse a price book in another currency, or one that does not hold today."""
    name, own, first, last = connection.execute(
        "SELECT name, currency, valid_from, valid_until FROM pricebook WHERE id = ?", (book_id,)
    ).fetchone()
    if own != currency:
        raise InvalidInput(
            msg("Price book"),
            msg("{label} is in {other}, the quote in {currency}"),
            hint=msg("Leave one of the two out."),
            label=name,
            other=own,
            currency=currency,
        )
    if (last and last < today.isoformat()) or (first and first > today.isoformat()):
        raise InvalidInput(
            msg("Price book"),
            msg("{label} ended on {day}")
            if last and last < today.isoformat()
            else msg("{label} begins on {day}"),
            hint=msg("Take another one, or none; see: sfa pricebook list."),
            label=name,
            day=last if last and last < today.isoformat() else first,
        )


def _check_days(columns: Mapping[str, Any], today: date) -> None:
    until = columns.get("valid_until")
    if until is not None and str(until) < today.isoformat():
        raise InvalidInput(
            msg("Valid until"), msg("{day} has gone by; the quote would be expired at once"), day=str(until)
        )


def _refuse_other_prices(quote: Quote, columns: Mapping[str, Any]) -> None:
    """Refuse another currency while there are lines: their prices are not converted."""
    if columns.get("currency", quote.currency) != quote.currency and quote.line_count:
        raise Refused(
            msg("The currency of this quote stays."),
            why=msg("Its lines are priced in {currency}, and prices are not converted by themselves."),
            hint=msg("Make another quote: sfa quote add --account REF --currency CODE."),
            currency=quote.currency,
        )


def delete(session: Session, quote_id: str, *, expected_version: int | None = None) -> Row:
    """Delete a quote that nothing was ordered of.

    Raises:
        NotFound, StaleVersion: as every delete.
        Refused: orders were made from it.
    """
    quote: Quote = records.load(session, "quote", quote_id, expected_version)
    _refuse_ordered(records.raw(session), quote)
    return records.delete(session, "quote", quote_id, expected_version=expected_version)


def _refuse_ordered(connection: StoreConnection, quote: Quote) -> None:
    """Refuse to delete a quote that live orders were made from."""
    row = connection.execute(
        "SELECT number FROM sales_order WHERE quote_id = ? AND deleted_at IS NULL ORDER BY number LIMIT 1",
        (quote.id,),
    ).fetchone()
    if row is not None:
        raise Refused(
            msg("The quote {number} stays: the order {order} was made from it."),
            why=msg("An order says what was accepted, and the quote shows it."),
            hint=msg("Delete the order first: sfa order delete {order}."),
            number=quote.number,
            order=row[0],
        )
