"""What the company's own user sold: three orders, each at another point of its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sfa.demo.company import Block
from sfa.demo.deals import Deal
from sfa.demo.lives import WON
from sfa.demo.quotes import TERMS
from sfa.demo.sheets import Words, said
from sfa.demo.writing import Ids
from sfa.finding.order_money import load_money
from sfa.interchange.quote_lines import lines_of
from sfa.money import from_minor
from sfa.services import order_events, order_money, orders, quote_states, quotes
from sfa.services.entry import Entered
from sfa.services.order_money import Amount
from sfa.services.records import raw
from sfa.terms import OrderState

if TYPE_CHECKING:
    from sqlmodel import Session

_PLAN = ("30% order", "rest delivery+30")
_LATE, _PAID_LATE = 3, 60  # days that one is late; days since the order of which a payment is overdue
_WEEKS = timedelta(weeks=3)
_CARRIER: Words = ("By truck, one pallet", "汽运，一托")


def sell(session: Session, block: Block, ids: Ids) -> None:
    """Write orders of the own user: a part of the accepted quote, one that is late, one that is not paid."""
    today, language = block.company.year.today, block.company.language
    _begun(session, today)
    won = sorted((deal for deal in block.deals if _is_fit(deal)), key=lambda deal: (deal.end.day, deal.key))
    old = [deal for deal in won if deal.end.day <= today - timedelta(days=_PAID_LATE)]
    if old:
        _unpaid(session, ids, old[-1], today, language)
    fresh = [deal for deal in won if deal not in old[-1:] and deal.end.day <= today - timedelta(weeks=1)]
    if fresh:
        _late(session, ids, fresh[-1], today, language)


def _is_fit(deal: Deal) -> bool:
    return deal.account.is_own and deal.end.stage == WON and deal.currency == "CNY" and bool(deal.lines)


def _begun(session: Session, today: date) -> None:
    """Order half of the first line of the accepted quote, and leave the rest for later."""
    row = (
        raw(session)
        .execute("SELECT id, lines FROM quote WHERE state = 'accepted' ORDER BY number LIMIT 1")
        .fetchone()
    )
    if row is not None:
        columns: dict[str, object] = {"promised_on": today + _WEEKS}
        half = lines_of(row[1])[0].quantity_milli // 2000 or 1
        made = orders.create(session, Entered(columns), today=today, quote=row[0], lines=(f"1={half}",)).id
        order_money.plan(session, made, _PLAN, today=today)


def _ordered(
    session: Session,
    ids: Ids,
    deal: Deal,
    language: str,
    promised: date,
    steps: Sequence[tuple[OrderState, date]],
) -> str:
    """Write what was offered and ordered on the day a deal was won, and what happened since."""
    day = deal.end.day
    offered: dict[str, object] = {"deal_id": ids[deal.key], "payment_terms": said(TERMS, language)}
    quote = quotes.create(session, Entered(offered), today=day).id
    quote_states.accept(session, quote, today=day)
    made = orders.create(session, Entered({"promised_on": promised}), today=day, quote=quote).id
    order_money.plan(session, made, _PLAN, today=day)
    for state, on in steps:
        text = said(_CARRIER, language) if state == OrderState.SHIPPED else None
        order_events.note(session, made, state, today=on, on=on, text=text)
    return made


def _late(session: Session, ids: Ids, deal: Deal, today: date, language: str) -> None:
    steps = ((OrderState.CONFIRMED, deal.end.day), (OrderState.IN_PRODUCTION, today - timedelta(days=_LATE)))
    made = _ordered(session, ids, deal, language, today - timedelta(days=_LATE), steps)
    _paid(session, made, deal.end.day, today)


def _unpaid(session: Session, ids: Ids, deal: Deal, today: date, language: str) -> None:
    delivered = deal.end.day + timedelta(days=20)
    steps = (
        (OrderState.CONFIRMED, deal.end.day),
        (OrderState.SHIPPED, delivered - timedelta(days=2)),
        (OrderState.DELIVERED, delivered),
    )
    made = _ordered(session, ids, deal, language, delivered, steps)
    _paid(session, made, deal.end.day, today)
    money = load_money(raw(session), made)
    amount = from_minor(money.total_minor, money.currency)
    order_money.invoice(session, made, Amount(f"{amount:f}", delivered, "25117"), today=today)


def _paid(session: Session, order: str, day: date, today: date) -> None:
    """Note that the customer paid the first instalment on the day of the order."""
    money = load_money(raw(session), order)
    amount = from_minor(money.dues[0].minor, money.currency)
    order_money.receipt(session, order, Amount(f"{amount:f}", day), today=today)
