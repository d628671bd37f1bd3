"""The money of an order: when it is to be paid, what was invoiced, what was received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import InvalidInput, Msg, Refused, msg
from sfa.fields import noun as noun_of
from sfa.finding.order_money import OrderMoney, load_money
from sfa.interchange.amounts import read_amount
from sfa.interchange.payment_plans import plan_text, read_plan
from sfa.models.order import Order
from sfa.money import Money, from_minor, to_minor
from sfa.services import order_events, records
from sfa.services.rows import Row
from sfa.store import change
from sfa.terms import OrderState


class Amount(NamedTuple):
    """An amount as it is typed, with its number, day and note where they were given."""

    text: str
    on: date | None = None
    number: str | None = None
    note: str | None = None


class _Kind(NamedTuple):
    table: str
    day: str
    label: Msg
    state: OrderState
    below: Msg


_INVOICE = _Kind(
    "order_invoice",
    "invoiced_on",
    msg("Invoice"),
    OrderState.INVOICED,
    msg("only {sum} {currency} was invoiced, and more cannot be taken back"),
)
_RECEIPT = _Kind(
    "order_receipt",
    "received_on",
    msg("Receipt"),
    OrderState.PAID,
    msg("only {sum} {currency} was received, and more cannot be paid back"),
)


def plan(
    session: Session, order_id: str, texts: Sequence[str], *, today: date, expected_version: int | None = None
) -> Row:
    """Settle when an order is to be paid, in place of the plan before; no texts is no plan.

    Raises:
        NotFound, StaleVersion: as every edit.
        InvalidInput: a text that is no instalment, or they do not sum to the total.
        Refused: it is cancelled.
    """
    order: Order = records.load(session, "order", order_id, expected_version)
    _refuse_cancelled(order)
    before = order.version
    read = read_plan(texts, Money(order.total_minor, order.currency), today=today)
    records.assign(session, noun_of("order"), order, {"payment_plan": plan_text(read)})
    return records.answer(session, "order", order, before=before)


def invoice(session: Session, order_id: str, amount: Amount, *, today: date) -> tuple[Row, OrderMoney]:
    """Note an invoice; an amount below zero takes back as much.

    Raises:
        NotFound: no such order.
        InvalidInput: no amount, in another currency, below all that was invoiced, or a day to come.
        Refused: it is cancelled, and the amount takes nothing back.
    """
    return _add(session, order_id, amount, _INVOICE, today)


def receipt(session: Session, order_id: str, amount: Amount, *, today: date) -> tuple[Row, OrderMoney]:
    """Note what the customer paid; an amount below zero was paid back.

    Raises:
        NotFound, InvalidInput, Refused: as ``invoice``.
    """
    return _add(session, order_id, amount, _RECEIPT, today)


def _add(session: Session, order_id: str, amount: Amount, kind: _Kind, today: date) -> tuple[Row, OrderMoney]:
    order: Order = records.load(session, "order", order_id)
    connection = records.raw(session)
    before = load_money(connection, order.id)
    minor = _minor(amount.text, before, kind)
    if minor > 0:
        _refuse_cancelled(order)
    on = amount.on or today
    order_events.refuse_to_come(on, today=today)
    held = _held(before, kind)
    version = order.version
    values = {
        "id": ids.uuid7(clock.wall_ms()),
        "sales_order_id": order.id,
        "number": (amount.number or "").strip() or None,
        kind.day: on.isoformat(),
        "amount_minor": minor,
        "note": (amount.note or "").strip() or None,
    }
    change.insert(connection, kind.table, values)
    after = load_money(connection, order.id)
    now = _held(after, kind)
    if held < order.total_minor <= now and order.state != OrderState.CANCELLED:
        order_events.write(connection, order.id, kind.state, on, None)
    order_events.settle(session, order)
    if order.version == version:
        records.touch(session, noun_of("order"), order.id)
        session.refresh(order)
    return records.answer(session, "order", order, before=version), after


def read_invoice(text: str, money: OrderMoney) -> int:
    """Return the amount of an invoice in minor units.

    Raises:
        InvalidInput: no amount, in another currency, or below all that was invoiced.
    """
    return _minor(text, money, _INVOICE)


def read_receipt(text: str, money: OrderMoney) -> int:
    """Return the amount of a receipt in minor units.

    Raises:
        InvalidInput: as ``read_invoice``.
    """
    return _minor(text, money, _RECEIPT)


def _held(money: OrderMoney, kind: _Kind) -> int:
    return money.invoiced_minor if kind is _INVOICE else money.received_minor


def _minor(text: str, money: OrderMoney, kind: _Kind) -> int:
    currency, label = money.currency, kind.label
    if not text.strip():
        raise InvalidInput(label, msg("it must be given"))
    number, named = read_amount(text.strip(), currency)
    if number is None:
        raise InvalidInput(label, msg("{value!r} is no amount."), value=text.strip())
    if named != currency:
        raise InvalidInput(
            label,
            msg("{value!r} is in another currency; the order's is {currency}"),
            value=text.strip(),
            currency=currency,
        )
    if not number:
        raise InvalidInput(label, msg("it must not be zero"))
    if abs(number) > 1_000_000_000_000:
        raise InvalidInput(label, msg("{value} is too large"), value=text.strip())
    minor, held = to_minor(number, currency), _held(money, kind)
    if held + minor < 0:
        raise InvalidInput(label, kind.below, sum=f"{from_minor(held, currency):,f}", currency=currency)
    return minor


def _refuse_cancelled(order: Order) -> None:
    if order.state == OrderState.CANCELLED:
        raise Refused(
            msg("The order {number} is cancelled."),
            why=msg("Nothing is to be paid of it."),
            hint=msg("What was invoiced or paid is taken back with an amount below zero."),
            number=order.number,
        )
