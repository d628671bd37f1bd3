"""The paper of an order: the customer's confirmation, our own with the margin, the warehouse's list."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sfa.errors import Msg, Refused, msg
from sfa.finding.order_money import Due
from sfa.i18n import in_language
from sfa.render.issued_paper import How, Printed, paper_of, printed_of, said
from sfa.render.paper.columns import amount_text
from sfa.render.paper.document import Kind, Named, Paper, Term
from sfa.reports.order_paper import Bought, bought_of
from sfa.terms import ApprovalStanding, DueFrom, MonthEnd, OrderState

# What an instalment counts from -> due with it, due so many days after it.
_WHEN: dict[DueFrom, tuple[Msg, Msg]] = {
    DueFrom.ORDER: (msg("{amount} with the order"), msg("{amount} within {days} days after the order")),
    DueFrom.DELIVERY: (msg("{amount} on delivery"), msg("{amount} within {days} days after delivery")),
    DueFrom.INVOICE: (
        msg("{amount} on receipt of the invoice"),
        msg("{amount} within {days} days of the invoice"),
    ),
}
_MONTH_END: dict[MonthEnd, Msg] = {
    MonthEnd.BEFORE_DAYS: msg("{instalment}, counted from the end of the month"),
    MonthEnd.AFTER_DAYS: msg("{instalment}, at the end of that month"),
}


def print_order(
    connection: sqlite3.Connection, order_id: str, how: How, *, home: Path, today: date
) -> Printed:
    """Return an order as a file.

    Raises:
        NotFound: no such order.
        Refused: it is cancelled and the paper is not for ourselves, it has no lines, or the variant shows
            costs that the user may not see.
        InvalidInput: as for a quote.
    """
    bought = bought_of(connection, order_id, today=today, with_costs=how.is_internal)
    if bought.document.state == OrderState.CANCELLED and not how.is_internal:
        raise Refused(
            msg("The order {number} is cancelled."),
            why=msg("A paper would tell the customer or the warehouse that it is not."),
            hint=msg("For ourselves there is: --variant internal."),
            number=bought.document.values["number"],
        )
    return printed_of(order_paper(bought, how), how, home)


def order_paper(bought: Bought, how: How) -> Paper:
    """Return the paper of an order.

    Raises:
        InvalidInput: capital numerals are asked for, and the currency is not CNY.
    """
    return paper_of(
        bought,
        how,
        Kind.ORDER,
        revision=0,
        standing=ApprovalStanding.NOT_NEEDED,
        quote_number=bought.quote_number,
        contract_number=bought.document.values["contract_number"] or "",
        promised_on=bought.promised_on,
        more_terms=tuple(_plan(bought)),
    )


def _plan(bought: Bought) -> Iterator[Term]:
    if bought.dues:
        texts = (
            "; ".join(_instalment(due, bought.document.currency, code) for due in bought.dues)
            for code in ("zh_CN", "en")
        )
        yield Term(said(msg("Payment plan")), Named(*texts))


def _instalment(due: Due, currency: str, code: str) -> str:
    """Return what is to be paid and when: by a day, or counted from what has not been yet."""
    amount = f"{amount_text(due.minor, currency)} {currency}"
    rule = due.planned.rule
    if due.on is not None or rule is None:
        day = due.on.isoformat() if due.on else ""
        return in_language(code, msg("{amount} by {day}")).format(amount=amount, day=day)
    at_once, later = _WHEN[rule.due_from]
    text = in_language(code, later if rule.days else at_once).format(amount=amount, days=rule.days)
    if rule.month_end is MonthEnd.NO:
        return text
    return in_language(code, _MONTH_END[rule.month_end]).format(instalment=text)
