"""What happened to an order: its events, and the state that they leave it in."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import InvalidInput, Msg, Refused, msg
from sfa.fields import noun as noun_of
from sfa.finding.order_money import load_money
from sfa.finding.order_services import open_services
from sfa.models.order import Order
from sfa.services import records, tasks
from sfa.services.rows import Row
from sfa.store import change
from sfa.store.connection import StoreConnection
from sfa.terms import OrderState

# Noted by themselves, when the invoices or receipts reach the total.
_BY_MONEY = {
    OrderState.INVOICED: msg("Note the invoice: sfa order invoice {number} AMOUNT."),
    OrderState.PAID: msg("Note what was received: sfa order receipt {number} AMOUNT."),
}


class _Event(NamedTuple):
    state: str
    on: date


def note(
    session: Session,
    order_id: str,
    state: OrderState,
    *,
    today: date,
    on: date | None = None,
    text: str | None = None,
    close_services: bool = False,
) -> Row:
    """Note what happened to an order on a day; its state is that of the last event.

    ``close_services`` of a cancelled order cancels the open tasks that its lines promised.

    Raises:
        NotFound: no such order.
        InvalidInput: a day to come or before the order; no reason to cancel.
        Refused: it is cancelled, is so already, or the amounts say it by themselves.
    """
    order: Order = records.load(session, "order", order_id)
    day = on or today
    _refuse(order, state)
    check_day(records.raw(session), order.id, day, today=today)
    said = read_note(state, text or "")
    before = order.version
    write(records.raw(session), order.id, state, day, said)
    settle(session, order)
    if close_services and state == OrderState.CANCELLED:
        for service in open_services(records.raw(session), order.id, order.number):
            tasks.cancel(session, service.id, today=today)
    return records.answer(session, "order", order, before=before - 1)


def check_day(connection: sqlite3.Connection, order_id: str, on: date, *, today: date) -> None:
    """Raise InvalidInput when a day is no day of an event: it is to come, or before the order."""
    refuse_to_come(on, today=today)
    row = connection.execute("SELECT ordered_on FROM sales_order WHERE id = ?", (order_id,)).fetchone()
    first = row[0] if row is not None else None
    if first is not None and on.isoformat() < first:
        raise InvalidInput(
            msg("Day"),
            msg("{day} is before the day of the order, {first}"),
            day=on.isoformat(),
            first=first,
        )


def refuse_to_come(on: date, *, today: date) -> None:
    """Raise InvalidInput when a day on which something is to have happened is still to come."""
    if on > today:
        raise InvalidInput(
            msg("Day"),
            msg("{day} is still to come"),
            hint=msg("Note it when it has happened."),
            day=on.isoformat(),
        )


def read_note(state: OrderState, text: str) -> str | None:
    """Return what is said of an event, ``None`` for nothing.

    Raises:
        InvalidInput: no reason to cancel.
    """
    said = text.strip() or None
    if state == OrderState.CANCELLED and said is None:
        raise InvalidInput(msg("Note"), msg("say why it is cancelled"))
    return said


def _refuse(order: Order, state: OrderState) -> None:
    why: Msg
    if order.state == OrderState.CANCELLED:
        why, hint = (
            msg("Nothing happens to a cancelled order."),
            msg("Order it anew: sfa order add --quote REF."),
        )
    elif state in _BY_MONEY:
        why, hint = msg("The amounts say so by themselves."), _BY_MONEY[state]
    elif order.state == state:
        why, hint = msg("It is so already."), msg("See how it stands: sfa order track {number}.")
    else:
        return
    raise Refused(
        msg("Not possible while the order {number} is {state}."),
        why=why,
        hint=hint,
        number=order.number,
        state=state_label(order.state),
    )


def write(connection: StoreConnection, order_id: str, state: OrderState, on: date, text: str | None) -> None:
    """Write an event, whatever the order's state."""
    values = {
        "id": ids.uuid7(clock.wall_ms()),
        "sales_order_id": order_id,
        "state": state.value,
        "happened_on": on.isoformat(),
        "note": text,
    }
    change.insert(connection, "order_event", values)


def settle(session: Session, order: Order) -> None:
    """Set an order's state and day of delivery to what its events and amounts say."""
    connection = records.raw(session)
    money = load_money(connection, order.id)
    rows = connection.execute(
        "SELECT state, happened_on FROM order_event WHERE sales_order_id = ? AND deleted_at IS NULL"
        " ORDER BY happened_on, created_at, id",
        (order.id,),
    )
    events = [_Event(row[0], date.fromisoformat(row[1])) for row in map(tuple, rows)]
    reached = {
        OrderState.INVOICED.value: money.invoiced_minor >= money.total_minor,
        OrderState.PAID.value: money.received_minor >= money.total_minor,
    }
    last = _last(events, {state for state, is_reached in reached.items() if not is_reached})
    delivered = [event.on for event in events if event.state == OrderState.DELIVERED]
    new = {
        "state": last.state if last else order.state,
        "state_on": last.on if last else order.state_on,
        "delivered_on": delivered[-1] if delivered else None,
    }
    records.assign(session, noun_of("order"), order, new)
    session.flush()


def _last(events: Sequence[_Event], undone: set[str]) -> _Event | None:
    """Return the event that counts: being cancelled, else the last one that still holds."""
    cancelled = [event for event in events if event.state == OrderState.CANCELLED]
    holding = [event for event in events if event.state not in undone]
    return (cancelled or holding or [None])[-1]  # type: ignore[list-item]


def state_label(state: str) -> Msg | str:
    """Return the word that people read for a state; an unknown one as it is."""
    field = noun_of("order").field("state")
    assert field is not None
    return next((choice.label for choice in field.choices if choice.value == state), state)
