"""Orders: made from accepted quotes, wholly or in part, with the services that the quote promised.

What happened to one is written by ``order_events``, its money by ``order_money``. Source: docs/orders.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, Refused, msg
from sfa.finding.order_rest import Ordered, ordered_lines, quote_of
from sfa.finding.order_services import subject_of
from sfa.finding.references import resolve
from sfa.interchange.quote_line_text import read_quantity
from sfa.interchange.quote_lines import QuoteLine, lines_of
from sfa.models.order import Order
from sfa.models.quote import Quote
from sfa.pricing.parts import share_of
from sfa.services import order_events, records, tasks
from sfa.services.entry import Entered
from sfa.services.instants import day_of
from sfa.services.numbering import next_number
from sfa.services.quote_lines import content_of
from sfa.services.quote_states import state_label
from sfa.services.rows import Row
from sfa.terms import LineKind, OrderState, QuoteState

# What an order takes over from its quote as it is.
_TAKEN = (
    "account_id",
    "deal_id",
    "contact_id",
    "name",
    "currency",
    "tax_mode",
    "tax_rounding",
    "rounding",
    "cash_step_minor",
    "cash_rounding",
    "discount_ppm",
    "payment_terms",
    "delivery_terms",
)


def create(
    session: Session,
    given: Entered,
    *,
    today: date,
    idempotency_key: str | None = None,
    quote: str = "",
    lines: Sequence[str] = (),
) -> Row:
    """Add an order of an accepted quote: all that is left of it, or the lines given as ``N=QUANTITY``.

    Each service that a line promises becomes a task of the order's owner.

    Raises:
        InvalidInput: no quote, no such line, more than is left of one, or days that do not fit.
        NotFound, Ambiguous: the reference names no quote, or several.
        Refused: the quote is not accepted, or all of it was ordered.
    """
    again = records.earlier(session, "order", idempotency_key)
    if again is not None:
        return again
    if not quote.strip():
        raise InvalidInput(
            msg("Quote"),
            msg("an order is made from one"),
            hint=msg("Name an accepted quote: sfa order add --quote NUMBER. See: sfa quote list."),
        )
    connection = records.raw(session)
    found: Quote = records.load(session, "quote", resolve(connection, "quote", quote).id)
    _refuse_unaccepted(found)
    kept = ordered_lines(connection, found.id, found.lines)
    wanted = _wanted(found, kept, lines)
    # What the quote says, unless something else was given.
    columns = {name: getattr(found, name) for name in _TAKEN} | dict(given.columns)
    columns["ordered_on"] = columns.get("ordered_on") or today
    _check_days(columns)
    columns.update(_content(found, kept, wanted))
    columns.update(
        number=next_number(connection, "O", "sales_order"),
        quote_id=found.id,
        quote_revision=found.revision,
        state=OrderState.PLACED.value,
        state_on=columns["ordered_on"],
    )
    row = records.create(
        session, "order", Entered(columns, given.many, given.custom), idempotency_key=idempotency_key
    )
    order_events.write(connection, row.id, OrderState.PLACED, day_of(columns["ordered_on"]) or today, None)
    _promise_services(session, row, today=today)
    return row


def edit(
    session: Session, order_id: str, given: Entered, *, today: date, expected_version: int | None = None
) -> Row:
    """Change what may change of an order: days, terms, contract, contact; never what was ordered.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit; days that do not fit.
    """
    del today
    order: Order = records.load(session, "order", order_id, expected_version)
    present = {
        name: getattr(order, name)
        for name in ("ordered_on", "promised_on", "contract_from", "contract_until")
    }
    _check_days({**present, **given.columns})
    return records.edit(session, "order", order_id, given, expected_version=expected_version)


def _refuse_unaccepted(quote: Quote) -> None:
    if quote.state == QuoteState.ACCEPTED:
        return
    raise Refused(
        msg("No order can be made from the quote {number}: it is {state}."),
        why=msg("An order holds what the customer accepted."),
        hint=msg("When the customer has said yes: sfa quote accept {number}."),
        number=quote.number,
        state=state_label(quote.state),
    )


def _wanted(quote: Quote, kept: Sequence[Ordered], texts: Sequence[str]) -> dict[str, int]:
    """Return line key -> thousandths to order; headings have none."""
    if texts:
        return _chosen(quote, kept, texts)
    wanted = {each.line.key: each.left_milli for each in kept if each.left_milli > 0}
    if not wanted:
        raise Refused(
            msg("All of the quote {number} is ordered."),
            why=msg("Its orders take every line that the customer accepted."),
            hint=msg("See them: sfa quote show {number}. More of it is another quote."),
            number=quote.number,
        )
    return wanted


def _chosen(quote: Quote, kept: Sequence[Ordered], texts: Sequence[str]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for text in texts:
        key, milli = _read_line(quote.number, kept, text, wanted)
        wanted[key] = milli
    return wanted


def check_line(connection: sqlite3.Connection, quote_id: str, text: str) -> None:
    """Raise what ``create`` raises of a line of a quote given as ``N=QUANTITY``.

    Raises:
        NotFound: no such quote.
        InvalidInput: no such line, no quantity, or more than is left of it.
    """
    number, lines = quote_of(connection, quote_id)
    _read_line(number, ordered_lines(connection, quote_id, lines), text, {})


def _read_line(quote: str, kept: Sequence[Ordered], text: str, wanted: Mapping[str, int]) -> tuple[str, int]:
    """Return line key and thousandths to order, those ``wanted`` already among them; a quote by number."""
    number, sign, quantity = text.partition("=")
    place = number.strip()
    if not (place.isascii() and place.isdigit() and 1 <= int(place) <= len(kept)):
        raise InvalidInput(
            msg("Line"),
            msg("{value!r} names no line of the quote {number}"),
            hint=msg("Write --line N=QUANTITY, N as in: sfa quote lines {number}."),
            value=text,
            number=quote,
        )
    each = kept[int(place) - 1]
    if not each.counts:
        raise InvalidInput(
            msg("Line"),
            msg("line {line} was not accepted: it is a heading, or an option that was not chosen"),
            line=each.number,
        )
    milli = read_quantity(quantity) if sign else each.left_milli
    milli += wanted.get(each.line.key, 0)
    if milli > each.left_milli or milli <= 0:
        raise InvalidInput(
            msg("Line"),
            msg("of line {line} {left} of {accepted} are left to order"),
            hint=msg("See what was ordered: sfa quote show {number}."),
            line=each.number,
            left=_plain(max(0, each.left_milli)),
            accepted=_plain(each.line.quantity_milli),
            number=quote,
        )
    return each.line.key, milli


def _plain(milli: int) -> str:
    whole, rest = divmod(milli, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


def _content(quote: Quote, kept: Sequence[Ordered], wanted: Mapping[str, int]) -> dict[str, Any]:
    """Return the columns of what is ordered, with what it comes to.

    An amount off a line goes with its quantity, an amount off the whole with what the lines come to.
    """
    is_of_all = all(each.line.key in wanted for each in kept if each.counts)  # then headings make sense
    lines = [
        _part(each, wanted[each.line.key]) if each.line.key in wanted else each.line
        for each in kept
        if each.line.key in wanted or (is_of_all and each.line.kind == LineKind.TEXT)
    ]
    values = {name: getattr(quote, name) for name in _TAKEN} | {"discount_minor": 0}
    if quote.discount_minor:
        whole = [each.line for each in kept if each.counts]
        gone = [
            _part(replace(each, ordered_milli=0), each.ordered_milli) for each in kept if each.ordered_milli
        ]
        values["discount_minor"] = share_of(
            quote.discount_minor, _listed(values, whole), _listed(values, gone), _listed(values, lines)
        )
    return {"discount_minor": values["discount_minor"], **content_of(values, lines)}


def _part(each: Ordered, milli: int) -> QuoteLine:
    """Return a quote's line as it stands in an order of some of it."""
    discount = share_of(each.line.discount_minor, each.line.quantity_milli, each.ordered_milli, milli)
    return replace(
        each.line,
        quantity_milli=milli,
        discount_minor=discount,
        is_optional=False,
        alternative_of=None,
        is_taken=False,
    )


