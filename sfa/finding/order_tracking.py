"""How an order stands, for one line of text or a message to its customer. Read-only."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from sfa.finding.order_money import OrderMoney, load_money


@dataclass(frozen=True, slots=True)
class Tracked:
    """An order with the names that people know it by; days as they are stored."""

    number: str
    subject: str
    account: str
    contact: str
    owner: str
    state: str
    since: str | None
    promised: date | None
    delivered: date | None
    money: OrderMoney


def track(connection: sqlite3.Connection, order_id: str) -> Tracked:
    """Return how an order stands; it is there."""
    row = connection.execute(
        "SELECT o.number, coalesce(o.name, ''), coalesce(a.name, ''), coalesce(c.name, ''),"
        " coalesce(u.name, ''), o.state, o.state_on, o.promised_on, o.delivered_on FROM sales_order o"
        " LEFT JOIN account a ON a.id = o.account_id LEFT JOIN contact c ON c.id = o.contact_id"
        " LEFT JOIN user u ON u.id = o.owner_id WHERE o.id = ?",
        (order_id,),
    ).fetchone()
    number, subject, account, contact, owner, state, since, promised, delivered = tuple(row)
    return Tracked(
        number,
        subject,
        account,
        contact,
        owner,
        state,
        since,
        _day(promised),
        _day(delivered),
        load_money(connection, order_id),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
