"""Orders as people read them: how one stands, its lines and payments, and what its customer is told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sfa.errors import Msg, msg
from sfa.fields import noun as noun_of
from sfa.finding.order_sections import DUES, dues_cells
from sfa.finding.quote_sections import LINES, cells_of
from sfa.i18n import in_language, tr
from sfa.render.cells import one_line
from sfa.render.listings import column, without_empty_columns
from sfa.render.numbers import money as money_text
from sfa.render.numbers import plain_amount
from sfa.render.quotes import people_grid, totals_lines
from sfa.render.tables import Grid, grid_text, json_text
from sfa.render.values import flat_value, plain_value, show_value
from sfa.terms import DueFrom, MonthEnd, OrderState

if TYPE_CHECKING:
    from sfa.finding.order_money import OrderMoney
    from sfa.finding.order_tracking import Tracked
    from sfa.finding.quoting import Quote
    from sfa.interchange.payment_plans import Planned

_DONE = frozenset({OrderState.DELIVERED, OrderState.INVOICED, OrderState.PAID, OrderState.CANCELLED})
# What a customer is told, as a whole, by whether there is a day and what became of the order.
_NEW_DAY = msg(
    "{greeting},\n\nyour order {number} is planned for delivery on {day}.{subject}\n"
    "Please tell us if that does not suit you.\n\nKind regards\n{owner}"
)
_NO_DAY = msg(
    "{greeting},\n\nthe day of delivery of your order {number} is being settled anew.{subject}\n"
    "We will tell you as soon as it is certain.\n\nKind regards\n{owner}"
)
_SHIPPED = msg(
    "{greeting},\n\nyour order {number} left us on {since} and is planned to arrive on {day}.{subject}\n"
    "\nKind regards\n{owner}"
)
_TO_CONTACT, _TO_CUSTOMER = msg("Dear {contact}"), msg("Dear customer")
_ABOUT = msg("\nIt is about: {name}.")

# As a plan is typed, in either language.
_FROM: dict[DueFrom, Msg] = {
    DueFrom.ORDER: msg("order"),
    DueFrom.DELIVERY: msg("delivery"),
    DueFrom.INVOICE: msg("invoice"),
}


def track_line(tracked: Tracked, today: date) -> str:
    """Return how an order stands, on one line."""
    money = tracked.money
    parts = [_state_part(tracked), *_promise_part(tracked, today)]
    if not money.is_cancelled:
        parts += [money_part(money), *_overdue_part(money, today)]
    return " · ".join((tracked.number, one_line(tracked.account), *parts))


def _state_part(tracked: Tracked) -> str:
    state = state_word(tracked.state)
    return f"{state} ({tracked.since})" if tracked.since else state


def _promise_part(tracked: Tracked, today: date) -> list[str]:
    if tracked.state == OrderState.CANCELLED:
        return []
    if tracked.delivered is not None:
        on = tracked.delivered.isoformat()
        return [tr("delivered on {day}", day=on)] if tracked.state != OrderState.DELIVERED else []
    if tracked.promised is None:
        return [tr("no day promised")]
    late = (today - tracked.promised).days
    if late > 0:
        return [tr("promised for {day}, {days} days late", day=tracked.promised.isoformat(), days=late)]
    return [tr("promised for {day}", day=tracked.promised.isoformat())]


def money_part(money: OrderMoney) -> str:
    """Return what an order comes to, and what of it was invoiced and received."""
    return tr(
        "total {total}, {invoiced} invoiced, {received} received",
        total=money_text(money.total_minor, money.currency),
        invoiced=money_text(money.invoiced_minor, money.currency),
        received=money_text(money.received_minor, money.currency),
    )


def _overdue_part(money: OrderMoney, today: date) -> list[str]:
    late = money.overdue(today)
    if not late or late[0].on is None:
        return []
    return [
        tr(
            "{amount} overdue since {day}",
            amount=money_text(sum(due.open_minor for due in late), money.currency),
            day=late[0].on.isoformat(),
        )
    ]


def tracked_body(tracked: Tracked, today: date) -> dict[str, Any]:
    """Return how an order stands as a JSON body; amounts are texts so that no reader rounds them."""
    money = tracked.money

    def text(minor: int) -> str:
        return plain_amount(minor, money.currency)

    ageing = money.ageing(today)
    return {
        "order": {"id": money.id, "number": tracked.number},
        "account": tracked.account,
        "state": tracked.state,
        "since": tracked.since,
        "promised": tracked.promised.isoformat() if tracked.promised else None,
        "delivered": tracked.delivered.isoformat() if tracked.delivered else None,
        "currency": money.currency,
        "total": text(money.total_minor),
        "invoiced": text(money.invoiced_minor),
        "received": text(money.received_minor),
        "open": text(money.open_minor),
        "overdue": text(ageing.overdue_minor),
        "ageing": {bucket.value: text(minor) for bucket, minor in ageing.minor_by_bucket},
    }


def track_text(tracked: Tracked, today: date, fmt: str) -> str:
    """Return how an order stands: a line, and in JSON an object."""
    if fmt == "json":
        return json_text("sfa.order.track/1", tracked_body(tracked, today))
    return track_line(tracked, today) + "\n"


def state_word(state: str) -> str:
    """Return the word for a state of an order."""
    field = noun_of("order").field("state")
    assert field is not None
    return show_value(field, state)


def lines_text(order: Quote, fmt: str) -> str:
    """Return an order's lines in a format; for people with what they come to."""
    rows = cells_of(order)
    if fmt == "json":
        body = {
            "order": {"id": order.id, "number": order.values["number"]},
            "currency": order.currency,
            "lines": [
                {field.name: plain_value(field, value) for field, value in zip(LINES, row, strict=True)}
                for row in rows
            ],
            "total": plain_amount(order.priced.totals.payable_minor, order.currency),
        }
        return json_text("sfa.order.lines/1", body)
    if fmt in {"tsv", "csv"}:
        cells = tuple(
            tuple(flat_value(field, value) for field, value in zip(LINES, row, strict=True)) for row in rows
        )
        return grid_text(Grid(tuple(column(field) for field in LINES), cells), fmt)
    footer = ("", *totals_lines(order))
    return grid_text(without_empty_columns(people_grid(order))._replace(footer=footer), fmt)


