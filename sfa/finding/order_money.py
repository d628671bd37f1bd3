"""What of an order was invoiced and paid, and which instalments are due. Read-only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sfa.errors import InvalidInput, NotFound, msg
from sfa.interchange.payment_plans import Planned, plan_of
from sfa.money import Money
from sfa.pricing.ageing import Ageing, Receivable, ageing, overdue_days
from sfa.pricing.payments import due_on
from sfa.terms import DueFrom, OrderState

_COLUMNS = ("id", "number", "currency", "total_minor", "state", "ordered_on", "delivered_on", "payment_plan")
COLUMNS = ", ".join(f"o.{name}" for name in _COLUMNS)


@dataclass(frozen=True, slots=True)
class Due:
    """An instalment, what is left of it, and its day: ``None`` until what it counts from is known."""

    minor: int
    open_minor: int
    on: date | None
    planned: Planned


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What an order comes to, and what became of it; amounts are minor units of its currency."""

    id: str
    number: str
    currency: str
    total_minor: int
    invoiced_minor: int
    received_minor: int
    is_cancelled: bool
    delivered_on: date | None
    dues: tuple[Due, ...]

    @property
    def open_minor(self) -> int:
        """What is still to be paid; nothing of a cancelled order."""
        return 0 if self.is_cancelled else max(0, self.total_minor - self.received_minor)

    def overdue(self, today: date) -> list[Due]:
        """Return the instalments that are open past their day, the longest overdue first."""
        late = [due for due in self.dues if due.open_minor and overdue_days(due.on, today)]
        return sorted(late, key=lambda due: due.on or today)

    def ageing(self, today: date) -> Ageing:
        """Return the open amount by how long it is overdue; what no instalment says is not due."""
        planned = [Receivable(Money(due.open_minor, self.currency), due.on) for due in self.dues]
        rest = max(0, self.open_minor - sum(due.open_minor for due in self.dues))
        return ageing([*planned, Receivable(Money(rest, self.currency), None)], today)[0]


def load_money(connection: sqlite3.Connection, order_id: str) -> OrderMoney:
    """Return what became of an order's amount.

    Raises:
        NotFound: it is not there any more.
        InvalidInput: a plan that this version cannot read.
    """
    rows = connection.execute(f"SELECT {COLUMNS} FROM sales_order o WHERE o.id = ?", (order_id,)).fetchall()
    if not rows:
        raise NotFound(msg("There is no {noun} {id}."), noun=msg("order"), id=order_id)
    return monies(connection, [tuple(rows[0])])[0]


def monies(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> list[OrderMoney]:
    """Return what became of the amounts of several orders, given as rows of ``COLUMNS``, in their order."""
    found = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    wanted = json.dumps([values["id"] for values in found])
    sums = {
        (kind, row_id): (minor, first)
        for kind, row_id, minor, first in map(tuple, connection.execute(_SUMS, (wanted, wanted)))
    }
    return [_money(values, sums) for values in found]


def money_of(
    row: tuple[Any, ...], invoices: Sequence[tuple[str, int]], receipts: Sequence[tuple[str, int]]
) -> OrderMoney:
    """Return what became of the amount of an order, a row of ``COLUMNS``, of its amounts with their days."""
    values = dict(zip(_COLUMNS, row, strict=True))
    return _money(
        values,
        {
            (kind, values["id"]): (sum(minor for _, minor in amounts), min(day for day, _ in amounts))
            for kind, amounts in (("invoice", invoices), ("receipt", receipts))
            if amounts
        },
    )


_SUMS = " UNION ALL ".join(
    f"SELECT '{kind}', r.sales_order_id, sum(r.amount_minor), min(r.{day}) FROM json_each(?) j"
    f" JOIN order_{kind} r ON r.sales_order_id = j.value WHERE r.deleted_at IS NULL GROUP BY 2"
    for kind, day in (("invoice", "invoiced_on"), ("receipt", "received_on"))
)


def _money(values: Mapping[str, Any], sums: Mapping[tuple[str, str], tuple[int, str]]) -> OrderMoney:
    invoiced, first = sums.get(("invoice", values["id"]), (0, None))
    received, _ = sums.get(("receipt", values["id"]), (0, None))
    days = {
        DueFrom.ORDER: _day(values["ordered_on"]),
        DueFrom.DELIVERY: _day(values["delivered_on"]),
        DueFrom.INVOICE: _day(first),
    }
    is_cancelled = values["state"] == OrderState.CANCELLED
    try:
        plan = plan_of(values["payment_plan"])
    except InvalidInput:
        plan = ()  # of a newer version of sfa, or damaged: the order itself can still be seen
    return OrderMoney(
        values["id"],
        values["number"],
        values["currency"],
        values["total_minor"],
        invoiced,
        received,
        is_cancelled,
        days[DueFrom.DELIVERY],
        () if is_cancelled else tuple(_dues(plan, days, received)),
    )


def _dues(plan: Iterable[Planned], days: Mapping[DueFrom, date | None], received: int) -> list[Due]:
    """Return the instalments, what was paid going to the one that is due first."""
    dated = [(each.on or (due_on(each.rule, days) if each.rule else None), each) for each in plan]
    left = received
    open_of: dict[int, int] = {}
    for place in sorted(range(len(dated)), key=lambda place: (dated[place][0] or date.max, place)):
        paid = max(0, min(left, dated[place][1].minor))
        open_of[place] = dated[place][1].minor - paid
        left -= paid
    return [Due(each.minor, open_of[place], on, each) for place, (on, each) in enumerate(dated)]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