def _listed(values: Mapping[str, Any], lines: Sequence[QuoteLine]) -> int:
    """Return the list amount of lines, before any discount."""
    plain = [
        replace(line, discount_ppm=0, discount_minor=0, is_optional=False, alternative_of=None)
        for line in lines
    ]
    return int(content_of({**values, "discount_ppm": 0, "discount_minor": 0}, plain)["list_minor"])


def _promise_services(session: Session, row: Row, *, today: date) -> None:
    """Make a task of every service that a line promises, so many days after the order."""
    order: Order = records.load(session, "order", row.id)
    for line in lines_of(order.lines):
        if line.service_days is None:
            continue
        about = {"deal_id": order.deal_id} if order.deal_id else {"account_id": order.account_id}
        columns: dict[str, object] = {
            "subject": subject_of(line.name, order.number),
            "due_on": (order.ordered_on or today) + timedelta(days=line.service_days),
            "owner_id": order.owner_id,
            **about,
        }
        tasks.create(session, Entered(columns), today=today)


def _check_days(columns: Mapping[str, Any]) -> None:
    for first, last, label, reason in (
        (
            "ordered_on",
            "promised_on",
            msg("Promised for"),
            msg("{last} is before the day of the order, {first}"),
        ),
        (
            "contract_from",
            "contract_until",
            msg("Contract until"),
            msg("{last} is before its first day, {first}"),
        ),
    ):
        begin, end = day_of(columns.get(first)), day_of(columns.get(last))
        if begin is not None and end is not None and end < begin:
            raise InvalidInput(label, reason, first=begin.isoformat(), last=end.isoformat())
