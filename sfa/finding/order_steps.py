"""What comes next for an order: the step after the last one that happened. Read-only."""

from __future__ import annotations

import sqlite3

from sfa.finding.order_money import OrderMoney, load_money
from sfa.terms import OrderState

# The way of the goods; the money goes its own way beside it.
DELIVERY = (
    OrderState.PLACED,
    OrderState.CONFIRMED,
    OrderState.IN_PRODUCTION,
    OrderState.SHIPPED,
    OrderState.DELIVERED,
)
BY_MONEY = frozenset({OrderState.INVOICED, OrderState.PAID})


def next_step(state: str, money: OrderMoney) -> OrderState | None:
    """Return what happens to an order of that state next as a rule; ``None`` when nothing is left to do.

    What is invoiced before it was delivered waits for the money first, what is paid for the delivery.
    """
    if state in DELIVERY[:-1]:
        return DELIVERY[DELIVERY.index(OrderState(state)) + 1]
    if state not in {OrderState.DELIVERED, *BY_MONEY}:
        return None
    if state == OrderState.DELIVERED and money.invoiced_minor < money.total_minor:
        return OrderState.INVOICED
    if money.received_minor < money.total_minor:
        return OrderState.PAID
    if money.delivered_on is None:
        return OrderState.DELIVERED
    return OrderState.INVOICED if money.invoiced_minor < money.total_minor else None


def next_step_of(connection: sqlite3.Connection, order_id: str) -> OrderState | None:
    """Return what happens to a stored order next; it is there."""
    row = connection.execute("SELECT state FROM sales_order WHERE id = ?", (order_id,)).fetchone()
    return next_step(row[0], load_money(connection, order_id))
