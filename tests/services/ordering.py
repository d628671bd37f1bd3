"""Quotes that were accepted and orders of them, as the services make them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sfa.finding.order_money import OrderMoney, load_money
from sfa.services import nouns, order_events, order_money, quote_states
from sfa.services.order_money import Amount
from sfa.services.rows import Row
from sfa.store.reading import reading
from sfa.terms import OrderState
from tests.services.acting import TODAY, acting, live, make, typed


def stock(home: Path) -> None:
    """Add an account, a product and a tax of 13 %."""
    make(home, "tax", name="VAT", rate="13", default="yes")
    make(home, "product", name="Pump", code="P1", price="100 USD", unit="pc")
    make(home, "account", name="Acme")


def accepted(home: Path, *lines: str, **texts: str) -> str:
    """Return the number of a quote that the customer accepted."""
    with acting(home) as session:
        given = typed(session, "quote", **{"account": "Acme", "currency": "USD", **texts})
        quote = nouns.create(session, "quote", given, today=TODAY, lines=lines)
        quote_states.accept(session, quote.id, today=TODAY)
    return str(live(home, "quote", quote.id)["number"])


def ordered(home: Path, quote: str, *lines: str, key: str | None = None, **texts: str) -> Row:
    """Order a quote, or lines of it."""
    with acting(home) as session:
        given = typed(session, "order", **texts)
        return nouns.create(
            session, "order", given, today=TODAY, quote=quote, lines=lines, idempotency_key=key
        )


def happens(home: Path, order: Row, state: OrderState, *, on: date = TODAY, note: str = "") -> Row:
    """Note what happened to an order."""
    with acting(home) as session:
        return order_events.note(session, order.id, state, today=TODAY, on=on, text=note)


def planned(home: Path, order: Row, *texts: str) -> Row:
    """Settle when an order is to be paid."""
    with acting(home) as session:
        return order_money.plan(session, order.id, texts, today=TODAY)


def invoiced(home: Path, order: Row, text: str, on: date = TODAY) -> OrderMoney:
    """Note an invoice."""
    with acting(home) as session:
        return order_money.invoice(session, order.id, Amount(text, on), today=TODAY)[1]


def received(home: Path, order: Row, text: str, on: date = TODAY) -> OrderMoney:
    """Note a receipt."""
    with acting(home) as session:
        return order_money.receipt(session, order.id, Amount(text, on), today=TODAY)[1]


def money_of(home: Path, order: Row) -> OrderMoney:
    """Return what became of an order's amount."""
    with reading(home) as connection:
        return load_money(connection, order.id)
