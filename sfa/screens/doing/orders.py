"""What becomes of orders: made from quotes, what happens to them, their payment plans and amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from sfa import clock
from sfa.errors import Msg, Refused, msg
from sfa.screens.doing.together import Together, together
from sfa.terms import OrderState

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.finding.order_money import OrderMoney
    from sfa.services.rows import Row

INVOICE, RECEIPT = "invoice", "receipt"  # services of ``order_money``
# What a change is called: what happened to one order, or an amount of it.
HAPPENED: Mapping[str, Msg] = {
    OrderState.CONFIRMED: msg("Confirm order {label}"),
    OrderState.IN_PRODUCTION: msg("Begin to make order {label}"),
    OrderState.SHIPPED: msg("Ship order {label}"),
    OrderState.DELIVERED: msg("Deliver order {label}"),
    OrderState.CANCELLED: msg("Cancel order {label}"),
}
AMOUNTS: Mapping[str, Msg] = {
    INVOICE: msg("Note an invoice of order {label}"),
    RECEIPT: msg("Note a receipt of order {label}"),
}
SEVERAL = msg("Note what happened to {number} orders")
PLAN = msg("Settle payments of order {label}")


def make(quote_id: str, texts: Mapping[str, str], lines: Sequence[str]) -> Callable[[Session], Row]:
    """Make an order of a quote, of the lines given as ``N=QUANTITY`` or of all that is left."""

    def work(session: Session) -> Row:
        from sfa.services import nouns

        return nouns.add_typed(
            session, "order", texts, today=clock.today(), quote=quote_id, lines=tuple(lines)
        )

    return work


def note(
    ids: Sequence[str],
    state: OrderState,
    on: date | None = None,
    text: str = "",
    *,
    close_services: bool = False,
) -> Together:
    """Note what happened to orders on a day, else today; cancelled ones may close the tasks of services."""

    def act(session: Session, order_id: str) -> Row:
        from sfa.services import order_events

        return order_events.note(
            session,
            order_id,
            state,
            today=clock.today(),
            on=on,
            text=text,
            close_services=close_services,
        )

    return together(act, ids, HAPPENED[state], SEVERAL)


def advance(ids: Sequence[str]) -> Callable[[Session], list[Row]]:
    """Note that the next step of orders happened today, each its own."""

    def work(session: Session) -> list[Row]:
        from sfa.finding.order_steps import next_step_of
        from sfa.services import order_events, records

        rows = []
        for order_id in ids:
            order = records.load(session, "order", order_id)
            state = next_step_of(records.raw(session), order_id)
            if state is None:
                raise nothing_left(order.number)
            rows.append(order_events.note(session, order_id, state, today=clock.today()))
            session.info["change"].call(HAPPENED[state], label=order.number)
        if len(rows) > 1:
            session.info["change"].call(SEVERAL, number=len(rows))
        return rows

    return work


def nothing_left(number: str) -> Refused:
    """Return the error of an order that has no next step."""
    return Refused(
        msg("Nothing is left to be done with the order {number}."),
        why=msg("It is cancelled, or delivered, invoiced and paid."),
        number=number,
    )


def plan(order_id: str, texts: Sequence[str]) -> Callable[[Session], Row]:
    """Settle when an order is to be paid; no texts is no plan."""

    def work(session: Session) -> Row:
        from sfa.services import order_money

        row = order_money.plan(session, order_id, texts, today=clock.today())
        session.info["change"].call(PLAN, label=row.label)
        return row

    return work


def amount(
    order_id: str, kind: str, text: str, *, on: date | None = None, number: str = "", more: str = ""
) -> Callable[[Session], OrderMoney]:
    """Note an amount invoiced or received; gives what became of the order's amount."""

    def work(session: Session) -> OrderMoney:
        from sfa.services import order_money

        given = order_money.Amount(text, on, number, more)
        row, money = getattr(order_money, kind)(session, order_id, given, today=clock.today())
        session.info["change"].call(AMOUNTS[kind], label=row.label)
        found: OrderMoney = money
        return found

    return work
