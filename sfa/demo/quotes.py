"""What the company's own user offers: quotes of open deals, each at another point of its way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sfa.demo.company import Block
from sfa.demo.deals import Deal
from sfa.demo.sheets import Words, said
from sfa.demo.writing import Ids
from sfa.services import quote_states, quotes
from sfa.services.entry import Entered

if TYPE_CHECKING:
    from sqlmodel import Session

TERMS: Words = (
    "30 % with the order, the rest 30 days after delivery",
    "合同签订后付 30%，到货后 30 天付清余款",
)
_DELIVERY: Words = ("Six weeks after the order, free to site", "合同签订后六周，送货到现场")
_DEAR: Words = ("Another supplier was cheaper", "其他供应商报价更低")
_PHASE: Words = ("text: On site", "text: 现场服务")
_LATER: Words = ("The customer asked for a smaller lot", "客户要求减少首批数量")
_SOON, _GONE = 2, -1  # days from today that two of them end on


def offer(session: Session, block: Block, ids: Ids) -> None:
    """Write quotes for open deals of the own user: a draft, two that end, an accepted and a declined one."""
    deals = [deal for deal in block.deals if _is_fit(deal)]
    today, language = block.company.year.today, block.company.language
    writers = (_draft, _ending, _ended, _accepted, _declined)
    for deal, write in zip(deals, writers, strict=False):
        write(session, ids[deal.key], today, language)


def _is_fit(deal: Deal) -> bool:
    return deal.account.is_own and deal.end.is_open and deal.currency == "CNY" and bool(deal.lines)


def _made(
    session: Session, deal_id: str, today: date, language: str, *lines: str, until: date | None = None
) -> str:
    columns: dict[str, object] = {
        "deal_id": deal_id,
        "payment_terms": said(TERMS, language),
        "delivery_terms": said(_DELIVERY, language),
        "valid_until": until,
    }
    return quotes.create(session, Entered(columns), today=today, lines=lines).id


def _draft(session: Session, deal_id: str, today: date, language: str) -> None:
    lines = ("V12 x 4 -5%", "PD10 x 2", "gift: F30 x 1", said(_PHASE, language), "S2 x 1")
    _made(session, deal_id, today, language, *lines)


def _ending(session: Session, deal_id: str, today: date, language: str) -> None:
    quote = _made(session, deal_id, today, language, until=today + timedelta(days=_SOON))
    quote_states.send(session, quote, today=today)


def _ended(session: Session, deal_id: str, today: date, language: str) -> None:
    last = today + timedelta(days=_GONE)
    quote = _made(session, deal_id, last, language, until=last)
    quote_states.send(session, quote, today=last)


def _accepted(session: Session, deal_id: str, today: date, language: str) -> None:
    quote = _made(session, deal_id, today, language)
    quote_states.send(session, quote, today=today)
    quote_states.revise(session, quote, today=today)
    given = Entered({"notes": said(_LATER, language), "discount_ppm": 30_000})
    quotes.edit(session, quote, given, today=today)
    quote_states.send(session, quote, today=today)
    quote_states.accept(session, quote, today=today)


def _declined(session: Session, deal_id: str, today: date, language: str) -> None:
    quote = _made(session, deal_id, today, language)
    quote_states.send(session, quote, today=today)
    quote_states.decline(session, quote, said(_DEAR, language), today=today)