def plan_text(money: OrderMoney, fmt: str) -> str:
    """Return an order's instalments in a format: when each is due, how much of it is open."""
    rows = dues_cells(money)
    if fmt == "json":
        dues = [
            {field.name: plain_value(field, value) for field, value in zip(DUES, row, strict=True)}
            for row in rows
        ]
        return json_text(
            "sfa.order.plan/1", {"order": {"id": money.id, "number": money.number}, "dues": dues}
        )
    shown = flat_value if fmt in {"tsv", "csv"} else show_value
    cells = tuple(tuple(shown(field, value) for field, value in zip(DUES, row, strict=True)) for row in rows)
    return grid_text(Grid(tuple(column(field) for field in DUES), cells), fmt)


def instalment_typed(planned: Planned, currency: str) -> str:
    """Return an instalment as one types it: its amount, and when it is due."""
    amount, rule = plain_amount(planned.minor, currency), planned.rule
    if rule is None:
        return f"{amount} {planned.on.isoformat() if planned.on else ''}".rstrip()
    days = f"+{rule.days}" if rule.days else ""
    end = f" {tr('month-end')}" if rule.month_end is not MonthEnd.NO else ""
    return f"{amount} {tr(_FROM[rule.due_from])}{days}{end}"


def plan_hint(money: OrderMoney) -> str:
    """Return what a plan is of, and how an instalment is typed, an instalment a line."""
    how = tr("Write it as '30% order', '60% delivery+30', '5000 2026-12-31' or 'rest invoice+30'.")
    total = money_text(money.total_minor, money.currency)
    return f"{tr('{total} in all, an instalment a line.', total=total)} {how}"


def message_text(tracked: Tracked, language: str) -> str:
    """Return what to write to the customer about the day of delivery, in a language."""

    def said(text: Msg, **places: object) -> str:
        return in_language(language, text).format_map(places)

    about = said(_ABOUT, name=one_line(tracked.subject)) if tracked.subject else ""
    contact = one_line(tracked.contact)
    greeting = said(_TO_CONTACT, contact=contact) if contact else said(_TO_CUSTOMER)
    if tracked.promised is None:
        pattern = _NO_DAY
    elif tracked.state == OrderState.SHIPPED:
        pattern = _SHIPPED
    else:
        pattern = _NEW_DAY
    return said(
        pattern,
        greeting=greeting,
        number=tracked.number,
        day=tracked.promised.isoformat() if tracked.promised else "",
        since=tracked.since or "",
        subject=about,
        owner=one_line(tracked.owner),
    )


def has_news(tracked: Tracked) -> bool:
    """Say whether there is a day of delivery to tell the customer of: it is not there yet, nor cancelled."""
    return tracked.delivered is None and tracked.state not in _DONE
